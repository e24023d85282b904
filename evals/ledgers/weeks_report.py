"""The page of weekly forecasts: ours beside the baselines of the same run."""

from collections.abc import Iterator, Mapping, Sequence

from engines.forecast.outlook import KNOWN_BILLING, OPEN_BOOK, TOTAL
from evals.ledgers.weeks_baselines import BASELINES
from evals.ledgers.weeks_scores import Scored, bias, covered, over_origins, wape

OURS = "Dunwell"
AIMS = {
    (OPEN_BOOK, 1, 4): 0.038,
    (KNOWN_BILLING, 1, 4): 0.050,
    (KNOWN_BILLING, 5, 8): 0.036,
    (KNOWN_BILLING, 9, 13): 0.022,
}
_SPANS = ((1, 4), (5, 8), (9, 13))

Results = Mapping[str, Sequence[Scored]]
"""Weeks of each method: ours and the baselines."""


def page(title: str, how: str, results: Mapping[str, Results]) -> str:
    """The whole page in Markdown.

    Args:
        title: What was forecast.
        how: How it was measured, so that it can be measured again.
        results: Weeks by kind and method.
    """
    lines = [f"# {title}", "", how, ""]
    lines += _spans(results)
    lines += ["", "## Total by horizon", ""]
    lines += _horizons(results[TOTAL])
    lines += ["", "## Bands", ""]
    lines += _bands(results)
    return "\n".join(lines) + "\n"


def _spans(results: Mapping[str, Results]) -> Iterator[str]:
    """Error by stretch of weeks, each kind with its own baselines."""
    methods = list(dict.fromkeys(name for named in BASELINES.values() for name in named))
    yield "WAPE of P50, week by week, with 90 % intervals from a block bootstrap of the Mondays."
    yield ""
    yield _row("kind", "weeks", "aim", OURS, *methods)
    yield _rule(4 + len(methods))
    for kind, named in results.items():
        for first, last in _SPANS[:1] if kind == OPEN_BOOK else _SPANS:
            found = {name: _between(weeks, first, last) for name, weeks in named.items()}
            aim = AIMS.get((kind, first, last))
            cells = [f"{wape(found[m]):.3f}" if m in found else "" for m in methods]
            ours = str(over_origins(found[OURS], wape))
            told = "" if aim is None else f"<= {aim:.3f}"
            yield _row(kind.replace("_", " "), f"{first}-{last}", told, ours, *cells)


def _horizons(results: Results) -> Iterator[str]:
    others = [name for name in results if name != OURS]
    yield _row("week", "Mondays", OURS, *others)
    yield _rule(3 + len(others))
    for horizon in sorted({each.band.horizon for each in results[OURS]}):
        found = {name: _between(weeks, horizon, horizon) for name, weeks in results.items()}
        cells = (f"{wape(found[name]):.3f}" for name in (OURS, *others))
        yield _row(str(horizon), str(len(found[OURS])), *cells)


def _bands(results: Mapping[str, Results]) -> Iterator[str]:
    yield "Share of weeks within P10 to P90, 0.80 promised; bias of P50; width over P50."
    yield ""
    yield _row("kind", "weeks", "forecasts", "covered", "bias", "width")
    yield _rule(6)
    for kind, named in results.items():
        for first, last in _SPANS[:1] if kind == OPEN_BOOK else _SPANS:
            weeks = _between(named[OURS], first, last)
            middle = max(sum(each.band.p50 for each in weeks), 1.0)
            width = sum(each.band.p90 - each.band.p10 for each in weeks) / middle
            yield _row(
                kind.replace("_", " "),
                f"{first}-{last}",
                str(len(weeks)),
                str(over_origins(weeks, covered)),
                f"{bias(weeks):+.3f}",
                f"{width:.2f}",
            )


def _between(weeks: Sequence[Scored], first: int, last: int) -> list[Scored]:
    return [each for each in weeks if first <= each.band.horizon <= last]


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(columns: int) -> str:
    return "|" + " --- |" * columns
