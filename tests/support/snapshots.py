"""Texts kept as files and compared byte for byte."""

from pathlib import Path


def matches_snapshot(path: Path, text: str) -> bool:
    """Compare a text with its file; a missing file is written, and fails this once.

    To renew a snapshot, delete its file, run the test, and read what was written.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        raise AssertionError(f"{path.name} was missing and is written now: read it and commit it")
    return path.read_bytes() == text.encode()
