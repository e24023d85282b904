"""A regression check on the blind examination: its first figures are in the README."""

import pytest

from evals.examination.examine import examine

# What a change may not fall below; the aim is everything.
LEAST = {"records.jsonl": (60, 50), "words.jsonl": (40, 54)}


@pytest.mark.parametrize("name", LEAST)
def test_examination__is_not_worse_than_it_was(name: str) -> None:
    marks = examine(name)
    caught = marks.violating - marks.missed.total()
    passed = marks.compliant - marks.stopped.total()
    assert (caught >= LEAST[name][0], passed >= LEAST[name][1]) == (True, True), (caught, passed)
