"""Judges the examination records with the whole gate and counts what it got right."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guardrails.compliance.scope import CompiledPacks, compile_packs
from guardrails.records.judgement import judge_record
from guardrails.records.shape import MessageRecord
from policies.packs import packs_of

FILES = ("records.jsonl", "words.jsonl")
_FOLDER = Path(__file__).parent
_STRICTNESS = ("allow", "warn", "require_approval", "block")


@dataclass
class Marks:
    """How one file went.

    Attributes:
        missed: Violating messages decided less strictly than expected, by category.
        stopped: Compliant messages that were not simply allowed, by category.
    """

    violating: int = 0
    compliant: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)


def examine(name: str) -> Marks:
    """Judge every record of a file of the examination."""
    packs, marks = compile_packs(packs_of(None)), Marks()
    for row in _rows(name):
        right = _is_right(row, packs)
        if row["label"] == "violating":
            marks.violating += 1
            marks.missed.update([] if right else [row["category"]])
        else:
            marks.compliant += 1
            marks.stopped.update([] if right else [row["category"]])
    return marks


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (_FOLDER / name).open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _is_right(row: dict[str, Any], packs: CompiledPacks) -> bool:
    decided = judge_record(MessageRecord.model_validate(row), packs).decision
    if row["label"] == "compliant":
        return decided == "allow"
    return _STRICTNESS.index(decided) >= _STRICTNESS.index(row["expected"])
