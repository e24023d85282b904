"""Playbooks: how we go about a kind of case, as Markdown files with a heading for each.

Those that come with the program, and those in the `playbooks` folder of a home; a home's file takes
the place of a shipped one of its name. They are read when the index is built.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from adapters.word_index import Note
from ledger.errors import BadInput
from ledger.ids import make_id

PLAYBOOK = "playbook"
ID_PREFIX = "pbk"
FOLDER = "playbooks"
_SHIPPED = Path(str(resources.files("policies") / "playbooks"))
_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)
_MOST_BYTES = 200_000


def read_playbooks(home: Path | None) -> Iterator[Note]:
    """Every section of every playbook; it belongs to no account.

    Raises:
        BadInput: A file is too large or no UTF-8.
    """
    files = {path.name: path for path in sorted(_SHIPPED.glob("*.md"))}
    if home is not None:
        files |= {path.name: path for path in sorted((home / FOLDER).glob("*.md"))}
    for name, path in sorted(files.items()):
        yield from _sections(name, path)


def is_playbook(note_id: str) -> bool:
    """Whether a note is a section of a playbook, which no row of the ledger holds."""
    return note_id.startswith(f"{ID_PREFIX}_")


def _sections(name: str, path: Path) -> Iterator[Note]:
    if path.stat().st_size > _MOST_BYTES:
        raise BadInput(f"{FOLDER}/{name}: a playbook has at most {_MOST_BYTES} bytes; part it")
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{FOLDER}/{name} is no UTF-8 text: save it as such") from None
    on = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    _before, *parts = _HEADING.split(text)
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        if body.strip():
            key = make_id(ID_PREFIX, name, heading)
            yield Note(key, "", PLAYBOOK, on, f"{heading.strip()}: {' '.join(body.split())}")
