"""Every named case of a portfolio, and which human-led rule each one exercises.

The rule ids are those of the governance family HITL; `RULES_WITHOUT_A_CASE` says why a few of
them are no situation of a customer. `GROUPS` says which cases a share of the mix cycles through.
"""

from evals.worlds.case import Case
from evals.worlds.cases_contact import CONTACT_CASES
from evals.worlds.cases_held import HELD_CASES
from evals.worlds.cases_review import REVIEW_CASES
from evals.worlds.cases_routine import ROUTINE_CASES

CASES: dict[str, Case] = {
    case.name: case for case in (*ROUTINE_CASES, *REVIEW_CASES, *HELD_CASES, *CONTACT_CASES)
}

GROUPS: dict[str, tuple[str, ...]] = {
    "nothing_due": ("nothing_due",),
    "settled": ("settled",),
    "needs_person": (
        "strategic",
        "enterprise",
        "high_value",
        "renewal_active",
        "ticket_escalated",
        "contract_sensitive",
    ),
    "disputed": ("dispute_on_invoice", "dispute_on_account"),
    "held": tuple(case.name for case in HELD_CASES if case.name.startswith("hold_")),
    "promised": ("promise_pending", "plan_active"),
}

RULES_WITHOUT_A_CASE = {
    "HITL-16": "every action is journalled, whatever the case",
    "HITL-17": "policies, templates and models change by a reviewed diff, not by a customer",
    "HITL-20": "an approval binds words and facts: any case that waits for a person shows it",
}


def cases_of_rule(rule_id: str) -> tuple[str, ...]:
    """Names of the cases that exercise a governance rule."""
    return tuple(case.name for case in CASES.values() if rule_id in case.rules)
