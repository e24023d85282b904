"""What commands print: results on stdout, everything else on stderr, text from outside inert."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from ledger.money import Money

_SHOWN_CONTROLS = "\n\t"


def say(text: str) -> None:
    """Print a result line for a person."""
    typer.echo(safe(text))


def note(text: str) -> None:
    """Tell about progress, on stderr."""
    typer.echo(safe(text), err=True)


def fail(message: str) -> None:
    """The one line an error is."""
    typer.echo(f"dunwell: {' '.join(safe(message).split())}", err=True)


def emit(value: Any) -> None:
    """Print one JSON document on one line: a model, or plain values."""
    import orjson

    options = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
    typer.echo(orjson.dumps(value, default=_plain, option=options).decode())


def _plain(value: Any) -> Any:
    from dataclasses import fields, is_dataclass
    from decimal import Decimal
    from pathlib import Path

    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "as_json"):
        return value.as_json()
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def safe(text: str) -> str:
    """Text a terminal only shows: no escape sequences, nothing that reorders what is read."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    from guardrails.formats import hides

    return "".join("�" if hides(c) and c not in _SHOWN_CONTROLS else c for c in text)


def told(money: "Money | None") -> str:
    """An amount as a person reads it, or a dash."""
    return str(money) if money is not None else "-"


def amounts(sums: Iterable["Money"]) -> str:
    """Sums per currency on one line."""
    return ", ".join(str(money) for money in sums) or "-"


def show_table(
    heads: Sequence[str], rows: Iterable[Sequence[object]], right: Sequence[str] = ()
) -> None:
    """Print a table; columns named in `right` are flush right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head in heads:
        table.add_column(head, justify="right" if head in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(safe(str(cell))) for cell in row))
    _console().print(table)


def show_heading(text: str) -> None:
    """Print a heading."""
    from rich.text import Text

    _console().print(Text(safe(text), style="bold"))


def _console() -> Any:
    from rich.console import Console

    # Where no terminal says how wide it is, a table may be as wide as its content.
    width = None if sys.stdout.isatty() else 200
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
