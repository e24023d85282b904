"""What a person may say about a file, and what the ledger knows already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from adapters.spreadsheets.grid import Limits
from adapters.spreadsheets.mapping import BadMapping
from adapters.spreadsheets.thesaurus import word_key
from ledger.money import currency_digits


@dataclass(frozen=True)
class ImportOptions:
    """Answers to what a file leaves open.

    Attributes:
        columns: Field to column name or `#position`; "" leaves the field out (`--map`).
        currency: For rows that name none (`--currency`).
        decimal: The decimal mark, if the file does not show it (`--decimal`).
        dates: Order of day, month and year, if the file does not show it (`--dates`).
        encoding: Text encoding instead of finding it (`--encoding`).
        sheet: Sheet of a workbook instead of the likeliest (`--sheet`).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None
    decimal: Literal["point", "comma"] | None = None
    dates: Literal["DMY", "MDY", "YMD"] | None = None
    encoding: str | None = None
    sheet: str = ""
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Refuse a currency that does not exist before any file is read."""
        if self.currency is not None:
            currency_digits(self.currency)


def parse_map(pairs: list[str]) -> dict[str, str]:
    """Read `--map field=Column` arguments.

    Raises:
        BadMapping: An argument without "=", or a field named twice.
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not equals or not name.strip():
            raise BadMapping(f"--map {pair!r}: write --map field=Column")
        if name.strip() in columns:
            raise BadMapping(f"--map {name.strip()} is given twice")
        columns[name.strip()] = column.strip()
    return columns


@dataclass(frozen=True)
class KnownCustomers:
    """Numbers and names of the customers in the ledger, for matching exports to them."""

    numbers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Index the names without case and punctuation."""
        object.__setattr__(self, "_keys", {word_key(name): name for name in self.names})

    def knows(self, number: str | None, name: str | None) -> bool:
        """Whether the ledger has this customer; a number decides before a name."""
        if number:
            return number in self.numbers
        return word_key(name or "") in self._keys
