"""The second heads and every limit: learned from what first heads find in unseen writers' words.

Each fold leaves writers out, so that what the second heads learn to trust is what holds for
writers nobody has trained on.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from engines.reading.features import message_features
from engines.reading.languages import language_of
from engines.reading.linear import FIRST, Head, Model
from engines.reading.page import Page
from engines.reading.roles import Judged, judge
from engines.reading.routine import EXCEPTIONS
from engines.reading.second import day_seen, intents_seen, person_seen
from evals.inbound.examples import FLAGGED, LABELS, Example, labels_of_mention
from evals.inbound.fitting import fit_first, fit_second
from evals.inbound.limits import COMMON, Judgement, Limits, best_limit, person_limit
from evals.inbound.rows import Case

_INJECTION = 0.35
_WORKERS = 4
_FEWEST_WRITERS = 3
_FOLDS = 5
_SEED = 20261122
Kept = dict[frozenset[str], Model]


@dataclass(frozen=True, slots=True)
class Told:
    """A case with all that is known of it.

    Attributes:
        examples: Its rows for the first heads.
    """

    case: Case
    page: Page
    examples: Sequence[Example]

    @property
    def labels(self) -> frozenset[str]:
        """The labels of the whole message."""
        return self.examples[0].labels


@dataclass(frozen=True, slots=True)
class Look:
    """What first heads that never saw its writer find in a case."""

    told: Told
    fold: int
    judged: Sequence[Judged]
    whole: dict[str, float]


def folds_of(told: Sequence[Told]) -> list[int]:
    """To which fold each case belongs: by its writer, or by lot where there are too few."""
    writers = sorted({each.case.writer for each in told})
    if len(writers) >= _FEWEST_WRITERS:
        return [writers.index(each.case.writer) for each in told]
    return (np.random.default_rng(_SEED).permutation(len(told)) % _FOLDS).tolist()


def without_each(told: Sequence[Told]) -> list[list[Told]]:
    """All cases but those of a fold, for each fold."""
    folds = folds_of(told)
    return [
        [one for one, at in zip(told, folds, strict=True) if at != fold]
        for fold in sorted(set(folds))
    ]


def first_heads(told: Sequence[Told], beside: Sequence[Example], kept: Kept) -> Model:
    """The heads that see words, trained on some cases; not twice on the same ones."""
    key = _key(told)
    if key not in kept:
        kept[key] = fit_first([*beside, *rows_of(told)])
    return kept[key]


def fit_all(sets: Sequence[Sequence[Told]], beside: Sequence[Example], kept: Kept) -> None:
    """Train the first heads on several sets of cases, a few at a time beside each other."""
    missing = {_key(each): each for each in sets if _key(each) not in kept}
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("fork")) as pool:
        jobs = {key: pool.submit(_fit, [*beside, *rows_of(each)]) for key, each in missing.items()}
        kept.update({key: job.result() for key, job in jobs.items()})


def _fit(examples: list[Example]) -> Model:
    return fit_first(examples)


def rows_of(told: Sequence[Told]) -> list[Example]:
    """The rows of several cases."""
    return [each for one in told for each in one.examples]


def _key(told: Sequence[Told]) -> frozenset[str]:
    return frozenset(each.case.id for each in told)


def looks(told: Sequence[Told], beside: Sequence[Example], kept: Kept) -> list[Look]:
    """Look at each case with heads that saw nothing of its fold."""
    folds = folds_of(told)
    found: list[Look] = []
    for fold in sorted(set(folds)):
        seen = [one for one, at in zip(told, folds, strict=True) if at != fold]
        heads = first_heads(seen, beside, kept)
        found += [look(one, fold, heads) for one, at in zip(told, folds, strict=True) if at == fold]
    return found


def look(told: Told, fold: int, heads: Model) -> Look:
    """Look at one case."""
    page = told.page
    features = message_features(page, language_of(f"{page.subject}\n{page.own}"))
    return Look(told, fold, judge(page, heads), heads["message"].likelihoods(features))


def second_heads(found: Sequence[Look]) -> tuple[dict[str, Head], Limits]:
    """Train the second heads.

    Returns:
        The heads and the limits of all heads.
    """
    limits = _first_limits(found)
    rows = [_of_intents(each) for each in found]
    folds = [each.fold for each in found]
    unseen = _unseen("intents", rows, folds)
    heads = {"intents": fit_second("intents", rows)}
    limits["intents"] = {label: best_limit(unseen, label) for label in LABELS["intents"]}
    likely = [{**each.whole, **one[1]} for each, one in zip(found, unseen, strict=True)]
    days = [_of_days(each, one) for each, one in zip(found, likely, strict=True)]
    spread = [at for at, many in zip(folds, days, strict=True) for _each in many]
    flat = [each for many in days for each in many]
    heads["day"] = fit_second("day", flat)
    limits["day"] = {"promise": best_limit(_unseen("day", flat, spread), "promise")}
    people = [_of_person(each, one) for each, one in zip(found, likely, strict=True)]
    routed = [
        _is_routed(each, one, limits["intents"]) for each, one in zip(found, likely, strict=True)
    ]
    heads["human"], limits["human"] = _human(people, routed, folds)
    return heads, limits


def _is_routed(each: Look, likely: Mapping[str, float], limits: Mapping[str, float]) -> bool:
    """Whether a message reaches a person whatever the doubt: by a sign, or by what it says."""
    return FLAGGED in each.told.labels or any(likely[one] >= limits[one] for one in EXCEPTIONS)


def _human(
    people: Sequence[Example], routed: Sequence[bool], folds: Sequence[int]
) -> tuple[Head, dict[str, float]]:
    unseen = _unseen("human", people, folds)
    held = [
        (at, likely["person"])
        for at, (labels, likely) in zip(routed, unseen, strict=True)
        if "person" in labels
    ]
    limit = person_limit([risk for at, risk in held if not at], len(held))
    return fit_second("human", people), {"person": limit}


def _unseen(head: str, rows: Sequence[Example], folds: Sequence[int]) -> list[Judgement]:
    """What second heads find in rows of a fold they did not see, in the order of the rows."""
    found: dict[int, Judgement] = {}
    for fold in sorted(set(folds)):
        seen = [one for one, at in zip(rows, folds, strict=True) if at != fold]
        fitted = fit_second(head, seen)
        for place, (one, at) in enumerate(zip(rows, folds, strict=True)):
            if at == fold:
                found[place] = (one.labels, fitted.likelihoods(one.features))
    return [found[place] for place in range(len(rows))]


def _of_intents(each: Look) -> Example:
    features = intents_seen(each.told.page, each.judged, each.whole)
    return Example("intents", features, each.told.labels)


def _of_days(each: Look, likely: dict[str, float]) -> list[Example]:
    return [
        Example(
            "day",
            day_seen(each.told.page, line, role, likely),
            labels_of_mention(each.told.case, role[0]),
        )
        for line in each.judged
        for role in line.dates
    ]


def _of_person(each: Look, likely: dict[str, float]) -> Example:
    return Example("human", person_seen(each.judged, likely), each.told.labels)


def _first_limits(found: Sequence[Look]) -> Limits:
    judged: dict[str, list[Judgement]] = {each: [] for each in FIRST}
    for each in found:
        judged["message"].append((each.told.labels, each.whole))
        for line, row in zip(each.judged, _rows_of_sentences(each), strict=False):
            judged["sentence"].append((row.labels, line.sentence))
            for kind in ("date", "amount", "document"):
                for mention, likely in getattr(line, f"{kind}s"):
                    judged[kind].append((labels_of_mention(each.told.case, mention), likely))
    limits = {
        name: {label: best_limit(judged[name], label) for label in LABELS[name]} for name in FIRST
    }
    limits["sentence"]["conditional"] = max(limits["sentence"]["conditional"], COMMON)
    limits["message"]["injection"] = _INJECTION
    return limits


def _rows_of_sentences(each: Look) -> list[Example]:
    return [row for row in each.told.examples if row.head == "sentence"]
