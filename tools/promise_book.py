"""What became of promises as the ledger tells it: theirs by cash, ours by what was done."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from engines.promises import (
    AppliedCash,
    GivenPromise,
    KeptRecord,
    Outcome,
    StillOwed,
    kept_record,
    settle,
)
from guardrails.business_days import add_business_days, grace_ends
from guardrails.feeds import stale_feeds
from ledger.postings_promises import Settled, mark_told, settle_promises
from ledger.queries import promises as reads
from ledger.queries.fact_parts import read_feeds, split_list
from ledger.states import PromiseState
from ledger.tables.case import Promise
from policies.schema import Policy
from tools.account_lines import KeptLine

RECORD_DAYS = 730
"""How far back the kept rate of an account reaches."""
_FAILED = (PromiseState.BROKEN, PromiseState.PARTLY_KEPT)
_WORD = re.compile(r"[^\W\d_]{5,}")
# What of the ledger shows that a promise of ours was done; any other kind a person says.
_EVIDENCE = {
    "credit": ("credit",),
    "credit_memo": ("credit",),
    "callback": ("callback",),
    "call": ("callback",),
    "copy": ("copy",),
    "document": ("copy",),
    "correction": ("correction",),
}


@dataclass(frozen=True, slots=True)
class Overdue:
    """A promise of ours that is past its date and not done."""

    promise_id: str
    account_id: str
    kind: str
    promised_on: date
    due_on: date
    owner: str | None


def last_day(promise: Promise, policy: Policy) -> date:
    """The last day on which money still keeps a promise: method days, then grace."""
    return grace_ends(promise.due_on, policy, promise.method_days)


def settle_theirs(session: Session, policy: Policy, as_of: date) -> list[str]:
    """Keep or break promises to pay by the cash of their accounts; returns those kept or broken.

    None is broken while cash of the account waits, money of nobody may be theirs, or the receipts
    were not read up to now; one over disputed items waits for its date.
    """
    promises = reads.pending(session, "theirs")
    if not promises:
        return []
    accounts = {promise.account_id for promise in promises}
    book = reads.owed(session, accounts)
    outcomes = _outcomes(session, promises, book, policy, as_of)
    unsure = _Unsure(session, promises, policy, as_of)
    settled: dict[str, Settled] = {}
    for promise in promises:
        found = outcomes[promise.id]
        if found.state is PromiseState.PENDING:
            continue
        if found.state in _FAILED and unsure.about(promise, found):
            continue
        contested = any(row.disputed_minor for row in book.get(promise.account_id, ()))
        early = as_of <= last_day(promise, policy)
        if found.state is PromiseState.CANCELLED and contested and early:
            continue
        settled[promise.id] = Settled(found.state, found.kept_on, found.kept_minor)
    settle_promises(session, settled)
    dropped = PromiseState.CANCELLED
    return sorted(key for key, outcome in settled.items() if outcome.state is not dropped)


def _outcomes(
    session: Session,
    promises: Sequence[Promise],
    book: Mapping[str, Sequence[reads.OwedRow]],
    policy: Policy,
    as_of: date,
) -> dict[str, Outcome]:
    accounts = {promise.account_id for promise in promises}
    since = min(promise.promised_on for promise in promises)
    by_account: dict[str, list[GivenPromise]] = defaultdict(list)
    for row in (*promises, *reads.served(session, accounts, since)):
        by_account[row.account_id].append(_given(row, policy))
    first = min(each.promised_on for rows in by_account.values() for each in rows)
    cash = reads.cash_since(session, accounts, first)
    found: dict[str, Outcome] = {}
    for account_id, given in by_account.items():
        applied = [AppliedCash(*row) for row in cash.get(account_id, ())]
        owed = [
            StillOwed(row.invoice_id, row.open_minor - row.disputed_minor, row.due_on, row.currency)
            for row in book.get(account_id, ())
        ]
        found |= settle(given, applied, owed, as_of)
    return found


def _given(row: Promise, policy: Policy) -> GivenPromise:
    return GivenPromise(
        promise_id=row.id,
        promised_on=row.promised_on,
        due_on=row.due_on,
        last_day=last_day(row, policy),
        amount_minor=row.amount_minor,
        currency=row.currency,
        invoice_ids=split_list(row.invoice_ids),
        kept_minor=None if row.state == PromiseState.PENDING else row.kept_minor,
    )


class _Unsure:
    """Whether money is about that may keep a promise after all."""

    def __init__(
        self, session: Session, promises: Sequence[Promise], policy: Policy, as_of: date
    ) -> None:
        accounts = {promise.account_id for promise in promises}
        since = min(promise.promised_on for promise in promises)
        feeds = {feed.name: feed.read_through for feed in read_feeds(session)}
        self.policy, self.as_of = policy, as_of
        self.stale = "receipts" in stale_feeds(feeds, policy, as_of)
        self.suspense = reads.with_unapplied_cash(session, accounts)
        self.nobodys = reads.nobodys_money(session, since)
        self.names = reads.names_of(session, accounts)

    def about(self, promise: Promise, found: Outcome) -> bool:
        """Whether it is too early to call a promise broken."""
        if self.stale or promise.account_id in self.suspense:
            return True
        wait = self.policy.promises.wait_for_unidentified_days
        calendar = self.policy.company.calendar
        if self.as_of > add_business_days(calendar, last_day(promise, self.policy), wait):
            return False
        return any(self._may_be(promise, found, money) for money in self.nobodys)

    def _may_be(self, promise: Promise, found: Outcome, money: reads.NobodysMoney) -> bool:
        """The promised amount, what is missing of it, or a payer who shares a name's word."""
        if promise.currency not in (None, money.currency):
            return False
        if not promise.promised_on <= money.received_on <= last_day(promise, self.policy):
            return False
        missing = (promise.amount_minor or 0) - found.kept_minor
        if money.amount_minor in (promise.amount_minor, missing):
            return True
        ours = set(_WORD.findall(self.names.get(promise.account_id, "").casefold()))
        return bool(ours.intersection(_WORD.findall(money.payer_name.casefold())))


def settle_ours(session: Session, as_of: date) -> tuple[list[str], list[Overdue]]:
    """See which promises of ours the ledger shows as done; returns those, and what is overdue.

    What is overdue and nobody was told of yet is noted as told: the caller tells it, once.
    """
    promises = reads.pending(session, "ours")
    if not promises:
        return [], []
    accounts = {promise.account_id for promise in promises}
    done = reads.done_since(session, accounts, min(p.promised_on for p in promises))
    settled: dict[str, Settled] = {}
    late: list[Promise] = []
    for promise in promises:
        shown = _shown(promise, done.get(promise.account_id, ()), as_of)
        if shown is not None:
            settled[promise.id] = Settled(
                PromiseState.KEPT, shown.on, settled_by=f"ledger: {shown.what}"
            )
        elif promise.due_on < as_of and promise.told_on is None:
            late.append(promise)
    settle_promises(session, settled)
    mark_told(session, [promise.id for promise in late], as_of)
    return sorted(settled), [_overdue(promise) for promise in late]


def _shown(promise: Promise, done: Sequence[reads.Done], as_of: date) -> reads.Done | None:
    """The first thing done that is what was promised, for every invoice it named."""
    kinds, named = _EVIDENCE.get(promise.kind, ()), set(split_list(promise.invoice_ids))
    fitting = sorted(
        (each for each in done if each.kind in kinds and _since(promise, each) <= each.on <= as_of),
        key=lambda each: each.on,
    )
    if promise.kind in ("callback", "call") or not named:
        return next(iter(fitting), None) if promise.kind != "correction" else None
    for each in fitting:
        named -= each.invoice_ids
        if not named:
            return each
    return None


def _since(promise: Promise, done: reads.Done) -> date:
    """The first day on which something of this kind can be the promise kept."""
    same_day = promise.due_on <= promise.promised_on or not done.may_have_made_it
    return promise.promised_on if same_day else promise.promised_on + timedelta(days=1)


def _overdue(promise: Promise) -> Overdue:
    return Overdue(
        promise.id,
        promise.account_id,
        promise.kind,
        promise.promised_on,
        promise.due_on,
        promise.owner,
    )


def kept_records(session: Session, as_of: date, accounts: Sequence[str]) -> dict[str, KeptRecord]:
    """How often accounts kept their promises of late, drawn to the rate of the whole house."""
    first = as_of - timedelta(days=RECORD_DAYS)
    everybody = reads.tallies(session, first, as_of)
    kept = sum(tally.kept for tally in everybody.values())
    failed = sum(tally.failed for tally in everybody.values())
    none = reads.Tally(0, 0)
    return {
        account: kept_record(*everybody.get(account, none), house_kept=kept, house_failed=failed)
        for account in accounts
    }


def kept_line(record: KeptRecord) -> KeptLine:
    """A record as it is shown, in whole percents."""
    return KeptLine(
        kept=record.kept,
        failed=record.failed,
        percent=round(record.rate * 100),
        from_percent=round(record.low * 100),
        to_percent=round(record.high * 100),
    )
