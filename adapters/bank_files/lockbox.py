"""Lockbox stubs: a check and its stub as the lockbox service keyed them, one key a line."""

import re
from dataclasses import replace

from adapters.bank_files.advice_mail import advice_of
from adapters.bank_files.advice_mail_lines import read_message
from adapters.bank_files.advice_mail_text import Words, read_words
from adapters.bank_files.model import BankFile, RemittanceLine
from ledger.errors import BadInput

_SNIFF = re.compile(rb"\block\s?box\b", re.IGNORECASE)
_CHECK = re.compile(
    rb"^[ \t]*(?:check|cheque)[ \t]+(?:number|no|amount|#)[^\r\n:=]{0,20}[:=]", re.I | re.M
)
_HEAD = re.compile(r"\s*lock\s?box\b[^:=]*", re.IGNORECASE)


def sniff(data: bytes) -> bool:
    """Whether the text speaks of a lockbox and of a check."""
    head = data[:8192]
    return _SNIFF.search(head) is not None and _CHECK.search(head) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every stub of a file.

    Raises:
        BadInput: A stub without the amount of its check.
    """
    stubs = _stubs(read_words(data, name).rows)
    files = [_read_stub(f"{name} stub {at}", rows) for at, rows in enumerate(stubs, start=1)]
    found = {each.totals for each in files}
    return BankFile(
        format="lockbox",
        remittances=tuple(line for each in files for line in each.remittances),
        warnings=tuple(line for each in files for line in each.warnings),
        totals="differ" if "differ" in found else ("tie" if found == {"tie"} else "none"),
    )


def _stubs(rows: list[list[str]]) -> list[list[list[str]]]:
    """A heading that names the lockbox opens a stub."""
    stubs: list[list[list[str]]] = [[]]
    for row in rows:
        if len(row) == 1 and _HEAD.fullmatch(row[0]) and any(len(r) for r in stubs[-1]):
            stubs.append([])
        else:
            stubs[-1].append(row)
    return [stub for stub in stubs if stub]


def _read_stub(where: str, rows: list[list[str]]) -> BankFile:
    message = read_message(rows)
    if not message.first("total") and not message.first("net"):
        raise BadInput(f"{where}: no check amount; ask the lockbox service for the stub again")
    found = advice_of(where, "lockbox", message, Words())
    checks = [value for value in message.keys.get("number", ()) if value]
    if len(found.remittances) > 1 and found.totals == "none":
        told = f"{where}: no amounts beside the documents, so nothing proves them"
        found = replace(found, warnings=(*found.warnings, told))
    elif not any(line.reference for line in found.remittances):
        told = f"{where}: no document is named; the check stands alone"
        found = replace(found, warnings=(*found.warnings, told))
    # The batch stands above the check; the check number is what the deposit shows.
    return replace(
        found, remittances=tuple(_with_check(each, checks) for each in found.remittances)
    )


def _with_check(line: RemittanceLine, checks: list[str]) -> RemittanceLine:
    if len(checks) < 2:
        return line
    return replace(
        line,
        remittance_id=checks[-1],
        memo=", ".join(each for each in (line.memo, *checks[:-1]) if each),
    )
