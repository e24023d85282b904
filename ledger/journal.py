"""Workflow records: runs, dispositions, proposals, decisions, outbox, permits. Never money."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from ledger.actions import ProposedAction, action_json, approval_digest
from ledger.chains import append_audit
from ledger.errors import Conflict, NotFound
from ledger.facts import AccountFacts, unpack_facts
from ledger.ids import make_id
from ledger.states import (
    OPEN_PROPOSAL_STATES,
    DecisionVerb,
    ProposalState,
    check_proposal_move,
)
from ledger.tables.account import Account
from ledger.tables.work import Decision, Feed, Proposal, Snapshot


def insert_new(session: Session, table: Any, rows: list[dict[str, Any]]) -> int:
    """Insert rows, leaving out those whose unique key already exists; returns how many are new."""
    if not rows:
        return 0
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table.__table__).on_conflict_do_nothing()
    counted = statement.execution_options(preserve_rowcount=True)
    return session.execute(counted, rows).rowcount


def audit(
    session: Session,
    at: datetime,
    kind: str,
    subject_id: str,
    actor: str,
    **payload: Any,
) -> None:
    """Write one journal record; payload values are JSON."""
    append_audit(
        session,
        [
            {
                "at": at,
                "kind": kind,
                "subject_id": subject_id,
                "actor": actor,
                "payload": orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode(),
            }
        ],
    )


def touch(session: Session, account_ids: set[str]) -> None:
    """Something about these accounts changed: the next night looks at them again."""
    ids = sorted(account_ids)
    for start in range(0, len(ids), 500):
        session.execute(
            update(Account)
            .where(Account.id.in_(ids[start : start + 500]))
            .values(next_action_on=None)
        )


def mark_feed(session: Session, name: str, read_through: date, read_at: datetime) -> None:
    """Record how far a source was read; never moves backwards."""
    feed = session.get(Feed, name)
    if feed is None:
        session.add(Feed(name=name, read_through=read_through, read_at=read_at))
    elif read_through >= feed.read_through:
        feed.read_through, feed.read_at = read_through, read_at
    session.flush()


def keep_snapshots(session: Session, packed: dict[str, bytes]) -> None:
    """Store packed facts under their digests; those already there are left alone."""
    rows = [{"hash": key, "facts": data} for key, data in packed.items()]
    insert_new(session, Snapshot, rows)


def recorded_facts(session: Session, facts_hash: str) -> AccountFacts:
    """The facts a decision was made on.

    Raises:
        NotFound: They were never recorded.
    """
    snapshot = session.get(Snapshot, facts_hash)
    if snapshot is None:
        raise NotFound(f"no recorded facts {facts_hash}")
    return unpack_facts(snapshot.facts)


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What is needed to put an action before a person."""

    action: ProposedAction
    author: str
    role: str
    rule_ids: tuple[str, ...]
    approver_roles: tuple[tuple[str, ...], ...]
    why: str
    counterfactual: str
    facts_hash: str
    policy_hash: str
    priority_minor: int
    currency: str | None
    created_on: date
    expires_in_days: int
    run_id: str | None = None
    supersedes_id: str | None = None


def encode_roles(sets: tuple[tuple[str, ...], ...]) -> str:
    """Role sets as text: any of `a|b`, and any of `c` -> "a|b;c"."""
    return ";".join(sorted({"|".join(sorted(roles)) for roles in sets}))


def decode_roles(text: str) -> tuple[tuple[str, ...], ...]:
    """Role sets back from text."""
    return tuple(tuple(part.split("|")) for part in text.split(";") if part)


def proposal_row(new: NewProposal, at: datetime) -> dict[str, Any]:
    """The row of a new proposal. The same action on the same facts gets the same id."""
    bound = approval_digest(new.action, new.facts_hash, new.policy_hash)
    return {
        "id": make_id("prp", bound, new.created_on, new.supersedes_id or ""),
        "account_id": new.action.account_id,
        "run_id": new.run_id,
        "action_type": new.action.type,
        "action": action_json(new.action),
        "digest": bound,
        "author": new.author,
        "role": new.role,
        "rule_ids": ",".join(new.rule_ids),
        "approver_roles": encode_roles(new.approver_roles),
        "why": new.why,
        "counterfactual": new.counterfactual,
        "facts_hash": new.facts_hash,
        "policy_hash": new.policy_hash,
        "priority_minor": new.priority_minor,
        "currency": new.currency,
        "expires_on": new.created_on + timedelta(days=new.expires_in_days),
        "created_on": new.created_on,
        "created_at": at,
        "supersedes_id": new.supersedes_id,
        "state": ProposalState.PENDING.value,
        "version": 1,
        "outcome": "",
    }


def add_proposals(session: Session, rows: list[dict[str, Any]]) -> int:
    """Insert proposal rows; those already there are left alone."""
    return insert_new(session, Proposal, rows)


def get_proposal(session: Session, proposal_id: str) -> Proposal:
    """A proposal by id or by an unambiguous beginning of it.

    Raises:
        NotFound: None such, or several begin like this.
    """
    found = session.get(Proposal, proposal_id)
    if found is not None:
        return found
    if not re.fullmatch(r"[a-z0-9_]{5,}", proposal_id):
        raise NotFound(f"no proposal {proposal_id!r}; `dunwell inbox list` shows those waiting")
    like = session.scalars(
        select(Proposal).where(Proposal.id.startswith(proposal_id)).limit(2)
    ).all()
    if len(like) != 1:
        reason = "several proposals begin with" if like else "no proposal"
        raise NotFound(f"{reason} {proposal_id!r}; `dunwell inbox list` shows those waiting")
    return like[0]


def waiting_proposals(session: Session, account_id: str) -> list[Proposal]:
    """Proposals of an account that a person has not decided."""
    return list(
        session.scalars(
            select(Proposal).where(
                Proposal.account_id == account_id,
                Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)),
            )
        )
    )


def waiting_drafts(
    session: Session, account_ids: list[str], action_type: str
) -> dict[str, list[Proposal]]:
    """Undecided drafts of one kind by account."""
    found: dict[str, list[Proposal]] = {}
    for start in range(0, len(account_ids), 500):
        rows = session.scalars(
            select(Proposal).where(
                Proposal.account_id.in_(account_ids[start : start + 500]),
                Proposal.action_type == action_type,
                Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)),
            )
        )
        for proposal in rows:
            found.setdefault(proposal.account_id, []).append(proposal)
    return found


def record_decision(
    session: Session,
    proposal: Proposal,
    verb: DecisionVerb,
    *,
    decided_by: str,
    decided_as: str,
    at: datetime,
    digest: str,
    reason: str = "",
    edit: str = "",
) -> Decision:
    """Write what a person said, once per version of the proposal.

    Raises:
        Conflict: Another decision on this version was first; the message names it.
    """
    decision = {
        "id": make_id("dec", proposal.id, proposal.version),
        "proposal_id": proposal.id,
        "version": proposal.version,
        "verb": verb.value,
        "digest": digest,
        "decided_by": decided_by,
        "decided_as": decided_as,
        "reason": reason,
        "edit": edit,
        "decided_at": at,
    }
    if insert_new(session, Decision, [decision]) == 0:
        raise Conflict(first_decision(session, proposal.id))
    audit(
        session,
        at,
        f"proposal_{verb.value}",
        proposal.id,
        decided_by,
        digest=digest,
        reason=reason,
        as_role=decided_as,
    )
    return Decision(**decision)


_FINAL = (DecisionVerb.APPROVE, DecisionVerb.EDIT, DecisionVerb.REJECT, DecisionVerb.ANSWER)


def first_decision(session: Session, proposal_id: str) -> str:
    """Who decided a proposal, when and how, and what came of it, as a sentence."""
    proposal = session.get(Proposal, proposal_id)
    last = session.scalars(
        select(Decision)
        .where(Decision.proposal_id == proposal_id, Decision.verb.in_(_FINAL))
        .order_by(Decision.version.desc())
    ).first()
    came = f" ({proposal.outcome})" if proposal is not None and proposal.outcome else ""
    if last is None:
        state = proposal.state if proposal is not None else "gone"
        return f"proposal {proposal_id} no longer waits: it is {state}{came}"
    when = f"{last.decided_at:%Y-%m-%d %H:%M} UTC"
    return f"already decided: {last.verb} by {last.decided_by} at {when}{came}"


def move_proposal(
    session: Session, proposal: Proposal, state: ProposalState, **changes: Any
) -> None:
    """Compare-and-set a proposal to a new state and version.

    Raises:
        Conflict: It moved meanwhile.
    """
    if state != proposal.state:
        check_proposal_move(proposal.state, state)
    result = session.execute(
        update(Proposal)
        .where(
            Proposal.id == proposal.id,
            Proposal.version == proposal.version,
        )
        .values(state=state.value, version=proposal.version + 1, **changes)
    )
    if result.rowcount != 1:
        raise Conflict(first_decision(session, proposal.id))
    session.refresh(proposal)


def stale_proposals(session: Session, as_of: date) -> list[Proposal]:
    """Waiting proposals past their expiry, and snoozed ones whose time has come."""
    return list(
        session.scalars(
            select(Proposal).where(
                or_(
                    (Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)))
                    & (Proposal.expires_on < as_of),
                    (Proposal.state == ProposalState.SNOOZED) & (Proposal.snoozed_until <= as_of),
                )
            )
        )
    )


def add_rows(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert rows in one statement."""
    if rows:
        session.execute(insert(table.__table__), rows)
