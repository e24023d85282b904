"""`dunwell reindex`: build the knowledge index again from the notes in the ledger."""

from pathlib import Path

from cli.home import opened
from cli.output import emit, say
from tools.knowledge import read_notes


def run(home: Path | None, json_out: bool) -> None:
    """Replace the index; the old one answers until the new one is whole.

    Raises:
        Conflict: A server or chat of this home has the index open.
    """
    with opened(home) as house:
        knowledge = house.open_knowledge()
        with house.ledger.read() as session:
            knowledge.rebuild(read_notes(session))
        count = knowledge.count()
    if json_out:
        emit({"notes": count})
    else:
        say(f"{count} contract notes, service tickets and resolved disputes can be searched")
