"""`dunwell reindex`: build the knowledge index again from the ledger and the playbooks."""

from itertools import chain
from pathlib import Path

from adapters.playbooks import PLAYBOOK, read_playbooks
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
            knowledge.rebuild(chain(read_notes(session), read_playbooks(house.home)))
        count = knowledge.count(besides=PLAYBOOK)
        sections = knowledge.count() - count
    if json_out:
        emit({"notes": count, "playbook_sections": sections})
    else:
        say(
            f"{count} contract notes, service tickets, resolved disputes and approved answers, "
            f"and {sections} sections of playbooks can be searched"
        )
