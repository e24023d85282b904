"""The bounded tool-calling loop every role works in, whichever model plays it.

A role ends with actions and an explanation. Whatever goes wrong on the way (an unknown tool, wrong
arguments, no end, no answer) ends in a retry, in the offline model, or with a person: no case is
lost, and nothing here has an effect outside the list of proposed actions.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from agents.chat_model import ChatPort
from agents.figures import Found, Sources, sources_of
from agents.model_faults import ModelAnswerInvalid, ModelUnavailable
from agents.offline_model import OfflineModel
from agents.spec import AgentSpec, Toolbox, toolbox
from agents.task import LOOP, PERSON, Task
from ledger.actions import Escalate, ProposedAction
from policies.schema import Policy
from tools.contract import ToolContext, ToolRefused, ToolRetry
from tools.outside_text import clean_text

MAX_CALLS_A_STEP = 8
MAX_ARGUMENT_CHARACTERS = 20_000
MAX_EXPLANATION_CHARACTERS = 4_000
_FAULTS_FORGIVEN = 1
_FIGURES_NAMED = 8
_ASK_FOR_FIGURES = "No tool result holds these figures: {}. Look them up, or answer without them."
_OFFLINE = OfflineModel()
_rendered: dict[tuple[str, str], SystemMessage] = {}


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call of a model and what came of it: `ok`, `retry` or `refused`."""

    tool: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RoleResult:
    """What a role hands on.

    Attributes:
        actions: What it asks for; nothing is done or judged yet.
        steps: Answers the model gave.
        gave_up: Why a person takes over, if the role did not finish.
        fell_back: Why the offline model took over, if it did.
        found: What tools answered, in order: every figure of an answer stands on it.
    """

    actions: tuple[ProposedAction, ...]
    explanation: str
    steps: int
    calls: tuple[Call, ...]
    prompt: str
    gave_up: str = ""
    fell_back: str = ""
    found: tuple[Found, ...] = ()


class _GaveUp(Exception):
    """The model did not finish the task."""


def run_role(spec: AgentSpec, ctx: ToolContext, task: Task, model: ChatPort) -> RoleResult:
    """Let a role work on a task; returns what it asks for, or a hand-over to a person."""
    try:
        return _Work(spec, ctx, task, model).run()
    except ModelUnavailable as error:
        ctx.proposed.clear()
        ctx.noted.clear()
        result = _Work(spec, ctx, task, _OFFLINE).run()
        told = (
            f"{result.explanation}\n\nThe model was unavailable ({error.code}); prepared offline."
        )
        return replace(result, explanation=told, fell_back=error.code)


@dataclass(slots=True)
class _Work:
    """One conversation between a role's model and its tools."""

    spec: AgentSpec
    ctx: ToolContext
    task: Task
    model: ChatPort
    steps: int = 0
    faults: int = 0
    calls: list[Call] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    figures_asked: bool = False

    def run(self) -> RoleResult:
        try:
            said = self._converse()
        except _GaveUp as reason:
            return self._hand_over(str(reason))
        if not self.ctx.proposed and (self.task.is_case or not said):
            lacks = "asked for nothing" if self.task.is_case else "said nothing"
            return self._hand_over(f"it {lacks}", said)
        return self._result(tuple(self.ctx.proposed), said)

    def _converse(self) -> str:
        box = toolbox(self.spec, self.ctx.scopes, in_case=self.ctx.account_id is not None)
        messages = self._opening()
        while self.steps < self.spec.max_steps:
            self.steps += 1
            answer = self._ask(messages, box)
            if answer is None:
                continue
            if not answer.tool_calls:
                said = clean_text(str(answer.text)[:MAX_EXPLANATION_CHARACTERS])
                if loose := self._loose(said):
                    messages += [answer, HumanMessage(_ASK_FOR_FIGURES.format(loose), name=LOOP)]
                    continue
                return said
            messages.append(answer)
            messages += [
                self._call(call, box, place) for place, call in enumerate(answer.tool_calls)
            ]
        raise _GaveUp(f"it did not finish in {self.spec.max_steps} steps")

    def _loose(self, said: str) -> str:
        """Figures of an answer to a colleague that no tool result holds; asked about once.

        Those that stand there still are marked where the answer is shown.
        """
        last = self.steps >= self.spec.max_steps
        if self.task.is_case or self.figures_asked or last or isinstance(self.model, OfflineModel):
            return ""
        self.figures_asked = True
        sources = Sources(self.found, self.ctx.as_of, self.task.text)
        return ", ".join(sources_of(said, sources)[1][:_FIGURES_NAMED])

    def _opening(self) -> list[BaseMessage]:
        earlier = [
            HumanMessage(text, name=PERSON) if speaker == PERSON else AIMessage(text)
            for speaker, text in self.task.history
        ]
        task = HumanMessage(self.task.text, name=self.task.speaker)
        return [_system_message(self.spec, self.ctx.policy), *earlier, task]

    def _ask(self, messages: list[BaseMessage], box: Toolbox) -> AIMessage | None:
        """One answer of the model, or None where it is asked again."""
        reference = self.spec.prompt.reference
        try:
            answer = self.model.invoke(messages, box.schemas, reference)
        except ModelAnswerInvalid as error:
            fault = error.code
        else:
            if not answer.invalid_tool_calls:
                return answer
            fault = "invalid_tool_calls"
        self._count_fault(f"its answer could not be used ({fault})")
        messages.append(HumanMessage(f"Your answer could not be used: {fault}.", name=LOOP))
        return None

    def _call(self, call: Any, box: Toolbox, place: int) -> ToolMessage:
        name, given = clean_text(str(call["name"])[:60]), call["args"]
        try:
            if place >= MAX_CALLS_A_STEP:
                raise ToolRefused("few_calls_a_step", f"at most {MAX_CALLS_A_STEP} calls at once")
            if name not in box.tools:
                raise ToolRefused("only_tools_of_the_role", f"{self.spec.name} has no such tool")
            if len(str(given)) > MAX_ARGUMENT_CHARACTERS:
                raise ToolRetry("arguments are too long")
            said, status = box.tools[name].call(self.ctx, given), "success"
            self.calls.append(Call(name, "ok"))
            self.found.append((name, said))
        except ToolRetry as error:
            said, status = f"retry: {error.message}", "error"
            self.calls.append(Call(name, "retry", error.message[:200]))
            self.found.append((name, error.message))
            self._count_fault(f"its arguments for {name} did not fit")
        except ToolRefused as error:
            said, status = f"refused ({error.rule_id}): {error.message}", "error"
            self.calls.append(Call(name, "refused", error.rule_id))
            self._count_fault(f"it was refused by {error.rule_id}")
        return ToolMessage(
            said, tool_call_id=call["id"] or f"call_{place}", name=name, status=status
        )

    def _count_fault(self, what: str) -> None:
        self.faults += 1
        if self.faults > _FAULTS_FORGIVEN:
            raise _GaveUp(what)

    def _hand_over(self, reason: str, said: str = "") -> RoleResult:
        """A person takes over; what was on the list is dropped, because nobody stands behind it."""
        told = f"{self.spec.name} could not finish: {reason}."
        if not self.task.is_case:
            return self._result((), f"I could not answer that: {reason}.", reason)
        summary = f"Manual follow-up. {self.task.subject}. {told} {said}".strip()
        action = Escalate(
            account_id=self.ctx.account_id or "", to_role=self.spec.hand_to, summary=summary[:2000]
        )
        return self._result((action,), told, reason)

    def _result(
        self, actions: tuple[ProposedAction, ...], explanation: str, gave_up: str = ""
    ) -> RoleResult:
        reference = self.spec.prompt.reference
        calls = tuple(self.calls)
        return RoleResult(
            actions, explanation, self.steps, calls, reference, gave_up, found=tuple(self.found)
        )


def _system_message(spec: AgentSpec, policy: Policy) -> SystemMessage:
    """The role's prompt under a policy, filled once."""
    key = (spec.prompt_id, policy.hash)
    if key not in _rendered:
        _rendered[key] = SystemMessage(spec.prompt.render(policy))
    return _rendered[key]
