"""The key of a line: the same in every file that brings it, another for an equal payment."""

from dataclasses import replace
from datetime import date

from adapters.bank_files.model import BankFile, BankLine, settle

LINE = BankLine(amount_minor=500, currency="EUR", booked_on=date(2026, 3, 2), memo="INV 7 thanks")


def file(*pages: tuple[BankLine, ...], number: str = "") -> BankFile:
    opening, statements = 0, []
    for page in pages:
        closing = opening + sum(line.amount_minor for line in page)
        statements.append(
            settle(
                account="DE 12", currency="EUR", number=number, lines=page,
                opening_minor=opening, closing_minor=closing,
            )
        )  # fmt: skip
        opening = closing
    return BankFile(format="mt940", statements=tuple(statements))


def keys(*pages: tuple[BankLine, ...]) -> list[str]:
    return [key for page in file(*pages).line_keys() for key in page]


def test_same_line_in_another_file__has_the_same_key() -> None:
    wrapped = replace(LINE, memo="INV 7 tha nks", line_no=99, entry_no=7, payer_name="x")
    assert keys((LINE,)) == keys((wrapped,))


def test_two_equal_lines__are_two_payments() -> None:
    assert len(set(keys((LINE, LINE)))) == 2


def test_equal_lines_on_two_pages__are_two_payments() -> None:
    assert len(set(keys((LINE,), (LINE,)))) == 2


def test_statement_repeated_whole__brings_nothing_new() -> None:
    once = file((LINE, LINE))
    twice = replace(once, statements=once.statements * 2)
    first, second = twice.line_keys()
    assert first == second
    assert len(set(first)) == 2


def test_overlapping_files__share_the_keys_of_what_they_share() -> None:
    other = replace(LINE, booked_on=date(2026, 3, 3))
    assert set(keys((LINE, LINE))) < set(keys((LINE, LINE, other)))


def test_reference_of_the_bank__settles_it_over_the_words() -> None:
    known = replace(LINE, bank_ref="B1")
    assert keys((known,)) == keys((replace(known, memo="other words"),))
    assert keys((known,)) != keys((replace(known, bank_ref="B2"),))
    assert keys((known,)) != keys((replace(known, amount_minor=501),))


def test_line_in_another_currency__cannot_be_proven_by_the_balance() -> None:
    page = (LINE, replace(LINE, currency="USD"))
    statement = settle(account="1", currency="EUR", lines=page, opening_minor=0, closing_minor=500)
    assert statement.balances == "differ"
