"""Which column is which field: proposed from the thesaurus, corrected by a person, kept."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rapidfuzz import fuzz, process

from adapters.spreadsheets.amounts import NotAnAmount, take_apart
from adapters.spreadsheets.cells import cell_text
from adapters.spreadsheets.dates import is_blank_date, looks_like_date
from adapters.spreadsheets.grid import Row
from adapters.spreadsheets.thesaurus import BUCKETS, FIELDS, REQUIRED, FieldWords, word_key
from ledger.errors import BadInput

_SAMPLE_ROWS = 500
_AMOUNT_TOTAL = word_key("total")


class BadMapping(BadInput):
    """A `--map` that names no field or no column."""

    code = "bad_mapping"


@dataclass(frozen=True)
class ColumnMapping:
    """Field to column position, for one header.

    Attributes:
        header: The header cells as written.
        columns: Field name to 0-based position in the row.
        source: `proposed`, `saved` or `given` (a person said so).
        unused: Columns that also looked like a mapped field, "field: Column".
    """

    kind: str
    header: tuple[str, ...]
    columns: dict[str, int]
    source: str
    unused: tuple[str, ...] = ()
    decimal: str | None = None
    dates: str | None = None

    @property
    def fingerprint(self) -> str:
        """Identity of the header, the same for every export of this report."""
        text = "\x1f".join([self.kind, *(word_key(cell) for cell in self.header)])
        return hashlib.sha256(text.encode()).hexdigest()[:24]

    def named(self) -> dict[str, str]:
        """Field to column name, as a person reads it."""
        return {name: self.header[at] or f"#{at + 1}" for name, at in self.columns.items()}


@dataclass
class Proposal:
    """A mapping with what is still to be asked before it may be used."""

    mapping: ColumnMapping
    questions: list[str] = field(default_factory=list)


def propose_mapping(
    kind: str,
    header: Sequence[str],
    rows: Sequence[Row],
    given: Mapping[str, str] | None = None,
    saved: Mapping[str, str] | None = None,
) -> Proposal:
    """Match the columns of a header to the fields of a kind.

    Args:
        kind: One of `thesaurus.KINDS`.
        header: Header cells.
        rows: Rows below it; their values must have the shape of the field.
        given: Field to column name or `#position`, as a person said; "" leaves a field out.
        saved: The same, from an earlier import of this header.

    Raises:
        BadMapping: `given` names an unknown field or column.
    """
    columns = {name: locate(header, column, name, kind) for name, column in (saved or {}).items()}
    source = "saved" if saved else "proposed"
    proposal = Proposal(ColumnMapping(kind, tuple(header), {}, "given" if given else source))
    columns |= {name: locate(header, column, name, kind) for name, column in (given or {}).items()}
    found, unused = dict(columns), []
    if not saved:
        _fill(kind, header, rows, found, unused, proposal.questions)
    kept = {name: at for name, at in found.items() if at is not None}
    proposal.mapping = replace(proposal.mapping, columns=kept, unused=tuple(unused))
    return proposal


def locate(header: Sequence[str], column: str, name: str, kind: str) -> int | None:
    """Return the position of a column a person named, None for "".

    Raises:
        BadMapping: No such field or column, or two columns of that name.
    """
    if name not in FIELDS[kind]:
        raise BadMapping(
            f"--map {name}=...: {kind} have no field {name!r}; "
            f"fields are {', '.join(sorted(FIELDS[kind]))}"
        )
    if not column:
        return None
    if column.startswith("#") and column[1:].isdigit():
        at = int(column[1:]) - 1
        if not 0 <= at < len(header):
            raise BadMapping(f"--map {name}={column}: the file has {len(header)} columns")
        return at
    hits = [at for at, cell in enumerate(header) if word_key(cell) == word_key(column)]
    if len(hits) > 1:
        places = ", ".join(f"#{at + 1}" for at in hits)
        raise BadMapping(f"--map {name}={column}: columns {places} have that name; say which")
    if not hits:
        near = nearest(column, header)
        hint = f"; did you mean {near!r}" if near else ""
        raise BadMapping(f"--map {name}={column}: the file has no such column{hint}")
    return hits[0]


def nearest(word: str, choices: Sequence[str]) -> str | None:
    """Return the most similar choice for a hint to a person; never used to decide."""
    keyed = {word_key(choice): choice for choice in choices if choice}
    best = process.extractOne(word_key(word), list(keyed), scorer=fuzz.ratio, score_cutoff=70)
    return keyed[best[0]] if best else None


def missing_fields(mapping: ColumnMapping, has_customer: bool) -> list[str]:
    """List the required fields without a column, as questions to a person."""
    questions = []
    for choice in REQUIRED[mapping.kind]:
        if any(name in mapping.columns for name in choice):
            continue
        if has_customer and "customer_name" in choice:
            continue
        free = [cell for at, cell in enumerate(mapping.header) if at not in mapping.columns.values()]
        near = next((hit for name in choice if (hit := nearest(name, free))), None)
        example = f"{choice[0]}={near or 'COLUMN'}"
        questions.append(
            f"no column for {' or '.join(choice)}; say --map {example!r} "
            f"(columns: {', '.join(cell for cell in mapping.header if cell) or 'none'})"
        )
    return questions


def _fill(
    kind: str,
    header: Sequence[str],
    rows: Sequence[Row],
    found: dict[str, int | None],
    unused: list[str],
    questions: list[str],
) -> None:
    """Give every field without a column its best free candidate."""
    keys = [word_key(cell) for cell in header]
    aged = sum(bool(cell.strip() and BUCKETS.fullmatch(cell)) for cell in header) >= 2
    samples = _Samples(rows)
    candidates = {
        name: _candidates(name, words, keys, samples, aged)
        for name, words in FIELDS[kind].items()
        if name not in found
    }
    # Unmistakable names first, so that a second-best name cannot take a column from its owner.
    for tier in (0, 1):
        for name, ranked in candidates.items():
            free = [(at, rank) for at, rank in ranked if at not in found.values()]
            if name in found or not free or free[0][1][0] > tier:
                continue
            _settle(name, free, header, samples, found, unused, questions)


def _settle(name, free, header, samples, found, unused, questions) -> None:
    at, rank = free[0]
    rivals = [other for other, other_rank in free[1:] if other_rank == rank]
    rivals = [other for other in rivals if samples.column(other) != samples.column(at)]
    if rivals:
        places = " and ".join(f"#{place + 1} {header[place]!r}" for place in [at, *rivals])
        questions.append(
            f"{name} can be columns {places}; say --map {name}=#{at + 1} (or another)"
        )
    found[name] = at
    unused.extend(f"{name}: {header[other]}" for other, other_rank in free[1:] if other_rank[0] == 0)


def _candidates(
    name: str, words: FieldWords, keys: Sequence[str], samples: "_Samples", aged: bool
) -> list[tuple[int, tuple[int, int]]]:
    """Columns that may be this field, best first; a mostly blank id column comes last."""
    ranked = []
    for at, key in enumerate(keys):
        rank = words.rank(key)
        if aged and key == _AMOUNT_TOTAL:
            # Beside aging buckets "Total" is what is open, not what was invoiced.
            rank = {"open_amount": (0, 0)}.get(name)
        if rank is None or not samples.fits(at, words.shape):
            continue
        if words.shape == "id" and samples.coverage(at) < 0.5:
            rank = (1, 1_000 + rank[1])
        ranked.append((at, rank))
    return sorted(ranked, key=lambda pair: pair[1])


class _Samples:
    """The first rows by column, to look at the shape of values."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = [row.cells for row in rows[:_SAMPLE_ROWS] if len(row.cells) > 1]
        self._columns: dict[int, list[str]] = {}

    def column(self, at: int) -> list[str]:
        """The cells of one column as text."""
        if at not in self._columns:
            self._columns[at] = [
                cell_text(cells[at]) if at < len(cells) else "" for cells in self._rows
            ]
        return self._columns[at]

    def coverage(self, at: int) -> float:
        """Share of rows with a value, among rows that hold several values."""
        full = [i for i, cells in enumerate(self._rows) if sum(c not in ("", None) for c in cells) > 2]
        if not full:
            return 1.0
        return sum(bool(self.column(at)[i]) for i in full) / len(full)

    def fits(self, at: int, shape: str) -> bool:
        """Whether half of the values have the shape a field needs; blanks say nothing."""
        check = {"date": _date_shaped, "amount": _amount_shaped}.get(shape)
        cells = [cell for cell in self.column(at) if cell]
        if check is None or not cells:
            return True
        return sum(check(cell) for cell in cells) * 2 >= len(cells)


def _date_shaped(cell: str) -> bool:
    return is_blank_date(cell) or looks_like_date(cell)


def _amount_shaped(cell: str) -> bool:
    try:
        take_apart(cell)
    except NotAnAmount:
        return False
    return not ("-" in cell[1:-1] and looks_like_date(cell))


class MappingStore:
    """Mappings a person accepted, one JSON file per header fingerprint."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)

    def load(self, fingerprint: str) -> dict | None:
        """Return what was saved for a header, or None.

        Raises:
            BadMapping: The saved file is damaged.
        """
        path = self._folder / f"{fingerprint}.json"
        try:
            saved = json.loads(path.read_text("utf-8"))
            return {"columns": dict(saved["columns"]), "decimal": saved["decimal"],
                    "dates": saved["dates"]}  # fmt: skip
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
            name: mapping.header[at] if mapping.header[at] and names.count(names[at]) == 1
            else f"#{at + 1}"
            for name, at in mapping.columns.items()
        }  # fmt: skip
        body = {"kind": mapping.kind, "header": mapping.header, "columns": columns,
                "decimal": mapping.decimal, "dates": mapping.dates}  # fmt: skip
        path = self._folder / f"{mapping.fingerprint}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(body, ensure_ascii=False, indent=2), "utf-8")
        os.replace(part, path)
