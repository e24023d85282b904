"""Which column is which field: proposed from the thesaurus, corrected by a person, kept."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rapidfuzz import fuzz, process

from adapters.spreadsheets.grid import Row
from adapters.spreadsheets.samples import Samples
from adapters.spreadsheets.thesaurus import BUCKETS, FIELDS, REQUIRED, FieldWords, word_key
from ledger.errors import BadInput

_COLUMNS_SHOWN = 20
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


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person can say: the field, and the sentence that asks."""

    field: str
    text: str


@dataclass
class ProposedMapping:
    """A mapping with what is still to be asked before it may be used."""

    mapping: ColumnMapping
    questions: list[Question] = field(default_factory=list)


def propose_mapping(
    kind: str,
    header: Sequence[str],
    rows: Sequence[Row],
    given: Mapping[str, str] | None = None,
    saved: Mapping[str, str] | None = None,
) -> ProposedMapping:
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
    proposal = ProposedMapping(ColumnMapping(kind, tuple(header), {}, "given" if given else source))
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


def missing_fields(mapping: ColumnMapping, has_customer: bool) -> list[Question]:
    """List the required fields without a column, as questions to a person."""
    questions = []
    for choice in REQUIRED[mapping.kind]:
        if any(name in mapping.columns for name in choice):
            continue
        if has_customer and "customer_name" in choice:
            continue
        taken = set(mapping.columns.values())
        free = [cell for at, cell in enumerate(mapping.header) if at not in taken]
        near = next((hit for name in choice if (hit := nearest(name, free))), None)
        example = f"{choice[0]}={near or 'COLUMN'}"
        shown = [cell for cell in mapping.header if cell][:_COLUMNS_SHOWN]
        text = (
            f"no column for {' or '.join(choice)}; say --map {example!r} "
            f"(columns: {', '.join(shown) or 'none'})"
        )
        questions.append(Question(choice[0], text))
    return questions


def _fill(
    kind: str,
    header: Sequence[str],
    rows: Sequence[Row],
    found: dict[str, int | None],
    unused: list[str],
    questions: list[Question],
) -> None:
    """Give every field without a column its best free candidate."""
    keys = [word_key(cell) for cell in header]
    aged = sum(bool(cell.strip() and BUCKETS.fullmatch(cell)) for cell in header) >= 2
    samples = Samples(rows)
    candidates = {
        name: _candidates(name, words, keys, samples, aged)
        for name, words in FIELDS[kind].items()
        if name not in found
    }
    # Unmistakable names first, so that a second-best name cannot take a column from its owner.
    for tier in (0, 1):
        for name, ranked in candidates.items():
            free = [candidate for candidate in ranked if candidate.at not in found.values()]
            if name in found or not free or free[0].rank[0] > tier:
                continue
            _settle(name, free, header, samples, found, unused, questions)


def _settle(
    name: str,
    free: list["_Candidate"],
    header: Sequence[str],
    samples: Samples,
    found: dict[str, int | None],
    unused: list[str],
    questions: list[Question],
) -> None:
    """Take the best candidate; ask if another is as good and holds other values."""
    best = free[0]
    rivals = [
        other
        for other in free[1:]
        if other.rank == best.rank and samples.column(other.at) != samples.column(best.at)
    ]
    if rivals:
        places = " and ".join(f"#{c.at + 1} {header[c.at]!r}" for c in [best, *rivals])
        text = f"{name} can be columns {places}; say --map {name}=#{best.at + 1} (or another)"
        questions.append(Question(name, text))
    found[name] = best.at
    unused.extend(f"{name}: {header[other.at]}" for other in free[1:] if other.is_strong)


class _Candidate(NamedTuple):
    """A column that may be a field; `rank` sorts, best first."""

    rank: tuple[int, int]
    at: int
    is_strong: bool


def _candidates(
    name: str, words: FieldWords, keys: Sequence[str], samples: Samples, aged: bool
) -> list[_Candidate]:
    """Columns that may be this field; blank ones and mostly blank ids come last."""
    ranked = []
    for at, key in enumerate(keys):
        rank = words.rank(key)
        if aged and key == _AMOUNT_TOTAL:
            # Beside aging buckets "Total" is what is open, not what was invoiced.
            rank = {"open_amount": (0, 0)}.get(name)
        if rank is None or not samples.fits(at, words.shape):
            continue
        strong, coverage = rank[0] == 0, samples.coverage(at)
        if not coverage or (coverage < 0.5 and (words.shape == "id" or name == "customer_name")):
            rank = (1, 1_000 + rank[1])
        ranked.append(_Candidate(rank, at, strong and bool(coverage)))
    return sorted(ranked)
