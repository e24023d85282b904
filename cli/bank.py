"""`dunwell bank`: what is in bank statements and remittances, and whether they tie."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import typer

from adapters.bank_files.model import UNKNOWN_CURRENCY, BankFile, BankLine
from adapters.bank_files.reading import read_bank_file
from cli.output import emit, fail, note, show_table
from ledger.errors import BadInput
from ledger.money import currency_digits

_HEADS = ("file", "format", "statements", "transactions", "credit_sum", "debit_sum", "balances")
_NUMBERS = _HEADS[2:6]


def run(files: list[Path], json_out: bool, dry_run: bool) -> None:
    """Read every file; one that is refused does not hide the others, and makes the exit code 2."""
    if not dry_run:
        note("the files are read and checked; no line is taken into the ledger")
    rows = [examine(path) for path in files]
    if json_out:
        emit(rows)
    else:
        show_table(_HEADS, [[_shown(row[head]) for head in _HEADS] for row in rows], right=_NUMBERS)
    refused = [row["error"] for row in rows if row["error"]]
    for error in refused:
        fail(error)
    if refused:
        raise typer.Exit(2)


def examine(path: Path) -> dict[str, Any]:
    """Read one file into the figures a person compares; warnings go to stderr."""
    try:
        file = read_bank_file(str(path), path.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _row(path, None, f"{path}: {reason}; give the path of a file")
    except BadInput as error:
        return _row(path, None, error.message)
    for warning in file.warnings:
        note(f"warning: {warning}")
    return _row(path, file, None)


def _row(path: Path, file: BankFile | None, error: str | None) -> dict[str, Any]:
    lines = file.lines if file else ()
    statements = file.statements if file else ()
    return {
        "file": str(path),
        "format": file.format if file else None,
        "statements": len(statements),
        # The details of a batch are lines of their own, but one transaction on the statement.
        "transactions": sum(len({line.entry_no for line in each.lines}) for each in statements),
        "credit_sum": _sum([line for line in lines if line.amount_minor > 0]),
        "debit_sum": _sum([line for line in lines if line.amount_minor < 0]),
        "currencies": sorted({line.currency for line in lines if line.currency}),
        "balances": file.balances if file else "none",
        "error": error,
    }


def _sum(lines: list[BankLine]) -> str:
    """The decimal sum, debits below zero; several currencies are added as their numbers stand."""
    minor: dict[str, int] = {}
    for line in lines:
        minor[line.currency] = minor.get(line.currency, 0) + line.amount_minor
    parts = (Decimal(each).scaleb(-_digits(currency)) for currency, each in minor.items())
    return f"{sum(parts, Decimal(0)):f}"


def _shown(value: object) -> object:
    return "-" if value is None else value


def _digits(currency: str) -> int:
    return 2 if currency == UNKNOWN_CURRENCY else currency_digits(currency)
