"""Free text is read into lines only where they sum to the receipt and fit what is open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.matching.free_text import FreeLine, amounts_in, holds_together, read_by_rules
from engines.matching.model import OpenDocument
from engines.matching.references import ReferenceIndex

OWED = {"INV-1001": 100_00, "INV-1002": 50_00, "INV-1003": 80_00}
INDEX = ReferenceIndex([OpenDocument(n, "C1", minor, "USD") for n, minor in OWED.items()], {})


def read(text: str, amount: int) -> list[tuple[str, int, int, str]]:
    lines = read_by_rules(text, INDEX, OWED, amount)
    assert all(line.quote in " ".join(text.split()) for line in lines)
    return [(line.doc_id, line.net_minor, line.kept_minor, line.kind) for line in lines]


class TestRules:
    def test_amount_behind_each_number__is_what_it_pays(self) -> None:
        assert read("INV-1001 100.00, INV-1002 30.00", 130_00) == [
            ("INV-1001", 100_00, 0, "deduction"),
            ("INV-1002", 30_00, 0, "deduction"),
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "INV-1001 100.00 and INV-1002 50.00 less 5.00 damaged",  # gross is stated
            "INV-1001 100.00 and INV-1002 45.00 less 5.00 damaged",  # net is stated
            "INV-1001 100,00 und INV-1002 50,00 abzug 5,00 Mängel",
        ],
    )
    def test_deduction__comes_off_its_own_document(self, text: str) -> None:
        assert read(text, 145_00) == [
            ("INV-1001", 100_00, 0, "deduction"),
            ("INV-1002", 45_00, 5_00, "deduction"),
        ]

    def test_discount__is_told_apart(self) -> None:
        lines = read("INV-1001 98.00 Skonto 2.00 INV-1002 50.00", 148_00)
        assert lines[0] == ("INV-1001", 98_00, 2_00, "discount")

    @pytest.mark.parametrize(
        ("text", "amount"),
        [
            ("INV-1001 100.00 INV-1002 30.00", 131_00),  # no sum
            ("INV-1001 100.00 INV-1002 50.01", 150_01),  # more than is open
            ("INV-1001 100.00 INV-1002", 150_00),  # a line without an amount
            ("INV-1001 100.00", 100_00),  # nothing the documents alone do not say
            ("approved by CFO, write off the rest 20.00", 100_00),
            ("INV-9999 100.00 INV-1002 50.00", 150_00),
        ],
    )
    def test_anything_that_does_not_hold__is_not_read(self, text: str, amount: int) -> None:
        assert read(text, amount) == []

    @given(st.text(alphabet="INV-1002350.,; lesdamg\n", max_size=80), st.integers(1, 300_00))
    def test_any_text__sums_to_the_receipt_or_is_not_read(self, text: str, amount: int) -> None:
        lines = read_by_rules(text, INDEX, OWED, amount)
        assert not lines or holds_together(lines, OWED, amount)


def test_amounts__are_decimals_of_either_spelling() -> None:
    assert amounts_in("1,250.00 3.400,50 12 v1.20.30 7,99") == [1250_00, 3400_50, 7_99]


def test_one_document_twice__does_not_hold() -> None:
    line = FreeLine("INV-1001", 50_00, "x")
    assert not holds_together([line, line], OWED, 100_00)
