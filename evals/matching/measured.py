"""The page of measured figures: every world beside a scan of all items, then one line a kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.bench.match_naive import match_naively
from evals.matching.report import as_document, as_markdown, kind_rows
from evals.matching.runner import Run
from evals.matching.scoring import KindScore, Score, score_outcomes

_HEADS = (
    "",
    "aim",
    "engine",
    "lowest",
    "highest",
    "scan of all items",
)
_AIMS = {
    "ceiling": ("may post by the policy", ""),
    "straight_through": ("posted without a person", ">= 0.72 where 0.75 may"),
    "straight_through_by_amount": ("the same, by amount", ""),
    "precision_strict": ("posts right to the document and the cent", ">= 0.998"),
    "precision_lenient": ("posts right to the document", ""),
    "precision_by_amount": ("posts right, by amount", ""),
    "hit_at_1": ("of the rest: right answer first", ""),
    "hit_at_3": ("of the rest: right answer among three", ">= 0.75"),
    "reasons_right": ("typed reason right, where one is due", ">= 0.90"),
    "cost_per_100": ("cost per 100 payments: 1 a touch, 50 a wrong post", "<= 31"),
}
_PER_1600 = {
    "wrong_posts": ("wrong posts per 1,600 payments", "<= 2"),
    "policy_breaches": ("posts the policy forbids per 1,600 payments", "<= 5"),
}

_STYLES = {
    "unseen": "in a style of writing that was never used to build or train the engine",
    "seen": "in the style of writing that the engine was built with",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A run of the engine, and what a scan of all items makes of the same payments."""

    run: Run
    naive: Score


def compare(run: Run) -> Compared:
    """Let the naive design match the same world."""
    world = run.world
    outcomes = match_naively(world.book, world.payments)
    return Compared(run, score_outcomes(outcomes, world.payments, world.truths))


def together(scores: Sequence[Score]) -> Score:
    """All figures added up."""
    whole = Score()
    for score in scores:
        for name in Score.__dataclass_fields__:
            if name not in ("kinds", "misses"):
                setattr(whole, name, getattr(whole, name) + getattr(score, name))
        for name, kind in score.kinds.items():
            total = whole.kinds[name]
            for each in KindScore.__dataclass_fields__:
                setattr(total, each, getattr(total, each) + getattr(kind, each))
    return whole


def as_page(compared: Sequence[Compared], style: str, command: str) -> str:
    """The page as Markdown.

    Args:
        compared: At least one world.
        style: The style of writing they are in.
        command: What was run, so that it can be run again.
    """
    runs = [each.run for each in compared]
    whole = together([run.score for run in runs])
    naive = together([each.naive for each in compared])
    worlds = [as_document("", run.score, run.seconds) for run in runs]
    documents = (as_document("", whole, 0.0), as_document("", naive, 0.0))
    rows = [
        (what, aim, *_figures(name, documents, worlds)) for name, (what, aim) in _AIMS.items()
    ] + [(what, aim, *_counts(name, documents, worlds)) for name, (what, aim) in _PER_1600.items()]
    items = [len(run.world.book.documents) for run in runs]
    return "\n".join(
        (
            "# Cash application, measured",
            "",
            f"Written by `{command}`. {whole.payments:,} labelled payments in {len(runs)} worlds "
            f"({_sources(runs)}), {min(items):,} to {max(items):,} open items each. A `ledger` "
            "world pays real documents together as they were paid; an `open list` has real "
            "documents, a `synthetic` world invented ones. Names, memos, advices and the shares of "
            f"the case kinds are invented everywhere, {_STYLES[style]}. Who invented them also "
            "built the engine, so expect strangers' payments to be harder. No model was called.",
            "",
            _table([_HEADS, *rows]),
            "",
            "Lowest and highest are of single worlds. The scan posts the items whose number is a "
            "substring of the memo if they sum to the payment, else the only item of equal amount.",
            "",
            "## By case kind",
            "",
            "`wrong` counts posts to a wrong document, `breach` posts that the policy leaves to a "
            "person. `hit@3` and `reason` are of those a person sees.",
            "",
            as_markdown(kind_rows(whole)),
            "",
        )
    )


def _figures(
    name: str, documents: Sequence[dict[str, object]], worlds: Sequence[dict[str, object]]
) -> tuple[str, ...]:
    single = [float(f"{world[name]}") for world in worlds]
    ours, naive = (float(f"{each[name]}") for each in documents)
    return tuple(f"{value:.4g}" for value in (ours, min(single), max(single), naive))


def _counts(
    name: str, documents: Sequence[dict[str, object]], worlds: Sequence[dict[str, object]]
) -> tuple[str, ...]:
    def rate(each: dict[str, object]) -> float:
        return 1600 * float(f"{each[name]}") / float(f"{each['payments']}")

    single = [rate(world) for world in worlds]
    values = (rate(documents[0]), min(single), max(single), rate(documents[1]))
    return tuple(f"{value:.4g}" for value in values)


def _sources(runs: Sequence[Run]) -> str:
    names = [run.world.name for run in runs]
    return ", ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))


def _table(lines: Sequence[tuple[str, ...]]) -> str:
    ruled = [lines[0], tuple("---" for _ in lines[0]), *lines[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in ruled)
