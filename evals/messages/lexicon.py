"""`python -m evals.messages.lexicon`: what the lexicon alone finds, and which lines misfire.

A third of the rows, drawn by their ids, is held out: it is shown only added up, so that patterns
written with the other rows in view can be judged on it.
"""

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evals.messages.rows import FOLDER, LANGUAGES
from guardrails.content.claims import ELEMENT, PAST
from guardrails.content.raw_patterns import find_in_raw
from guardrails.content.read import ASSERTED
from guardrails.content.reading import language_among, matches_of, read_sentences

OPEN, HELD_OUT = "open", "held out"
_MESSAGES = tuple(f"{language}.jsonl" for language in LANGUAGES)
_SINGLE = ("sentences.jsonl", "bank_*.jsonl")


@dataclass(frozen=True, slots=True)
class Found:
    """A row with what the lexicon found in it.

    Attributes:
        part: Whether the row may be looked at or is held out.
        lines: The class found and the line of the lexicon that found it.
    """

    id: str
    language: str
    part: str
    text: str
    claims: frozenset[str]
    lines: tuple[tuple[str, str], ...]
    languages: frozenset[str]

    @property
    def classes(self) -> frozenset[str]:
        """The classes found."""
        return frozenset(claim for claim, _line in self.lines)


def part_of(identity: str) -> str:
    """Where a row belongs; by its id, so that it stays there."""
    return HELD_OUT if hashlib.sha256(identity.encode()).digest()[0] % 3 == 0 else OPEN


def read_rows(patterns: Iterable[str]) -> Iterator[Found]:
    """Read every row of the files whose names match, in their order."""
    paths = (path for pattern in patterns for path in sorted(FOLDER.glob(pattern)))
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return map(_read, map(json.loads, lines))


def _read(row: dict) -> Found:
    readings = read_sentences(row.get("subject", ""), row["text"], row.get("names", ()))
    main = language_among(readings)
    lines: list[tuple[str, str]] = []
    for reading in readings:
        for match in matches_of(reading, main):
            if not match.label.startswith(ELEMENT):
                claim = ASSERTED if match.label.startswith(PAST) else match.label
                lines.append((claim, match.line))
        raw = find_in_raw(reading.sentence.text, reading.words)
        lines += [(claim, "(as written)") for claim, _start, _end in raw]
    return Found(
        id=row["id"],
        language=row["lang"],
        part=part_of(row["id"]),
        text=f"{row.get('subject', '')}\n{row['text']}".strip(),
        claims=frozenset(row["claims"]),
        lines=tuple(lines),
        languages=frozenset(each.language for each in readings if each.language),
    )


def by_language(rows: Sequence[Found]) -> Iterator[str]:
    """Recall, false alarms and wrong second languages of both parts, a line a language."""
    for language in LANGUAGES:
        cells = []
        for part in (OPEN, HELD_OUT):
            own = [each for each in rows if (each.language, each.part) == (language, part)]
            violating = [each for each in own if each.claims]
            harmless = [each for each in own if not each.claims]
            cells += [
                _share(sum(bool(each.claims & each.classes) for each in violating), len(violating)),
                _share(sum(bool(each.lines) for each in harmless), len(harmless)),
                _share(sum(len(each.languages) > 1 for each in own), len(own)),
            ]
        yield f"{language:26}" + "".join(f"{cell:>18}" for cell in cells)


def by_class(rows: Sequence[Found], language: str) -> Iterator[str]:
    """Recall and false alarms of each class in one language, both parts."""
    own = [each for each in rows if each.language == language]
    for claim in sorted({claim for each in own for claim in each.claims}):
        cells = []
        for part in (OPEN, HELD_OUT):
            some = [each for each in own if each.part == part]
            carrying = [each for each in some if claim in each.claims]
            harmless = [each for each in some if not each.claims]
            cells += [
                _share(sum(claim in each.classes for each in carrying), len(carrying)),
                _share(sum(claim in each.classes for each in harmless), len(harmless)),
                "",
            ]
        yield f"{claim:26}" + "".join(f"{cell:>18}" for cell in cells)


def misfiring(rows: Sequence[Found], language: str) -> Iterator[str]:
    """The lines that fire on harmless rows of the open part, worst first, with the rows."""
    own = [each for each in rows if (each.language, each.part) == (language, OPEN)]
    right = Counter(
        each for row in own for each in set(row.lines) if row.claims and each[0] in row.claims
    )
    wrong: defaultdict[tuple[str, str], list[Found]] = defaultdict(list)
    for row in own:
        if not row.claims:
            for each in dict.fromkeys(row.lines):
                wrong[each].append(row)
    for (claim, line), alarmed in sorted(wrong.items(), key=lambda each: -len(each[1])):
        yield f"{claim}: {len(alarmed)} wrong, {right[claim, line]} right: {line[:140]}"
        yield from (f"    {each.id}: {each.text[:300]!r}" for each in alarmed)


def missed(rows: Sequence[Found], language: str, claim: str) -> Iterator[str]:
    """The rows of a class in the open part in which the lexicon did not find it."""
    for row in rows:
        wanted = (row.language, row.part) == (language, OPEN) and claim in row.claims
        if wanted and claim not in row.classes:
            yield f"{row.id}: {row.text!r}"


def _share(hits: int, number: int) -> str:
    return f"{hits}/{number} {hits / number:.1%}" if number else "-"


def main() -> None:
    """Print recall and false alarms; on request the lines and rows behind them."""
    parser = argparse.ArgumentParser(description="Measure the lexicon alone.")
    parser.add_argument("--rows", choices=("messages", "single", "all"), default="all")
    parser.add_argument("--language", choices=LANGUAGES, help="classes of this language")
    parser.add_argument("--misfiring", action="store_true", help="lines that fire on harmless rows")
    parser.add_argument("--missed", metavar="CLASS", help="rows in which a class was not found")
    given = parser.parse_args()
    patterns = {"messages": _MESSAGES, "single": _SINGLE, "all": (*_MESSAGES, *_SINGLE)}
    rows = list(read_rows(patterns[given.rows]))
    heads = [f"{part}: {what}" for part in (OPEN, "held") for what in ("found", "false", "mixed")]
    lines = [" " * 26 + "".join(f"{head:>18}" for head in heads), *by_language(rows)]
    if given.language:
        lines += by_class(rows, given.language)
        lines += misfiring(rows, given.language) if given.misfiring else ()
        lines += missed(rows, given.language, given.missed) if given.missed else ()
    print("\n".join(lines))  # noqa: T201 - a command prints


if __name__ == "__main__":
    main()
