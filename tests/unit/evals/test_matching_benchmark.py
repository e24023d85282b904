"""The cash application benchmark: its payments are what they claim, its scorer counts fairly."""

from datetime import date

import pytest

from engines.matching.model import Action, Alternative, Outcome, Part, Payment, Reason
from evals.matching.desk import Truth
from evals.matching.mix import World, build_world
from evals.matching.report import as_document, as_markdown, kind_rows
from evals.matching.scoring import score_outcomes


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(5, 400, 1500, "unseen", None, "synthetic")


def test_same_seed__lays_out_the_same_payments(world: World) -> None:
    again = build_world(5, 400, 1500, "unseen", None, "synthetic")
    assert (again.payments, again.truths, again.book) == (world.payments, world.truths, world.book)
    assert build_world(6, 400, 1500, "unseen", None, "synthetic").payments != world.payments


def test_every_payment__has_a_truth_that_spends_it(world: World) -> None:
    documents = {doc.doc_id: doc for doc in world.book.documents}
    assert {p.payment_id for p in world.payments} == set(world.truths)
    for payment in world.payments:
        truth = world.truths[payment.payment_id]
        assert truth.parts.keys() <= documents.keys()
        if truth.parts:
            assert sum(truth.parts.values()) + truth.on_account == payment.amount_minor
        assert truth.parts or truth.reasons


def test_mix__is_calibrated_and_shows_every_reason() -> None:
    whole = build_world(7, 1600, 7500, "seen", None, "synthetic")
    truths = whole.truths.values()
    assert 0.70 < sum(t.may_post for t in truths) / len(truths) < 0.80
    covered = [t for t in truths if t.parts]
    several = sum(len(t.parts) > 1 for t in covered) / len(covered)
    assert 0.25 < several < 0.45
    seen = {reason for truth in truths for reason in truth.reasons}
    assert {reason.value for reason in Reason} - seen <= {"ambiguous_equal_amounts"}


def test_memo_with_no_slip__shows_the_number_it_is_about(world: World) -> None:
    kinds = ("purchase_order", "closed_reference")
    for payment in world.payments:
        if world.truths[payment.payment_id].kind in kinds:
            assert any(char.isdigit() for char in payment.memo)


def outcome(action: Action, parts: dict[str, int], reason: Reason | None = None) -> Outcome:
    made = Alternative(tuple(Part(d, m) for d, m in parts.items()), "named/same", (), 1.0)
    return Outcome("p", action, reason, (made,) if parts else ())


def scored(answer: Outcome, truth: Truth):
    payment = Payment("p", date(2026, 3, 2), sum(truth.parts.values()), "EUR")
    return score_outcomes([answer], [payment], {"p": truth})


RIGHT = Truth("p", "named_single", True, {"A": 100})
HELD = Truth("p", "payer_conflict", False, {"A": 100}, reasons=frozenset({"payer_conflict"}))


def test_right_post__costs_nothing() -> None:
    score = scored(outcome(Action.AUTO, {"A": 100}), RIGHT)
    assert (score.straight_through, score.precision, score.cost_per_100) == (1.0, 1.0, 0.0)


def test_wrong_cash_on_the_right_document__is_wrong_strictly_only() -> None:
    score = scored(outcome(Action.AUTO, {"A": 90}), RIGHT)
    assert (score.wrong_strict, score.wrong_lenient) == (1, 0)


def test_wrong_document__costs_fifty_looks() -> None:
    score = scored(outcome(Action.AUTO, {"B": 100}), RIGHT)
    assert (score.wrong_strict, score.wrong_lenient, score.cost_per_100) == (1, 1, 5000.0)


def test_post_the_policy_forbids__is_a_breach_though_right() -> None:
    score = scored(outcome(Action.AUTO, {"A": 100}), HELD)
    assert (score.breaches, score.wrong_strict) == (1, 0)


def test_suggestion__counts_hits_and_its_reason() -> None:
    score = scored(outcome(Action.SUGGEST, {"A": 100}, Reason.PAYER_CONFLICT), HELD)
    assert (score.hit1, score.hit3, score.reasons_right, score.cost_per_100) == (1, 1, 1, 100.0)
    score = scored(outcome(Action.HOLD, {}, Reason.FX), HELD)
    assert (score.hit3, score.reasons_due, score.reasons_right) == (0, 1, 0)


def test_report__shows_every_kind() -> None:
    score = scored(outcome(Action.AUTO, {"A": 100}), RIGHT)
    assert as_document("w", score, 0.5)["precision_strict"] == 1.0
    table = as_markdown(kind_rows(score))
    assert "| named_single | 1 | 1 | 1 | 0 | 0 | - | - |" in table


def test_engine_over_a_small_world__keeps_its_aims(world: World) -> None:
    from engines.matching.match import match_payments

    outcomes = match_payments(world.book, world.payments)
    score = score_outcomes(outcomes, world.payments, world.truths)
    assert score.wrong_strict == 0
    assert score.breaches <= 2
    assert score.straight_through >= 0.96 * score.ceiling / score.payments
    assert score.hit3 >= 0.75 * score.shown
    assert score.reasons_right >= 0.9 * score.reasons_due
