"""The labelled messages and sentences, cut and folded as the content checks see them."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from guardrails.content.features import tokens_of
from guardrails.content.folding import fold
from guardrails.content.protected import known_names, protect
from guardrails.content.report import Part
from guardrails.content.sentences import split_sentences

LANGUAGES = ("en", "es", "fr", "de")
FOLDER = Path(__file__).parent
_SINGLE = ("sentences.jsonl", "bank_*.jsonl")
# A span that merely touches a sentence does not label it.
_LEAST_OVERLAP = 8


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """Words of a sentence, and the claim classes it carries.

    Attributes:
        single: Written alone, not in a message.
        doubtful: Without a label of its own in a violating message, which may colour it.
    """

    tokens: tuple[str, ...]
    claims: frozenset[str]
    single: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """A whole message with its claim classes.

    Attributes:
        kind: A hard negative holds alarming words in a harmless sense.
        names: The creditor first, then others that the ledger knows.
    """

    id: str
    language: str
    kind: Literal["violating", "hard_negative", "plain"]
    subject: str
    body: str
    names: tuple[str, ...]
    claims: frozenset[str]
    sentences: tuple[LabelledSentence, ...]


def data_files() -> tuple[Path, ...]:
    """Every file that is trained on."""
    return (*(FOLDER / f"{language}.jsonl" for language in LANGUAGES), *_single_files())


def _single_files() -> list[Path]:
    return [path for pattern in _SINGLE for path in sorted(FOLDER.glob(pattern))]


def digests() -> dict[str, dict[str, object]]:
    """Rows and content digest of every file that is trained on."""
    return {
        path.name: {
            "rows": path.read_bytes().count(b"\n"),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in data_files()
    }


def read_messages() -> list[LabelledMessage]:
    """All labelled messages, in the order of their files."""
    return [
        _message(json.loads(line))
        for language in LANGUAGES
        for line in (FOLDER / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def read_sentences() -> list[LabelledSentence]:
    """All single sentences; no message holds them, so they only train."""
    lines = [
        line for path in _single_files() for line in path.read_text(encoding="utf-8").splitlines()
    ]
    rows = map(json.loads, lines)
    return [
        LabelledSentence(
            tokens_of(fold(protect(row["text"], None))), frozenset(row["claims"]), single=True
        )
        for row in rows
    ]


def _message(row: dict) -> LabelledMessage:
    spans = list(zip(row["claims"], row["spans"], strict=True))
    names = tuple(row["names"])
    parts: tuple[tuple[Part, str], ...] = (("subject", row["subject"]), ("body", row["text"]))
    return LabelledMessage(
        id=row["id"],
        language=row["lang"],
        kind=row["kind"],
        subject=row["subject"],
        body=row["text"],
        names=names,
        claims=frozenset(row["claims"]),
        sentences=tuple(
            sentence for part, text in parts for sentence in _cut(part, text, names, spans)
        ),
    )


def _cut(
    part: Part, text: str, names: tuple[str, ...], spans: list[tuple[str, str]]
) -> Iterator[LabelledSentence]:
    """The sentences of one part, each with the claims whose span lies in it."""
    folded = fold(protect(text, known_names(names)))
    places = [(claim, text.find(span), len(span)) for claim, span in spans if span in text]
    for sentence in split_sentences(text, part):
        start, end = sentence.start, sentence.start + len(sentence.text)
        claims = frozenset(
            claim
            for claim, at, size in places
            if min(at + size, end) - max(at, start) >= min(_LEAST_OVERLAP, max(size // 2, 1))
        )
        doubtful = bool(spans) and not claims
        yield LabelledSentence(tokens_of(folded[start:end]), claims, doubtful=doubtful)
