"""Each check sees exactly the fault it is for, and a sound ledger has none."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text

from ledger.chains import (
    GENESIS,
    append_audit,
    append_permits,
    audit_content,
    chain_hash,
    permit_content,
)
from ledger.checks import CHECKS, LedgerError, check_ledger
from tests.support.books import NOON, Books, open_books

AS_OF = date(2025, 3, 1)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    """Sound books that hold one of everything the checks look at."""
    with open_books(database_url) as opened:
        write_sound_books(opened)
        yield opened


def write_sound_books(books: Books) -> None:
    books.account("acc_a")
    books.account("acc_b")
    books.invoice("inv_part", 10_000)
    books.invoice("inv_paid", 5_000)
    books.invoice("inv_other", 700, account_id="acc_b", currency="USD")
    books.invoice("inv_late", 900, issued_on=AS_OF + timedelta(days=9))
    books.invoice("inv_in_parts", 3_000)
    books.instalment("inv_in_parts", 1, date(2025, 2, 1), 1_000)
    books.instalment("inv_in_parts", 2, date(2025, 4, 1), 2_000)
    books.receipt("rcp_1", 8_000)
    books.receipt("rcp_unknown", 50, account_id=None)
    books.credit("crd_1", 1_000)
    books.apply("app_cash", "inv_paid", 5_000, receipt_id="rcp_1")
    books.apply("app_wrong", "inv_part", 2_000, receipt_id="rcp_1")
    books.apply("app_back", "inv_part", -2_000, receipt_id="rcp_1", reverses_id="app_wrong")
    books.apply("app_part", "inv_in_parts", 1_500, receipt_id="rcp_1")
    books.apply("app_credit", "inv_part", 600, credit_memo_id="crd_1")
    books.apply("app_lost", "inv_part", 400, kind="write_off")
    books.apply("app_fee", "inv_part", -30)
    books.add("plan", id="plan_1", account_id="acc_a", state="active", amount_minor=300, **PLAN)
    for number in (1, 2):
        books.add("plan_instalment", id=f"plan_1/{number}", number=number, **PLAN_PART)
    with books.ledger.write() as session:
        append_audit(session, [audit_row(number) for number in range(1, 6)])
        append_permits(session, [permit_row(number) for number in range(1, 6)])


PLAN = {"currency": "EUR", "invoice_ids": ""}
PLAN_PART = {"plan_id": "plan_1", "due_on": AS_OF, "amount_minor": 150}


def audit_row(number: int) -> dict[str, Any]:
    return {
        "at": NOON,
        "kind": "noted",
        "subject_id": f"acc_{number}",
        "actor": "tester",
        "payload": "{}",
    }


def permit_row(number: int) -> dict[str, Any]:
    return {
        "outbox_id": f"out_{number}",
        "message_digest": "m",
        "facts_hash": "f",
        "policy_hash": "p",
        "decision_id": None,
        "judged_at": NOON,
    }


def errors(books: Books, as_of: date = AS_OF, limit: int = 20) -> list[LedgerError]:
    with books.ledger.read() as session:
        return check_ledger(session, as_of, limit)


Plant = Callable[[Books], None]


def plant_invoice_projection(books: Books) -> None:
    books.change("invoice", "id", "inv_part", open_minor=9_031)


def plant_receipt_projection(books: Books) -> None:
    books.change("receipt", "id", "rcp_1", unapplied_minor=1_499)


def plant_credit_projection(books: Books) -> None:
    books.change("credit_memo", "id", "crd_1", unapplied_minor=0)


def plant_receipt_overapplied(books: Books) -> None:
    books.apply("app_more", "inv_part", 1_501, receipt_id="rcp_1")


def plant_return_before_the_receipt(books: Books) -> None:
    books.give_back("ret_1", "rcp_1", 500, returned_on=date(2025, 1, 31))


def plant_credit_overapplied(books: Books) -> None:
    books.apply("app_more", "inv_part", 401, credit_memo_id="crd_1")


def plant_invoice_overapplied(books: Books) -> None:
    books.apply("app_more", "inv_paid", 1, receipt_id="rcp_1")


def plant_other_account(books: Books) -> None:
    books.apply("app_more", "inv_part", 10, receipt_id="rcp_1", account_id="acc_b")


def plant_other_currency(books: Books) -> None:
    books.apply("app_more", "inv_part", 10, currency="USD")


def plant_receipt_in_other_currency(books: Books) -> None:
    books.receipt("rcp_usd", 100, currency="USD")
    books.apply("app_more", "inv_part", 10, receipt_id="rcp_usd")


def plant_cash_from_nowhere(books: Books) -> None:
    books.apply("app_more", "inv_part", 10, kind="cash")


def plant_applied_before_received(books: Books) -> None:
    books.apply("app_more", "inv_part", 10, receipt_id="rcp_1", applied_on=date(2025, 1, 31))


def plant_applied_before_issued(books: Books) -> None:
    books.apply("app_more", "inv_part", 10, applied_on=date(2024, 12, 31))


def plant_reversed_before_applied(books: Books) -> None:
    books.apply("app_more", "inv_part", 400, kind="write_off", applied_on=date(2025, 2, 10))
    books.apply(
        "app_undone",
        "inv_part",
        -400,
        kind="write_off",
        applied_on=date(2025, 2, 9),
        reverses_id="app_more",
    )


def plant_reversal_of_part(books: Books) -> None:
    books.apply("app_undone", "inv_paid", -4_999, receipt_id="rcp_1", reverses_id="app_cash")


def plant_reversal_on_other_invoice(books: Books) -> None:
    books.apply("app_undone", "inv_part", -5_000, receipt_id="rcp_1", reverses_id="app_cash")


def plant_negative_cash(books: Books) -> None:
    books.apply("app_more", "inv_part", -10, receipt_id="rcp_1")


def plant_instalments_short(books: Books) -> None:
    books.instalment("inv_part", 1, AS_OF, 9_999)


def plant_plan_part_missing(books: Books) -> None:
    books.add("plan", id="plan_2", account_id="acc_a", state="active", amount_minor=1, **PLAN)


def plant_application_to_a_later_invoice(books: Books) -> None:
    books.apply("app_more", "inv_late", 900)


def plant_changed_audit(books: Books) -> None:
    books.unfreeze("audit")
    books.change("audit", "seq", 3, payload='{"approved": true}')


def plant_changed_permit(books: Books) -> None:
    books.unfreeze("permit")
    books.change("permit", "seq", 3, decision_id="dec_forged")


def plant_changed_link(books: Books) -> None:
    books.unfreeze("audit")
    books.change("audit", "seq", 3, prev_hash=GENESIS)


def plant_changed_seal_of_the_last_record(books: Books) -> None:
    books.unfreeze("audit")
    books.change("audit", "seq", 5, hash=GENESIS)


def plant_skipped_audit_number(books: Books) -> None:
    books.add("audit", **sealed_behind_last(books, "audit", audit_row(7), audit_content))


def plant_skipped_permit_number(books: Books) -> None:
    books.add("permit", **sealed_behind_last(books, "permit", permit_row(7), permit_content))


def sealed_behind_last(
    books: Books, table: str, row: dict[str, Any], content: Callable[..., Any]
) -> dict[str, Any]:
    """A record that is sealed well but numbered 7, behind the one numbered 5."""
    with books.ledger.read() as session:
        seal = session.execute(text(f"SELECT hash FROM {table} WHERE seq = 5")).scalar_one()
    row |= {"seq": 7, "prev_hash": seal}
    return row | {"hash": chain_hash(seal, *content(row))}


FAULTS: list[tuple[Plant, str, str, str, str]] = [
    (plant_invoice_projection, "invoice_open_equals_postings", "inv_part", "9030", "9031"),
    (plant_receipt_projection, "receipt_unapplied_equals_postings", "rcp_1", "1500", "1499"),
    (plant_credit_projection, "credit_unapplied_equals_postings", "crd_1", "400", "0"),
    (plant_receipt_overapplied, "receipt_not_overapplied", "rcp_1", "8000", "8001"),
    (
        plant_return_before_the_receipt,
        "return_fits_its_receipt",
        "ret_1",
        "EUR after 2025-02-01",
        "EUR on 2025-01-31",
    ),
    (plant_credit_overapplied, "credit_not_overapplied", "crd_1", "1000", "1001"),
    (plant_invoice_overapplied, "invoice_not_overapplied", "inv_paid", "0", "-1"),
    (
        plant_other_account,
        "application_matches_invoice",
        "app_more",
        "acc_a in EUR",
        "acc_b in EUR",
    ),
    (
        plant_other_currency,
        "application_matches_invoice",
        "app_more",
        "acc_a in EUR",
        "acc_a in USD",
    ),
    (
        plant_receipt_in_other_currency,
        "application_matches_source",
        "app_more",
        "cash in USD",
        "rcp_usd in EUR",
    ),
    (
        plant_cash_from_nowhere,
        "application_matches_source",
        "app_more",
        "cash in EUR",
        "no document in EUR",
    ),
    (
        plant_applied_before_received,
        "application_not_early",
        "app_more",
        "2025-02-01",
        "2025-01-31",
    ),
    (plant_applied_before_issued, "application_not_early", "app_more", "2025-01-01", "2024-12-31"),
    (
        plant_reversed_before_applied,
        "application_not_early",
        "app_undone",
        "2025-02-10",
        "2025-02-09",
    ),
    (
        plant_reversal_of_part,
        "reversal_mirrors_application",
        "app_undone",
        "cash -5000 EUR acc_a inv_paid rcp_1 -",
        "cash -4999 EUR acc_a inv_paid rcp_1 -",
    ),
    (
        plant_reversal_on_other_invoice,
        "reversal_mirrors_application",
        "app_undone",
        "cash -5000 EUR acc_a inv_paid rcp_1 -",
        "cash -5000 EUR acc_a inv_part rcp_1 -",
    ),
    (plant_negative_cash, "only_reversals_are_negative", "app_more", "reverses_id", "-10"),
    (plant_instalments_short, "instalments_sum_to_invoice", "inv_part", "10000", "9999"),
    (plant_plan_part_missing, "plan_parts_sum_to_plan", "plan_2", "1", "0"),
    (
        plant_application_to_a_later_invoice,
        "aging_sums_to_open_balance",
        "acc_a in EUR",
        "9630",
        "10530",
    ),
    (plant_skipped_audit_number, "audit_is_gap_free", "7", "6", "7"),
    (plant_skipped_permit_number, "permit_is_gap_free", "7", "6", "7"),
]
BROKEN_SEALS: list[tuple[Plant, str, str]] = [
    (plant_changed_audit, "audit_is_sealed", "3"),
    (plant_changed_link, "audit_is_sealed", "3"),
    (plant_changed_seal_of_the_last_record, "audit_is_sealed", "5"),
    (plant_changed_permit, "permit_is_sealed", "3"),
]


@pytest.mark.parametrize(("plant", "check", "subject", "expected", "found"), FAULTS)
def test_one_fault__exactly_its_error(
    books: Books, plant: Plant, check: str, subject: str, expected: str, found: str
) -> None:
    plant(books)
    seen = [(e.check, e.subject_id, e.expected, e.found) for e in errors(books)]
    assert seen == [(check, subject, expected, found)]


@pytest.mark.parametrize(("plant", "check", "subject"), BROKEN_SEALS)
def test_one_changed_record__exactly_its_seal(
    books: Books, plant: Plant, check: str, subject: str
) -> None:
    plant(books)
    assert [(e.check, e.subject_id) for e in errors(books)] == [(check, subject)]


def test_every_check__has_a_planted_fault() -> None:
    assert {check for _, check, *_ in (*FAULTS, *BROKEN_SEALS)} == {c.name for c in CHECKS}


@pytest.mark.parametrize("days", [-90, -28, -20, 0, 5, 9, 60])
def test_sound_books_on_any_date__no_error(books: Books, days: int) -> None:
    assert errors(books, AS_OF + timedelta(days=days)) == []


def test_empty_books__no_error(database_url: str) -> None:
    with open_books(database_url) as empty:
        assert errors(empty) == []


def test_adjustment_below_zero__explained(books: Books) -> None:
    books.apply("app_rounding", "inv_paid", 7)
    assert errors(books) == []


def test_adjustment_smaller_than_the_overpayment__not_explained(books: Books) -> None:
    books.apply("app_rounding", "inv_paid", 7)
    books.apply("app_more", "inv_paid", 1, receipt_id="rcp_1")
    [error] = errors(books)
    assert (error.check, error.expected, error.found) == ("invoice_not_overapplied", "-7", "-8")


def test_deleted_record__breaks_seal_and_sequence_behind_it(books: Books) -> None:
    books.unfreeze("audit")
    with books.ledger.write() as session:
        session.execute(text("DELETE FROM audit WHERE seq = 2"))
    assert [(e.check, e.subject_id) for e in errors(books)] == [
        ("audit_is_sealed", "3"),
        ("audit_is_gap_free", "3"),
    ]


def test_many_faults__first_ones_of_each_check_in_order(books: Books) -> None:
    for number in range(9):
        books.invoice(f"inv_x{number}", 100, open_minor=99)
    found = errors(books, limit=4)
    assert [e.subject_id for e in found] == ["inv_x0", "inv_x1", "inv_x2", "inv_x3"]


def test_error__says_what_is_wrong_in_one_line(books: Books) -> None:
    plant_invoice_projection(books)
    [error] = errors(books)
    assert error.message == ("invoice inv_part: open balance kept as 9031, its postings leave 9030")


def test_value_of_another_type__is_an_error_not_an_accident(
    books: Books, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("only SQLite stores a value of another type than its column's")
    books.unfreeze("audit")
    with books.ledger.write() as session:
        session.execute(text("UPDATE audit SET at = 'yesterday' WHERE seq = 2"))
    [error] = errors(books)
    assert (error.check, error.subject_id) == ("audit_is_sealed", "unreadable")
    assert "yesterday" in error.found


def test_limit__is_per_check(books: Books) -> None:
    plant_invoice_projection(books)
    plant_credit_projection(books)
    names = [e.check for e in errors(books, limit=1)]
    assert len(names) == 2
    assert all(one != other for one, other in pairwise(names))
