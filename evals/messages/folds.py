"""Judges every message by a model that never saw it, its creditor or its near copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from evals.messages.fitting import fit
from evals.messages.rows import LabelledMessage, LabelledSentence
from guardrails.content.classifier import Classifier

FOLDS = 5
_LONG = 6


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
        sentences: Train in every fold; no message was made from them.
    """
    folds = fold_of(messages)
    judged: dict[int, Unseen] = {}
    for fold in range(FOLDS):
        rest = [each for at, each in enumerate(messages) if folds[at] != fold]
        model = fit([*sentences, *(one for each in rest for one in each.sentences)])
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
    """The fold of each message: one creditor, and one skeleton of a claim, never in two folds."""
    leader = list(range(len(messages)))

    def find(at: int) -> int:
        while leader[at] != at:
            at = leader[at]
        return at

    first: dict[object, int] = {}
    for at, message in enumerate(messages):
        for key in _keys(message):
            leader[find(at)] = find(first.setdefault(key, at))
    return [crc32(messages[find(at)].id.encode()) % FOLDS for at in range(len(messages))]


def _keys(message: LabelledMessage) -> list[object]:
    """What ties messages together: the creditor, and a long sentence but for its numbers."""
    keys: list[object] = [message.names[0]] if message.names else []
    longest = max((each.tokens for each in message.sentences), key=len, default=())
    if len(longest) >= _LONG:
        keys.append(longest)
    return keys
