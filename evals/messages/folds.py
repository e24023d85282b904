"""Judges every message by a model that never saw it, its creditor or its near copies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from zlib import crc32

from evals.messages.copies import near_copies
from evals.messages.fitting import fit
from evals.messages.rows import LabelledMessage, LabelledSentence
from guardrails.content.classifier import Classifier
from guardrails.content.features import concepts_of, topics_of

FOLDS = 5
# So many topics and concepts tell a situation, and so much of them in common tells it again.
_TELLING = 5
_RETOLD = 0.55


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a model that never saw a message makes of it.

    Attributes:
        score: That of its most suspect sentence.
        likeliest: Score and classes of each of its sentences.
    """

    fold: int
    score: float
    likeliest: tuple[tuple[float, tuple[str, ...]], ...]

    def claims(self, threshold: float) -> frozenset[str]:
        """The classes reported from a threshold on."""
        return frozenset(
            claim for score, claims in self.likeliest if score >= threshold for claim in claims
        )


def judge_unseen(
    messages: Sequence[LabelledMessage], sentences: Sequence[LabelledSentence]
) -> list[Unseen]:
    """Cross-validate: each message is judged by a model trained on the other folds.

    Args:
        messages: Each in one fold.
        sentences: Train in every fold of which they copy no message.
    """
    folds = fold_of(messages)
    copied = _folds_copied(messages, sentences, folds)
    judged: dict[int, Unseen] = {}
    for fold in range(FOLDS):
        rest = [each for at, each in enumerate(messages) if folds[at] != fold]
        single = [each for at, each in enumerate(sentences) if fold not in copied[at]]
        model = fit([*single, *(one for each in rest for one in each.sentences)])
        for at, message in enumerate(messages):
            if folds[at] == fold:
                judged[at] = judge_message(model, message, fold)
    return [judged[at] for at in range(len(messages))]


def judge_message(model: Classifier, message: LabelledMessage, fold: int = -1) -> Unseen:
    """Score the sentences of one message."""
    likeliest = tuple(
        (model.score(each.tokens), model.likeliest(each.tokens))
        for each in message.sentences
        if len(each.tokens) > 1
    )
    return Unseen(fold, max((score for score, _ in likeliest), default=-99.0), likeliest)


def threshold_for(scores: Sequence[float], share: float) -> float:
    """The lowest threshold that at most this share of harmless messages reaches."""
    allowed = int(len(scores) * share)
    first_silent = sorted(scores, reverse=True)[allowed]
    return first_silent + 1e-6


def thresholds_per_fold(
    messages: Sequence[LabelledMessage], unseen: Sequence[Unseen], share: float
) -> list[float]:
    """For each fold the threshold that the other folds call for, so that none sets its own."""
    return [
        threshold_for(
            [
                each.score
                for message, each in zip(messages, unseen, strict=True)
                if each.fold != fold and not message.claims
            ],
            share,
        )
        for fold in range(FOLDS)
    ]


def fold_of(messages: Sequence[LabelledMessage]) -> list[int]:
    """The fold of each message: a creditor, near copies, one situation never in two folds."""
    leader = list(range(len(messages)))

    def find(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    first: dict[str, int] = {}
    ties = [
        (at, first.setdefault(each.names[0], at)) for at, each in enumerate(messages) if each.names
    ]
    for one, two in (*ties, *_copying(messages), *_retold(messages)):
        leader[find(one)] = find(two)
    return [crc32(messages[find(at)].id.encode()) % FOLDS for at in range(len(messages))]


def _copying(messages: Sequence[LabelledMessage]) -> Iterator[tuple[int, int]]:
    """Every two messages with sentences that are near copies."""
    held = [(at, each.tokens) for at, message in enumerate(messages) for each in message.sentences]
    for one, two in near_copies([tokens for _at, tokens in held]):
        yield held[one][0], held[two][0]


def _retold(messages: Sequence[LabelledMessage]) -> Iterator[tuple[int, int]]:
    """Every two messages that claim the same by the same topics and concepts, in any language."""
    told: list[tuple[int, frozenset[str], frozenset[str]]] = []
    for at, message in enumerate(messages):
        for sentence in message.sentences:
            about = frozenset(
                title
                for each in sentence.tokens
                for title in (*topics_of(each), *concepts_of(each))
            )
            if sentence.claims and len(about) >= _TELLING:
                told.append((at, sentence.claims, about))
    for (one, claims, about), (two, others, elsewhere) in combinations(told, 2):
        if claims & others and len(about & elsewhere) >= _RETOLD * len(about | elsewhere):
            yield one, two


def _folds_copied(
    messages: Sequence[LabelledMessage],
    sentences: Sequence[LabelledSentence],
    folds: Sequence[int],
) -> list[set[int]]:
    """For each single sentence the folds of the messages that it is a near copy of."""
    held = [(at, each.tokens) for at, message in enumerate(messages) for each in message.sentences]
    copied: list[set[int]] = [set() for _ in sentences]
    every = [*(tokens for _at, tokens in held), *(each.tokens for each in sentences)]
    for one, two in near_copies(every):
        if one < len(held) <= two:
            copied[two - len(held)].add(folds[held[one][0]])
    return copied
