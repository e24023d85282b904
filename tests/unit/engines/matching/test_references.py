"""Document numbers as payers, clerks and banks write them."""

import pytest

from engines.matching.references import Certainty, ReferenceIndex
from tests.unit.engines.matching.build import doc

INDEX = ReferenceIndex(
    [
        doc("1930547631", 1),
        doc("1930547644", 1),
        doc("INV-2026-0042", 1),
        doc("10481", 1),
        doc("A/77", 1, references=("PO-558812",)),
        doc("930846", 1),
        doc("210000000003139471430009017", 1),
        doc("000539007547034", 1),
    ],
    {"1930547000": "C1"},
)


def named(text: str) -> list[str]:
    return [doc_id for hit in INDEX.find(text).hits for doc_id in hit.doc_ids]


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("1930547631", ["1930547631"]),
        ("Invoice#1930547631 thanks", ["1930547631"]),
        ("INV1930547631/INV1930547644", ["1930547631", "1930547644"]),
        ("NO.00001930547631", ["1930547631"]),
        ("19305 47631", ["1930547631"]),
        ("REGLT FACT 1930.547.631", ["1930547631"]),
        ("193O547631", ["1930547631"]),
        ("1930547631/44", ["1930547631", "1930547644"]),
        ("RMR*IV*1930547631**24254.00", ["1930547631"]),
        ("inv 2026 0042", ["INV-2026-0042"]),
        ("INV20260042", ["INV-2026-0042"]),
        ("930846,93 0853", ["930846"]),
        ("A/77", ["A/77"]),
        ("PO 558812", ["A/77"]),
        ("rechnung 10481 vom 03.02.2026", ["10481"]),
        ("RF18 5390 0754 7034", ["000539007547034"]),
    ],
)
def test_number_however_written__is_found(text: str, documents: list[str]) -> None:
    assert named(text) == documents


@pytest.mark.parametrize(
    "text",
    [
        "",
        "thank you",
        "91930547631",  # a longer number that holds ours
        "x193054763100",
        "paid 10481.00 EUR",  # an amount
        "2026-01-04",
    ],
)
def test_number_inside_something_else__is_not(text: str) -> None:
    assert named(text) == []


def test_closed_number__is_told_apart() -> None:
    assert INDEX.find("inv 1930547000").closed == ("INV1930547000",)


def test_number_shaped_like_ours__is_a_stranger_and_others_are_not() -> None:
    assert INDEX.find("1930540000").strangers == ("1930540000",)
    assert INDEX.find("trace 7712349901").strangers == ()
    assert INDEX.find("PO 1930540000").strangers == ()


def test_slip_and_tail__are_offered_not_taken() -> None:
    assert named("1930547613") == []
    assert INDEX.slips("1930547613") == ("1930547631",)
    assert INDEX.slips("193054763") == ("1930547631",)
    assert INDEX.tails("547631") == ("1930547631",)
    assert INDEX.tails("631") == ()


def test_letters_read_as_digits__are_less_certain_than_the_number() -> None:
    (exact,), (read,) = INDEX.find("1930547631").hits, INDEX.find("193O547631").hits
    assert (exact.certainty, read.certainty) == (Certainty.EXACT, Certainty.READ)
