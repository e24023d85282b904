"""Which format a bank file is, judged by what is in it, and reading it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from adapters.bank_files import (
    advice_mail,
    bai2,
    camt,
    csv_exports,
    lockbox,
    mt940,
    nacha,
    ofx,
    qif,
    remadv,
    v11,
    x12_820,
)
from adapters.bank_files.chain import chained
from adapters.bank_files.code_pages import plain_bytes
from adapters.bank_files.model import BankFile
from adapters.bank_files.values import MAX_BYTES, shown_amount
from adapters.spreadsheets.mapping_store import MappingStore
from ledger.errors import BadInput

_NAMED = (
    "MT940/MT942, CAMT.052/.053/.054, BAI2, OFX/QFX, QIF, NACHA, X12 820, REMADV, V11, lockbox "
    "stubs, remittance mails, CSV and XLSX"
)


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
    Reader("nacha", nacha.sniff, nacha.read),
    Reader("x12-820", x12_820.sniff, x12_820.read),
    Reader("remadv", remadv.sniff, remadv.read),
    Reader("v11", v11.sniff, v11.read),
    Reader("lockbox", lockbox.sniff, lockbox.read),
    Reader("remittance-mail", advice_mail.sniff, advice_mail.read),
)


def read_bank_file(
    name: str,
    data: bytes,
    *,
    profile: str | None = None,
    mappings: MappingStore | None = None,
) -> BankFile:
    """Read a statement or remittance file of any known format.

    Args:
        name: What errors call the file; it never decides the format.
        data: The bytes of the file.
        profile: For a table of a bank: a profile's name or `part=Column` pairs, where its head
            does not say what the columns are.
        mappings: Mappings of such tables a person saved.

    Raises:
        BadInput: Unknown format, broken file, or control totals that prove a loss; one line.
    """
    try:
        return _told(name, chained(name, _read(name, data, profile, mappings)))
    except BadInput as error:
        raise BadInput(_flat(error.message)) from None


def _read(name: str, data: bytes, profile: str | None, mappings: MappingStore | None) -> BankFile:
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name}: larger than {MAX_BYTES >> 20} MB; split the file by statement")
    if not data.strip():
        raise BadInput(f"{name}: the file is empty; ask the bank for it again")
    data = plain_bytes(data, name)
    for reader in READERS:
        if reader.sniff(data):
            return reader.read(name, data)
    if csv_exports.sniff(data):
        return csv_exports.read(name, data, profile=profile, mappings=mappings)
    raise BadInput(f"{name}: not a bank file this reads ({_NAMED}); export it in one of them")


def _told(name: str, file: BankFile) -> BankFile:
    """Say of a file what a person should know, each on one line."""
    told = [
        f"{name}: statement {number} ({each.account or 'no account'}) does not tie, "
        f"difference {shown_amount(each.difference_minor, each.currency)}"
        for number, each in enumerate(file.statements, start=1)
        if each.balances == "differ"
    ]
    if not (file.statements or file.remittances or file.warnings):
        told.append(f"{name}: no statement and no remittance in it; ask for it again")
    return replace(file, warnings=tuple(_flat(each) for each in (*file.warnings, *told)))


def _flat(message: str) -> str:
    """A piece of the file in a message may hold line ends of its own, such as U+2028."""
    return " ".join(message.split())
