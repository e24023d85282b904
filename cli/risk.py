"""`dunwell risk`: who pays late, and whom to call first, back-tested over a file of invoices."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import risk_models
from cli.options import read_day
from cli.output import note, say
from ledger.errors import BadInput

if TYPE_CHECKING:
    from engines.risk.history import InvoiceHistory
    from evals.ledgers.replay import Window

app = typer.Typer(
    help="Models of who pays when: trained, approved, back-tested on a file.", no_args_is_help=True
)
app.add_typer(risk_models.app)

Invoices = Annotated[
    Path, typer.Option("--invoices", metavar="FILE", help="CSV: invoice_id, account_id, ...")
]
Until = Annotated[
    date,
    typer.Option("--train-until", metavar="DATE", parser=read_day, help="Learn up to, without."),
]
From = Annotated[
    date, typer.Option("--test-from", metavar="DATE", parser=read_day, help="First day tested.")
]
To = Annotated[
    date, typer.Option("--test-to", metavar="DATE", parser=read_day, help="Last day tested.")
]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="CSV of the predictions.")]


@app.command()
def backtest(
    invoices: Invoices, train_until: Until, test_from: From, test_to: To, out: Out
) -> None:
    """Predict each invoice on its day of issue, from what was known before that day."""
    from cli.csv_out import write_csv
    from evals.ledgers.replay import replay_issues

    history, window = _opened(invoices, train_until, test_from, test_to, out)
    answered = replay_issues(history, window, tell=note)
    items, told = answered.items, answered.outlook
    rows = zip(
        items.invoice_id,
        items.issued_on,
        *(_figures(each, 5) for each in (told.p_late, told.p_late_7)),
        *(_figures(each, 1) for each in (told.p10, told.p50, told.p90)),
        strict=True,
    )
    write_csv(out, ("invoice_id", "predicted_on", "p_late", "p_late_7", "p10", "p50", "p90"), rows)
    unknown = int((told.grounds == "terms and segment only").sum())
    say(f"{len(items):,} invoices predicted, {unknown:,} by terms and segment only: {out}")


@app.command("rank-backtest")
def rank_backtest(
    invoices: Invoices, train_until: Until, test_from: From, test_to: To, out: Out
) -> None:
    """Rank accounts each Monday by the late dollar-days that acting now is expected to save."""
    from cli.csv_out import write_csv
    from engines.risk.ranking import EFFECT_OF_CONTACT
    from evals.ledgers.replay import replay_mondays

    history, window = _opened(invoices, train_until, test_from, test_to, out)
    rows: list[tuple[Any, ...]] = []
    for origin, ranking in replay_mondays(history, window, tell=note):
        # Money times days, in units of the reporting currency.
        gains = _figures(ranking.expected_gain / 100, 2)
        pairs = zip(ranking.account_id, gains, strict=True)
        rows += [(origin, name, rank, gain) for rank, (name, gain) in enumerate(pairs, start=1)]
    write_csv(out, ("origin", "account_id", "rank", "expected_gain"), rows)
    effect = f"a contact is assumed to save {EFFECT_OF_CONTACT:.0%} of the late dollar-days ahead"
    say(f"{len(rows):,} ranks, {effect}: {out}")


def _opened(
    invoices: Path, train_until: date, test_from: date, test_to: date, out: Path
) -> "tuple[InvoiceHistory, Window]":
    from evals.ledgers.reading import read_invoices
    from evals.ledgers.replay import Window

    window = Window(train_until, test_from, test_to)
    window.check()
    if not out.parent.is_dir():
        raise BadInput(f"{out}: there is no folder {out.parent}; make it first")
    if out.exists() and (not out.is_file() or out.resolve() == invoices.resolve()):
        raise BadInput(f"{out}: name a file of its own with --out")
    read = read_invoices(invoices)
    for line in read.notes:
        note(line)
    return read.history, window


def _figures(values: Any, digits: int) -> list[str]:
    return [f"{value:.{digits}f}" for value in values]
