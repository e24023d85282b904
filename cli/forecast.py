"""`dunwell forecast`: expected cash of a home, and from files for trying and measuring."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import forecast_home
from cli.options import Json, read_day
from ledger.errors import BadInput

if TYPE_CHECKING:
    from engines.forecast.conformal import WeekBand
    from engines.risk.history import InvoiceHistory
    from engines.risk.model import TimingModel

app = typer.Typer(help="Expected cash, of a home or over a file.", no_args_is_help=True)
app.add_typer(forecast_home.app)

HEADS = ("origin", "week_start", "horizon", "kind", "p10", "p50", "p90")


@app.callback()
def group() -> None:
    """Expected cash, of a home or over a file."""


@app.command("backtest")
def backtest(
    invoices: Annotated[
        Path,
        typer.Option(
            "--invoices",
            metavar="FILE",
            help="CSV: invoice_id, account_id, amount, currency, issued_on, due_on, cleared_on, "
            "terms_days.",
        ),
    ],
    train_until: Annotated[
        date,
        typer.Option(
            "--train-until", metavar="DATE", parser=read_day, help="Learn from before this day."
        ),
    ],
    test_from: Annotated[
        date, typer.Option("--test-from", metavar="DATE", parser=read_day, help="First day.")
    ],
    test_to: Annotated[
        date, typer.Option("--test-to", metavar="DATE", parser=read_day, help="Last day.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="CSV, a row a week.")],
    json_out: Json = False,
) -> None:
    """Forecast 13 weeks of cash on every Monday of a window, as if it were that morning."""
    from cli.csv_out import write_csv
    from cli.output import emit, say

    _check(invoices, train_until, test_from, test_to, out)
    bands = _forecast(invoices, train_until, test_from, test_to)
    write_csv(out, HEADS, map(_row, bands))
    mondays = len({band.origin for band in bands})
    if json_out:
        emit({"mondays": mondays, "rows": len(bands), "out": out})
    else:
        say(f"{mondays} Mondays, {len(bands)} rows; written to {out}")


def _forecast(
    invoices: Path, train_until: date, test_from: date, test_to: date
) -> Sequence["WeekBand"]:
    from cli.output import note
    from engines.forecast.walk import walk_forward
    from engines.risk.model import fit
    from evals.ledgers.reading import read_invoices

    read = read_invoices(invoices)
    for line in read.notes:
        note(line)

    def learn(known: "InvoiceHistory", as_of: date) -> "TimingModel":
        model = fit(known, as_of)
        note(f"as of {as_of}: {model.note}")
        return model

    return list(walk_forward(read.history, learn, train_until, test_from, test_to))


def _check(invoices: Path, train_until: date, test_from: date, test_to: date, out: Path) -> None:
    """Refuse a window that cannot be tested honestly, and a place nothing can be written to."""
    from engines.forecast.outlook import mondays
    from evals.ledgers.replay import Window

    Window(train_until, test_from, test_to).check()
    if not mondays(test_from, test_to):
        raise BadInput(f"no Monday lies from {test_from} to {test_to}: give a longer window")
    if not out.parent.is_dir():
        raise BadInput(f"{out}: there is no folder {out.parent}; make it first")
    if out.exists() and (not out.is_file() or out.resolve() == invoices.resolve()):
        raise BadInput(f"{out}: name a plain file of its own with --out")


def _row(band: "WeekBand") -> tuple[object, ...]:
    """Amounts in the reporting currency, which is taken to have two decimals."""
    # Adding nothing takes the sign off a zero.
    amounts = (f"{round(value / 100, 2) + 0.0:.2f}" for value in (band.p10, band.p50, band.p90))
    return (band.origin, band.week_start, band.horizon, band.kind, *amounts)
