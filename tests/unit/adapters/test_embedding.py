"""Placing texts by signed hashing."""

import numpy as np
import pytest

from adapters.embedding import DIMS, HashingEmbedding, content_words

EMBEDDING = HashingEmbedding()


def likeness(one: str, other: str) -> float:
    first, second = EMBEDDING.embed([one, other])
    return float(first @ second)


def test_texts__are_rows_of_length_one() -> None:
    rows = EMBEDDING.embed(["early payment discount", "freight"])
    assert rows.shape == (2, DIMS)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1])


def test_no_texts__is_no_rows() -> None:
    assert EMBEDDING.embed([]).shape == (0, DIMS)


@pytest.mark.parametrize("text", ["", " ", "?!", "\x00"])
def test_text_without_a_word__is_like_nothing(text: str) -> None:
    assert not EMBEDDING.embed([text]).any()


def test_same_text__lands_on_the_same_spot_on_any_machine() -> None:
    """An index outlives the process that built it, so the places are a contract of the name."""
    row = EMBEDDING.embed(["two boxes are missing"])[0]
    assert EMBEDDING.name == "signed-hashing-1"
    places = {int(place): float(row[place]) for place in np.flatnonzero(abs(row) > 0.2)}
    assert places == pytest.approx({67: 0.3123, 91: 0.3123, 281: 0.3123, 392: 0.3123}, abs=1e-4)


def test_each_text__is_placed_alone() -> None:
    together = EMBEDDING.embed(["freight included", "late interest waived"])
    alone = EMBEDDING.embed(["late interest waived"])
    assert (together[1] == alone[0]).all()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Early PAYMENT discount", "early payment discount"),
        ("Zahlungsziel für Händler", "zahlungsziel fur handler"),
        ("the discount is for early payment", "discount early payment"),
    ],
)
def test_case_accents_and_fillers__do_not_matter(one: str, other: str) -> None:
    assert likeness(one, other) == pytest.approx(1)


def test_only_fillers__are_kept() -> None:
    assert content_words("To be or not to be") == ["to", "be", "or", "not", "to", "be"]


def test_misspelt_word__is_nearer_than_another_word() -> None:
    assert likeness("rebate on volume", "rebaet on volume") > likeness(
        "rebate on volume", "freight on volume"
    )


def test_order_of_words__matters_a_little() -> None:
    assert 0.8 < likeness("credit before payment", "payment before credit") < 0.999


def test_fewer_dims__is_another_embedding() -> None:
    assert HashingEmbedding(dims=64).embed(["freight"]).shape == (1, 64)
