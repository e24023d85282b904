"""The cash applier with money that went back: the bank's line finds its receipt, or a person does.

What the bank's reference and the whole amount name is taken back alone, unless a person said what
it pays; everything else is asked for, with the receipts it may mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from engines.matching.returns import (
    Received,
    ReturnedBy,
    ReturnLine,
    TakenBack,
    find_returned,
)
from ledger.actions import ReverseReceipt
from ledger.errors import NotFound, Refused
from ledger.journal import audit
from ledger.money import Money
from ledger.postings_returns import return_receipt
from ledger.queries import cash_returns as reads
from ledger.queries.cash_facts import facts_for
from ledger.tables.receivable import BankLine, Receipt
from policies.schema import Policy
from tools.alternatives import offer
from tools.authority import Decider
from tools.contract import MoneyOut, Result
from tools.proposals import submit

LOOKED_BACK_DAYS = 90
_OLDEST_RECEIPT_DAYS = 400
_REASON_SHOWN = 200
_EVIDENCE_WORDS = {
    ReturnedBy.REFERENCE: "the bank's reference names it",
    ReturnedBy.PAYER: "payer and amount agree",
}


class ReturnLeft(Result):
    """Money that went back and found no receipt, for a person."""

    bank_line_id: str
    booked_on: date
    amount: MoneyOut
    payer_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A return with the receipts it may take back; `rows` are those receipts."""

    line: BankLine
    found: TakenBack
    rows: tuple[Any, ...]

    @property
    def account_id(self) -> str | None:
        """Whose the likeliest receipt is."""
        return self.rows[0].account_id if self.rows else None

    def actions(self) -> list[ReverseReceipt]:
        """A way per receipt whose account is known, likeliest first."""
        return [
            ReverseReceipt(
                account_id=row.account_id,
                receipt_id=row.id,
                amount_minor=-self.line.amount_minor,
                bank_line_id=self.line.id,
                reason=reason_of(self.line),
                evidence=self.found.evidence.value if self.found.is_unique else "person",
            )
            for row in self.rows
            if row.account_id
        ]

    def words(self) -> list[str]:
        """Each of those ways as a reviewer reads it."""
        told = _EVIDENCE_WORDS[self.found.evidence]
        return [
            f"payment {row.receipt_number} of {Money(row.amount_minor, row.currency)} received on "
            f"{row.received_on} ({told})"
            for row in self.rows
            if row.account_id
        ]


@dataclass(frozen=True, slots=True)
class ReturnDesk:
    """Who works the returns, under which policy and in which run."""

    policy: Policy
    as_of: date
    now: datetime
    author: str
    run_id: str


@dataclass(frozen=True, slots=True)
class ReturnsDone:
    """What became of returns; `waiting` are requests with their accounts."""

    taken_back: int
    waiting: list[tuple[str, str]]
    left: int


def reason_of(line: BankLine) -> str:
    """Why it went back, as the bank told it, on one line."""
    told = " ".join(f"{line.return_of} {line.memo}".split())
    return told[:_REASON_SHOWN]


def find_returns(session: Session, as_of: date) -> list[Returned]:
    """Look for the receipts behind lines that took money back and wait for no answer."""
    since = as_of - timedelta(days=LOOKED_BACK_DAYS)
    asked = reads.lines_asked_about(session)
    lines = [line for line in reads.open_returns(session, since, as_of) if line.id not in asked]
    if not lines:
        return []
    oldest = min(line.booked_on for line in lines) - timedelta(days=_OLDEST_RECEIPT_DAYS)
    rows = reads.receipts_that_may_return(
        session,
        oldest,
        sorted({line.currency for line in lines}),
        min(-line.amount_minor for line in lines),
    )
    by_id = {row.id: row for row in rows}
    by_line = {line.id: line for line in lines}
    found = find_returned(map(_line, lines), [_received(row) for row in by_id.values()])
    return [
        Returned(by_line[each.line_id], each, tuple(by_id[key] for key in each.receipt_ids))
        for each in found
    ]


def returns_left(session: Session, as_of: date) -> list[ReturnLeft]:
    """Money that went back for which no receipt is asked about: a person looks."""
    return [
        ReturnLeft(
            bank_line_id=each.line.id,
            booked_on=each.line.booked_on,
            amount=Money(-each.line.amount_minor, each.line.currency),
            payer_name=each.line.payer_name,
            reason=reason_of(each.line),
        )
        for each in find_returns(session, as_of)
        if not each.actions()
    ]


def ask_to_take_back(
    session: Session,
    bank_line_id: str,
    receipt_number: str,
    asker: Decider,
    policy: Policy,
    as_of: date,
    now: datetime,
) -> tuple[str, str]:
    """A person says which receipt a line took back; somebody else approves it.

    Returns:
        The request and its account.

    Raises:
        NotFound: No such line of money that went back, or no such receipt of a customer.
        Refused: The asker only reads, or the rules deny it.
    """
    asker.check_may_decide(policy)
    line = session.get(BankLine, bank_line_id)
    if line is None or line.amount_minor >= 0:
        raise NotFound(f"no line {bank_line_id!r} took money back; see `dunwell cash returns`")
    receipt = session.execute(
        select(Receipt.id, Receipt.account_id).where(Receipt.receipt_number == receipt_number)
    ).one_or_none()
    if receipt is None or receipt.account_id is None:
        raise NotFound(f"no payment {receipt_number!r} of a known customer")
    action = ReverseReceipt(
        account_id=receipt.account_id,
        receipt_id=receipt.id,
        amount_minor=-line.amount_minor,
        bank_line_id=line.id,
        reason=reason_of(line),
    )
    (result,) = submit(
        session,
        [action],
        author=asker.person_id,
        role="cash_applier",
        facts=facts_for(session, as_of, [action])[action.account_id],
        policy=policy,
        now=now,
        why=f"{asker.name} says that this is the payment the bank took back.",
        always_ask=True,
    )
    if result.proposal_id is None:
        raise Refused(result.outcome)
    return result.proposal_id, action.account_id


def take_back(session: Session, found: Sequence[Returned], desk: ReturnDesk) -> ReturnsDone:
    """Take back what is certain and ask about the rest, in the caller's transaction."""
    session.flush()
    done, left, waiting = 0, 0, []
    rounds = _rounds([each for each in found if each.actions()])
    for batch in rounds:
        actions = [each.actions()[0] for each in batch]
        facts = facts_for(session, desk.as_of, actions)
        for each, action in zip(batch, actions, strict=True):
            (result,) = submit(
                session,
                [action],
                author=desk.author,
                role=desk.author,
                facts=facts[action.account_id],
                policy=desk.policy,
                now=desk.now,
                run_id=desk.run_id,
                why=_why(each),
            )
            if result.proposal_id:
                others = each.actions()[1:]
                offer(session, result.proposal_id, others, each.words(), desk.author, desk.now)
                waiting.append((result.proposal_id, action.account_id))
            elif result.outcome.startswith("refused"):
                left += 1
            else:
                done += 1
    for each in found:
        if not each.actions():
            booked = _take_back_unidentified(session, each, desk)
            done, left = done + booked, left + (not booked)
    return ReturnsDone(done, waiting, left)


def _rounds(found: Sequence[Returned]) -> list[list[Returned]]:
    """Batches in which an account comes once, so that facts read before a batch hold in it."""
    rounds: list[list[Returned]] = []
    turn: dict[str, int] = {}
    for each in found:
        account = each.actions()[0].account_id
        place = turn.get(account, 0)
        turn[account] = place + 1
        if place == len(rounds):
            rounds.append([])
        rounds[place].append(each)
    return rounds


def _take_back_unidentified(session: Session, each: Returned, desk: ReturnDesk) -> bool:
    """Money nobody is known to have sent, gone back whole: no customer's balance moves."""
    certain = each.found.is_unique and each.found.evidence is ReturnedBy.REFERENCE
    if not certain or each.rows[0].unapplied_minor != -each.line.amount_minor:
        return False
    receipt = each.rows[0]
    back = return_receipt(
        session,
        receipt.id,
        -each.line.amount_minor,
        desk.as_of,
        bank_line_id=each.line.id,
        reason=reason_of(each.line),
        cause=f"{desk.run_id}:{desk.author}",
    )
    told = {"receipt_id": receipt.id, "bank_line_id": each.line.id}
    audit(session, desk.now, "unidentified_receipt_returned", back.return_id, desk.author, **told)
    return True


def _why(each: Returned) -> str:
    words = each.words()
    told = [f"The bank took back {Money(-each.line.amount_minor, each.line.currency)}."]
    told.append(f"Likely: {words[0]}.")
    told += [f"Or: {other}." for other in words[1:]]
    return " ".join(told)


def _line(line: BankLine) -> ReturnLine:
    return ReturnLine(
        line.id,
        line.booked_on,
        -line.amount_minor,
        line.currency,
        (line.return_of, line.customer_ref, line.bank_ref, line.memo),
        line.payer_account,
        line.payer_name,
    )


def _received(row: Any) -> Received:
    told = (row.receipt_number, row.bank_ref or "", row.customer_ref or "")
    return Received(
        row.id,
        row.received_on,
        row.left,
        row.currency,
        told,
        row.payer_account or "",
        row.payer_name,
    )
