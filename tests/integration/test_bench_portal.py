"""The bench of the customer's page opens real pages; no test here looks at a time."""

from pathlib import Path

import pytest

from evals.bench.portal import LINKS, PLACES, WARM, look_at_pages


def test_small_home__every_page_is_opened_and_nothing_is_said(
    tmp_path: Path, database_kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if database_kind != "sqlite":
        pytest.skip("builds a home of its own on SQLite; runs with the tests on SQLite")
    looks = look_at_pages(tmp_path / "home", 200, 7, None)
    assert [each.place for each in looks] == list(PLACES)
    assert all(0 < len(each.times) <= LINKS - WARM for each in looks)
    assert {each.database for each in looks} == {"SQLite"}
    assert capsys.readouterr().out == ""
