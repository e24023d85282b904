"""The bench of chats asks real questions of a real server; no test here looks at a time."""

from pathlib import Path

import pytest

from evals.bench.chats import QUESTIONS, chat_at_once


def test_small_home__every_question_of_every_chat_is_answered(
    tmp_path: Path, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("builds a home of its own on SQLite; runs with the tests on SQLite")
    crowd, alone = chat_at_once(tmp_path / "home", 60, 7, 4, 2)
    assert len(crowd.end) == 4 * len(QUESTIONS)
    assert len(alone.end) == 2 * len(QUESTIONS)
    assert all(
        0 < first <= end
        for chatted in (crowd, alone)
        for first, end in zip(chatted.first, chatted.end, strict=True)
    )
