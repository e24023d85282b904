"""Mappings a person accepted, kept for the next export with the same header."""

import json
from dataclasses import dataclass
from pathlib import Path

from adapters.spreadsheets.mapping import BadMapping, ColumnMapping
from adapters.spreadsheets.thesaurus import word_key


@dataclass(frozen=True)
class SavedMapping:
    """Field to column name or position, and the formats a person gave."""

    columns: dict[str, str]
    decimal: str | None = None
    dates: str | None = None


class MappingStore:
    """Mappings a person accepted, one JSON file per header fingerprint."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)

    def load(self, fingerprint: str) -> SavedMapping | None:
        """Return what was saved for a header, or None.

        Raises:
            BadMapping: The saved file is damaged.
        """
        path = self._folder / f"{fingerprint}.json"
        try:
            saved = json.loads(path.read_text("utf-8"))
            return SavedMapping(dict(saved["columns"]), saved["decimal"], saved["dates"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise BadMapping(
                f"saved mapping {path.name} is damaged; delete it and import again"
            ) from None

    def save(self, mapping: ColumnMapping) -> None:
        """Keep a mapping for the next export with this header."""
        self._folder.mkdir(parents=True, exist_ok=True)
        names = [word_key(cell) for cell in mapping.header]
        columns = {
            name: mapping.header[at]
            if mapping.header[at] and names.count(names[at]) == 1
            else f"#{at + 1}"
            for name, at in mapping.columns.items()
        }
        body = {
            "kind": mapping.kind,
            "header": mapping.header,
            "columns": columns,
            "decimal": mapping.decimal,
            "dates": mapping.dates,
        }
        path = self._folder / f"{mapping.fingerprint}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(body, ensure_ascii=False, indent=2), "utf-8")
        part.replace(path)
