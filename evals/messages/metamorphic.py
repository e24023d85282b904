"""`python -m evals.messages.metamorphic`: spoil one thing in every good record; who stops it?

A mutant counts as stopped when the decision is neither allow nor warn and one of the rules that
were named for its mutation beforehand is among those that object. A mutation that does not apply
to a record makes no mutant of it.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from engines.intervals import wilson
from evals.records.claims import claim_mutants, sentences
from evals.records.facts import fact_mutants
from evals.records.good import Good, Record, good_records
from evals.records.hours import hour_mutants
from evals.records.mutant import REFUSED, Mutant
from evals.records.words import word_mutants
from guardrails.compliance.scope import CompiledPacks, compile_packs
from guardrails.records.judgement import judge_record
from guardrails.records.shape import MessageRecord
from ledger.errors import BadInput
from policies.packs import load_packs

REPORT = Path(__file__).parents[2] / "docs" / "measured" / "metamorphic.md"
LANGUAGES = ("en", "es", "fr", "de")
_LET_PASS = frozenset({"allow", "warn"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mutant and what the gate said of it."""

    mutant: Mutant
    decision: str
    rules: frozenset[str]

    @property
    def stopped(self) -> bool:
        """Whether an expected rule stopped it."""
        return self.decision not in _LET_PASS and not self.rules.isdisjoint(self.mutant.expected)


def structured_mutants(good: Good) -> Iterator[Mutant]:
    """Mutants of facts, figures, letters and hours."""
    yield from word_mutants(good)
    yield from fact_mutants(good)
    yield from hour_mutants(good)


def judged(record: Record, packs: CompiledPacks) -> tuple[str, frozenset[str]]:
    """The decision on a record and the rules that object; a record that is none is refused."""
    try:
        judgement = judge_record(MessageRecord.model_validate(record), packs)
    except (ValidationError, BadInput):
        return REFUSED, frozenset({REFUSED})
    return judgement.decision, frozenset(each.rule_id for each in judgement.findings)


def outcomes(mutants: Iterable[Mutant], packs: CompiledPacks) -> Iterator[Outcome]:
    """What the gate says of each mutant."""
    for mutant in mutants:
        yield Outcome(mutant, *judged(mutant.record, packs))


def report(goods: Sequence[Good], packs: CompiledPacks) -> str:
    """The whole report, as Markdown."""
    let_pass = sum(judged(good.record(), packs)[0] == "allow" for good in goods)
    structured = list(outcomes((m for g in goods for m in structured_mutants(g)), packs))
    content = list(outcomes((m for g in goods for m in claim_mutants(g)), packs))
    lines = [
        "# Metamorphic checks, measured",
        "",
        "Written by `python -m evals.messages.metamorphic --write`. "
        f"{let_pass} of {len(goods)} good records are let pass. One thing is spoiled in each, and "
        "the mutant counts as stopped only when a rule named for that mutation beforehand objects.",
        "",
        "## Facts, figures, letters and hours",
        "",
        *_by_mutation(structured),
        "",
        "## Sentences of each claim class",
        "",
        "One sentence a class and language, written without a look at lexicon or labelled "
        "messages, appended to every good record a rule on it concerns. Sentences, not mutants, "
        "are the sample here: the same sentence is mostly caught everywhere or nowhere.",
        "",
        *_by_claim(content),
    ]
    return "\n".join(lines) + "\n"


def _by_mutation(found: Sequence[Outcome]) -> list[str]:
    made, stopped = _counted(found)
    rows = ["| mutation | mutants | stopped | kill rate |", "|---|---:|---:|---:|"]
    for mutation, number in made.items():
        rows.append(_row(mutation, number, stopped[mutation]))
    rows.append(_row("**all**", made.total(), stopped.total()))
    return rows


def _counted(found: Sequence[Outcome]) -> tuple[Counter[str], Counter[str]]:
    made = Counter(each.mutant.mutation for each in found)
    return made, Counter(each.mutant.mutation for each in found if each.stopped)


def _row(name: str, number: int, stopped: int) -> str:
    return f"| {name} | {number:,} | {stopped:,} | {stopped / number:.1%} |"


def _by_claim(found: Sequence[Outcome]) -> list[str]:
    cells: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for each in found:
        cells[each.mutant.mutation, each.mutant.detail].append(each.stopped)
    rows = [f"| claim class | {' | '.join(LANGUAGES)} |", "|---|" + "---:|" * len(LANGUAGES)]
    for claim in sentences():
        shares = (_share(cells[claim, language]) for language in LANGUAGES)
        rows.append(f"| {claim} | {' | '.join(shares)} |")
    caught = [sum(all(cells[c, at]) for c in sentences()) for at in LANGUAGES]
    rows.append(f"| **caught in every record** | {' | '.join(map(str, caught))} |")
    number = len(sentences()) * len(LANGUAGES)
    low, high = wilson(sum(caught), number)
    stopped = sum(each.stopped for each in found)
    return [
        *rows,
        "",
        f"{sum(caught)} of {number} sentences are caught in every record "
        f"(95 % interval {low:.0%} to {high:.0%}); {stopped:,} of {len(found):,} mutants stopped "
        f"({stopped / len(found):.1%}).",
    ]


def _share(hits: Sequence[bool]) -> str:
    return f"{sum(hits) / len(hits):.0%}" if hits else "-"


def main() -> None:
    """Print the report, or write it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    text = report(list(good_records(chosen.seed)), compile_packs(load_packs()))
    if chosen.write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
