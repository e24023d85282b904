"""What a role is: its prompt, the tools it may read with, and what it may ask for."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prompts.loader import Prompt, load_prompt
from tools.catalog import READ_TOOLS
from tools.contract import Scope, Tool
from tools.propose import ACTION_TYPES, ProposeTool, propose_tool

MAX_TOOLS = 8


@dataclass(frozen=True, slots=True)
class AgentSpec:
    """A role. What is not listed here cannot be called or asked for.

    Attributes:
        hand_to: Who gets a case this role could not finish.
        max_steps: Answers of a model at most; then a person takes over.
    """

    name: str
    prompt_id: str
    read_tools: tuple[str, ...]
    action_types: tuple[str, ...]
    hand_to: str = "collector"
    max_steps: int = 6

    def __post_init__(self) -> None:
        if unknown := set(self.read_tools) - READ_TOOLS.keys():
            raise ValueError(f"{self.name}: no read tool {sorted(unknown)[0]}")
        if unknown := set(self.action_types) - ACTION_TYPES:
            raise ValueError(f"{self.name}: no action {sorted(unknown)[0]}")
        if len(self.read_tools) + bool(self.action_types) > MAX_TOOLS:
            raise ValueError(f"{self.name}: more than {MAX_TOOLS} tools")

    @property
    def author(self) -> str:
        """Who a request of this role is from."""
        return f"agent:{self.name}"

    @property
    def prompt(self) -> Prompt:
        """The role's prompt, as written."""
        return load_prompt(self.prompt_id)


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of a role in one kind of context, and their schemas as a model sees them."""

    tools: Mapping[str, Tool | ProposeTool]
    schemas: list[dict[str, Any]]


@functools.lru_cache(maxsize=64)
def toolbox(spec: AgentSpec, scopes: frozenset[Scope], *, in_case: bool) -> Toolbox:
    """The tools a role has where only some scopes are open; built once."""
    listed: list[Tool | ProposeTool] = [READ_TOOLS[name] for name in spec.read_tools]
    if spec.action_types:
        listed.append(propose_tool(spec.action_types))
    tools = {tool.name: tool for tool in listed if tool.scope in scopes}
    return Toolbox(tools, [tool.schema(in_case=in_case) for tool in tools.values()])
