"""Geometry of the small charts: numbers become points of an SVG, whose look is in desk.css.

Each chart stands above a table with the same numbers, so nothing is told by a picture alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.money import Money

WIDTH = 600
HEIGHT = 160
_EDGE = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A horizontal bar; `length` is 0 to 100 of the longest."""

    label: str
    amount: Money
    length: float
    link: str


@dataclass(frozen=True, slots=True)
class Band:
    """A line with a band around it, in the points of a 600 by 160 picture."""

    line: str
    area: str
    highest: float
    marks: tuple[tuple[float, str], ...]


def bars(labels: Sequence[str], amounts: Sequence[Money], links: Sequence[str]) -> tuple[Bar, ...]:
    """Bars against the longest of them; amounts below zero are shown without length."""
    most = max((each.minor for each in amounts), default=0)
    return tuple(
        Bar(label, amount, round(max(0, amount.minor) / most * 100, 2) if most > 0 else 0.0, link)
        for label, amount, link in zip(labels, amounts, links, strict=True)
    )


def band(
    middle: Sequence[float], low: Sequence[float], high: Sequence[float], marks: Sequence[str]
) -> Band | None:
    """A line with its band from zero upwards; nothing where there are fewer than two points."""
    if len(middle) < 2:
        return None
    most = max((*middle, *high), default=0.0) or 1.0
    across = [_across(place, len(middle)) for place in range(len(middle))]
    upper = [_point(x, value, most) for x, value in zip(across, high, strict=True)]
    lower = [_point(x, value, most) for x, value in zip(across, low, strict=True)]
    return Band(
        line=" ".join(_point(x, value, most) for x, value in zip(across, middle, strict=True)),
        area=" ".join((*upper, *reversed(lower))),
        highest=most,
        marks=tuple(zip(across, marks, strict=True)),
    )


def line(values: Sequence[float | None], marks: Sequence[str]) -> Band | None:
    """A line alone; nights without a value are left out."""
    known = [(value, mark) for value, mark in zip(values, marks, strict=True) if value is not None]
    numbers = [value for value, _mark in known]
    return band(numbers, numbers, numbers, [mark for _value, mark in known])


def _across(place: int, count: int) -> float:
    return round(_EDGE + place * (WIDTH - 2 * _EDGE) / (count - 1), 1)


def _point(x: float, value: float, most: float) -> str:
    return f"{x},{round(HEIGHT - _EDGE - max(0.0, value) / most * (HEIGHT - 2 * _EDGE), 1)}"
