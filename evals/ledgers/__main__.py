"""`python -m evals.ledgers --ledger highradius`: credit risk beside plain methods, as a table."""

import argparse
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np

from engines.risk.history import InvoiceHistory
from engines.risk.model import FitOptions
from evals.ledgers.pages import write_page
from evals.ledgers.priority import shares_captured
from evals.ledgers.replay import Models, replay_issues
from evals.ledgers.risk_baselines import baselines
from evals.ledgers.risk_scores import Told, intervals, scored
from evals.ledgers.sources import SOURCES, load

AIMS = {
    "highradius": {
        "late AUC": ">= 0.89",
        "Brier": "<= 0.130",
        "late > 7 PR AUC": ">= 0.70",
        "MAE": "<= 2.35",
        "within 3 days": ">= 0.81",
        "80 % covers": "0.78-0.83",
        "Winkler": "<= 14.5",
    },
    "supplier": {"late AUC": ">= 0.85", "MAE": "<= 15.5"},
    "ibm": {},
}
_HEAD = (
    "# Credit risk, measured\n\nWritten by `python -m evals.ledgers --data FOLDER --write FILE`."
)
_ABOUT = (
    "Each invoice of the window is predicted on its day of issue, from invoices issued and payments"
    " cleared before that day; the engine learns again every 30 days, from the past alone."
    " In brackets: 95 % of {draws} draws of customers with replacement."
)


def main(arguments: list[str] | None = None) -> None:
    """Measure ledgers and print a table each; write them as one page if asked to."""
    given = _parser().parse_args(arguments)
    sections = [_measured(name, given) for name in given.ledger or list(SOURCES)]
    for section in sections:
        _say(section)
    if given.write:
        about = _ABOUT.format(draws=given.draws)
        page = "\n\n".join([_HEAD, about, *sections])
        write_page(given.write, page)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Credit risk on public ledgers.")
    parser.add_argument("--ledger", action="append", choices=sorted(SOURCES), help="Repeatable.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/ar"))
    parser.add_argument("--draws", type=int, default=300, help="Of the bootstrap over customers.")
    parser.add_argument("--write", type=Path, metavar="FILE", help="Also write a page.")
    return parser


def _measured(name: str, given: argparse.Namespace) -> str:
    source, history = SOURCES[name], load(given.data, name)
    models = Models(history, source.window, FitOptions(), _note)
    answered = replay_issues(history, source.window, models=models)
    items, outlook = answered.items, answered.outlook
    ours = Told(outlook.p_late, outlook.p_late_7, outlook.p10, outlook.p50, outlook.p90)
    methods = {"engine": ours, **baselines(history, items, source.window.train_until)}
    figures = {method: scored(told, items, source.cut) for method, told in methods.items()}
    spread = intervals(ours, items, source.cut, given.draws)
    lines = [f"## {name}", "", f"{len(items):,} invoices, {_days(source.window)}.", ""]
    lines += _table(figures, spread, AIMS[name])
    lines += ["", _largest(ours, items, source.cut), "", _very_late(items)]
    if name != "supplier":  # one amount there is more than half of all money
        lines += ["", _priority(shares_captured(history, source.window, source.cut, models))]
    return "\n".join(lines)


def _days(window) -> str:
    return f"issued {window.test_from} to {window.test_to}, learnt from before {window.train_until}"


def _table(
    figures: Mapping[str, Mapping[str, float]],
    spread: Mapping[str, tuple[float, float]],
    aims: Mapping[str, str],
) -> list[str]:
    methods = list(figures)
    lines = ["| | aim | " + " | ".join(methods) + " |", "|---" * (len(methods) + 2) + "|"]
    for what in figures["engine"]:
        low, high = spread[what]
        cells = [_figure(figures[method][what]) for method in methods]
        cells[0] += f" ({_figure(low)} to {_figure(high)})"
        lines.append(f"| {what} | {aims.get(what, '')} | " + " | ".join(cells) + " |")
    return lines


def _largest(ours: Told, items: InvoiceHistory, cut: date) -> str:
    """How far the figures hang on one account."""
    names, count = np.unique(items.account_id, return_counts=True)
    mine = items.account_id == names[count.argmax()]
    inside, rest = (
        scored(Told(*(getattr(ours, name)[part] for name in Told.__slots__)), items.take(part), cut)
        for part in (mine, ~mine)
    )
    return (
        f"The largest account has {mine.mean():.0%} of the invoices: late AUC "
        f"{_figure(inside['late AUC'])} within it, {_figure(rest['late AUC'])} without it."
    )


def _very_late(items: InvoiceHistory) -> str:
    """How few accounts decide on the figure of more than 7 days late."""
    late = items.days_late > 7
    _, count = np.unique(items.account_id[late], return_counts=True)
    most = np.sort(count)[::-1][:5].sum() / max(late.sum(), 1)
    return (
        f"{late.sum():,} invoices were paid more than 7 days late, by {len(count):,} accounts; "
        f"five of these hold {most:.0%} of them."
    )


def _priority(shares: Mapping[str, float]) -> str:
    told = ", ".join(f"{name} {_figure(share)}" for name, share in shares.items())
    return f"Late dollar-days held by the first 20 accounts, mean over the Mondays: {told}."


def _figure(value: float) -> str:
    return "-" if value != value else f"{value:.4g}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _note(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
