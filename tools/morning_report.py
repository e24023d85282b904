"""What the morning report says, as frozen values; every screen and file is made from these."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, ValidationError

from engines.metrics import BUCKETS
from ledger.money import Money


def _read_money(value: Any) -> Any:
    return Money.of(value["amount"], value["currency"]) if isinstance(value, dict) else value


MoneyOut = Annotated[
    Money, BeforeValidator(_read_money), PlainSerializer(Money.as_json, return_type=dict)
]
Amounts = tuple[MoneyOut, ...]


class Part(BaseModel):
    """Base of every part of the report."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WaitingCase(Part):
    """A proposal that waits: what it would do, for whom, why, and who may say yes."""

    id: str
    account_number: str
    name: str
    action: str
    value: MoneyOut | None
    why: str
    needs: str
    age_days: int
    expires_on: date
    command: str


class WaitingKind(Part):
    """Waiting proposals of one kind."""

    action_type: str
    cases: int
    values: Amounts
    oldest_days: int


class Waiting(Part):
    """The queue: its size, its kinds, and the cases of the highest value."""

    cases: int
    snoozed: int
    first_expiry: date | None
    kinds: tuple[WaitingKind, ...]
    shown: tuple[WaitingCase, ...]

    @property
    def oldest_days(self) -> int:
        """Age of the oldest case."""
        return max((kind.oldest_days for kind in self.kinds), default=0)


class SentLine(Part):
    """Messages of one stage and currency that left, and what is open on what they chased."""

    what: str
    stage: int
    messages: int
    amount: MoneyOut | None


class Reason(Part):
    """How many, and why."""

    why: str
    count: int


class Sent(Part):
    """What left, what was stopped at the last moment, and what nobody can tell about."""

    messages: int
    lines: tuple[SentLine, ...]
    stopped: tuple[Reason, ...]
    uncertain: int
    queued: int


class SettledPromise(Part):
    """A promise to pay that was kept or broken this night."""

    account_number: str
    name: str
    state: str
    amount: MoneyOut | None
    due_on: date


class OurPromises(Part):
    """What we promised customers, due in the last 90 days."""

    in_time: int
    late: int
    overdue: int


class AppliedLine(Part):
    """Cash applied in one currency."""

    receipts: int
    invoices: int
    amount: MoneyOut


class UnappliedLine(Part):
    """Money or credit that waits, with the typed reason."""

    reason: str
    says: str
    count: int
    amount: MoneyOut
    oldest_days: int


class Cash(Part):
    """What came in and where it went."""

    applied: tuple[AppliedLine, ...]
    unapplied: tuple[UnappliedLine, ...]
    credits: tuple[UnappliedLine, ...]


class NotDone(Part):
    """Accounts not written to, by the rule that stopped them."""

    kind: str
    rule_id: str
    says: str
    accounts: int
    open: Amounts


class FeedLine(Part):
    """How far a source was read, and whether that is too old to act on."""

    name: str
    read_through: date | None
    allowed_days: int
    stale: bool


class Change(Part):
    """Difference to the previous night in one currency."""

    open: MoneyOut
    overdue: MoneyOut
    dso: float | None


class CurrencyLine(Part):
    """The book in one currency, tied to the ledger.

    `aging` comes from the postings, `books` is invoices less everything applied, `kept` the sum of
    the balances kept on the invoices: the three must be one number.
    """

    currency: str
    open: MoneyOut
    overdue: MoneyOut
    aging: Amounts
    books: MoneyOut
    kept: MoneyOut
    unapplied_cash: MoneyOut
    unapplied_credit: MoneyOut
    dso: float | None
    bpdso: float | None
    add: float | None
    cei: float | None
    change: Change | None

    @property
    def ties(self) -> bool:
        """Whether aging, books and kept balances agree to the cent."""
        aged = sum(amount.minor for amount in self.aging)
        return aged == self.books.minor == self.kept.minor

    @property
    def buckets(self) -> list[tuple[str, Money]]:
        """Aging buckets by name."""
        return list(zip(BUCKETS, self.aging, strict=True))


class ForecastWeek(Part):
    """Cash of the open book expected in a week that starts on a Monday, with P10 and P90."""

    week_start: date
    amounts: Amounts
    low: Amounts = ()
    high: Amounts = ()


class WarnedLine(Part):
    """An overdue account that changed for the worse."""

    account_number: str
    name: str
    account_class: str
    warning: str


class RiskPart(Part):
    """Overdue accounts by class, early warnings, and the groups of work.

    `groups` counts accounts expected to cost late money-days: act now, pays alone, other strategy.
    `experiments` says which began or were stopped.
    """

    classes: dict[str, int] = {}
    warned: int = 0
    warnings: tuple[WarnedLine, ...] = ()
    groups: dict[str, int] = {}
    experiments: tuple[str, ...] = ()


class ModelLine(Part):
    """What a model was asked and what that cost."""

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost_micros: int | None


class Cost(Part):
    """What the night took: seconds by phase, models."""

    seconds: float
    phases: dict[str, float]
    models: tuple[ModelLine, ...]
    model_currency: str


class Seal(Part):
    """The newest record of a hash chain: kept outside, it anchors everything before it."""

    chain: str
    number: int
    hash: str


class Control(Part):
    """Control totals: every account with an open item has exactly one disposition."""

    portfolio: int
    dispositions: dict[str, int]
    seals: tuple[Seal, ...]

    @property
    def ties(self) -> bool:
        """Whether the dispositions add up to the portfolio."""
        return sum(self.dispositions.values()) == self.portfolio


class MorningReport(Part):
    """One night, told to the people who come in the morning."""

    company: str
    as_of: date
    run_id: str
    run_number: int
    policy_hash: str
    finished: bool
    looked_at: int
    not_reached: int
    cases_failed: int
    waiting: Waiting
    waiting_change: int | None
    previous: date | None
    sent: Sent
    promises: tuple[SettledPromise, ...]
    ours: OurPromises = OurPromises(in_time=0, late=0, overdue=0)
    cash: Cash
    not_done: tuple[NotDone, ...]
    tasks: tuple[Reason, ...]
    feeds: tuple[FeedLine, ...]
    currencies: tuple[CurrencyLine, ...]
    forecast: tuple[ForecastWeek, ...]
    risk: RiskPart = RiskPart()
    cost: Cost
    control: Control

    @property
    def stale(self) -> tuple[FeedLine, ...]:
        """Sources too old to chase anybody on."""
        return tuple(feed for feed in self.feeds if feed.stale)

    @property
    def failed(self) -> int:
        """Cases no role could prepare, and messages nobody can tell about."""
        return self.cases_failed + self.sent.uncertain

    @property
    def ties(self) -> bool:
        """Whether every control total agrees."""
        return self.control.ties and all(line.ties for line in self.currencies)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to read beyond three lines."""
        busy = (self.sent.messages, self.sent.stopped, self.waiting.cases, self.promises)
        return not any(
            (*busy, self.cash.applied, self.failed, self.stale, self.not_reached, not self.ties)
        )

    @property
    def verdict(self) -> str:
        """The night in one sentence."""
        failed = f"{self.failed} failed" if self.failed else "nothing failed"
        cases = self.waiting.cases
        waits = f"{count(cases, 'case')} {'waits' if cases == 1 else 'wait'} for you"
        parts = [
            f"{count(self.looked_at, 'account')} looked at",
            f"{count(self.sent.messages, 'message')} sent",
            waits if cases else "nothing waits for you",
            failed,
        ]
        if self.not_reached:
            parts.append(f"{count(self.not_reached, 'account')} not reached")
        if not self.ties:
            parts.append("the books do not tie")
        return ", ".join(parts) + "."

    @property
    def standing(self) -> str:
        """The book in one line, for a night in which nothing happened."""
        balances = [f"{line.open} open, {line.overdue} overdue" for line in self.currencies]
        held = self.control.dispositions.get("held", 0)
        person = self.control.dispositions.get("needs_person", 0)
        return f"{'; '.join(balances) or 'Nothing is open'}; {held} held, {person} need a person."

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, with its verdict."""
        return {"verdict": self.verdict, "ties": self.ties, **self.model_dump(mode="json")}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "MorningReport":
        """Read a stored report back.

        Raises:
            pydantic.ValidationError: It is not a report of this version.
        """
        derived = ("verdict", "ties")
        return cls.model_validate({k: v for k, v in values.items() if k not in derived})


def kept_report(home: Path, as_of: date) -> MorningReport | None:
    """The report as it was written that morning; None where it is not there any more."""
    try:
        kept = (home / "reports" / f"{as_of}.json").read_bytes()
        return MorningReport.from_json(orjson.loads(kept))
    except (FileNotFoundError, orjson.JSONDecodeError, ValidationError):
        return None


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 case, 1,204 cases."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
