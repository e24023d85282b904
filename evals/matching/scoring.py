"""Scores of cash application: what posted alone, how often wrongly, and what people saw."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from engines.matching.model import Action, Alternative, Outcome, Payment
from evals.matching.desk import Truth

COST_OF_WRONG = 50


@dataclass
class KindScore:
    """Counts of one case kind."""

    payments: int = 0
    may_post: int = 0
    posted: int = 0
    wrong: int = 0
    breaches: int = 0
    shown: int = 0
    hit1: int = 0
    hit3: int = 0
    reasons_due: int = 0
    reasons_right: int = 0


@dataclass
class Score:
    """Figures of a run; money in minor units, all currencies alike."""

    payments: int = 0
    ceiling: int = 0
    posted: int = 0
    wrong_strict: int = 0
    wrong_lenient: int = 0
    breaches: int = 0
    shown: int = 0
    hit1: int = 0
    hit3: int = 0
    reasons_due: int = 0
    reasons_right: int = 0
    minor: int = 0
    posted_minor: int = 0
    wrong_minor: int = 0
    kinds: dict[str, KindScore] = field(default_factory=lambda: defaultdict(KindScore))
    misses: list[str] = field(default_factory=list)

    @property
    def straight_through(self) -> float:
        """Share of payments that posted without a person."""
        return self.posted / max(1, self.payments)

    @property
    def precision(self) -> float:
        """Share of automatic posts that are right to the document and the cent."""
        return 1 - self.wrong_strict / max(1, self.posted)

    @property
    def cost_per_100(self) -> float:
        """One per payment a person touches and fifty per wrong post."""
        touched = self.payments - self.posted
        return 100 * (touched + COST_OF_WRONG * self.wrong_lenient) / max(1, self.payments)


def score_outcomes(
    outcomes: Sequence[Outcome], payments: Sequence[Payment], truths: dict[str, Truth]
) -> Score:
    """Judge outcomes by the truth; strict wants cash per document, lenient the documents."""
    score = Score()
    money = {payment.payment_id: abs(payment.amount_minor) for payment in payments}
    for outcome in outcomes:
        truth = truths[outcome.payment_id]
        kind = score.kinds[truth.kind]
        for each in (score, kind):
            each.payments += 1
        score.minor += money[outcome.payment_id]
        score.ceiling += truth.may_post
        kind.may_post += truth.may_post
        if outcome.action is Action.AUTO:
            _score_post(score, kind, outcome, truth, money[outcome.payment_id])
        else:
            _score_shown(score, kind, outcome, truth)
    return score


def _score_post(score: Score, kind: KindScore, outcome: Outcome, truth: Truth, minor: int) -> None:
    best = outcome.alternatives[0]
    strict, lenient = _is_right(best, truth), set(best.documents) == set(truth.parts)
    score.posted += 1
    kind.posted += 1
    score.posted_minor += minor
    if not strict:
        score.wrong_strict += 1
        score.wrong_minor += minor
        score.misses.append(f"wrong {truth.kind} {outcome.payment_id} {best.pattern}")
    if not lenient:
        score.wrong_lenient += 1
        kind.wrong += 1
    if not truth.may_post:
        score.breaches += 1
        kind.breaches += 1
        score.misses.append(f"breach {truth.kind} {outcome.payment_id} {best.pattern}")


def _score_shown(score: Score, kind: KindScore, outcome: Outcome, truth: Truth) -> None:
    if truth.parts:
        ranks = [set(each.documents) == set(truth.parts) for each in outcome.alternatives]
        for each in (score, kind):
            each.shown += 1
            each.hit1 += bool(ranks[:1] and ranks[0])
            each.hit3 += any(ranks)
        if not any(ranks):
            score.misses.append(f"unseen {truth.kind} {outcome.payment_id} {outcome.reason}")
    if truth.reasons:
        right = outcome.reason is not None and outcome.reason.value in truth.reasons
        for each in (score, kind):
            each.reasons_due += 1
            each.reasons_right += right
        if not right:
            score.misses.append(f"reason {truth.kind} {outcome.payment_id} {outcome.reason}")
    elif truth.may_post:
        score.misses.append(f"touched {truth.kind} {outcome.payment_id} {outcome.reason}")


def _is_right(best: Alternative, truth: Truth) -> bool:
    cash = {part.doc_id: part.cash_minor for part in best.parts}
    return cash == truth.parts and best.on_account_minor == truth.on_account
