"""Weekly cash over a ledger that nobody here wrote, as it would have been forecast each Monday.

python -m evals.ledgers.weeks --data FOLDER, or with a file of invoices and days of one's own:
python -m evals.ledgers.weeks --invoices FILE --train-until D --test-from D --test-to D
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from engines.forecast.conformal import WeekBand
from engines.forecast.outlook import KNOWN_BILLING, WEEKS, mondays
from engines.forecast.walk import Learn, walk_forward
from engines.risk.history import InvoiceHistory
from engines.risk.model import TimingModel, fit
from evals.ledgers.pages import write_page
from evals.ledgers.reading import read_invoices
from evals.ledgers.sources import load
from evals.ledgers.weeks_baselines import BASELINES
from evals.ledgers.weeks_report import OURS, Results, page
from evals.ledgers.weeks_scores import scored

PAGE = Path("docs/measured/forecast.md")
_PUBLIC = "highradius"


@dataclass(frozen=True, slots=True)
class Split:
    """Days that divide a ledger.

    Attributes:
        train_until: The model knows nothing of this day or later.
        test_from: First day of the Mondays forecast on.
        test_to: Last day of them.
        until: The day the file ends; later weeks are not known.
    """

    train_until: date
    test_from: date
    test_to: date
    until: date


HIGHRADIUS = Split(
    date(2019, 8, 19), date(2019, 8, 19), date(2019, 10, 13), until=date(2019, 11, 18)
)


def measure(history: InvoiceHistory, learn: Learn, split: Split) -> dict[str, Results]:
    """Forecast, and let the baselines forecast the same weeks from the same facts.

    Args:
        history: Everything in the file.
        learn: Learns a model from what was known before a day.
        split: Days that divide it.
    """
    bands = list(walk_forward(history, learn, split.train_until, split.test_from, split.test_to))
    results: dict[str, Results] = {}
    for kind, named in BASELINES.items():
        ours = scored(history, [band for band in bands if band.kind == kind], split.until)
        results[kind] = {OURS: ours} | {
            name: scored(history, _baseline(history, split, kind, made), split.until)
            for name, made in named.items()
        }
    return results


def _baseline(
    history: InvoiceHistory, split: Split, kind: str, made: Callable
) -> Sequence[WeekBand]:
    """A baseline on every Monday; it has no band, only a middle."""
    found: list[WeekBand] = []
    for origin in mondays(split.test_from, split.test_to):
        known = history.known_before(origin)
        items = _given(history, origin) if kind == KNOWN_BILLING else known.open_on(origin)
        for at, cash in enumerate(made(known, items, origin)):
            start = origin + timedelta(weeks=at)
            found.append(WeekBand(origin, start, at + 1, kind, cash, cash, cash))
    return found


def _given(history: InvoiceHistory, origin: date) -> InvoiceHistory:
    """The open book and the invoices to be issued in the weeks to come, without outcome."""
    first, end = np.datetime64(origin, "D"), np.datetime64(origin + timedelta(weeks=WEEKS), "D")
    still_open = np.isnat(history.cleared_on) | (history.cleared_on >= first)
    asked = (history.issued_on < end) & ((history.issued_on >= first) | still_open)
    return history.take(asked).without_outcome()


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the page of a ledger, and write it if asked to."""
    parser = argparse.ArgumentParser(prog="python -m evals.ledgers.weeks")
    parser.add_argument("--invoices", type=Path, help="Otherwise the public ledger in --data.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/ar"))
    for name, usual in asdict(HIGHRADIUS).items():
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=date.fromisoformat, default=usual, metavar="DATE")
    parser.add_argument("--write", type=Path, metavar="PAGE", help=f"such as {PAGE}")
    given = parser.parse_args(arguments)
    split = Split(given.train_until, given.test_from, given.test_to, given.until)
    if given.invoices:
        history, source = read_invoices(given.invoices).history, f"--invoices {given.invoices.name}"
    else:
        history, source = load(given.data, _PUBLIC), "--data FOLDER"
    results = measure(history, learn_core, split)
    text = page("The forecast of cash, measured", _how(source, split), results)
    sys.stdout.write(text)
    if given.write:
        write_page(given.write, text)


def learn_core(known: InvoiceHistory, as_of: date) -> TimingModel:
    """The one timing model."""
    return fit(known, as_of)


def _how(source: str, split: Split) -> str:
    return (
        f"Written by `python -m evals.ledgers.weeks {source} "
        f"--train-until {split.train_until} --test-from {split.test_from} "
        f"--test-to {split.test_to} --until {split.until} --write {PAGE}`. Every Monday of the "
        "test 13 weeks are forecast from what was known that morning; a week counts once it is "
        "over in the file. `open book`: invoices issued by then. `known billing`: those to be "
        "issued are given, without their payments. `total`: all cash, what is not yet invoiced "
        "expected from the billing of recent weeks."
    )


if __name__ == "__main__":
    main()
