"""The loop is bounded and loses no case, whatever the model behind it does."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from agents.loop import MAX_CALLS_A_STEP, MAX_EXPLANATION_CHARACTERS, RoleResult, run_role
from agents.model_faults import ModelAnswerInvalid, ModelUnavailable
from agents.occasions import Occasion
from agents.supervisor import ROLES
from agents.task import case_task, question_task
from ledger.actions import CreateCallTask, Escalate
from tests.support.case_book import AS_OF, snapshot
from tests.unit.tools.test_contract import context
from tools.contract import CASE_SCOPES, Scope

SPEC = ROLES["collector"]
FACTS = snapshot()
TASK = case_task(FACTS, [Occasion("no_contact", "collector", "no contact can be reached")])
CALL = {"type": "create_call_task", "summary": "Ring them", "due_on": AS_OF.isoformat()}
PROPOSE = ("propose_action", {"action": CALL})
BRIEF = ("get_account_brief", {})


def calls(*made: tuple[str, Any]) -> AIMessage:
    return AIMessage(
        "",
        tool_calls=[
            {"name": name, "args": args, "id": f"c{place}", "type": "tool_call"}
            for place, (name, args) in enumerate(made)
        ],
    )


Answer = AIMessage | Exception | Callable[[Sequence[BaseMessage]], AIMessage]


class Scripted:
    """Says its lines in order, and the last one again and again."""

    def __init__(self, *lines: Answer) -> None:
        self.lines = list(lines)
        self.seen: list[list[BaseMessage]] = []
        self.offered: list[list[str]] = []

    def invoke(self, messages: Any, tools: Any = None, prompt_id: str = "") -> AIMessage:
        self.seen.append(list(messages))
        self.offered.append([tool["function"]["name"] for tool in tools])
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        if isinstance(line, Exception):
            raise line
        return line if isinstance(line, AIMessage) else line(messages)


def work(*lines: Answer, task: Any = TASK, **values: Any) -> tuple[RoleResult, Scripted]:
    model = Scripted(*lines)
    ctx = context(action_types=SPEC.action_types, scopes=CASE_SCOPES, **values)
    return run_role(SPEC, ctx, task, model), model  # type: ignore[arg-type]


def handed_over(result: RoleResult) -> Escalate:
    (action,) = result.actions
    assert isinstance(action, Escalate)
    assert action.to_role == SPEC.hand_to
    assert action.summary.startswith("Manual follow-up.")
    assert "Brightwater Foods" in action.summary
    return action


class TestWork:
    def test_reads_asks_explains(self) -> None:
        result, model = work(calls(BRIEF), calls(PROPOSE), AIMessage("They need a call."))
        assert result.actions == (
            CreateCallTask(account_id="acc_1", summary="Ring them", due_on=AS_OF),
        )
        assert result.explanation == "They need a call."
        assert (result.steps, [call.tool for call in result.calls]) == (3, [BRIEF[0], PROPOSE[0]])
        assert result.prompt == SPEC.prompt.reference
        answer = model.seen[1][-1]
        assert isinstance(answer, ToolMessage)
        assert '"account_number":"C-100"' in str(answer.text)

    def test_model__is_offered_the_tools_of_a_case_only(self) -> None:
        _, model = work(calls(PROPOSE), AIMessage("Done."))
        assert "list_accounts_to_work" not in model.offered[0]
        assert "propose_action" in model.offered[0]

    def test_question__needs_no_action(self) -> None:
        result, _ = work(AIMessage("500.00 USD."), task=question_task("How much?"))
        assert (result.actions, result.explanation) == ((), "500.00 USD.")


class TestFaults:
    def test_wrong_arguments_once__are_mended(self) -> None:
        wrong = ("propose_action", {"action": {**CALL, "due_on": "someday"}})
        result, model = work(calls(wrong), calls(PROPOSE), AIMessage("Done."))
        assert [call.outcome for call in result.calls] == ["retry", "ok"]
        assert "due_on" in str(model.seen[1][-1].text)
        assert not result.gave_up

    @pytest.mark.parametrize(
        "line",
        [
            calls(("propose_action", {"action": {"type": "approve"}})),
            calls(("send_message", {"to": "everybody"})),
            calls(("find_invoice_candidates", {"receipt_id": "rcp_1"})),
            calls(("list_accounts_to_work", {})),
            calls(("get_account_brief", {"account": "acc_2"})),
            ModelAnswerInvalid("malformed_body", "mumbles"),
            AIMessage(
                "",
                invalid_tool_calls=[
                    {
                        "name": "x",
                        "args": "{",
                        "id": "1",
                        "error": None,
                        "type": "invalid_tool_call",
                    }
                ],
            ),
        ],
        ids=[
            "action",
            "no_such_tool",
            "other_role",
            "whole_book",
            "other_account",
            "mumble",
            "broken",
        ],
    )
    def test_same_fault_twice__a_person_takes_over(self, line: Answer) -> None:
        result, model = work(line)
        handed_over(result)
        assert len(model.seen) == 2

    def test_refused_call__is_recorded_with_its_rule(self) -> None:
        result, _ = work(calls(("send_message", {})), calls(PROPOSE), AIMessage("Done."))
        assert result.calls[0].outcome == "refused"
        assert result.calls[0].detail == "only_tools_of_the_role"
        assert not result.gave_up

    def test_no_end__is_ended(self) -> None:
        result, model = work(calls(BRIEF))
        handed_over(result)
        assert result.steps == len(model.seen) == SPEC.max_steps

    def test_what_was_asked_for_before_giving_up__is_dropped(self) -> None:
        result, _ = work(calls(PROPOSE), calls(("send_message", {})))
        handed_over(result)

    def test_case_without_an_action__goes_to_a_person_with_what_was_said(self) -> None:
        result, _ = work(AIMessage("Nothing to see here."))
        assert "Nothing to see here." in handed_over(result).summary

    def test_calls_without_number__are_cut_off(self) -> None:
        result, _ = work(calls(*[BRIEF] * 40))
        handed_over(result)
        assert sum(call.outcome == "ok" for call in result.calls) == MAX_CALLS_A_STEP

    def test_words_without_measure__are_cut(self) -> None:
        result, _ = work(calls(PROPOSE), AIMessage("x" * 500_000))
        assert len(result.explanation) == MAX_EXPLANATION_CHARACTERS

    def test_arguments_without_measure__are_refused(self) -> None:
        result, _ = work(calls(("propose_action", {"action": {**CALL, "summary": "x" * 50_000}})))
        handed_over(result)

    def test_question_that_fails__is_said_plainly(self) -> None:
        result, _ = work(calls(("send_message", {})), task=question_task("Send it!"))
        assert result.actions == ()
        assert result.explanation.startswith("I could not answer that")


class TestFallBack:
    def test_model_is_gone__the_offline_model_does_the_work(self) -> None:
        result, _ = work(ModelUnavailable("timeout", "too late"))
        assert [action.type for action in result.actions] == ["create_call_task"]
        assert result.fell_back == "timeout"
        assert "unavailable (timeout)" in result.explanation

    def test_model_goes_after_asking__its_half_work_is_dropped(self) -> None:
        other = {**CALL, "kind": "review", "summary": "half"}
        half = calls(("propose_action", {"action": other}))
        result, _ = work(half, ModelUnavailable("timeout", "too late"))
        (action,) = result.actions
        assert isinstance(action, CreateCallTask)
        assert action.kind == "find_contact"


def test_reader_without_the_right_to_ask__is_not_offered_to() -> None:
    model = Scripted(AIMessage("Hello."))
    ctx = context(account_id=None, scopes=frozenset({Scope.ACCOUNT, Scope.BOOK}))
    run_role(SPEC, ctx, question_task("Hello?"), model)  # type: ignore[arg-type]
    assert "propose_action" not in model.offered[0]
    assert "list_accounts_to_work" in model.offered[0]


def test_empty_answer_to_a_colleague__says_that_there_is_none() -> None:
    result, _ = work(AIMessage(""), task=question_task("How much?"))
    assert result.explanation == "I could not answer that: it said nothing."
    assert not result.actions
