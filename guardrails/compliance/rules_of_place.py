"""What the compliance packs object to in a message of the ledger, as findings of the gate.

The packs are judged twice: as the message stands, and as if a person had read it. An objection
that reading or a named approval lays to rest asks for that person; any other one denies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from guardrails.case import Case
from guardrails.compliance.approvals import role_sets
from guardrails.compliance.judge import PackFinding, judge_packs, shadow_findings
from guardrails.compliance.ledger_message import message_facts
from guardrails.compliance.scope import compile_packs
from guardrails.verdict import Finding
from ledger.states import AccountClass, Disposition
from policies.schema import Policy

# The packs' names of approver roles, as the policy of this house calls them.
_ROLES = {"finance_leadership": "finance_lead"}
_READERS = ("collector",)


def rules_of_place(case: Case, own: Iterable[Finding]) -> Iterator[Finding]:
    """Objections of the compliance rules that no rule of the house has made already.

    Args:
        case: A message with its exact words.
        own: What the rules of the house found; an objection they cover is not made twice.

    Raises:
        ValueError: The case is no message with words.
    """
    own = tuple(own)
    said = {finding.rule_id for finding in own}
    denied, asked_for = (_covered(own, effect, case.policy) for effect in ("deny", "approve"))
    facts = message_facts(case, case.content, untraced="every_number_traced" in said)
    packs = compile_packs(case.policy.packs)
    found = judge_packs(facts, packs)
    if not found:
        return
    read = {each.rule_id: each for each in judge_packs(replace(facts, human_reviewed=True), packs)}
    asked = any(finding.effect == "approve" for finding in own)
    for each in found:
        if each.rule_id in denied or each.severity == "warn":
            continue
        if each.rule_id in read:
            asks = tuple(_asking(read[each.rule_id], case.policy))
            if asks and each.rule_id in asked_for:
                continue
            yield from asks or (_denying(each, case.policy),)
            asked = asked or bool(asks)
        elif not asked:
            yield _finding(each, case.policy, roles=_READERS)
            asked = True


def _covered(own: tuple[Finding, ...], effect: str, policy: Policy) -> frozenset[str]:
    """Pack rules the house has spoken for; one that asks never speaks for one that denies."""
    entries = policy.approval.by_id
    spoken = (f.rule_id for f in own if f.effect == effect and f.rule_id in entries)
    return frozenset(rule for rule_id in spoken for rule in entries[rule_id].covers)


def pending_objections(case: Case) -> tuple[PackFinding, ...]:
    """What the rules that do not hold yet would object to in a message; decides nothing."""
    facts = message_facts(case, case.content, untraced=False)
    return shadow_findings(facts, compile_packs(case.policy.packs))


def _asking(found: PackFinding, policy: Policy) -> Iterator[Finding]:
    """One finding for every yes that is needed; none where nobody may give it."""
    for roles in role_sets(found.scopes, policy.packs):
        if roles:
            known = tuple(_ROLES.get(role, role) for role in roles)
            yield _finding(found, policy, roles=known)


def _denying(found: PackFinding, policy: Policy) -> Finding:
    return replace(
        _finding(found, policy), effect="deny", disposition=Disposition.NEEDS_PERSON, roles=()
    )


def _finding(found: PackFinding, policy: Policy, roles: tuple[str, ...] = ()) -> Finding:
    entry = policy.rule_named(found.rule_id)
    if entry is None:
        raise ValueError(f"{found.rule_id} is no rule of the packs")
    return Finding(
        rule_id=found.rule_id,
        effect="approve",
        says=entry.says,
        unless=entry.unless,
        detail=found.why.partition(": ")[2],
        roles=roles,
        account_class=AccountClass.EXCEPTION,
    )
