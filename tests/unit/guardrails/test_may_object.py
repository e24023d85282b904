"""Which rules the gate asks about a kind of action, told before there is one."""

import pytest

from guardrails import gate
from tests.support.facts import policy


class TestMayObject:
    @pytest.mark.parametrize(
        ("kind", "asks"),
        [
            ("accept_plan", {"plans_need_finance_lead"}),
            ("end_plan", {"plans_need_finance_lead"}),
            ("propose_plan", {"plans_need_finance_lead", "long_plans_need_legal"}),
            ("keep_promise", {"promises_are_closed_by_people"}),
            ("record_promise", {"our_promises_need_person"}),
            ("reopen_dispute", {"resolutions_are_taken_back_by_people"}),
            ("resolve_dispute", {"disputes_are_resolved_by_people", "credits_need_finance_lead"}),
            ("create_call_task", set()),
            ("open_dispute", set()),
        ],
    )
    def test_rules_that_ask__are_those_of_the_kind(self, kind: str, asks: set[str]) -> None:
        asking = {rule.id for rule in policy().approval.rules if rule.effect == "approve"}
        assert gate.may_object(kind) & asking == asks

    def test_rule_that_asks__says_of_which_actions_or_asks_of_messages(self) -> None:
        asking = {rule.id for rule in policy().approval.rules if rule.effect == "approve"}
        said = {rule.__name__ for rule in gate.OTHER_RULES if hasattr(rule, "kinds")}
        of_messages = {rule.__name__ for rule in gate.MESSAGE_RULES}
        assert asking == said | (asking & of_messages)

    def test_reminder__more_rules_ask_than_of_an_answer(self) -> None:
        more = gate.may_object("send_reminder") - gate.may_object("answer_query")
        assert more == {"high_value_needs_finance_lead", "undisputed_rest_needs_review"}
