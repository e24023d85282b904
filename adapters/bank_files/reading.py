"""Which format a bank file is, judged by what is in it, and reading it."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.bank_files import bai2, camt, mt940, ofx
from adapters.bank_files.model import BankFile
from adapters.bank_files.values import MAX_BYTES
from ledger.errors import BadInput

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
    Reader("bai2", bai2.sniff, bai2.read),
    Reader("mt940", mt940.sniff, mt940.read),
)


def read_bank_file(name: str, data: bytes, *, profile: str | None = None) -> BankFile:
    """Read a statement or remittance file of any known format.

    Args:
        name: What errors call the file; it never decides the format.
        data: The bytes of the file.
        profile: Column profile for a table of a bank that its head does not give away.

    Raises:
        BadInput: Unknown format, broken file, or control totals that prove a loss; one line.
    """
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name}: larger than {MAX_BYTES >> 20} MB; split the file by statement")
    if not data.strip():
        raise BadInput(f"{name}: the file is empty; ask the bank for it again")
    for reader in READERS:
        if reader.sniff(data):
            return reader.read(name, data)
    raise BadInput(f"{name}: not a bank file this reads ({_NAMED}); export it in one of them")
