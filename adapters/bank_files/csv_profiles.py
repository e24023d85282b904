"""Profiles of exports, mappings a person saved, and columns named on the spot."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from adapters.bank_files.columns import MEMO, BankColumns, is_whole, locate, propose_columns
from adapters.spreadsheets.grid import Row
from adapters.spreadsheets.mapping import ColumnMapping
from adapters.spreadsheets.mapping_store import MappingStore
from adapters.spreadsheets.thesaurus import word_key
from ledger.errors import BadInput

MAPPING_KIND = "bank_lines"
"""The kind under which a mapping store keeps mappings of bank exports."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known about one export of one bank; `about` where no header shows it."""

    name: str
    header: frozenset[str] = frozenset()
    columns: dict[str, str] = field(default_factory=dict)
    decimal: str | None = None
    dates: str | None = None
    about: str = ""


@lru_cache(maxsize=1)
def profiles() -> dict[str, Profile]:
    """Every profile by its name."""
    with Path(__file__).with_name("csv_profiles.toml").open("rb") as file:
        found = tomllib.load(file)
    return {
        name: Profile(
            name,
            frozenset(word_key(word) for word in table.get("header", "").split(",") if word),
            table.get("columns", {}),
            table.get("decimal"),
            table.get("dates"),
            table.get("about", ""),
        )
        for name, table in found.items()
    }


def named_profile(text: str, name: str) -> Profile:
    """Read what a person asks for: a profile's name, or `part=Column` pairs with commas between.

    Raises:
        BadInput: Neither.
    """
    if text in profiles():
        return profiles()[text]
    pairs = [pair.partition("=") for pair in text.split(",")]
    told = {part.strip(): column.strip() for part, _, column in pairs}
    decimal, dates = told.pop("decimal", None), told.pop("dates", None)
    if (
        not all(equals and part.strip() for part, equals, _ in pairs)
        or decimal not in (None, "comma", "point")
        or dates not in (None, "DMY", "MDY", "YMD")
    ):
        known = ", ".join(profiles())
        raise BadInput(
            f"{name}: no profile {text!r}; say part=Column,part=#2,decimal=comma,dates=DMY or one "
            f"of these: {known}"
        )
    return Profile("given", columns=told, decimal=decimal, dates=dates)


def profile_of(header: Sequence[str]) -> Profile | None:
    """The profile whose heads are all in a header, the most telling one."""
    keys = {word_key(cell) for cell in header}
    fitting = [each for each in profiles().values() if each.header and each.header <= keys]
    return max(fitting, key=lambda each: len(each.header), default=None)


def saved_profile(header: Sequence[str], mappings: MappingStore | None) -> Profile | None:
    """The mapping a person saved for this very header.

    Raises:
        BadInput: The saved file is damaged.
    """
    if mappings is None:
        return None
    bare = ColumnMapping(MAPPING_KIND, tuple(header), {}, "")
    saved = mappings.load(bare.fingerprint)
    if saved is None:
        return None
    return Profile("saved", columns=saved.columns, decimal=saved.decimal, dates=saved.dates)


def columns_of(
    header: Sequence[str], rows: Sequence[Row], profile: Profile | None, name: str
) -> BankColumns:
    """The columns a profile names, and for the rest those their names and values tell.

    Raises:
        BadInput: A column the profile names is not there.
    """
    proposed = propose_columns(header, rows)
    if profile is None:
        return proposed
    told = locate(header, _present(profile, header), name)
    # A profile that is whole by itself settles which columns hold money.
    kept = {part: at for part, at in proposed.at.items() if at not in told.values()}
    if {"amount", "credit", "debit"} & told.keys():
        kept = {part: at for part, at in kept.items() if part not in ("amount", "credit", "debit")}
    memo = tuple(at for at in proposed.memo if at not in told.values())
    if MEMO in told:
        memo = (told.pop(MEMO), *memo)
    columns = replace(
        proposed, at=kept | told, memo=memo, decimal=profile.decimal, dates=profile.dates
    )
    if not is_whole(columns.at):
        raise BadInput(f"{name}: profile {profile.name!r} names no date or no amount; name both")
    return columns


def _present(profile: Profile, header: Sequence[str]) -> dict[str, str]:
    """What a shipped profile names; a column that some exports leave out is no fault."""
    if not profile.header:
        return profile.columns
    keys = {word_key(cell) for cell in header}
    return {part: column for part, column in profile.columns.items() if word_key(column) in keys}
