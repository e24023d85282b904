"""Compares how a case ended with what its scenario expects.

A value is compared as it is. A mapping of one of the words below compares otherwise:
`has` (whole entries of a list, or pieces of a text), `lacks` (also as pieces of entries), `count`,
`at_most`, `at_least`, `one_of`, `matches` (a regular expression) and `near` with `within` for
figures. Any other mapping looks into a mapping, at the keys it names.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any


def faults(expect: Mapping[str, Any], found: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """What is not as expected, each in one line."""
    for key, wanted in expect.items():
        place = f"{where}{key}"
        if key not in found:
            yield f"{place}: expected {wanted!r}, there is nothing"
            continue
        yield from _differences(place, wanted, found[key])


def _differences(place: str, wanted: Any, found: Any) -> Iterator[str]:
    if isinstance(wanted, Mapping):
        if wanted and set(wanted) <= _WORDS.keys() | {"within"}:
            for word, value in wanted.items():
                if word != "within" and not _WORDS[word](value, found, wanted):
                    yield f"{place}: {word} {value!r} does not hold of {_short(found)}"
        elif isinstance(found, Mapping):
            yield from faults(wanted, found, f"{place}.")
        else:
            yield f"{place}: expected {wanted!r}, found {_short(found)}"
    elif isinstance(wanted, list) and isinstance(found, list | tuple):
        if sorted(map(str, wanted)) != sorted(map(str, found)):
            yield f"{place}: expected {wanted!r}, found {_short(list(found))}"
    elif wanted != found:
        yield f"{place}: expected {wanted!r}, found {_short(found)}"


def _is_in(value: Any, found: Any) -> bool:
    """Whether a text or a list holds a value, if only as a piece of an entry."""
    if isinstance(found, list | tuple | set | frozenset):
        return any(value == each or str(value) in str(each) for each in found)
    return value in found


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_Word = Callable[[Any, Any, Mapping[str, Any]], bool]
_WORDS: dict[str, _Word] = {
    "has": lambda value, found, _all: all(each in found for each in _several(value)),
    "lacks": lambda value, found, _all: not any(_is_in(each, found) for each in _several(value)),
    "count": lambda value, found, _all: len(found) == value,
    "at_most": lambda value, found, _all: (found if _is_number(found) else len(found)) <= value,
    "at_least": lambda value, found, _all: (found if _is_number(found) else len(found)) >= value,
    "one_of": lambda value, found, _all: found in value,
    "matches": lambda value, found, _all: re.search(value, str(found)) is not None,
    "near": lambda value, found, more: (
        abs(Decimal(str(found)) - Decimal(str(value))) <= Decimal(str(more.get("within", 0)))
    ),
}


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float | Decimal)


def _short(found: Any) -> str:
    said = repr(found)
    return said if len(said) <= 300 else f"{said[:300]}..."
