"""How likely a draft is right: a logistic model over a few features a person can read.

Its coefficients are a small file beside this module, trained and measured by
`evals.matching.train`; each evidence pattern carries how often it was right there.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from engines.matching.drafting import Case, Decision, Draft
from engines.matching.memory import Memory

_PRIOR_RIGHT, _PRIOR_WRONG = 0.5, 0.5
_CONFIDENCE_TAIL = 0.05
_NO_DUE_DATE = 30.0
# Only where nothing is named do the size of the pool and the day say something.
_BY_AMOUNT = frozenset(
    {"equal_amount", "due_to_date", "run", "run_less_one", "combination", "whole_book"}
    | {f"{how}_{voice}" for how in ("amount", "set") for voice in ("account", "number", "name")}
)


@dataclass(frozen=True)
class Calibration:
    """Weights per feature and measured counts per pattern.

    Attributes:
        measured: Right and wrong answers of a pattern on held-out payments.
    """

    intercept: float
    weights: Mapping[str, float]
    measured: Mapping[str, tuple[int, int]]


@lru_cache(maxsize=1)
def shipped_calibration() -> Calibration:
    """Read the calibration that comes with the engine."""
    text = files("engines.matching").joinpath("calibration.json").read_text(encoding="utf-8")
    kept = json.loads(text)
    measured = {pattern: (int(r), int(w)) for pattern, (r, w) in kept["measured"].items()}
    return Calibration(kept["intercept"], kept["weights"], measured)


def pattern_of(decision: Decision, draft: Draft) -> str:
    """The evidence pattern whose precision is counted: what fits, and who stands behind it."""
    return f"{draft.pattern}/{decision.standing}"


def features(case: Case, decision: Decision, draft: Draft, rank: int) -> dict[str, float]:
    """Describe a draft in numbers; names are what a person would say."""
    described = {
        f"pattern {draft.pattern}": 1.0,
        f"payer {decision.standing}": 1.0,
        "later rank": float(rank),
        "rivals": math.log1p(draft.rivals),
        "person needed": float(not decision.may_post),
    }
    if draft.pattern in _BY_AMOUNT:
        described["open items of the payer"] = math.log1p(decision.pool)
        described["days from due"] = math.log1p(_days_from_due(case, draft))
    return described


def _days_from_due(case: Case, draft: Draft) -> float:
    days = [
        abs((case.payment.value_on - due).days)
        for part in draft.parts
        if (due := case.book.documents[part.doc_id].due_on)
    ]
    return sum(days) / len(days) if days else _NO_DUE_DATE


def probability(calibration: Calibration, described: Mapping[str, float]) -> float:
    """Chance from 0 to 1 that a draft is right."""
    weights = calibration.weights
    score = calibration.intercept + sum(
        weights.get(name, 0.0) * value for name, value in described.items()
    )
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def precision_bound(calibration: Calibration, memory: Memory, pattern: str) -> float:
    """Lower 95 % bound of a pattern's precision, from measured and confirmed answers."""
    confirmed, refused = memory.pattern(pattern)
    right, wrong = calibration.measured.get(pattern, (0, 0))
    bound = _beta_bound(right + confirmed, wrong + refused)
    if wrong + refused:
        return bound
    # Rare beside this payer but never wrong there: what it did beside all payers may speak.
    pooled = calibration.measured.get(pattern.partition("/")[0], (0, 0))
    return max(bound, _beta_bound(*pooled))


@lru_cache(maxsize=4_096)
def _beta_bound(right: int, wrong: int) -> float:
    from scipy.special import betaincinv

    return float(betaincinv(right + _PRIOR_RIGHT, wrong + _PRIOR_WRONG, _CONFIDENCE_TAIL))
