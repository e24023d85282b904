"""Bank files for tests: read or refused, and spoiled in known ways."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput
from tests.support.shared_data import shared


def outcome(name: str, data: bytes) -> tuple[BankFile | None, str]:
    """The file as read, or the line that refuses it."""
    try:
        return read_bank_file(name, data), ""
    except BadInput as error:
        return None, error.message


def corpus_faults(
    format_name: str, faults_of: Callable[[str, BankFile, Any], Iterable[str]]
) -> tuple[list[str], set[str]]:
    """What is read wrong of the shared files of a format, and which of them are refused."""
    folder = shared(f"bank/{format_name}")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert expected
    refused, faults = set(), []
    for name, right in expected.items():
        file, refusal = outcome(name, (folder / name).read_bytes())
        if file is None:
            assert refusal.startswith(name)
            assert "\n" not in refusal
            refused.add(name)
        else:
            faults += [f"{name}: {each}" for each in faults_of(name, file, right)]
    return faults, refused


def spoiled(data: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    """A file cut, shortened, lengthened, doubled or overwritten, as each change says."""
    for kind, where, length, piece in changes:
        at = where % (len(data) + 1)
        data = {
            "cut": data[:at],
            "drop": data[:at] + data[at + length :],
            "put": data[:at] + piece + data[at:],
            "double": data[: at + length] + data[at:],
            "set": data[:at] + piece[:1] + data[at + 1 :],
        }[kind]
    return data
