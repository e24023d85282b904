"""The gate: one pure function that says whether an action may be done.

Every rule that concerns the kind of action is evaluated, none is skipped after the first hit,
and a rule that fails to answer denies.
"""

from datetime import datetime
from typing import get_args

from guardrails.case import Case, Draft, Rule, is_concerned
from guardrails.case_rules import CASE_RULES
from guardrails.compliance.rules_of_place import rules_of_place
from guardrails.contact_rules import CONTACT_RULES
from guardrails.dispute_rules import DISPUTE_RULES
from guardrails.letter_rules import LETTER_RULES
from guardrails.money_rules import MONEY_RULES
from guardrails.verdict import Allow, Deny, Finding, Hit, NeedsApproval, Verdict
from ledger.actions import MessageAction, ProposedAction
from ledger.facts import AccountFacts
from ledger.states import AccountClass, Disposition
from policies.load import PolicyError, load_policy
from policies.schema import Policy, RuleEntry

MESSAGE_RULES: tuple[Rule, ...] = CONTACT_RULES + LETTER_RULES
OTHER_RULES: tuple[Rule, ...] = MONEY_RULES + CASE_RULES + DISPUTE_RULES
RULES: tuple[Rule, ...] = MESSAGE_RULES + OTHER_RULES

_MESSAGES = frozenset(each.model_fields["type"].default for each in get_args(MessageAction))


def check_rules(policy: Policy) -> None:
    """Refuse a policy that names a rule without a function, leaves a rule out, or loosens a denial.

    Raises:
        PolicyError: Names the first such rule.
    """
    have = {rule.__name__ for rule in RULES}
    listed = set(policy.approval.by_id)
    if unknown := sorted(listed - have):
        raise PolicyError(f"approval.toml: rule {unknown[0]} has no function in guardrails")
    if missing := sorted(have - listed):
        raise PolicyError(f"approval.toml: rule {missing[0]} is missing; every rule must be listed")
    denials = {rule.id for rule in load_policy().approval.rules if rule.effect == "deny"}
    for rule in policy.approval.rules:
        if rule.effect != "deny" and rule.id in denials:
            raise PolicyError(f"approval.toml: {rule.id} denies; nobody may approve past it")


def judge(
    action: ProposedAction,
    facts: AccountFacts,
    policy: Policy,
    at: datetime | None = None,
    draft: Draft | None = None,
) -> Verdict:
    """Judge an action on a snapshot.

    Args:
        action: What somebody wants done.
        facts: The account as of the business date.
        policy: The policy in force.
        at: For a message, the instant it would leave (aware); None if there is none.
        draft: For a message, its exact words.

    Returns:
        Allow, NeedsApproval with the findings that ask for a person, or Deny.
    """
    if action.account_id != facts.account_id:
        return refuse("subject_exists", policy, "another account")
    is_message = isinstance(action, MessageAction)
    if is_message and draft is None:
        return refuse("every_number_traced", policy, "no words to judge")
    case = Case(action, facts, policy, at, draft)
    found = [
        finding
        for rule in (MESSAGE_RULES if is_message else OTHER_RULES)
        if (finding := _apply(rule, case)) is not None
    ]
    if is_message and draft is not None and (draft.subject or draft.body):
        found += _rules_of_place(case, found)
    if any(finding.effect == "deny" for finding in found):
        return Deny(tuple(found))
    return NeedsApproval(tuple(found)) if found else Allow()


def may_object(kind: str) -> frozenset[str]:
    """The rules that are asked about a kind of action, by id."""
    rules = MESSAGE_RULES if kind in _MESSAGES else OTHER_RULES
    return frozenset(rule.__name__ for rule in rules if is_concerned(rule, kind))


def _rules_of_place(case: Case, own: list[Finding]) -> list[Finding]:
    try:
        return list(rules_of_place(case, own))
    except Exception as error:  # noqa: BLE001 - fail closed: packs that cannot answer deny
        return [_no_answer(f"rules failed: {type(error).__name__}")]


def _no_answer(detail: str) -> Finding:
    return Finding(
        rule_id="compliance_packs",
        effect="deny",
        says="The compliance rules could not be applied.",
        unless="the compliance rules gave an answer",
        detail=detail,
        disposition=Disposition.NEEDS_PERSON,
        account_class=AccountClass.EXCEPTION,
    )


def refuse(rule_id: str, policy: Policy, detail: str) -> Deny:
    """A denial in the name of a rule that could not be satisfied before the gate was reached."""
    return Deny((_failed(rule_id, policy, detail),))


def _apply(rule: Rule, case: Case) -> Finding | None:
    try:
        hit = rule(case)
    except Exception as error:  # noqa: BLE001 - fail closed: a rule that cannot answer denies
        return _failed(rule.__name__, case.policy, f"rule failed: {type(error).__name__}")
    if hit is None:
        return None
    entry = case.policy.approval.by_id[rule.__name__]
    return _finding(entry, hit)


def _finding(entry: RuleEntry, hit: Hit) -> Finding:
    return Finding(
        rule_id=entry.id,
        effect=entry.effect,
        says=entry.says,
        unless=entry.unless,
        detail=hit.detail,
        until=hit.until,
        roles=entry.roles,
        disposition=Disposition(entry.disposition) if entry.disposition else None,
        account_class=AccountClass(entry.account_class),
        prepared_by=entry.prepared_by,
    )


def _failed(rule_id: str, policy: Policy, detail: str) -> Finding:
    entry = policy.approval.by_id[rule_id]
    return Finding(
        rule_id=entry.id,
        effect="deny",
        says=entry.says,
        unless=entry.unless,
        detail=detail,
        disposition=Disposition.NEEDS_PERSON,
        account_class=AccountClass.EXCEPTION,
    )
