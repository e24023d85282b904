"""The graphs that `langgraph.json` names for other tools import and compile as they stand."""

import importlib.util
import json

import pytest

from tests.support.shared_data import ROOT

NAMED = json.loads((ROOT / "langgraph.json").read_text("utf-8"))


@pytest.mark.parametrize("name", NAMED["graphs"])
def test_graph__is_where_the_file_says(name: str) -> None:
    path, _, made_by = NAMED["graphs"][name].partition(":")
    spec = importlib.util.spec_from_file_location(f"studio_{name}", ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    graph = getattr(module, made_by)()
    assert {"__start__", "__end__"} < set(graph.get_graph().nodes)


def test_graphs__are_those_people_look_at() -> None:
    assert set(NAMED["graphs"]) == {"case", "chat"}
    assert NAMED["dependencies"] == ["."]
