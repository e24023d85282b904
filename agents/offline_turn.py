"""What the offline model has before it: the task, the tools on offer, and what they answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from agents.task import ASSISTANT, CASE, LOOP, PERSON

PROPOSE = "propose_action"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Want:
    """A tool the model wants called."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


Move = str | list[Want]
"""What the model does next: say something and stop, or call tools."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation so far, read.

    Attributes:
        role: Who is being played.
        results: The newest answer of each tool that gave one.
        failures: What tools said when they did not, by tool.
        noted: Action types already on the list.
    """

    role: str
    case: Json | None
    question: str
    history: tuple[tuple[str, str], ...]
    offered: frozenset[str]
    results: dict[str, Any]
    failures: dict[str, str]
    noted: tuple[str, ...]

    def missing(self, tools: Iterable[str]) -> list[str]:
        """Those of some tools that are on offer and have not been called."""
        asked = self.results.keys() | self.failures.keys()
        return [name for name in dict.fromkeys(tools) if name in self.offered and name not in asked]


def read_turn(messages: Sequence[BaseMessage], offered: Iterable[str], role: str) -> Turn:
    """Read a conversation as the loop builds it: system, earlier lines, the task, its tools."""
    results: dict[str, Any] = {}
    failures: dict[str, str] = {}
    noted: list[str] = []
    spoken: list[tuple[str, str]] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            name, said = message.name or "", str(message.text)
            if message.status == "error":
                failures[name] = said.partition(": ")[2]
            elif name == PROPOSE:
                noted.append(orjson.loads(said)["noted"])
            else:
                results[name] = orjson.loads(said)
        elif isinstance(message, HumanMessage) and message.name != LOOP:
            spoken.append((message.name or PERSON, str(message.text)))
        elif isinstance(message, AIMessage) and not message.tool_calls:
            spoken.append((ASSISTANT, str(message.text)))
    speaker, text = next((each for each in reversed(spoken) if each[0] != ASSISTANT), (PERSON, ""))
    is_case = speaker == CASE
    return Turn(
        role=role,
        case=orjson.loads(text) if is_case else None,
        question="" if is_case else text,
        history=tuple(spoken[:-1]),
        offered=frozenset(offered),
        results=results,
        failures=failures,
        noted=tuple(noted),
    )


def money(value: Json | None) -> str:
    """An amount as people write it."""
    if value is None:
        return "no amount"
    return f"{Decimal(value['amount']):,f} {value['currency']}"


def sums(values: Sequence[Json]) -> str:
    """Totals per currency in words."""
    return " and ".join(money(value) for value in values) or "nothing"
