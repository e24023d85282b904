"""Roles: what each may read and ask for, and nothing that sends, posts or approves."""

import pytest

from agents.spec import MAX_TOOLS, AgentSpec, toolbox
from agents.supervisor import ROLES
from tools.catalog import READ_TOOLS
from tools.contract import CASE_SCOPES, CHAT_SCOPES, Scope

NEVER = {"release_hold", "write_off"}


@pytest.mark.parametrize("spec", ROLES.values(), ids=str)
class TestEveryRole:
    def test_has_few_tools(self, spec: AgentSpec) -> None:
        box = toolbox(spec, CHAT_SCOPES, in_case=False)
        assert 2 <= len(box.schemas) <= MAX_TOOLS

    def test_case__offers_nothing_of_the_whole_book(self, spec: AgentSpec) -> None:
        box = toolbox(spec, CASE_SCOPES, in_case=True)
        assert all(tool.scope is not Scope.BOOK for tool in box.tools.values())

    def test_can_hand_over_to_a_person(self, spec: AgentSpec) -> None:
        assert "escalate" in spec.action_types

    def test_may_not_lift_a_hold_or_give_money_away(self, spec: AgentSpec) -> None:
        assert not NEVER & set(spec.action_types)

    def test_tools__only_read_or_propose(self, spec: AgentSpec) -> None:
        names = set(toolbox(spec, CHAT_SCOPES, in_case=False).tools)
        assert names <= READ_TOOLS.keys() | {"propose_action"}

    def test_schemas__are_built_once(self, spec: AgentSpec) -> None:
        assert toolbox(spec, CASE_SCOPES, in_case=True) is toolbox(spec, CASE_SCOPES, in_case=True)


@pytest.mark.parametrize("word", ["send", "post", "approve", "decide", "execute", "delete", "set"])
def test_catalog__holds_no_tool_with_an_effect(word: str) -> None:
    assert not [name for name in READ_TOOLS if word in name.split("_")]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"read_tools": ("send_letter",)}, "no read tool send_letter"),
        ({"action_types": ("approve",)}, "no action approve"),
        ({"read_tools": tuple(READ_TOOLS)}, "more than 8 tools"),
    ],
)
def test_impossible_role__cannot_be_written(changes: dict[str, tuple[str, ...]], says: str) -> None:
    row = {"read_tools": (), "action_types": ("escalate",)} | changes
    with pytest.raises(ValueError, match=says):
        AgentSpec(name="role", prompt_id="collector", **row)
