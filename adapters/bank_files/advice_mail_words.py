"""Which part of a remittance advice a key or the head of a column names."""

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from adapters.spreadsheets.thesaurus import word_key

_IN_CURRENCY = re.compile(r"(.{2,50}?)[\s(\[]+(?:(?:in|en)\s+)?(?:[A-Z]{3}|[€£$]|US\$)[)\]]?\s*")
MONEY = ("gross", "discount", "deduction", "net", "total")


@lru_cache(maxsize=1)
def _fields() -> dict[str, str]:
    with Path(__file__).with_name("advice_mail.toml").open("rb") as file:
        words = tomllib.load(file)
    return {word_key(word): name for name, listed in words.items() for word in listed.split(",")}


@lru_cache(maxsize=4_096)
def field_of(words: str) -> str:
    """The field a key or head names, "" if none; a currency or amount sign behind it is nothing."""
    found = _fields().get(word_key(words), "")
    shorter = _IN_CURRENCY.fullmatch(words)
    return found or (_fields().get(word_key(shorter[1]), "") if shorter else "")


def table_fields(cells: Sequence[str]) -> dict[str, int]:
    """The column of each field if these cells head a remittance table, else nothing.

    A table names documents and at least one amount.
    """
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = field_of(cell) if cell and len(cell) < 60 else ""
        if name:
            # Beside a column of what is paid, "total" is what was billed.
            found.setdefault(name, at)
    if "reference" not in found or not any(name in found for name in MONEY):
        return {}
    if "net" not in found and "total" in found:
        found["net"] = found.pop("total")
    return found
