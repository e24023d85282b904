"""`python -m evals.messages.measure`: what the content checks find, on rows they never saw.

The lexicon was written without the rows, then pruned with two thirds of them in view. The
classifier is judged out of fold: by a model that saw neither the message nor its creditor, a near
copy or the same situation retold, with a threshold that the other folds set.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engines.intervals import wilson
from evals.messages.folds import Unseen, judge_unseen, thresholds_per_fold
from evals.messages.rows import LANGUAGES, LabelledMessage, read_messages, read_sentences
from evals.messages.train import FALSE_ALARMS
from guardrails.content.read import read_content

REPORT = Path(__file__).parents[2] / "docs" / "measured" / "content-checks.md"
# No row depends on the day; the checks want one for days written without a year.
_AS_OF = date(2026, 11, 21)
_OTHER_SHARES = (0.02, 0.03, 0.05, 0.10)


@dataclass(frozen=True, slots=True)
class Judged:
    """A message and what each part of the checks reports of it."""

    message: LabelledMessage
    lexicon: frozenset[str]
    classifier: frozenset[str]

    @property
    def both(self) -> frozenset[str]:
        """What either reports."""
        return self.lexicon | self.classifier


Part = Callable[[Judged], frozenset[str]]
PARTS: dict[str, Part] = {
    "lexicon": lambda each: each.lexicon,
    "classifier": lambda each: each.classifier,
    "either": lambda each: each.both,
}


def judge_all(
    messages: Sequence[LabelledMessage], unseen: Sequence[Unseen], share: float
) -> list[Judged]:
    """Put beside each message what the lexicon and the out-of-fold classifier report."""
    thresholds = thresholds_per_fold(messages, unseen, share)
    return [
        Judged(message, _by_lexicon(message), each.claims(thresholds[each.fold]))
        for message, each in zip(messages, unseen, strict=True)
    ]


def _by_lexicon(message: LabelledMessage) -> frozenset[str]:
    report = read_content(message.subject, message.body, names=message.names, as_of=_AS_OF)
    return frozenset(each.claim for each in report.claims if each.found_by == "lexicon")


def report(
    messages: Sequence[LabelledMessage], unseen: Sequence[Unseen], share: float, single: int
) -> str:
    """The whole report, as Markdown; `single` sentences were trained on besides."""
    judged = judge_all(messages, unseen, share)
    lines = [
        "# Content checks, measured",
        "",
        "Written by `python -m evals.messages.measure --write`. "
        f"{len(messages)} labelled messages in four languages; "
        f"{sum(bool(each.message.claims) for each in judged)} violating, most by wording that "
        "only implies; most harmless ones hold alarming words in an innocent sense. "
        "The lexicon was written without these rows, but lines of it were pruned with two thirds "
        f"of them in view. The classifier, trained on {single} single sentences besides, is "
        "judged out of fold (a creditor, near copies and a situation retold in another language "
        "are in one fold) with a threshold set by the other folds to report "
        f"{share:.0%} of harmless messages. "
        "The rows and the training sentences come from few hands, and the strengths of the "
        "training and the share allowed were chosen on the same folds, so expect "
        "strangers' wording to be found less often. Brackets hold 95 % Wilson intervals.",
        "",
        "## What decides",
        "",
        *_deciding(judged),
        "",
        "## By language",
        "",
        *_by_language(judged),
        "",
        "## By class",
        "",
        "Share of the messages of a class for which that very class was reported, "
        "and for which any was.",
        "",
        *_by_class(judged),
        "",
        "## The classifier at other thresholds",
        "",
        "Share of messages of which anything was reported.",
        "",
        *_by_threshold(judged, unseen, share),
    ]
    return "\n".join(lines) + "\n"


def _deciding(judged: Sequence[Judged]) -> list[str]:
    violating = [each for each in judged if each.message.claims]
    rows = {
        "violating: a true class found": (violating, lambda each, found: found & each.claims),
        "violating: any class found": (violating, lambda _each, found: found),
        "harmless, plain: any class found": (
            [each for each in judged if each.message.kind == "plain"],
            lambda _each, found: found,
        ),
        "harmless, alarming words: any class found": (
            [each for each in judged if each.message.kind == "hard_negative"],
            lambda _each, found: found,
        ),
        "harmless, all: any class found": (
            [each for each in judged if not each.message.claims],
            lambda _each, found: found,
        ),
    }
    table = [_row("", "messages", *PARTS), _rule(2 + len(PARTS))]
    for title, (wanted, hit) in rows.items():
        cells = [
            _share(sum(bool(hit(each.message, part(each))) for each in wanted), len(wanted))
            for part in PARTS.values()
        ]
        table.append(_row(title, str(len(wanted)), *cells))
    return table


def _by_language(judged: Sequence[Judged]) -> list[str]:
    columns = [f"{name}: {what}" for name in PARTS for what in ("found", "false alarms")]
    table = [_row("", *columns), _rule(1 + len(columns))]
    for language in LANGUAGES:
        own = [each for each in judged if each.message.language == language]
        violating = [each for each in own if each.message.claims]
        harmless = [each for each in own if not each.message.claims]
        cells: list[str] = []
        for part in PARTS.values():
            true = sum(bool(part(each) & each.message.claims) for each in violating)
            alarms = sum(bool(part(each)) for each in harmless)
            cells += [_share(true, len(violating)), _share(alarms, len(harmless))]
        table.append(_row(language, *cells))
    return table


def _by_class(judged: Sequence[Judged]) -> list[str]:
    table = [
        _row("class", "messages", *PARTS, "either, any class", *LANGUAGES),
        _rule(4 + len(PARTS) + len(LANGUAGES) - 1),
    ]
    for claim in sorted({claim for each in judged for claim in each.message.claims}):
        own = [each for each in judged if claim in each.message.claims]
        cells = [
            _share(sum(claim in part(each) for each in own), len(own)) for part in PARTS.values()
        ]
        anything = _share(sum(bool(each.both) for each in own), len(own))
        spoken = [[each for each in own if each.message.language == code] for code in LANGUAGES]
        counts = [f"{sum(claim in each.both for each in some)}/{len(some)}" for some in spoken]
        table.append(_row(claim, str(len(own)), *cells, anything, *counts))
    return table


def _by_threshold(judged: Sequence[Judged], unseen: Sequence[Unseen], share: float) -> list[str]:
    titles = [
        f"{name}: {what}"
        for name in ("classifier", "either")
        for what in ("plain", "harmless", "violating")
    ]
    table = [_row("allowed", *titles), _rule(1 + len(titles))]
    messages = [each.message for each in judged]
    for allowed in sorted({share, *_OTHER_SHARES}):
        thresholds = thresholds_per_fold(messages, unseen, allowed)
        again = [
            Judged(each.message, each.lexicon, one.claims(thresholds[one.fold]))
            for each, one in zip(judged, unseen, strict=True)
        ]
        groups = (
            [each for each in again if each.message.kind == "plain"],
            [each for each in again if not each.message.claims],
            [each for each in again if each.message.claims],
        )
        cells = [
            _share(sum(bool(PARTS[name](each)) for each in group), len(group))
            for name in ("classifier", "either")
            for group in groups
        ]
        table.append(_row(f"{allowed:.0%}", *cells))
    return table


def _share(hits: int, number: int) -> str:
    low, high = wilson(hits, number)
    return f"{hits / max(number, 1):.1%} ({low:.0%}-{high:.0%})"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(columns: int) -> str:
    return "|" + " --- |" * columns


def main() -> None:
    """Print the report, or write it where it is kept."""
    parser = argparse.ArgumentParser(description="Measure the content checks on unseen rows.")
    parser.add_argument("--false-alarms", type=float, default=FALSE_ALARMS, metavar="SHARE")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    given = parser.parse_args()
    messages, sentences = read_messages(), read_sentences()
    text = report(messages, judge_unseen(messages, sentences), given.false_alarms, len(sentences))
    if given.write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201 - a command prints


if __name__ == "__main__":
    main()
