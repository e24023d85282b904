"""Proof that approvals are bound: to what was shown, to people with authority, and unchanged."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import func, select

from batch.proof_evidence import Evidence, facts_of, in_chunks
from guardrails.verdict import Deny, findings_of
from ledger.actions import approval_digest, read_action
from ledger.facts import AccountFacts
from ledger.journal import decode_roles
from ledger.states import DecisionVerb, ProposalState
from ledger.tables.work import Audit, Decision, Proposal, Snapshot
from policies.schema import Policy
from tools.authority import Decider, Standing
from tools.execute import action_value
from tools.proposals import judge_action

_CARRIED_OUT = (ProposalState.DECIDED, ProposalState.EXECUTED)


def prove_approvals(evidence: Evidence) -> None:
    """Look at every proposal: it re-derives, and what was carried out had its approval."""
    query = select(Proposal.__table__, Snapshot.facts.label("packed")).outerjoin(
        Snapshot, Snapshot.hash == Proposal.facts_hash
    )
    total = evidence.session.scalar(select(func.count()).select_from(Proposal)) or 0
    bound, replays, done = evidence["approval_is_bound"], evidence["every_decision_replays"], 0
    for rows in in_chunks(evidence.session, query, Proposal.id):
        decisions = decisions_on(evidence, [row.id for row in rows])
        for row in rows:
            look = f"dunwell inbox show {row.id}"
            facts, policy = facts_of(row.packed), evidence.policy(row.policy_hash)
            with replays.unreadable(row.id, look):
                replays.saw()
                if facts is None or policy is None:
                    replays.fault(row.id, "its recorded facts and policy", "not there", look)
                elif differs := _rederived_otherwise(row, facts, policy):
                    replays.fault(row.id, row.rule_ids or "no rule", differs, look)
            with bound.unreadable(row.id, look):
                if row.state in _CARRIED_OUT and facts is not None and policy is not None:
                    bound.saw()
                    for expected, found in approval_faults(row, decisions[row.id], facts, policy):
                        bound.fault(row.id, expected, found, look)
        done += len(rows)
        evidence.progress("approvals", done, total)
    _prove_decisions(evidence)


def decisions_on(evidence: Evidence, proposal_ids: Iterable[str]) -> dict[str, list[Any]]:
    """What people said, by proposal, oldest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    rows = evidence.session.execute(
        select(Decision.__table__)
        .where(Decision.proposal_id.in_(list(proposal_ids)))
        .order_by(Decision.version)
    )
    for row in rows:
        found[row.proposal_id].append(row)
    return found


def approval_faults(
    proposal: Any, decisions: list[Any], facts: AccountFacts, policy: Policy
) -> Iterable[tuple[str, str]]:
    """What an approval lacks, as (expected, found)."""
    action = read_action(proposal.action)
    digest = approval_digest(action, proposal.facts_hash, proposal.policy_hash)
    if digest != proposal.digest:
        yield f"digest {digest} of action, facts and policy", f"digest {proposal.digest}"
    yes = [each for each in decisions if each.verb == DecisionVerb.APPROVE]
    if not yes:
        yield "an approval", f"none; it is {proposal.state}"
        return
    value = action_value(action, facts)
    for each in yes:
        roles = tuple(role for role in each.decided_as.split(",") if role)
        if each.digest != proposal.digest:
            yield f"an approval of {proposal.digest}", f"one of {each.digest}"
        if each.decided_by == proposal.author:
            yield "a person who is not the author", each.decided_by
        if not policy.approval.has_authority(roles, proposal.action_type, value):
            yield f"authority for {proposal.action_type} of {value}", f"{each.decided_by}: {roles}"
    people = tuple(Decider(e.decided_by, e.decided_by, tuple(e.decided_as.split(","))) for e in yes)
    needed = decode_roles(proposal.approver_roles)
    standing = Standing(proposal.author, proposal.action_type, value, needed, people)
    if missing := standing.missing(policy):
        yield f"approval by {missing}", f"only by {[each.decided_by for each in yes]}"


def _rederived_otherwise(row: Any, facts: AccountFacts, policy: Policy) -> str:
    """The rules that would ask for a person today, where they are not those recorded."""
    verdict, _judged = judge_action(read_action(row.action), facts, policy, row.created_at)
    rules = ",".join(finding.rule_id for finding in findings_of(verdict))
    if isinstance(verdict, Deny):
        return f"refused: {rules}"
    return "" if rules == row.rule_ids else f"{rules or 'no rule'}"


def _prove_decisions(evidence: Evidence) -> None:
    """Each decision says what the sealed journal says, and none is missing on either side."""
    bound = evidence["approval_is_bound"]
    kinds = [f"proposal_{verb.value}" for verb in DecisionVerb]
    said: dict[tuple[str, ...], int] = defaultdict(int)
    query = select(Audit.seq, Audit.kind, Audit.subject_id, Audit.actor, Audit.payload).where(
        Audit.kind.in_(kinds)
    )
    for rows in in_chunks(evidence.session, query, Audit.seq):
        for row in rows:
            with bound.unreadable(f"journal record {row.seq}", "the journal"):
                told = orjson.loads(row.payload)
                said[(row.kind, row.subject_id, row.actor, told["digest"], told["as_role"])] += 1
    for rows in in_chunks(evidence.session, select(Decision.__table__), Decision.id):
        for row in rows:
            bound.saw()
            key = (
                f"proposal_{row.verb}",
                row.proposal_id,
                row.decided_by,
                row.digest,
                row.decided_as,
            )
            said[key] -= 1
            if said[key] < 0:
                look = f"dunwell inbox show {row.proposal_id}"
                bound.fault(row.id, "the decision as the journal has it", " ".join(key[:3]), look)
    for key, count in said.items():
        if count > 0:
            bound.fault(key[1], f"a decision: {key[0]} by {key[2]}", "none", "the journal")
