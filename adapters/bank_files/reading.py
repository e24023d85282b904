"""Which format a bank file is, judged by what is in it, and reading it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from adapters.bank_files import bai2, camt, mt940, ofx, qif
from adapters.bank_files.model import BankFile
from adapters.bank_files.values import MAX_BYTES
from ledger.errors import BadInput
from ledger.money import Money

_NAMED = "MT940/MT942, CAMT.052/.053/.054, BAI2, OFX/QFX and QIF"


@dataclass(frozen=True, slots=True)
class Reader:
    """A format: whether a file looks like it, and how it is read."""

    name: str
    sniff: Callable[[bytes], bool]
    read: Callable[[str, bytes], BankFile]


READERS: tuple[Reader, ...] = (
    Reader("camt", camt.sniff, camt.read),
    Reader("ofx", ofx.sniff, ofx.read),
    Reader("qif", qif.sniff, qif.read),
    Reader("bai2", bai2.sniff, bai2.read),
    Reader("mt940", mt940.sniff, mt940.read),
)


def read_bank_file(name: str, data: bytes) -> BankFile:
    """Read a statement or remittance file of any known format.

    Args:
        name: What errors call the file; it never decides the format.
        data: The bytes of the file.

    Raises:
        BadInput: Unknown format, broken file, or control totals that prove a loss; one line.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name}: larger than {MAX_BYTES >> 20} MB; split the file by statement")
    if not data.strip():
        raise BadInput(f"{name}: the file is empty; ask the bank for it again")
    for reader in READERS:
        if reader.sniff(data):
            return _with_differences(name, reader.read(name, data))
    raise BadInput(f"{name}: not a bank file this reads ({_NAMED}); export it in one of them")


def _with_differences(name: str, file: BankFile) -> BankFile:
    """Say of every statement that does not tie by how much."""
    told = tuple(
        f"{name}: statement {number} ({each.account or 'no account'}) does not tie, "
        f"difference {_plain(each.difference_minor, each.currency)}"
        for number, each in enumerate(file.statements, start=1)
        if each.balances == "differ"
    )
    return replace(file, warnings=file.warnings + told) if told else file


def _plain(minor: int, currency: str) -> str:
    return str(Money(minor, currency)) if currency else f"{Decimal(minor).scaleb(-2):f}"
