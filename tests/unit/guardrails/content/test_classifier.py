"""The trained part of the content checks: its artifact, its card, and what it says."""

import json
import time
from datetime import date

import pytest

from engines.intervals import wilson
from evals.messages.copies import near_copies
from evals.messages.fitting import kinds_of
from evals.messages.folds import fold_of, threshold_for
from evals.messages.rows import digests, read_messages, read_sentences
from evals.messages.train import all_sentences, seen_figures
from guardrails.content.classifier import ARTIFACT, CARD, DAMPING, classify, load
from guardrails.content.features import concepts_of, look_of, tokens_of
from guardrails.content.folding import fold
from guardrails.content.read import read_content

TOLERANCE = 0.02
CARD_TEXT = json.loads(CARD.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def model():
    return load(ARTIFACT, CARD)


@pytest.fixture(scope="module")
def messages():
    return read_messages()


def test_artifact__is_small_and_the_one_its_card_describes(model) -> None:
    assert ARTIFACT.stat().st_size <= 4_000_000
    assert CARD_TEXT["version"] == 1
    assert len(model.classes) == 33
    assert len(model.anything) == len(model.places)


def test_artifact_changed_by_a_byte__is_refused(tmp_path) -> None:
    other = tmp_path / "model.npz"
    other.write_bytes(ARTIFACT.read_bytes() + b"\x00")
    with pytest.raises(ValueError, match="train it"):
        load(other, CARD)


def test_rows_it_was_trained_on__are_unchanged() -> None:
    now = digests()
    changed = [name for name, told in CARD_TEXT["data"].items() if told != now.get(name)]
    assert not changed, "train and measure again: python -m evals.messages.train, .measure --write"


def test_recorded_figures__come_out_again_from_the_artifact(model, messages) -> None:
    again = seen_figures(model, messages)
    assert again == pytest.approx(CARD_TEXT["seen"], abs=TOLERANCE)


def test_unseen_figures__keep_the_false_alarms_allowed() -> None:
    unseen = CARD_TEXT["unseen"]
    assert unseen["harmless_reported"] <= CARD_TEXT["false_alarms_allowed"] + 0.01
    assert unseen["violating_reported"] > 10 * unseen["harmless_reported"]


def test_plain_messages__are_not_reported(model, messages) -> None:
    plain = [each for each in messages if each.kind == "plain"]
    reported = [
        each.id
        for each in plain
        if any(model.claims_of(sentence.tokens) for sentence in each.sentences)
    ]
    assert len(plain) > 50
    assert reported == []


def test_numbers_and_names__do_not_change_what_is_said(model) -> None:
    one = tokens_of(fold("You have until 14.12.2026 to pay 1,250.00 to \x1f\x1f\x1f \x1f\x1f."))
    two = tokens_of(fold("You have until 3.1.2027 to pay 9.00 to \x1f\x1f."))
    assert one == two


def test_claiming_sentence__is_reported_with_its_words(model, messages) -> None:
    sure = max(
        (each for each in messages if each.claims),
        key=lambda each: max(model.score(sentence.tokens) for sentence in each.sentences),
    )
    report = read_content(sure.subject, sure.body, names=sure.names, as_of=date(2026, 11, 21))
    text = {"subject": sure.subject, "body": sure.body}
    assert report.claim_classes & sure.claims
    for each in report.claims:
        if each.found_by == "classifier":
            assert text[each.part][each.start : each.start + len(each.span)] == each.span


def test_quick_sum__equals_the_features_added_one_by_one(model, messages) -> None:
    weights = dict(zip(model.places, model.anything, strict=True))
    for message in messages[::50]:
        for sentence in message.sentences:
            tokens = sentence.tokens
            slow = model.bias + sum(weights.get(each, 0.0) for each in look_of(tokens))
            for kind in kinds_of(model.small):
                features = kind(tokens)
                summed = sum(weights.get(each, 0.0) for each in features)
                slow += summed / max(len(features), 1) ** DAMPING
            assert model.score(tokens) == pytest.approx(slow)


def test_same_concept_in_four_languages__is_one() -> None:
    for concept, words in {
        "neighbour": ("neighbours", "vecinos", "voisins", "nachbarn"),
        "patience": ("patience", "paciencia", "patience", "geduld"),
    }.items():
        assert all(concept in concepts_of(word) for word in words)


def test_skeleton_filled_in_anew__is_a_near_copy() -> None:
    texts = (
        "invoice 0 of @ is open and nobody here wants to see a judge about it",
        "invoice 0 of @ is open and nobody at all wants to see a judge about it",
        "the chairs for the new hearing room of the court leave on monday at 0",
    )
    assert list(near_copies([tuple(each.split()) for each in texts])) == [(0, 1)]


def test_unclear_class_that_may_be_approved__is_named_with_one_that_is_blocked(model) -> None:
    approvable = {"discount_offer", "plan_commitment", "service_suspension", "waiver_or_credit"}
    found = model.likeliest(("zzqx", "qqzx"))
    assert len(found) <= 2
    assert not approvable.issuperset(found)


def test_empty_and_one_word__claim_nothing() -> None:
    assert classify("") == ()
    assert classify("hello") == ()


def test_same_sentence_again__costs_next_to_nothing() -> None:
    sentence = "we would much prefer to hear from you before the end of the month."
    classify(sentence)
    started = time.perf_counter()
    for _ in range(1000):
        classify(sentence)
    assert time.perf_counter() - started < 0.2


def test_one_creditor__is_in_one_fold(messages) -> None:
    folds = fold_of(messages)
    seen: dict[str, int] = {}
    for message, fold_number in zip(messages, folds, strict=True):
        assert seen.setdefault(message.names[0], fold_number) == fold_number
    assert len(set(folds)) == 5


def test_single_sentences__cover_every_class_in_every_language(messages) -> None:
    rows = all_sentences([], read_sentences())
    carried = {claim for each in rows for claim in each.claims}
    assert carried == {claim for each in messages for claim in each.claims}
    assert 0.4 < sum(not each.claims for each in rows) / len(rows) < 0.6


def test_threshold__is_reached_by_no_more_than_allowed() -> None:
    scores = [float(each) for each in range(200)]
    threshold = threshold_for(scores, 0.01)
    assert sum(each >= threshold for each in scores) == 2


def test_wilson_interval__holds_known_values() -> None:
    low, high = wilson(10, 100)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert wilson(0, 0) == (0.0, 1.0)
