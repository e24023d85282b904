"""Playbooks: read from files, found in a search of the whole book, fenced like any other text."""

from pathlib import Path
from typing import cast

import pytest

from adapters.knowledge import ListKnowledge
from adapters.playbooks import PLAYBOOK, is_playbook, read_playbooks
from ledger.errors import BadInput
from tests.support.desk import AS_OF, Desk
from tools.contract import ToolContext
from tools.knowledge import FoundNotes, search_notes


def look(desk: Desk, query: str, account: str | None = None) -> FoundNotes:
    index = ListKnowledge(read_playbooks(desk.house.home))
    deps = desk.deps
    with desk.house.ledger.read() as session:
        ctx = ToolContext(
            session,
            "analyst",
            "dispute_analyst",
            AS_OF,
            deps.now,
            deps.policy,
            account,
            open_knowledge=lambda: index,
        )
        return cast(FoundNotes, search_notes.run(ctx, query, account))


def test_shipped_sections__have_ids_of_their_own_and_no_account() -> None:
    notes = list(read_playbooks(None))
    assert len({note.note_id for note in notes}) == len(notes) > 5
    assert {(note.account_id, note.source) for note in notes} == {("", PLAYBOOK)}
    assert all(is_playbook(note.note_id) for note in notes)


def test_file_of_the_home__takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    file = tmp_path / "playbooks" / "disputes.md"
    file.write_text("# Ours\n\n## Anything\nAsk Ole first.\n\n## Empty\n")
    texts = [note.text for note in read_playbooks(tmp_path)]
    assert "Anything: Ask Ole first." in texts
    assert not any("purchase order is missing" in text for text in texts)


@pytest.mark.parametrize("content", [b"## A\n\xff", b"## A\n" + b"x" * 200_001])
def test_file_that_cannot_be_read__is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "bad.md").write_bytes(content)
    with pytest.raises(BadInput, match=r"playbooks/bad\.md"):
        list(read_playbooks(tmp_path))


def test_search_of_the_book__finds_a_playbook_inside_a_fence(desk: Desk) -> None:
    (first, *_) = look(desk, "insolvency administrator").notes
    assert (first.account_number, first.name) == ("", "")
    assert "<<<outside text" in first.said.text
    assert first.said.source.startswith(PLAYBOOK)


def test_search_of_one_account__has_no_playbook(desk: Desk) -> None:
    desk.account("acc_a")
    assert look(desk, "insolvency administrator", "acc_a").notes == ()
