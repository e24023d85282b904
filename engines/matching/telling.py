"""References that tell one payment from others: long numbers, no dates, amounts or mere words."""

import re
from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from engines.matching.spelling import folded, normalise

_FEWEST_DIGITS = 6
_DIGIT = re.compile(r"\d")
_BETWEEN = re.compile(r"[\s/;,+]+")
_YEAR = r"(?:19|20)\d\d"
# What everybody writes: a time, a date, a week or month of a year, a span of years, an amount. A
# number that goes on behind such a part, as INV-2026-03-0042 does, is none.
_COMMON = re.compile(
    rf"""(?<!\d)(?:
        \d{{1,2}}:\d\d(?::\d\d)?
      | {_YEAR}[-./]{_YEAR}
      | {_YEAR}[-./]\d{{1,2}}(?:[-./]\d{{1,2}})?
      | \d{{1,2}}[-./](?:\d{{1,2}}[-./])?{_YEAR}
      | \d{{1,2}}[-./]\d{{1,2}}[-./]\d\d
      | {_YEAR}[-.]?[A-Z]{{1,9}}[-.]?\d{{1,2}}
      | \d{{1,2}}[-.]?[A-Z]{{3,9}}[-.]?{_YEAR}
      | (?<![A-Z])\d{{1,2}}[-.]?[A-Z]{{3,9}}[-.]?\d\d(?![A-Z])
      | (?<![^\s(,;]){_YEAR}(?![^\s),;.])
      | \d{{1,3}}(?:[.,'\ ]\d{{3}})*[.,]\d\d
      | \d+[.,]\d\d
    )(?!\d)(?![-./]\d{{3}})""",
    re.VERBOSE,
)
_RUN = re.compile(r"(?<!\d)(?:\d{6}|\d{8})(?!\d)(?![-./]\d{3})")
_RUN_FORMATS = {
    8: ("%Y%m%d", "%d%m%Y", "%m%d%Y"),
    6: ("%y%m%d", "%d%m%y", "%m%d%y", "%Y%m", "%m%Y"),
}
_YEARS = range(2010, 2040)


def telling_references(*texts: str) -> frozenset[str]:
    """References in what a bank or a payer wrote: each text whole, and its words.

    A reference has six digits and more that are no date and no amount: a memo that says "Rent
    2026-03" or "Payment" tells nobody's money from anybody else's.
    """
    parts = {part for text in texts for part in (text, *_BETWEEN.split(text))}
    return frozenset(normalise(part) for part in parts if _own_digits(part) >= _FEWEST_DIGITS)


def _own_digits(text: str) -> int:
    """How many digits are left without those of dates and amounts."""
    if _digits(text) < _FEWEST_DIGITS:
        return 0
    left = _RUN.sub(lambda run: "" if _is_date(run[0]) else run[0], _COMMON.sub(" ", folded(text)))
    return _digits(left)


def _digits(text: str) -> int:
    return len(_DIGIT.findall(text))


@lru_cache(maxsize=4096)
def _is_date(run: str) -> bool:
    for form in _RUN_FORMATS[len(run)]:
        with suppress(ValueError):
            if datetime.strptime(run, form).year in _YEARS:  # noqa: DTZ007 - only its year is read
                return True
    return False
