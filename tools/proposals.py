"""The one way to ask for an action: judge it, then do it, put it before a person, or refuse it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from guardrails.gate import judge
from guardrails.verdict import Allow, Deny, NeedsApproval, Verdict, counterfactual, explain
from ledger.actions import MessageAction, ProposedAction
from ledger.facts import AccountFacts, facts_bytes, pack
from ledger.ids import digest
from ledger.journal import NewProposal, add_proposals, audit, keep_snapshots, proposal_row
from policies.schema import Policy
from tools.cash_candidates import name_in_request
from tools.execute import Writer, action_value, execute
from tools.outgoing import JudgedMessage, judge_message


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a proposed action."""

    action: ProposedAction
    verdict: Verdict
    proposal_id: str | None
    outcome: str


def judge_action(
    action: ProposedAction, facts: AccountFacts, policy: Policy, now: datetime
) -> tuple[Verdict, JudgedMessage | None]:
    """Judge any action; a message is worded first, so that its words are judged too."""
    if isinstance(action, MessageAction):
        judged = judge_message(action, facts, policy, now)
        return judged.verdict, judged
    return judge(action, facts, policy), None


def submit(
    session: Session,
    actions: Sequence[ProposedAction],
    *,
    author: str,
    role: str,
    facts: AccountFacts,
    policy: Policy,
    now: datetime,
    run_id: str | None = None,
    why: str = "",
    always_ask: bool = False,
) -> tuple[Submitted, ...]:
    """Judge actions in the caller's write transaction and carry out, queue or refuse each.

    Args:
        session: An open write transaction.
        actions: What is asked for, all on the account of `facts`.
        author: The agent role or person asking; an author never approves their own request.
        role: The role the case belongs to.
        facts: The account, read in this transaction.
        policy: The policy in force.
        now: The instant of asking.
        run_id: The night, if it is one.
        why: What the author says about it, shown on the card behind the rules' own reasons.
        always_ask: A wish from a chat waits for a person even where no rule objects.
    """
    results = []
    for action in actions:
        verdict, judged = judge_action(action, facts, policy, now)
        if isinstance(verdict, Allow) and not always_ask:
            writer = Writer(session, facts, policy, now, author, run_id)
            results.append(Submitted(action, verdict, None, execute(writer, action, judged)))
        elif isinstance(verdict, Deny):
            results.append(_refuse(session, action, verdict, author, now))
        else:
            settled, key = keep_settled(session, facts)
            new = new_proposal(action, verdict, settled, key, policy, author, role, run_id, why)
            row = proposal_row(new, now)
            if add_proposals(session, [row]):
                audit(session, now, "proposal_made", row["id"], author, rules=new.rule_ids)
                name_in_request(session, action)
            results.append(Submitted(action, verdict, row["id"], "waits for approval"))
    return tuple(results)


def keep_settled(session: Session, facts: AccountFacts) -> tuple[AccountFacts, str]:
    """Record the facts a proposal rests on, without what waits or travels at this instant."""
    settled = replace(facts, proposals_waiting=(), in_flight=())
    data = facts_bytes(settled)
    key = digest(data)
    keep_snapshots(session, {key: pack(data)})
    return settled, key


def new_proposal(
    action: ProposedAction,
    verdict: Verdict,
    facts: AccountFacts,
    facts_digest: str,
    policy: Policy,
    author: str,
    role: str,
    run_id: str | None = None,
    why: str = "",
    supersedes_id: str | None = None,
) -> NewProposal:
    """The proposal an approval will be bound to."""
    value = action_value(action, facts)
    findings = verdict.findings if isinstance(verdict, NeedsApproval) else ()
    return NewProposal(
        action=action,
        author=author,
        role=role,
        rule_ids=tuple(f.rule_id for f in findings),
        approver_roles=_approvers(action, verdict),
        why=" ".join(part for part in (explain(verdict), why) if part),
        counterfactual=counterfactual(verdict),
        facts_hash=facts_digest,
        policy_hash=policy.hash,
        priority_minor=value.minor if value else sum(i.open_minor for i in facts.open_items),
        currency=value.currency if value else next(iter(facts.currencies), None),
        created_on=facts.as_of,
        expires_in_days=policy.contact.proposal_expires_days,
        run_id=run_id,
        supersedes_id=supersedes_id,
    )


def _approvers(action: ProposedAction, verdict: Verdict) -> tuple[tuple[str, ...], ...]:
    """Role sets that must all be met; a hand-over is for the role it names."""
    if action.type == "escalate":
        return ((action.to_role,),)
    return verdict.role_sets if isinstance(verdict, NeedsApproval) else (("collector",),)


def _refuse(
    session: Session, action: ProposedAction, verdict: Deny, author: str, now: datetime
) -> Submitted:
    rules = [f.rule_id for f in verdict.findings if f.effect == "deny"]
    audit(
        session,
        now,
        "action_refused",
        action.account_id,
        author,
        action=action.model_dump(mode="json"),
        rules=rules,
    )
    return Submitted(action, verdict, None, f"refused by {', '.join(rules)}: {explain(verdict)}")
