"""The disputes desk by day and night: clocks started, overdue and unproven cases put before people.

Each is asked once: the journal says so, and no later night asks again.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from ledger.actions import Escalate
from ledger.errors import BadInput
from ledger.facts import AccountFacts
from ledger.ids import digest
from ledger.journal import audit
from ledger.postings_disputes import add_evidence, set_terms
from ledger.queries.account_facts import load_facts
from ledger.queries.disputes import (
    OVERDUE,
    UNPROVEN,
    overdue_disputes,
    unproven_disputes,
)
from ledger.states import DisputeState
from ledger.tables.case import Dispute
from policies.schema import Policy
from tools.account_pages import shown_text
from tools.dispute_pipeline import PipelineLine, answer_by, lines_of, owner_of
from tools.outside_text import clean_text
from tools.proposals import submit

ROLE = "dispute_analyst"
_LONGEST_QUOTE = 300
_LONGEST_EVIDENCE = 20_000
MAX_EVIDENCE_BYTES = 20 * 2**20
_SAYS = {
    OVERDUE: "The answer is overdue",
    UNPROVEN: "Nothing has come that speaks for it; a claim alone does not stop chasing for ever",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """How many disputes were put before a person, and the proposals that wait for one."""

    overdue: int
    unproven: int
    waiting: tuple[tuple[str, str], ...]


def start_clocks(session: Session, policy: Policy) -> int:
    """Give every open dispute without a clock its owner and the day it is answered by.

    Disputes of the accounting system come without; their clock counts from the opening.
    """
    rows = session.scalars(
        select(Dispute)
        .where(Dispute.state != DisputeState.RESOLVED, Dispute.answer_by.is_(None))
        .order_by(Dispute.id)
    ).all()
    for row in rows:
        set_terms(session, row.id, owner_of(row, policy), answer_by(row, policy))
    return len(rows)


def ask_about_late(
    session: Session,
    policy: Policy,
    as_of: date,
    now: datetime,
    run_id: str | None,
    just_prepared: frozenset[str] = frozenset(),
) -> Asked:
    """Put overdue and unproven disputes before a person, once each, a request an account.

    Accounts whose case was prepared this night are before a person already; that is noted alone.
    """
    limit = as_of - timedelta(days=policy.dispute.evidence_within_days)
    late = {
        OVERDUE: lines_of(session, overdue_disputes(session, as_of), policy, as_of),
        UNPROVEN: lines_of(session, unproven_disputes(session, limit), policy, as_of),
    }
    told: dict[str, list[tuple[str, PipelineLine]]] = defaultdict(list)
    for kind, lines in late.items():
        for line in lines:
            told[line.account_id].append((kind, line))
    facts = load_facts(session, as_of, sorted(told)) if told else {}
    waiting = []
    for account_id, entries in sorted(told.items()):
        if account_id not in just_prepared:
            waiting += _ask(session, policy, now, run_id, facts[account_id], entries)
        for kind, line in entries:
            audit(session, now, kind, line.id, ROLE, answer_by=line.answer_by.isoformat())
    return Asked(len(late[OVERDUE]), len(late[UNPROVEN]), tuple(waiting))


def note_evidence(
    session: Session,
    dispute: Dispute,
    *,
    kind: str,
    source: str,
    body: str,
    person_id: str,
    on: date,
    now: datetime,
) -> str:
    """Keep what speaks for or against a dispute, as somebody noted it; returns its id."""
    row: dict[str, Any] = {
        "dispute_id": dispute.id,
        "noted_on": on,
        "kind": kind,
        "source": clean_text(source)[:200],
        "body": clean_text(body)[:_LONGEST_EVIDENCE],
        "noted_by": person_id,
    }
    key = add_evidence(session, row)
    audit(session, now, "dispute_evidence_noted", dispute.id, person_id, evidence_id=key)
    return key


@dataclass(frozen=True, slots=True)
class GivenEvidence:
    """A file somebody gave: its name with its digest, and its words where it is text."""

    source: str
    body: str


def read_evidence(path: Path) -> GivenEvidence:
    """Read a file as evidence.

    Raises:
        BadInput: It cannot be read, or is too large.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_EVIDENCE_BYTES else None
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}") from None
    if data is None:
        raise BadInput(f"{path.name} is larger than {MAX_EVIDENCE_BYTES // 2**20} MB")
    try:
        body = data.decode("utf-8")
    except UnicodeDecodeError:
        body = ""
    return GivenEvidence(f"{path.name} (sha256 {digest(data)})", body)


def _ask(
    session: Session,
    policy: Policy,
    now: datetime,
    run_id: str | None,
    facts: AccountFacts,
    entries: list[tuple[str, PipelineLine]],
) -> list[tuple[str, str]]:
    told = [f"{_SAYS[kind]}: {_in_words(session, line)}." for kind, line in entries]
    steps = dict.fromkeys(
        step for _kind, line in entries for step in policy.dispute.reason_of(line.reason).next_steps
    )
    summary = f"{' '.join(told)} Next: {'; '.join(steps)}; then resolve it, in writing."
    asks = Escalate(
        account_id=facts.account_id, to_role=policy.dispute.escalates_to, summary=summary[:2000]
    )
    done = submit(
        session,
        [asks],
        author=ROLE,
        role=ROLE,
        facts=facts,
        policy=policy,
        now=now,
        run_id=run_id,
    )
    return [(each.proposal_id, facts.account_id) for each in done if each.proposal_id]


def _in_words(session: Session, line: PipelineLine) -> str:
    about = line.invoice_number or "the account"
    amount = f" ({line.amount})" if line.amount else ""
    dispute = session.get(Dispute, line.id)
    quote = shown_text(clean_text(dispute.quote), _LONGEST_QUOTE) if dispute else ""
    words = f'; they wrote: "{quote}"' if quote else ""
    return (
        f"{line.reason} on {about}{amount}, {line.id}, opened {line.opened_on}, answer by "
        f"{line.answer_by}, owner {line.owner}, priority {line.priority}{words}"
    )
