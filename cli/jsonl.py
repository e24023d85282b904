"""Files of JSON lines in and out: read line by line, written whole or not at all.

A malformed record is told with its line, the others are still judged, and the command ends with 2.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.errors import BadInput

_LONGEST_LINE = 4_000_000  # bytes; a message is never that long


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a file: what it holds, or what is wrong with it."""

    line: int
    value: dict[str, Any] | None
    fault: str | None = None


def check_files(source: Path, target: Path) -> None:
    """Refuse files that cannot be read or written, before anything is.

    Raises:
        BadInput: The input is no file, both are the same, or the output has no folder.
    """
    if not source.is_file():
        raise BadInput(f"{source}: there is no such file; name one of JSON lines with --in")
    if target.exists() and not target.is_file():
        raise BadInput(f"{target}: is a folder or a device; name a plain file with --out")
    if target.exists() and target.samefile(source):
        raise BadInput(f"{target}: --out may not be the file of --in; name another")
    if not target.parent.is_dir():
        raise BadInput(f"{target}: there is no folder {target.parent}; make it first")


def read_records(path: Path) -> Iterator[Record]:
    """Read a file of JSON objects line by line; blank lines are skipped."""
    number = 0
    with path.open("rb") as lines:
        while line := lines.readline(_LONGEST_LINE):
            number += 1
            if len(line) >= _LONGEST_LINE and not line.endswith(b"\n"):
                _skip_rest(lines)
                yield Record(number, None, "the line is too long to be a record")
            elif line.strip():
                yield _read_record(line, number)


def _skip_rest(lines: Any) -> None:
    while rest := lines.readline(_LONGEST_LINE):
        if rest.endswith(b"\n"):
            return


def _read_record(line: bytes, number: int) -> Record:
    try:
        # The text of a record may start with the mark some editors put at the start of a file.
        value = json.loads(line.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        return Record(number, None, "not UTF-8")
    except (ValueError, RecursionError) as error:
        return Record(number, None, f"not JSON: {error}")
    if not isinstance(value, dict):
        return Record(number, None, "not a JSON object")
    if b"\\u" in line and _holds_half_a_character(value):
        return Record(number, None, "holds half a character")
    return Record(number, value)


def _holds_half_a_character(value: dict[str, Any]) -> bool:
    """Whether some text of a record could not be written again."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number JSON knows")


def id_of(value: dict[str, Any]) -> str | int:
    """What a record is called, to be handed back as it came.

    Raises:
        ValueError: It is missing or neither text nor a whole number.
    """
    found = value.get("id")
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise ValueError("has no 'id' of text or a whole number")
    return found


def text_of(value: dict[str, Any], name: str, *, optional: bool = False) -> str | None:
    """A field of a record that must hold text.

    Raises:
        ValueError: It is missing or holds something else.
    """
    if optional and value.get(name) is None:
        return None
    if name not in value:
        raise ValueError(f"has no {name!r}")
    found = value[name]
    if not isinstance(found, str):
        raise ValueError(f"{name!r} is not text")
    return found


@contextmanager
def write_results(path: Path) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Write results to a file that appears only when all are written; a link is followed."""
    path = path.resolve()
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    made = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as lines:

            def write(result: dict[str, Any]) -> None:
                lines.write(json.dumps(result, ensure_ascii=False) + "\n")

            yield write
        made.chmod(0o666 & ~_umask())
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
