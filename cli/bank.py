"""`dunwell bank`: statements and remittances, checked by their balances, into the books once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from adapters.bank_files.model import UNKNOWN_CURRENCY, BankFile, BankLine
from adapters.bank_files.reading import read_bank_file
from adapters.spreadsheets.mapping_store import MappingStore
from cli.bank_advices import show_advices
from cli.bank_profiles import WORD, keep_mapping, show_profiles, store_of, told_columns
from cli.output import amounts, emit, fail, note, say, show_table
from ledger.errors import BadInput
from ledger.money import currency_digits

if TYPE_CHECKING:
    from graph.bootstrap import House
    from tools.bank_book import TakenIn

_HEADS = ("file", "format", "statements", "transactions", "credit_sum", "debit_sum", "balances")
_NUMBERS = _HEADS[2:6]
_LOOK = ("file", "booked on", "amount", "kind", "other side", "memo")
_MEMO_SHOWN = 60


@dataclass
class Examined:
    """A file that was read, or why not; `taken` once it is in the books."""

    path: Path
    data: bytes = b""
    file: BankFile | None = None
    error: str | None = None
    taken: "TakenIn | None" = None


@dataclass(frozen=True)
class Told:
    """What a person says of tables: a profile or columns, and the mappings kept before."""

    profile: str | None = None
    mapping: tuple[str, ...] = ()
    store: MappingStore | None = None

    @property
    def columns(self) -> str | None:
        """Profile or columns as the readers take them."""
        return told_columns(self.profile, self.mapping)


def run(
    home: Path | None,
    files: list[Path],
    json_out: bool,
    dry_run: bool,
    accept_difference: bool,
    as_of: date | None,
    *,
    profile: str | None = None,
    mapping: Sequence[str] = (),
) -> None:
    """Read every file and book the good ones; a refused one hides no other, and ends with 2."""
    if files == [WORD] and not WORD.exists():
        show_profiles(json_out)
        return
    told = Told(profile, tuple(mapping), store_of(home))
    if dry_run:
        examined = [examine(path, told) for path in files]
    else:
        from cli.home import opened

        with opened(home) as house:
            examined = [examine(path, told) for path in files]
            for each in examined:
                _take_in(house, each, accept_difference, as_of)
                _keep(each, told)
    _show(examined, json_out)
    refused = [each.error for each in examined if each.error]
    for error in refused:
        fail(error)
    if refused:
        raise typer.Exit(2)


def examine(path: Path, told: Told) -> Examined:
    """Read one file; warnings go to stderr."""
    columns = told.columns
    try:
        data = path.read_bytes()
        file = read_bank_file(str(path), data, profile=columns, mappings=told.store)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Examined(path, error=f"{path}: {reason}; give the path of a file")
    except BadInput as error:
        return Examined(path, error=error.message)
    for warning in file.warnings:
        note(f"warning: {warning}")
    return Examined(path, data, file)


def _keep(each: Examined, told: Told) -> None:
    """Keep the columns a person named, once a table was taken in by them."""
    is_table = each.file is not None and each.file.format in ("csv", "workbook")
    if is_table and each.taken and told.store and told.mapping:
        keep_mapping(told.store, str(each.path), each.data, ",".join(told.mapping))


def _take_in(house: "House", each: Examined, accept_difference: bool, as_of: date | None) -> None:
    """Book one file; what forbids it is the file's error."""
    from ledger.clock import SystemClock
    from tools.bank_book import take_in_bank_file

    if each.file is None:
        return
    day = as_of or SystemClock().today()
    try:
        each.taken = take_in_bank_file(
            house.ledger,
            str(each.path),
            each.data,
            each.file,
            as_of=day,
            currency=house.policy.company.currency,
            accept_difference=accept_difference,
            clock=house.clock_at(day),
        )
    except BadInput as error:
        each.error = error.message
        return
    for warning in each.taken.warnings:
        note(f"warning: {warning}")


def _show(examined: list[Examined], json_out: bool) -> None:
    rows = [_row(each) for each in examined]
    if json_out:
        emit(rows)
        return
    shown = [_figures(each, row) for each, row in zip(examined, rows, strict=True)]
    show_table(_HEADS, shown, right=_NUMBERS)
    show_advices((str(each.path), each.file) for each in examined if each.file)
    for each in examined:
        if each.taken:
            say(f"{each.path}: {_told(each.taken)}")
    look = [
        (each.path.name, line.booked_on, line.amount, line.kind, line.payer_name, _cut(line.memo))
        for each in examined
        if each.taken
        for line in each.taken.to_look_at
    ]
    if look:
        say("No receipts; a person looks at these:")
        show_table(_LOOK, look, right=("amount",))


def _told(taken: "TakenIn") -> str:
    new = f"{taken.receipts} receipts booked ({amounts(taken.received)})"
    advice = f", {taken.advice_lines} advice lines" if taken.advice_lines else ""
    known = f", {taken.known} lines known already" if taken.known else ""
    joined = f", {taken.joined} in the books already" if taken.joined else ""
    doubt = f", {taken.in_doubt} perhaps there twice" if taken.in_doubt else ""
    return f"{new}{advice}{known}{joined}{doubt}."


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MEMO_SHOWN else f"{flat[:_MEMO_SHOWN]}..."


def _row(each: Examined) -> dict[str, Any]:
    """The figures a person compares."""
    file = each.file
    lines = file.lines if file else ()
    statements = file.statements if file else ()
    row = {
        "file": str(each.path),
        "format": file.format if file else None,
        "statements": len(statements),
        # The details of a batch are lines of their own, but one transaction on the statement.
        "transactions": sum(len({line.entry_no for line in one.lines}) for one in statements),
        "credit_sum": _sum([line for line in lines if line.amount_minor > 0]),
        "debit_sum": _sum([line for line in lines if line.amount_minor < 0]),
        "currencies": sorted({line.currency for line in lines if line.currency}),
        "balances": file.balances if file else "none",
        "error": each.error,
    }
    return row | {"taken_in": each.taken} if each.taken else row


def _sum(lines: list[BankLine]) -> str:
    """The decimal sum, debits below zero; several currencies are added as their numbers stand."""
    minor: dict[str, int] = {}
    for line in lines:
        minor[line.currency] = minor.get(line.currency, 0) + line.amount_minor
    parts = (Decimal(each).scaleb(-_digits(currency)) for currency, each in minor.items())
    return f"{sum(parts, Decimal(0)):f}"


def _figures(each: Examined, row: dict[str, Any]) -> list[object]:
    """The cells of a file; one of advices alone has no transactions to count."""
    is_advice = each.file is not None and not each.file.statements
    blank = _NUMBERS if is_advice else ()
    return ["-" if head in blank else _shown(row[head]) for head in _HEADS]


def _shown(value: object) -> object:
    return "-" if value is None else value


def _digits(currency: str) -> int:
    return 2 if currency == UNKNOWN_CURRENCY else currency_digits(currency)
