"""`dunwell bank profiles`: layouts of tables known by name, and those a person describes."""

from collections.abc import Sequence
from pathlib import Path

from adapters.bank_files.csv_exports import mapping_of
from adapters.bank_files.csv_profiles import Profile, profiles
from adapters.spreadsheets.mapping_store import MappingStore
from cli.output import emit, note, show_table
from graph.settings import read_settings
from ledger.errors import BadInput

WORD = Path("profiles")
_HEADS = ("profile", "used", "about", "columns", "decimal", "dates")


def show_profiles(json_out: bool) -> None:
    """List every profile with its columns."""
    rows = [_row(each) for each in profiles().values()]
    if json_out:
        emit(rows)
        return
    show_table(_HEADS, [[_cell(row[head]) for head in _HEADS] for row in rows])


def _row(profile: Profile) -> dict[str, object]:
    return {
        "profile": profile.name,
        "used": "by its header" if profile.header else "when asked for",
        "about": profile.about,
        "columns": profile.columns,
        "decimal": profile.decimal,
        "dates": profile.dates,
    }


def _cell(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{part}={column}" for part, column in value.items())
    return value or "-"


def told_columns(profile: str | None, mapping: Sequence[str]) -> str | None:
    """What a person says of the columns, as the readers take it.

    Raises:
        BadInput: A profile and columns at once, or pairs that are none.
    """
    if profile and mapping:
        raise BadInput("--profile and --mapping: give one of them, a profile names its columns")
    wrong = next((each for each in mapping if "=" not in each), None)
    if wrong is not None:
        raise BadInput(
            f"--mapping {wrong!r}: write PART=COLUMN, such as booked_on=Date or debit=#4"
        )
    if profile and "=" not in profile and profile not in profiles():
        raise BadInput(f"--profile {profile!r}: not there; `dunwell bank profiles` lists them")
    return profile or ",".join(mapping) or None


def store_of(home: Path | None) -> MappingStore:
    """The mappings kept in a home; one that is not there yet keeps none."""
    return MappingStore(read_settings(home).home / "mappings")


def keep_mapping(store: MappingStore, name: str, data: bytes, told: str) -> None:
    """Keep the columns a person named for the next export with the same header."""
    mapping = mapping_of(name, data, told)
    if mapping is None:
        note(f"{name}: no header to know it by; give --mapping with the next one, too")
        return
    store.save(mapping)
    note(f"{name}: columns kept for exports with this header")
