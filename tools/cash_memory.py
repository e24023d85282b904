"""What confirmed answers taught cash application: derived from the journal, shown, revocable.

Nothing is kept beside the journal: the same records give the same memory, and it changes only
when a person answers a suggestion or forgets a fact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlmodel import Session

from engines.matching.memory import Answer, Learned, Learning, Memory, remember
from ledger.errors import BadInput, NotFound
from ledger.ids import make_id
from ledger.journal import audit
from ledger.queries.cash_memory import (
    FORGOTTEN,
    SUGGESTED,
    cash_answers,
    journal_of,
    payers_told,
)
from ledger.states import ProposalState
from policies.schema import Policy
from tools.authority import Decider
from tools.contract import Result

_SHORTEST = 8


class MemoryLine(Result):
    """A learned fact: what stands for whom, and how often people said so.

    A pattern that was forgotten is blocked: it posts nothing until a person confirms it anew.
    """

    key: str
    kind: str
    what: str
    account_number: str
    right: int
    wrong: int
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer with its place in the journal."""

    seq: int
    answer: Answer


def cash_memory(session: Session) -> Memory:
    """Everything learned and not forgotten, and the patterns that are blocked."""
    records = journal_of(session, FORGOTTEN)
    forgotten = {row.subject_id: row.seq for row in records}
    told = [
        each.answer for each in _answers(session) if each.seq > forgotten.get(_key(each.answer), 0)
    ]
    confirmed = {each.key for each in told if each.kind is Learned.PATTERN and each.was_right}
    dropped = (orjson.loads(row.payload)["fact"] for row in records)
    patterns = {fact["what"] for fact in dropped if fact["kind"] == Learned.PATTERN}
    return remember(told, patterns - confirmed)


def memory_lines(session: Session) -> list[MemoryLine]:
    """The memory as a person reads it."""
    memory = cash_memory(session)
    answered = [
        MemoryLine(
            key=_key(each),
            kind=each.kind.value,
            what=each.key,
            account_number=each.customer_no,
            right=each.right,
            wrong=each.wrong,
            blocked=each.kind is Learned.PATTERN and each.key in memory.revoked_patterns,
        )
        for each in memory.learned
    ]
    shown = {line.what for line in answered if line.kind == Learned.PATTERN}
    return answered + [
        MemoryLine(
            key=_key(Answer(Learned.PATTERN, pattern, "", was_right=False)),
            kind=Learned.PATTERN.value,
            what=pattern,
            account_number="",
            right=0,
            wrong=0,
            blocked=True,
        )
        for pattern in sorted(memory.revoked_patterns - shown)
    ]


def forget(
    session: Session, key: str, decider: Decider, policy: Policy, now: datetime
) -> MemoryLine:
    """Forget a fact; answers given so far stay in the journal and count no more.

    A pattern is blocked as well, whatever its measured precision, until a person confirms it anew.

    Args:
        session: A write transaction.
        key: The key that the memory shows, or an unambiguous beginning of it.
        decider: Who forgets it.
        policy: Says who may.
        now: The instant.

    Raises:
        Refused: The person only reads.
        NotFound: No such fact.
        BadInput: Several facts begin like this.
    """
    decider.check_may_decide(policy)
    long_enough = len(key) >= _SHORTEST
    found = [
        each
        for each in memory_lines(session)
        if long_enough and each.key.startswith(key) and not each.blocked
    ]
    if not found:
        raise NotFound(f"nothing learned has the key {key!r}; `dunwell cash memory` shows the keys")
    if len(found) > 1:
        raise BadInput(f"{len(found)} facts begin with {key!r}; give more of the key")
    fact = found[0]
    told = fact.model_dump(mode="json", exclude={"key"})
    audit(session, now, FORGOTTEN, fact.key, decider.person_id, fact=told)
    return fact


def _answers(session: Session) -> Iterator[_Told]:
    """What each decided application says of its payer and of the pattern behind it."""
    records = journal_of(session, SUGGESTED)
    suggested = {row.subject_id: orjson.loads(row.payload) for row in records}
    payers = payers_told(session)
    for row in cash_answers(session):
        action = orjson.loads(row.action)
        receipt_id = action["receipt_id"]
        was_done = row.state == ProposalState.EXECUTED
        name, account = payers.get(receipt_id, ("", ""))
        if was_done:  # a no may be about the invoices; only a yes says whose money it is
            for kind, told in ((Learned.ACCOUNT, account), (Learned.ALIAS, name)):
                if told.strip():
                    yield _Told(row.seq, Answer(kind, told, row.account_number, was_right=True))
        if receipt_id in suggested:
            first = suggested[receipt_id]["ways"][0]
            cash = [[part["invoice_id"], part["amount_minor"]] for part in action["allocations"]]
            right = was_done and sorted(cash) == sorted(first["cash"])
            yield _Told(row.seq, Answer(Learned.PATTERN, first["pattern"], "", right))


def _key(fact: Answer | Learning) -> str:
    """The same for an answer and for what it taught."""
    learned = remember([Answer(fact.kind, fact.key, fact.customer_no, was_right=True)]).learned[0]
    return make_id("mem", learned.kind, learned.key, learned.customer_no)
