"""Files dropped into the home's intake folder, taken in before anything is judged.

`intake/customers/`, `intake/invoices/` ... hold exports an ERP leaves there, `intake/bank/` the
files of banks and payers. A file that can be booked moves to `intake/done/DATE/`; one that cannot
stays, and the report says why.
"""

from pathlib import Path

from adapters.bank_files.reading import read_bank_file
from adapters.spreadsheets.mapping_store import MappingStore
from adapters.spreadsheets.options import ImportOptions
from adapters.spreadsheets.thesaurus import KINDS
from batch.run import Night
from ledger.clock import FixedClock
from ledger.errors import ArError
from tools.bank_book import take_in_bank_file
from tools.import_book import import_file

BANK = "bank"


def take_in_files(night: Night) -> None:
    """Import what was dropped, in the order that lets invoices find their customers."""
    taken: list[str] = []
    refused: list[str] = []
    for kind in (*KINDS, BANK):
        for path in sorted((night.house.home / "intake" / kind).glob("*")):
            if not path.is_file():
                continue
            why = _take_in(night, kind, path)
            if why:
                refused.append(f"{kind}/{path.name}: {why}")
            else:
                _put_away(night, path)
                taken.append(f"{kind}/{path.name}")
    if taken or refused:
        night.add("intake", files_taken_in=len(taken))
        night.note("intake", files_refused=refused)


def _take_in(night: Night, kind: str, path: Path) -> str:
    """Book one file; returns why it was not, or nothing."""
    try:
        if kind == BANK:
            _take_in_bank(night, path)
            return ""
        result = import_file(
            night.house.ledger,
            path,
            kind,
            as_of=night.as_of,
            options=ImportOptions(),
            store=MappingStore(night.house.home / "mappings"),
            actor="night",
            clock=FixedClock(night.now),
        )
    except ArError as error:
        return error.message.removeprefix(f"{path.name}: ")
    if not result.report.blocks:
        return ""
    worst = next(f for f in result.report.findings if f.severity.value == "error")
    where = f"line {worst.line}, " if worst.line else ""
    return f"{where}{worst.what}; {worst.remedy}"


def _take_in_bank(night: Night, path: Path) -> None:
    data = path.read_bytes()
    taken = take_in_bank_file(
        night.house.ledger,
        path.name,
        data,
        read_bank_file(path.name, data, mappings=MappingStore(night.house.home / "mappings")),
        as_of=night.as_of,
        currency=night.house.policy.company.currency,
        actor="night",
        clock=FixedClock(night.now),
    )
    night.add("intake", receipts=taken.receipts, bank_lines_to_look_at=len(taken.to_look_at))


def _put_away(night: Night, path: Path) -> None:
    done = night.house.home / "intake" / "done" / night.as_of.isoformat()
    done.mkdir(parents=True, exist_ok=True)
    path.rename(done / f"{path.parent.name}-{path.name}")
