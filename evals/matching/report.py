"""The report of a run: overall figures, then one line per case kind."""

from collections.abc import Sequence

from evals.matching.scoring import Score

_KIND_HEADS = ("case kind", "payments", "may post", "posted", "wrong", "breach", "hit@3", "reason")


def as_document(name: str, score: Score, seconds: float) -> dict[str, object]:
    """The figures of a run as plain values."""
    payments = max(1, score.payments)
    return {
        "world": name,
        "payments": score.payments,
        "straight_through": round(score.straight_through, 4),
        "ceiling": round(score.ceiling / payments, 4),
        "straight_through_by_amount": round(score.posted_minor / max(1, score.minor), 4),
        "precision_strict": round(score.precision, 5),
        "precision_lenient": round(1 - score.wrong_lenient / max(1, score.posted), 5),
        "precision_by_amount": round(1 - score.wrong_minor / max(1, score.posted_minor), 5),
        "wrong_posts": score.wrong_strict,
        "policy_breaches": score.breaches,
        "hit_at_1": round(score.hit1 / max(1, score.shown), 4),
        "hit_at_3": round(score.hit3 / max(1, score.shown), 4),
        "reasons_right": round(score.reasons_right / max(1, score.reasons_due), 4),
        "cost_per_100": round(score.cost_per_100, 2),
        "seconds": round(seconds, 2),
        "milliseconds_per_payment": round(1000 * seconds / payments, 3),
        "model_calls_per_payment": 0,
    }


def kind_rows(score: Score) -> list[tuple[str, ...]]:
    """One row per case kind, as text."""
    rows = []
    for name, kind in sorted(score.kinds.items()):
        shown = f"{kind.hit3}/{kind.shown}" if kind.shown else "-"
        due = f"{kind.reasons_right}/{kind.reasons_due}" if kind.reasons_due else "-"
        counts = (kind.payments, kind.may_post, kind.posted, kind.wrong, kind.breaches)
        rows.append((name, *map(str, counts), shown, due))
    return rows


def as_markdown(rows: Sequence[tuple[str, ...]]) -> str:
    """The table of a README."""
    lines = [_KIND_HEADS, tuple("---" for _ in _KIND_HEADS), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
