"""Which column of a bank export is which part of a bank line, by what banks call it."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from adapters.spreadsheets.amounts import known_currency
from adapters.spreadsheets.grid import Row
from adapters.spreadsheets.mapping import nearest
from adapters.spreadsheets.samples import Samples
from adapters.spreadsheets.thesaurus import FieldWords, word_key
from ledger.errors import BadInput

MEMO = "memo"
_IN_CURRENCY = re.compile(
    r"(.*?)[\s(\[]+(?:(?:in|en)\s+)?([A-Z]{3}|[€£$]|[Ee]uros?)[)\]]?\s*", re.DOTALL
)
_UMLAUTS = re.compile("([aou])e")
_ANNOTATED = re.compile(r"(.*\S)\s*[(\[][^)\]]*[)\]]\s*", re.DOTALL)


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    with Path(__file__).with_name("columns.toml").open("rb") as file:
        return tomllib.load(file)


def _keys(listed: str) -> dict[str, int]:
    keys = dict.fromkeys(word_key(word) for word in listed.split(",") if word_key(word))
    return {key: rank for rank, key in enumerate(keys)}


@lru_cache(maxsize=1)
def fields() -> dict[str, FieldWords]:
    """Every part of a bank line with the names of its column."""
    return {
        name: FieldWords(words["shape"], _keys(words["strong"]), _keys(words["weak"]))
        for name, words in _words()["fields"].items()
    }


@lru_cache(maxsize=16)
def flags(side: str) -> frozenset[str]:
    """Signs that mean `credit` or `debit` in a column of flags."""
    listed = [word.strip().casefold() for word in _words()["flags"][side].split(",")]
    return frozenset(word for word in listed if word)


@lru_cache(maxsize=16)
def state_words(state: str) -> frozenset[str]:
    """Words of a status column that mean `pending` or `void`."""
    return frozenset(_keys(_words()["states"][state]))


@lru_cache(maxsize=16)
def label_words(which: str) -> tuple[str, ...]:
    """Labels of an `opening` or `closing` balance, comparable."""
    return tuple(_keys(_words()["labels"][which]))


@dataclass(frozen=True, slots=True)
class BankColumns:
    """The columns of one export.

    Attributes:
        at: Part of a bank line to 0-based position.
        memo: Positions whose words make up the memo.
        currency: Currency the head of the amount column names, or "".
        decimal: Decimal mark and `dates` order, where a profile or a person settled them.
        is_named: Whether names of columns said so, rather than the look of their values.
    """

    header: tuple[str, ...]
    at: Mapping[str, int]
    memo: tuple[int, ...] = ()
    currency: str = ""
    decimal: str | None = None
    dates: str | None = None
    is_named: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether there is a date and money, the least a bank line needs."""
        return is_whole(self.at)


def is_whole(found: Mapping[str, int]) -> bool:
    """Whether a date and an amount are among these parts."""
    money = {"amount", "credit", "debit", "net"} & found.keys()
    return bool(money and {"booked_on", "value_on"} & found.keys())


def named_parts(cells: Sequence[str]) -> set[str]:
    """Parts that the names in a row could mean, whatever stands below; for finding the header."""
    keys = [key for cell in cells for key in _variants(cell)]
    return {
        name for name, words in fields().items() if any(words.rank(key) is not None for key in keys)
    }


@lru_cache(maxsize=4_096)
def _variants(cell: str) -> tuple[str, ...]:
    """The comparable names a head may have: as written, without a currency, without brackets."""
    cell = cell.strip().lstrip("#")  # "#Data operacji": some banks mark their heads
    if not cell or len(cell) > 80:
        return ()
    shorter = [found[1] for form in (_IN_CURRENCY, _ANNOTATED) if (found := form.fullmatch(cell))]
    keys = [word_key(each) for each in (cell, *shorter)]
    # "Waehrung" is how a system without umlauts writes "Währung".
    return tuple(dict.fromkeys([*keys, *(_UMLAUTS.sub(r"\1", key) for key in keys)]))


def propose_columns(header: Sequence[str], rows: Sequence[Row]) -> BankColumns:
    """Give every part of a bank line its best column by name, if the values have its shape."""
    samples = Samples(rows)
    found: dict[str, int] = {}
    memo: list[int] = []
    for tier in (0, 1):
        for name, words in fields().items():
            if name in found or (name == "flag" and tier):
                continue
            ranked = _ranked(words, header, samples, tier)
            if name == MEMO:
                memo += [at for at in sorted(ranked) if at not in found.values()] if ranked else []
                continue
            at = next((at for at in ranked if at not in found.values() and at not in memo), None)
            if at is not None:
                found[name] = at
    _share_flag(found, header, samples)
    _by_name_alone(found, header)
    _settle_money(found)
    currency = _currency_of_head(header, found)
    return BankColumns(tuple(header), found, tuple(dict.fromkeys(memo)), currency)


def _ranked(words: FieldWords, header: Sequence[str], samples: Samples, tier: int) -> list[int]:
    """Positions named like a part and shaped like it, best first; blank columns come last."""
    ranked = []
    for at, cell in enumerate(header):
        ranks = [rank for key in _variants(cell) if (rank := words.rank(key)) is not None]
        best = min(ranks, default=None)
        if best is None or best[0] != tier or not _fits(samples, at, words.shape):
            continue
        is_blank = words.shape in ("date", "text", "id") and not any(samples.column(at))
        ranked.append((is_blank, best[1], at))
    return [at for _, _, at in sorted(ranked)]


def _fits(samples: Samples, at: int, shape: str) -> bool:
    if shape == "flag":
        return has_flags(samples.column(at))
    return samples.fits(at, shape)


def has_flags(cells: Sequence[str]) -> bool:
    """Whether most of these cells say debit or credit; a few odd ones are found row by row."""
    known = flags("credit") | flags("debit")
    filled = [cell.casefold() for cell in cells if cell]
    return bool(filled) and sum(cell in known for cell in filled) >= 0.8 * len(filled)


def _by_name_alone(found: dict[str, int], header: Sequence[str]) -> None:
    """Where no column has the shape of a date or an amount, one that is named so is the one.

    What stands in it is then refused row by row, which says more than that a column is missing.
    """
    money = {"amount", "credit", "debit", "net"}
    for name, rivals in (("booked_on", {"booked_on", "value_on"}), ("amount", money)):
        if rivals & found.keys():
            continue
        for at, cell in enumerate(header):
            is_named = any(key in fields()[name].strong for key in _variants(cell))
            if is_named and at not in found.values():
                found[name] = at
                break


def _share_flag(found: dict[str, int], header: Sequence[str], samples: Samples) -> None:
    """A column of types is also one of flags where it only says debit or credit."""
    if "flag" in found or {"credit", "debit"} & found.keys():
        return
    money = [found[name] for name in ("amount", "net") if name in found]
    if any(cell.lstrip("(").startswith("-") for at in money for cell in samples.column(at)):
        return
    for at in _ranked(fields()["flag"], header, samples, 1):
        if at not in money:
            found["flag"] = at
            return


def _settle_money(found: dict[str, int]) -> None:
    """Two columns of money beat one; a net amount is the amount where there is no other."""
    if "credit" in found and "debit" in found:
        found.pop("amount", None)
    if "net" in found and not {"amount", "credit", "debit"} & found.keys():
        found["amount"] = found.pop("net")


def _currency_of_head(header: Sequence[str], found: Mapping[str, int]) -> str:
    for name in ("amount", "credit", "debit"):
        named = _IN_CURRENCY.fullmatch(header[found[name]]) if name in found else None
        if named:
            code = "EUR" if named[2].casefold().startswith("euro") else known_currency(named[2])
            return code or ""
    return ""


def locate(header: Sequence[str], told: Mapping[str, str], name: str) -> dict[str, int]:
    """Find the columns a profile, a saved mapping or a person names.

    Args:
        header: Heads of the file.
        told: Part of a bank line to a head, or to `#position` from 1.
        name: What errors call the file.

    Raises:
        BadInput: No such part, no such column, or two columns of that name.
    """
    found = {}
    for part, column in told.items():
        if part not in fields():
            raise BadInput(
                f"{name}: a bank line has no {part!r}; its parts are {', '.join(fields())}"
            )
        found[part] = _position(header, part, column, name)
    return found


def _position(header: Sequence[str], part: str, column: str, name: str) -> int:
    if column.startswith("#") and column[1:].isdecimal():
        at = int(column[1:]) - 1
        if not 0 <= at < len(header):
            raise BadInput(f"{name}: {part}={column}, but the file has {len(header)} columns")
        return at
    hits = [at for at, cell in enumerate(header) if word_key(cell) == word_key(column)]
    if len(hits) == 1:
        return hits[0]
    if hits:
        places = ", ".join(f"#{at + 1}" for at in hits)
        raise BadInput(f"{name}: {part}={column}: columns {places} have that name; say which")
    near = nearest(column, header)
    hint = f"; did you mean {near!r}" if near else ""
    raise BadInput(f"{name}: {part}={column}: the file has no such column{hint}")
