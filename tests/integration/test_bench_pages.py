"""The bench of the desk opens real pages; no test here looks at a time."""

from pathlib import Path

import pytest

from evals.bench.pages import LOOKS, PLACES, WARM, open_pages


def test_small_home__every_page_of_the_desk_is_opened(
    tmp_path: Path, database_kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if database_kind != "sqlite":
        pytest.skip("builds a home of its own on SQLite; runs with the tests on SQLite")
    looks = open_pages(tmp_path / "home", 60, 7)
    assert list(looks) == list(PLACES)
    assert all(len(each.busy) == len(each.times) == LOOKS - WARM for each in looks.values())
    assert capsys.readouterr().out == ""
