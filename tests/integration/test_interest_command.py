"""`dunwell metrics interest`: the published vector, an account's items, what cannot be read."""

import json
from decimal import Decimal
from typing import Any

import pytest

from cli.main import main
from tests.support.case_book import AS_OF, CaseBook
from tools.interest_due import interest_of


def told(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["metrics", "interest", *map(str, words)])
    out, err = capsys.readouterr()
    code = int(stopped.value.code or 0)
    return code, json.loads(out) if code == 0 else out, err


class TestSum:
    def test_uk_vector__a_day_and_fifty_days(self, capsys: pytest.CaptureFixture[str]) -> None:
        words = ("--rate", "8.5", "--amount", "1000", "--days", 50, "--json")
        code, found, _ = told(capsys, *words)
        assert code == 0
        assert found["lines"][0]["a_day"] == {"amount": "0.23", "currency": "GBP"}
        assert found["total"] == [{"amount": "11.50", "currency": "GBP"}]

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("--rate", "much", "--amount", "1000"), "--rate 'much'"),
            (("--rate", "-1", "--amount", "1000"), "from 0 to 100"),
            (("--rate", "nan", "--amount", "1000"), "from 0 to 100"),
            (("--rate", "8", "--amount", "12.345"), "more decimals than GBP allows"),
            (("--rate", "8", "--amount", "x"), "is not an amount"),
            (("--rate", "8", "--amount", "-5"), "above 0"),
            (("--rate", "8", "--amount", "5", "--currency", "ZZZ"), "ZZZ"),
            (("--rate", "8"), "give an account, or --amount"),
        ],
    )
    def test_what_cannot_be_read__is_one_line_and_exit_2(
        self, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
    ) -> None:
        code, _, err = told(capsys, *words)
        assert (code, err.count("\n")) == (2, 1)
        assert says in err


class TestAccount:
    def test_items_past_due__each_by_its_days_and_what_is_not_due_left_out(
        self, book: CaseBook
    ) -> None:
        account = book.account("C-1")
        book.invoice(account, "INV-1", minor=100_000, late=50)
        book.invoice(account, "INV-2", minor=100_000, late=0)
        with book.ledger.read() as session:
            found = interest_of(session, account, Decimal("8.5"), AS_OF)
        assert [(line.invoice_number, line.days) for line in found.lines] == [("INV-1", 50)]
        assert [(money.minor, money.currency) for money in found.total] == [(1_150, "USD")]
