"""What may be put on the list of what is asked for, and what a model may not choose in it."""

from typing import Any

import orjson
import pytest

from agents.supervisor import ROLES
from ledger.actions import ApplyReceipt, CreateCallTask, ProposePlan, SetCreditLimit
from ledger.facts import UnappliedReceipt
from tests.support.case_book import AS_OF, open_item, snapshot
from tests.support.letter_cases import FACTS, letter_action
from tests.unit.tools.test_contract import context
from tools.contract import ToolContext, ToolRefused, ToolRetry
from tools.propose import MAX_ACTIONS, propose_tool

CALL = {"type": "create_call_task", "summary": "Ring them", "due_on": AS_OF.isoformat()}
ANSWER = {"type": "answer_query", "contact_id": "con_1"}
RECEIPT = UnappliedReceipt("rcp_1", "R-1", AS_OF, 50_000, "USD")
EVERY = tuple(sorted({kind for spec in ROLES.values() for kind in spec.action_types}))


def propose(ctx: ToolContext, action: Any, types: tuple[str, ...] = EVERY) -> Any:
    return orjson.loads(propose_tool(types).call(ctx, {"action": action}))


class TestWhatIsNoted:
    def test_action__is_on_the_list_for_the_account_of_the_case(self) -> None:
        ctx = context()
        assert propose(ctx, CALL) == {"noted": "create_call_task", "actions_so_far": 1}
        assert ctx.proposed == [
            CreateCallTask(account_id="acc_1", summary="Ring them", due_on=AS_OF)
        ]

    def test_same_action_again__is_there_once(self) -> None:
        ctx = context()
        propose(ctx, CALL)
        assert propose(ctx, CALL)["actions_so_far"] == 1

    def test_control_signs__are_left_out(self) -> None:
        ctx = context()
        propose(ctx, {**CALL, "summary": "Ring\x00 \ud800them\u202e"})
        assert ctx.proposed[0].model_dump()["summary"] == "Ring them"

    def test_decimal_amount__becomes_minor_units(self) -> None:
        ctx = context()
        propose(ctx, {"type": "set_credit_limit", "limit": "1250.5", "currency": "USD"})
        action = ctx.proposed[0]
        assert isinstance(action, SetCreditLimit)
        assert action.limit_minor == 125_050

    def test_allocation__is_in_the_currency_of_its_receipt(self) -> None:
        ctx = context(snapshots={"acc_1": snapshot(receipts=(RECEIPT,))})
        parts = [{"invoice_id": "inv_inv-1", "amount": "500.00"}]
        propose(ctx, {"type": "apply_receipt", "receipt_id": "rcp_1", "allocations": parts})
        action = ctx.proposed[0]
        assert isinstance(action, ApplyReceipt)
        assert (action.allocations[0].amount_minor, action.evidence) == (50_000, "person")

    def test_plan_parts__are_converted_one_by_one(self) -> None:
        ctx = context()
        parts = [
            {"due_on": "2026-04-01", "amount": "250.00"},
            {"due_on": "2026-05-01", "amount": "250.00"},
        ]
        plan = {"type": "propose_plan", "currency": "USD", "invoice_ids": ["inv_inv-1"]}
        propose(ctx, {**plan, "parts": parts})
        action = ctx.proposed[0]
        assert isinstance(action, ProposePlan)
        assert [part.amount_minor for part in action.parts] == [25_000, 25_000]

    @pytest.mark.parametrize(
        ("template_id", "named"),
        [
            ("receipt", {"about": "rcp_7"}),
            ("promise_confirmation", {"about": "prm_1"}),
            ("plan_proposal", {"about": "pln_1"}),
            ("copy_answer", {"invoice_ids": ["inv_INV-10482"]}),
            ("opt_out_confirmation", {}),
        ],
    )
    def test_letter_about_what_the_ledger_holds(self, template_id: str, named: Any) -> None:
        ctx = context(snapshots={"acc_1": FACTS})
        action = {"type": "answer_query", "contact_id": "con_1", "template_id": template_id}
        propose(ctx, action | named)
        assert ctx.proposed[0].template_id == template_id

    @pytest.mark.parametrize("template_id", ["pre_due", "broken_promise"])
    def test_reminder_off_the_ladder(self, template_id: str) -> None:
        ctx = context(snapshots={"acc_1": FACTS})
        action = letter_action(template_id, "en").model_dump(
            mode="json", exclude={"account_id", "wording", "subject", "body"}
        )
        propose(ctx, action)
        assert ctx.proposed == [letter_action(template_id, "en")]


class TestWhatIsRefused:
    def rule(self, action: Any, types: tuple[str, ...] = EVERY, **values: Any) -> str:
        ctx = context(**values)
        with pytest.raises(ToolRefused) as caught:
            propose(ctx, action, types)
        assert ctx.proposed == []
        return caught.value.rule_id

    def test_action_of_another_role(self) -> None:
        forecaster = ROLES["forecaster"].action_types
        action = {"type": "set_credit_limit", "limit": "1.00", "currency": "USD"}
        assert self.rule(action, forecaster) == "only_actions_of_the_role"

    @pytest.mark.parametrize("kind", ["send", "approve", "write_off", "release_hold", None, 7])
    def test_action_nobody_may_ask_for(self, kind: Any) -> None:
        assert self.rule({"type": kind}) == "only_actions_of_the_role"

    def test_account_other_than_that_of_the_case(self) -> None:
        assert self.rule({**CALL, "account_id": "acc_2"}) == "only_the_account_of_the_case"

    @pytest.mark.parametrize("evidence", ["named_invoice", "unique_exact_amount"])
    def test_cash_called_certain_by_a_model(self, evidence: str) -> None:
        parts = [{"invoice_id": "inv_inv-1", "amount": "500.00"}]
        action = {"type": "apply_receipt", "receipt_id": "rcp_1", "allocations": parts}
        refused = self.rule({**action, "evidence": evidence})
        assert refused == "cash_without_certainty_needs_person"

    def test_words_of_a_model_said_to_be_a_persons(self) -> None:
        action = {"type": "answer_query", "contact_id": "con_1", "wording": "person", "body": "Hi"}
        assert self.rule(action) == "no_free_text_unattended"

    def test_context_without_the_right_to_propose(self) -> None:
        assert self.rule(CALL, scopes=frozenset()) == "only_tools_of_the_role"

    def test_one_action_too_many(self) -> None:
        ctx = context()
        for place in range(MAX_ACTIONS):
            propose(ctx, {**CALL, "summary": f"Ring {place}"})
        with pytest.raises(ToolRefused, match="at most"):
            propose(ctx, CALL)
        assert len(ctx.proposed) == MAX_ACTIONS


class TestWhatIsToBeMended:
    @pytest.mark.parametrize(
        ("action", "says"),
        [
            ({**CALL, "approved_by": "felix"}, "approved_by"),
            ({**ANSWER, "template_id": "receipt", "about": "rcp_1"}, "there is none"),
            ({**ANSWER, "template_id": "receipt"}, "names the row in about"),
            ({**ANSWER, "template_id": "final_notice"}, "template_id"),
            ({**CALL, "due_on": "2020-01-01"}, "or later"),
            ({**CALL, "summary": "x" * 501}, "summary"),
            ({"type": "escalate", "to_role": "me", "summary": "x"}, "to_role is one of"),
            ({"type": "place_hold", "reason": "because"}, "reason is one of"),
            ({"type": "open_dispute", "reason": "GREED", "quote": "x"}, "reason is one of"),
            ({"type": "set_credit_limit", "limit": "1.005", "currency": "USD"}, "decimals"),
            ({"type": "set_credit_limit", "limit": "lots", "currency": "USD"}, "is a decimal"),
            ({"type": "set_credit_limit", "limit": "1e999999", "currency": "USD"}, "is a decimal"),
            ({"type": "set_credit_limit", "limit": "-5", "currency": "USD"}, "is a decimal"),
            ({"type": "set_credit_limit", "limit": "5", "currency": ["USD"]}, "unknown currency"),
            ({"type": "apply_receipt", "receipt_id": [], "allocations": [7]}, "receipt_id"),
            ({**CALL, "summary": 7}, "summary"),
            ({**CALL, "summary": {"a": []}}, "summary"),
            ({"type": "set_credit_limit", "limit_minor": 5, "currency": "USD"}, "decimal"),
            ({"type": "record_promise", "due_on": "2026-04-01", "amount": "5"}, "currency"),
        ],
    )
    def test_action_that_does_not_fit__says_what(self, action: Any, says: str) -> None:
        ctx = context()
        with pytest.raises(ToolRetry, match=says):
            propose(ctx, action)
        assert ctx.proposed == []

    @pytest.mark.parametrize("given", [{}, {"action": "send"}, {"action": CALL, "now": True}])
    def test_arguments_in_another_form(self, given: Any) -> None:
        with pytest.raises(ToolRetry, match="one argument"):
            propose_tool(EVERY).call(context(), given)


class TestSchema:
    def variants(self, in_case: bool) -> dict[str, Any]:
        schema = propose_tool(EVERY).schema(in_case=in_case)
        return schema["function"]["parameters"]["$defs"]

    def test_case__no_variant_takes_an_account(self) -> None:
        assert all("account_id" not in each["properties"] for each in self.variants(True).values())
        assert "account_id" in self.variants(False)["Escalate"]["required"]

    def test_fixed_choices__are_not_offered(self) -> None:
        variants = self.variants(True)
        assert "evidence" not in variants["ApplyReceipt"]["properties"]
        assert variants["AnswerQuery"]["properties"]["wording"]["enum"] == ["template", "model"]

    def test_amounts__are_decimals(self) -> None:
        limit = self.variants(True)["SetCreditLimit"]
        assert "limit_minor" not in limit["properties"]
        assert set(limit["required"]) == {"type", "limit", "currency"}

    def test_role__is_closed_to_its_own_types(self) -> None:
        spec = ROLES["cash_applier"]
        schema = propose_tool(spec.action_types).schema(in_case=True)
        options = schema["function"]["parameters"]["properties"]["action"]["oneOf"]
        assert len(options) == len(spec.action_types)


def test_facts_of_another_currency__amount_is_read_in_the_actions_own() -> None:
    item = open_item(currency="JPY", minor=1200)
    ctx = context(snapshots={"acc_1": snapshot(open_items=(item,))})
    propose(ctx, {"type": "set_credit_limit", "limit": "1200", "currency": "JPY"})
    assert ctx.proposed[0].model_dump()["limit_minor"] == 1200
