"""Matches the receipts of a night against the whole book, and says how each may be applied."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlmodel import Session

from engines.matching.classify import states_deduction
from engines.matching.free_text import FreeLine, amounts_in, read_by_rules
from engines.matching.match import match_payments
from engines.matching.memory import Memory
from engines.matching.model import (
    Action,
    Advice,
    AdviceLine,
    Alternative,
    Book,
    Customer,
    OpenDocument,
    Outcome,
    Part,
    Payment,
    Reason,
)
from engines.matching.model import Difference as Lacking
from engines.matching.references import ReferenceIndex
from engines.matching.rules import MatchRules
from ledger.money import Money, currency_digits
from ledger.queries import cash_matching as reads
from ledger.queries.same_money import IN_DOUBT
from ledger.tables.receivable import RemittanceLine
from policies.schema import CashPolicy
from tools.cash_candidates import Owners
from tools.cash_ways import (
    EVIDENCE,
    FREE_TEXT,
    ON_ACCOUNT,
    PART_PAYMENT,
    Matched,
    Way,
    net_of_credits,
)

CLOSED_DAYS = 180
_LONGEST_CLAIM = 300
_WAYS_SHOWN = 3
_TWO_DECIMALS = 2
# Reasons for which the payer's own words may say what the documents alone do not.
_READ_AGAIN = frozenset(
    {
        Reason.SHORT_PAY,
        Reason.PARTIAL_PAYMENT,
        Reason.DISCOUNT_UNEARNED,
        Reason.AMBIGUOUS_COMBINATION,
        Reason.OVERPAYMENT,
        Reason.BANK_FEE,
        Reason.UNKNOWN_PAYER,
        Reason.MULTI_CUSTOMER,
    }
)


Reader = Callable[[str, Money, ReferenceIndex, Mapping[str, int]], tuple[FreeLine, ...]]


def match_receipts(
    session: Session,
    as_of: date,
    policy: CashPolicy,
    memory: Memory | None = None,
    reader: Reader | None = None,
) -> list[Matched]:
    """Match everything that waits; a receipt that once paid something is left as it stands.

    One that a person was asked about is left alone as well, unless the request expired, was refused
    or was sent back: it is asked anew, however old it is. Of money that may be in the books twice
    it is only said whose it may be; beside it, the rest is matched as if it were not there.

    Args:
        session: A read transaction.
        as_of: The business date.
        policy: Tolerances.
        memory: What people confirmed.
        reader: Reads free text where rules read nothing in it; what it finds is only suggested.
    """
    again = {reason.value for reason in Reason} | {PART_PAYMENT, IN_DOUBT}
    since = as_of - timedelta(days=policy.advice_days)
    asked = reads.receipts_asked_about(session, as_of)
    found = reads.waiting_receipts(session, as_of, since, again, asked.anew)
    if not found:
        return []
    touched = reads.ever_applied(session)
    left = [row for row in found if row.id in touched]
    rows = [row for row in found if row.id not in touched and not _was_asked(row, asked.standing)]
    desk = _Desk(session, as_of, policy, rows, reader)
    doubtful = [row for row in rows if row.hold_reason == IN_DOUBT]
    matched = desk.match([row for row in rows if row.hold_reason != IN_DOUBT], memory)
    matched += [
        replace(each, action=Action.HOLD, reason=IN_DOUBT, ways=())
        for each in desk.match(doubtful, memory)
    ]
    kept = [
        Matched(row.id, row.account_id, row.currency, Action.HOLD, ON_ACCOUNT, (), again=False)
        for row in left
        if row.hold_reason is None
    ]
    return matched + kept


def _was_asked(row: Any, asked: frozenset[str]) -> bool:
    return row.hold_reason is not None and row.id in asked


def rules_of(policy: CashPolicy) -> MatchRules:
    """The tolerances of policy as the engine takes them."""
    return MatchRules(
        fee_most_minor=0,
        fees_most_minor=policy.fees_most_minor,
        fee_most_permille=policy.fee_most_permille,
        earned_discount_permille=policy.earned_discount_permille,
        discount_days_early=policy.discount_days_early,
        short_pay_percent=policy.short_pay_percent,
        set_most_documents=policy.set_most_documents,
        advice_days=policy.advice_days,
        duplicate_days=policy.duplicate_days,
        new_accounts_most_minor=policy.new_accounts_most_minor,
    )


def _payment(row: Any, payer_account: str) -> Payment:
    """A receipt as the engine reads it."""
    return Payment(
        payment_id=row.id,
        value_on=row.received_on,
        amount_minor=row.amount_minor,
        currency=row.currency,
        channel=row.code or "",
        payer_name=row.payer_name,
        payer_account=payer_account,
        bank_ref=row.bank_ref or "",
        memo=row.memo,
    )


class _Desk:
    """The book of a batch, and the way back from the engine's numbers to ids."""

    def __init__(
        self,
        session: Session,
        as_of: date,
        policy: CashPolicy,
        rows: Sequence[Any],
        reader: Reader | None = None,
    ) -> None:
        self.reader, self.rules = reader, rules_of(policy)
        documents = [*reads.open_invoices(session, as_of), *reads.open_credits(session, as_of)]
        self.rows = _by_document(documents)
        oldest = min((row.received_on for row in rows), default=as_of)
        window = timedelta(days=policy.advice_days)
        accounts = reads.payers(session)
        self.parents = {each.id: each.parent_id for each in accounts}
        self.owners = Owners(self.rows, accounts)
        self.book = Book(
            tuple(_document(doc_id, row) for doc_id, row in self.rows.items()),
            tuple(_customers(accounts, rows)),
            tuple(_advices(reads.advised_between(session, oldest - window, as_of + window))),
            reads.closed_since(session, as_of - timedelta(days=CLOSED_DAYS)),
            tuple(_paid_before(session, oldest - timedelta(days=policy.duplicate_days), as_of)),
        )

    def match(self, rows: Sequence[Any], memory: Memory | None) -> list[Matched]:
        """Receipts beside each other against the book."""
        payments = [_payment(row, row.account_id or row.payer_account or "") for row in rows]
        outcomes = match_payments(self.book, payments, self.rules, memory)
        return [self.matched(row, out) for row, out in zip(rows, outcomes, strict=True)]

    def matched(self, row: Any, outcome: Outcome) -> Matched:
        """An outcome in ids of the ledger; what no account of ours can take is held."""
        given = outcome.alternatives
        ways = [
            self._way(each, row, outcome.advice_key if not n else "")
            for n, each in enumerate(given)
        ]
        fit, told = tuple(way for way in ways if way), None
        action, reason = outcome.action, outcome.reason.value if outcome.reason else ""
        if action is Action.AUTO and not fit:
            reason = Reason.PAYER_CONFLICT.value
        action = action if fit else Action.HOLD
        if action is Action.AUTO and fit[0].given_up and not fit[0].is_own:
            action = Action.SUGGEST  # what a relative's invoice lacks is settled in one approval
        if action is not Action.AUTO and outcome.reason in _READ_AGAIN:
            told = self._free_text(row)
            fit = (told, *(way for way in fit if way.cash != told.cash)) if told else fit
            fit, action = fit[:_WAYS_SHOWN], Action.SUGGEST if fit else action
        again = row.hold_reason is not None
        reason = reason or ("" if action is Action.AUTO else Reason.AMBIGUOUS_COMBINATION.value)
        if action is Action.SUGGEST and fit[0].closes_beside:
            fit = (fit[0], fit[0].cash_alone, *fit[1:])[:_WAYS_SHOWN]
        # Of every way, those no account of ours can take as well.
        theirs = self.owners.candidates(row, outcome, (*ways, told))
        return Matched(row.id, row.account_id, row.currency, action, reason, fit, again, theirs)

    def _way(self, given: Alternative, row: Any, advice_key: str) -> Way | None:
        """An alternative in ids; None where no one account or family can take it."""
        parts = [(self.rows[part.doc_id], part.cash_minor) for part in given.parts]
        account_id = self._payer_of({each.account_id for each, _minor in parts}, row.account_id)
        if account_id is None or {each.currency for each, _minor in parts} != {row.currency}:
            return None
        cash, netted = net_of_credits(parts)
        if not cash or (netted and {each.account_id for each, _minor in parts} != {account_id}):
            return None
        way = Way(
            account_id=account_id,
            cash=cash,
            numbers=tuple((each.number, minor) for each, minor in parts),
            credits=netted,
            given_up=tuple(
                (each.kind, self.rows[each.doc_id].id, each.minor) for each in given.differences
            ),
            on_account_minor=given.on_account_minor,
            evidence=EVIDENCE.get(given.pattern.partition("/")[0], "person"),
            pattern=given.pattern,
            probability=given.probability,
            advice_key=advice_key,
            is_own={each.account_id for each, _minor in parts} == {account_id},
        )
        return replace(way, claims=tuple(self._claims(row, given, advice_key)))

    def _free_text(self, row: Any) -> Way | None:
        """What the payer's own words say is paid, where its lines sum to the receipt."""
        if currency_digits(row.currency) != _TWO_DECIMALS or not amounts_in(row.memo):
            return None
        lines = read_by_rules(row.memo, self.index, self.owed, row.amount_minor)
        if not lines and self.reader:
            money = Money(row.amount_minor, row.currency)
            lines = self.reader(row.memo, money, self.index, self.owed)
        if not lines:
            return None
        alternative = Alternative(
            tuple(Part(line.doc_id, line.net_minor) for line in lines),
            FREE_TEXT,
            (),
            0.0,
            0,
            tuple(
                Lacking(line.kind, line.doc_id, line.kept_minor)
                for line in lines
                if line.kept_minor
            ),
        )
        way = self._way(alternative, row, "")
        quotes = {self.rows[line.doc_id].id: line.quote[:_LONGEST_CLAIM] for line in lines}
        return way and replace(way, claims=tuple((i, quotes[i]) for i, _words in way.claims))

    @cached_property
    def index(self) -> ReferenceIndex:
        """Numbers of the open documents."""
        return ReferenceIndex(self.book.documents, self.book.closed)

    @cached_property
    def owed(self) -> dict[str, int]:
        """What is open on each document."""
        return {document.doc_id: document.amount_minor for document in self.book.documents}

    def _payer_of(self, owners: set[str], known: str | None) -> str | None:
        """The account a way is booked on: the payer's own, else the owner's, else the parent's."""
        if known is None and len(owners) == 1:
            return next(iter(owners))
        payer = known or self._common_parent(owners)
        if payer is None or all(owner == payer or self._related(payer, owner) for owner in owners):
            return payer
        return None

    def _common_parent(self, owners: set[str]) -> str | None:
        tops = {self.parents.get(owner) or owner for owner in owners}
        return tops.pop() if len(tops) == 1 else None

    def _related(self, one: str, two: str) -> bool:
        above = {self.parents.get(one) or one, self.parents.get(two) or two}
        return len(above) == 1 or self.parents.get(one) == two or self.parents.get(two) == one

    def _claims(self, row: Any, given: Alternative, advice_key: str) -> Iterator[tuple[str, str]]:
        """Why less was paid on an invoice: the words of the memo, else of its advice line."""
        for each in given.differences:
            if each.kind != "deduction":
                continue
            document = self.rows[each.doc_id]
            if states_deduction(row.memo) or given.pattern == FREE_TEXT:
                yield document.id, row.memo[:_LONGEST_CLAIM]
            elif words := self._advised_reason(row, document.number, advice_key):
                yield document.id, words[:_LONGEST_CLAIM]

    def _advised_reason(self, row: Any, number: str, advice_key: str) -> str:
        said = (
            line.reason_text
            for advice in self.book.advices
            if (advice.key == advice_key)
            or (
                not advice_key
                and (advice.total_minor, advice.currency) == (row.amount_minor, row.currency)
            )
            for line in advice.lines
            if line.deduction_minor > 0 and line.reference.strip() == number
        )
        return next((words for words in said if words.strip()), "")


def _by_document(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows under their number; numbers that several accounts use are told apart by the owner's."""
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.number, []).append(row)
    found = {}
    for number, same in grouped.items():
        for place, row in enumerate(same):
            found[number if len(same) == 1 else f"{number}@{row.account_number}/{place}"] = row
    return found


def _document(doc_id: str, row: Any) -> OpenDocument:
    numbers = (row.po_number or "", "" if doc_id == row.number else row.number)
    return OpenDocument(
        doc_id,
        row.account_number,
        row.minor,
        row.currency,
        row.due_on,
        references=tuple(number for number in numbers if number),
    )


def _customers(accounts: Sequence[Any], rows: Sequence[Any]) -> Iterable[Customer]:
    """Every account; one that is known to have paid a receipt is known by its own id."""
    paying = {row.account_id for row in rows}
    for row in accounts:
        known = (row.id,) if row.id in paying else ()
        yield Customer(row.account_number, row.name, known, row.parent or "")


def _advices(lines: Sequence[RemittanceLine]) -> Iterable[Advice]:
    for key, group in groupby(lines, key=lambda line: line.advice_key):
        of_one = list(group)
        first = of_one[0]
        yield Advice(
            first.advice_number or key,
            first.advised_on,
            first.payer_name,
            first.total_minor,
            first.currency,
            tuple(
                AdviceLine(
                    each.reference,
                    each.gross_minor,
                    each.deduction_minor,
                    each.net_minor,
                    each.reason,
                )
                for each in of_one
            ),
            key,
        )


def _paid_before(session: Session, since: date, through: date) -> Iterable[Payment]:
    """Earlier receipts under everything their payer is known by."""
    for row in reads.paid_between(session, since, through):
        told = [each for each in (row.account_id, row.payer_account) if each]
        for known in dict.fromkeys([*told, ""] if row.payer_name else told):
            yield _payment(row, known)
