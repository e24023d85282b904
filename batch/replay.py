"""Derives a recorded decision again, offline, from the facts, policy and instant it was made on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from batch.dispatch import objection
from batch.enclosed import enclosed
from batch.proof_evidence import policies_of
from batch.stopped import REFUSED, STOPPED, stopped_disposition
from graph.bootstrap import House
from guardrails.changes import what_moved
from ledger.errors import NotFound
from ledger.facts import AccountFacts, packed_hash, unpack_facts
from ledger.queries.account_facts import load_facts
from ledger.tables.work import DispositionRow, Outbox, Permit, Proposal, Run, Snapshot
from policies.describe import describe_rule
from policies.schema import Policy
from tools.account_names import find_account
from tools.collections_turn import take_turn

FIELDS = ("kind", "rule_ids", "account_class", "reason", "next_action_on")


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing in which a decision comes out otherwise."""

    what: str
    recorded: str
    derived: str


@dataclass(frozen=True, slots=True)
class Replay:
    """One decision, derived again.

    Attributes:
        run_id: The night that made it; an account not looked at stands as an earlier one left it.
        differs: None where it comes out the same.
        rules: The rules behind it, in words.
        counterfactual: What would have made it routine.
        since: What moved on the account since it was recorded.
    """

    account_id: str
    name: str
    run_id: str
    asked_run_id: str
    as_of: str
    kind: str
    reason: str
    rules: tuple[str, ...]
    counterfactual: str
    facts_hash: str
    policy_hash: str
    differs: Difference | None
    since: tuple[str, ...]


def derive(
    row: Any, facts: AccountFacts, policy: Policy, now: datetime, stopped: list[Any]
) -> dict[str, Any]:
    """What a disposition comes to when it is decided again.

    Args:
        row: The recorded disposition.
        facts: The facts recorded with it.
        policy: The policy of the night.
        now: The instant the night started.
        stopped: Messages of the account that were stopped (see `stopped_messages`).

    Returns:
        The fields of a disposition, and for a turn the role that prepares its case.
    """
    if not row.reason.startswith(STOPPED):
        turn = take_turn(facts, policy, now)
        return {
            "kind": turn.disposition.value,
            "rule_ids": ",".join(turn.rule_ids),
            "account_class": turn.account_class.value,
            "reason": turn.reason,
            "next_action_on": turn.next_action_on,
            "prepared_by": turn.prepared_by,
        }
    for message, files in stopped:
        if message.stopped_by == row.reason.removeprefix(STOPPED):
            if message.stopped_by.startswith(REFUSED):  # what others said, not what a rule did
                refused = stopped_disposition(message.stopped_by, None)
                return {"next_action_on": None} | refused
            approved = frozenset((message.approved or "").split(","))
            reason, verdict = objection(message, facts, policy, approved, files)
            return {"next_action_on": None} | stopped_disposition(reason, verdict)
    return dict.fromkeys(FIELDS, "no message that was stopped for this")


def first_difference(row: Any, derived: dict[str, Any]) -> Difference | None:
    """The first field, and within the rules the first rule, that comes out otherwise."""
    for name in FIELDS:
        recorded, now = getattr(row, name), derived[name]
        if recorded == now:
            continue
        if name == "rule_ids":
            before, after = set(recorded.split(",")), set(str(now).split(","))
            rule = min((before ^ after) - {""}, default="the order of rules")
            was, then = ("objected", "did not") if rule in before else ("did not", "objected")
            return Difference(f"rule {rule}", was, then)
        return Difference(name, str(recorded), str(now))
    return None


def stopped_messages(session: Session, account_ids: list[str]) -> dict[str, list[Any]]:
    """Stopped messages by account, each with its documents.

    A message carries the digest of its permit and the rules approved.
    """
    rows = session.execute(
        select(Outbox.__table__, Permit.message_digest, Proposal.rule_ids.label("approved"))
        .outerjoin(Permit, Permit.outbox_id == Outbox.id)
        .outerjoin(Proposal, Proposal.id == Outbox.proposal_id)
        .where(Outbox.account_id.in_(account_ids), Outbox.stopped_by != "")
    ).all()
    files = enclosed(session, rows)
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.account_id, []).append((row, files.get(row.id, ())))
    return found


def replay(house: House, run: str, account: str) -> Replay:
    """Derive what a night decided for an account again, from what was recorded.

    Args:
        house: The home.
        run: A run id, its number or its date.
        account: An account id, number or name.

    Raises:
        NotFound: No such night or account, or nothing was ever decided.
    """
    with house.ledger.read() as session:
        asked = find_run(session, run)
        account_id = find_account(session, account)
        row = _standing(session, account_id, asked)
        night = session.get_one(Run, row.run_id)
        packed = session.get(Snapshot, row.facts_hash)
        if packed is None:
            raise NotFound(f"no recorded facts {row.facts_hash}; run `dunwell verify`")
        facts, kept = unpack_facts(packed.facts), packed_hash(packed.facts)
        policies = policies_of(session, night.id, night.policy_hash, house.policy_of)
        differs, policy = _best(session, row, facts, policies, night.started_at)
        if kept != row.facts_hash:
            differs = Difference("recorded facts", row.facts_hash, kept)
        current = load_facts(session, facts.as_of, [account_id])[account_id]
    listed = [
        policy.approval.by_id[r] for r in row.rule_ids.split(",") if r in policy.approval.by_id
    ]
    unless = " and ".join(rule.unless for rule in listed)
    return Replay(
        account_id=account_id,
        name=facts.name,
        run_id=night.id,
        asked_run_id=asked.id,
        as_of=night.as_of.isoformat(),
        kind=row.kind,
        reason=row.reason,
        rules=tuple(describe_rule(rule) for rule in listed),
        counterfactual=f"It would be routine if {unless}." if unless else "",
        facts_hash=row.facts_hash,
        policy_hash=policy.hash,
        differs=differs,
        since=what_moved(facts, current),
    )


def _best(
    session: Session, row: Any, facts: AccountFacts, policies: list[Policy], now: datetime
) -> tuple[Difference | None, Policy]:
    """The difference under the policy of the night that fits best: none, if any gives none."""
    stopped = stopped_messages(session, [row.account_id]).get(row.account_id, [])
    found = [
        (first_difference(row, derive(row, facts, policy, now, stopped)), policy)
        for policy in policies
    ]
    return next((each for each in found if each[0] is None), found[0])


def find_run(session: Session, named: str) -> Run:
    """A night by id, number or date.

    Raises:
        NotFound: None such.
    """
    for run in session.scalars(select(Run).order_by(Run.as_of.desc())):
        if named in (run.id, str(run.number), run.as_of.isoformat()):
            return run
    raise NotFound(f"no night {named!r}; name it by its number, its date or its run id")


def _standing(session: Session, account_id: str, run: Run) -> Any:
    """The newest disposition of an account as of a night."""
    row = session.execute(
        select(DispositionRow.__table__)
        .join(Run, Run.id == DispositionRow.run_id)
        .where(DispositionRow.account_id == account_id, Run.as_of <= run.as_of)
        .order_by(DispositionRow.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound(
            f"no night up to {run.as_of} had anything to decide for {account_id}: "
            "nothing of it was due, so it stands at nothing due"
        )
    return row
