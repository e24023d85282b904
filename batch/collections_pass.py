"""The collections phase: every account on the worklist gets its turn, in bulk.

One transaction a chunk reads, judges and writes, so nothing can change in between. A graph
thread is opened only for what waits for a person, after the rows it points to are safe.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from batch.cases import take_up_cases, work_case
from batch.run import Night
from batch.worklist import build_worklist
from graph.resume import open_threads, thread_of
from ledger.actions import action_json
from ledger.chains import append_audit, append_permits
from ledger.facts import AccountFacts, facts_bytes, pack
from ledger.identities import Identity
from ledger.ids import digest
from ledger.journal import (
    add_proposals,
    add_rows,
    insert_new,
    keep_snapshots,
    proposal_row,
    waiting_drafts,
)
from ledger.queries.account_facts import load_facts
from ledger.states import Disposition
from ledger.tables.account import Account
from ledger.tables.work import DispositionRow, Outbox, Proposal
from tools.carry_out import withdraw
from tools.collections_turn import Turn, take_turn
from tools.freed_keys import freed_keys
from tools.outgoing import JudgedMessage, outbox_rows
from tools.proposals import new_proposal

CHUNK = 500
AUTHOR = "collector"
_OF_TONIGHT = frozenset({"one_message_per_day", "one_message_at_a_time"})


@dataclass
class _Chunk:
    """Rows of one chunk, written together; `freed` is how often a key's message never left."""

    snapshots: dict[str, bytes] = field(default_factory=dict)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    permits: list[dict[str, Any]] = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    dispositions: list[dict[str, Any]] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    cases: list[tuple[AccountFacts, Turn]] = field(default_factory=list)
    withdrawn: list[tuple[Proposal, str]] = field(default_factory=list)
    freed: Mapping[str, int] = field(default_factory=dict)


def collections_pass(night: Night) -> None:
    """Give every account on the worklist its turn."""
    take_up_cases(night)
    judged_in = night.run_id if night.taken_up else None
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        everybody = build_worklist(session, night.as_of, night.house.policy, judged_in)
    worklist = everybody[: night.limit]
    night.note("collections", not_reached=len(everybody) - len(worklist))
    for start in range(0, len(worklist), CHUNK):
        ids = worklist[start : start + CHUNK]
        chunk = _write_chunk(night, ids)
        open_threads(
            night.house, night.deps, [(row["id"], row["account_id"]) for row in chunk.proposals]
        )
        for facts, turn in chunk.cases:
            work_case(night, facts.account_id, turn.prepared_by or AUTHOR, turn.task, facts)
        night.progress("collections", start + len(ids), len(worklist))


def _write_chunk(night: Night, ids: list[str]) -> _Chunk:
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        before = dict(
            session.execute(
                select(Account.id, Account.disposition).where(Account.id.in_(ids))
            ).all()
        )
        facts = load_facts(session, night.as_of, ids)
        waiting = _waiting(session, list(facts.values()))
        chunk = _Chunk(freed=freed_keys(session, ids))
        for account_id, account in facts.items():
            turn = take_turn(account, night.house.policy, night.now)
            _collect(night, chunk, account, turn, before[account_id], waiting.get(account_id, []))
        _save(night, session, chunk)
        night.add("collections", looked_at=len(ids), cases=len(chunk.cases))
        night.keep_counts(session)
    return chunk


def _waiting(session: Session, accounts: list[AccountFacts]) -> dict[str, list[Proposal]]:
    """Reminders that wait, and statements of accounts that have nothing left to list."""
    asked = [facts for facts in accounts if facts.proposals_waiting]
    empty = [
        facts.account_id
        for facts in asked
        if not (facts.open_items or facts.credits or facts.receipts)
    ]
    found = waiting_drafts(session, [facts.account_id for facts in asked], "send_reminder")
    for account_id, statements in waiting_drafts(session, empty, "send_statement").items():
        found.setdefault(account_id, []).extend(statements)
    return found


def _collect(
    night: Night,
    chunk: _Chunk,
    facts: AccountFacts,
    turn: Turn,
    before: str | None,
    waiting: list[Proposal],
) -> None:
    stays = before == Disposition.SENT and _only_waits_for_its_own(turn)
    chunk.accounts.append(
        {
            "b_id": facts.account_id,
            "b_next": turn.next_action_on,
            "b_disposition": before if stays else turn.disposition.value,
        }
    )
    if stays:
        return
    _settle_waiting(night, chunk, facts, turn, waiting)
    quiet = turn.disposition is Disposition.NOTHING_DUE
    if quiet and before in (None, Disposition.NOTHING_DUE) and not turn.rule_ids:
        return  # nothing due before, nothing due now: the standing disposition says so already
    data = facts_bytes(facts)
    key = digest(data)
    chunk.snapshots[key] = pack(data)
    for judged in turn.leaving:
        outbox, permit = outbox_rows(
            judged,
            facts,
            night.house.policy,
            facts_digest=key,
            run_id=night.run_id,
            freed=chunk.freed,
        )
        chunk.outbox.append(outbox)
        chunk.permits.append(permit)
    chunk.dispositions.append(
        {
            "run_id": night.run_id,
            "account_id": facts.account_id,
            "kind": turn.disposition.value,
            "reason": turn.reason,
            "rule_ids": ",".join(turn.rule_ids),
            "account_class": turn.account_class.value,
            "next_action_on": turn.next_action_on,
            "facts_hash": key,
        }
    )
    if turn.prepared_by:
        chunk.cases.append((facts, turn))


def _only_waits_for_its_own(turn: Turn) -> bool:
    """Whether nothing but tonight's own message stops the next one: the account stays at sent."""
    quiet = turn.disposition is Disposition.NOTHING_DUE
    return (quiet and not turn.rule_ids) or _OF_TONIGHT.issuperset(turn.rule_ids or {""})


def _settle_waiting(
    night: Night, chunk: _Chunk, facts: AccountFacts, turn: Turn, waiting: list[Proposal]
) -> None:
    """Keep a waiting draft that still says the same; withdraw others; draft what is missing."""
    policy = night.house.policy
    wanted = {action_json(judged.action): judged for judged in turn.asking}
    for proposal in waiting:
        same = wanted.pop(proposal.action, None)
        if same is None or proposal.policy_hash != policy.hash:
            gone = "a newer draft takes its place" if turn.asking else "its reason is gone"
            chunk.withdrawn.append((proposal, gone))
            if same is not None:
                wanted[proposal.action] = same
    for judged in wanted.values():
        chunk.proposals.append(_draft(night, chunk, facts, judged))


def _draft(
    night: Night, chunk: _Chunk, facts: AccountFacts, judged: JudgedMessage
) -> dict[str, Any]:
    data = facts_bytes(facts)
    key = digest(data)
    chunk.snapshots[key] = pack(data)
    new = new_proposal(
        judged.action,
        judged.verdict,
        facts,
        key,
        night.house.policy,
        AUTHOR,
        AUTHOR,
        night.run_id,
    )
    row = proposal_row(new, night.now)
    row["thread_id"] = thread_of(facts.account_id, row["id"])
    return row


def _save(night: Night, session: Session, chunk: _Chunk) -> None:
    keep_snapshots(session, chunk.snapshots)
    for proposal, reason in chunk.withdrawn:
        withdraw(session, proposal, reason, night.now)
    add_proposals(session, chunk.proposals)
    _queue(session, chunk)
    add_rows(session, DispositionRow, chunk.dispositions)
    table = Account.__table__
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values(next_action_on=bindparam("b_next"), disposition=bindparam("b_disposition")),
        chunk.accounts,
    )
    append_audit(session, _journal(night, chunk))


def _queue(session: Session, chunk: _Chunk) -> None:
    """Queue messages with their permits; a key that exists keeps its first message."""
    if not chunk.outbox:
        return
    known = set(
        session.scalars(select(Outbox.id).where(Outbox.id.in_([row["id"] for row in chunk.outbox])))
    )
    fresh = [row for row in chunk.outbox if row["id"] not in known]
    insert_new(session, Outbox, fresh)
    append_permits(session, [p for p in chunk.permits if p["outbox_id"] not in known])


def _journal(night: Night, chunk: _Chunk) -> Iterable[dict[str, Any]]:
    """One journal record a chunk: the rows it covers are sealed by their own digest."""
    covered = [f"{row['account_id']}:{row['kind']}" for row in chunk.dispositions]
    if not covered:
        return
    yield {
        "at": night.now,
        "kind": "accounts_judged",
        "subject_id": night.run_id,
        "actor": "night",
        "payload": f'{{"accounts":{len(covered)},"digest":"{digest(",".join(covered).encode())}"}}',
    }
