"""One payment told by the bank and by the accounting system is one receipt, not two."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adapters.bank_files.reading import read_bank_file
from batch.cash_pass import cash_pass
from batch.run import start_night
from engines.matching.same_money import Told, business_days_apart, join_same_money
from ledger.checks import check_ledger
from ledger.states import ProposalState
from ledger.tables.receivable import BankLine, Receipt
from ledger.tables.work import CallTask, Proposal
from tests.support.desk import AS_OF, Desk
from tools.bank_book import TakenIn, take_in_bank_file
from tools.import_book import ImportResult, import_file

MONDAY = date(2026, 3, 16)
CSV = "Customer No,Customer,Receipt No,Date,Amount,Currency,Reference\n"


def told(key: str, day: int = 0, *references: str, minor: int = 100, name: str = "") -> Told:
    return Told(key, MONDAY + timedelta(days=day), minor, "USD", references, name)


class TestJoining:
    @pytest.mark.parametrize(
        ("day", "joined"), [(0, True), (3, True), (4, False), (-3, True), (-6, False)]
    )
    def test_shared_reference__is_the_same_within_three_business_days(
        self, day: int, joined: bool
    ) -> None:
        found = join_same_money([told("n", 0, "TRF-778812")], [told("k", day, "TRF 778812")])
        assert found.same == ({"n": "k"} if joined else {})

    def test_weekend__does_not_count(self) -> None:
        assert business_days_apart(MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)) == 1

    def test_other_amount_or_currency__is_other_money(self) -> None:
        new = [told("n", 0, "TRF-778812")]
        assert not join_same_money(new, [told("k", 0, "TRF-778812", minor=101)]).same

    def test_two_equal_payments__stay_two(self) -> None:
        new = [told("a", 0, "INV-4711002"), told("b", 0, "INV-4711002")]
        found = join_same_money(new, [told("k", 0, "INV-4711002")])
        assert found.same == {"a": "k"}
        assert found.doubtful == {}

    def test_payer_without_reference__is_in_doubt(self) -> None:
        found = join_same_money([told("n", name="Acme Ltd")], [told("k", name="ACME LIMITED")])
        assert (found.same, found.doubtful) == ({}, {"n": "k"})

    def test_reference_of_two_payers__is_in_doubt(self) -> None:
        found = join_same_money(
            [told("n", 0, "TRF-778812", name="Beta")], [told("k", 0, "TRF-778812", name="Acme")]
        )
        assert (found.same, found.doubtful) == ({}, {"n": "k"})

    def test_payer_the_books_know_under_another_name__is_the_same(self) -> None:
        known = Told("k", MONDAY, 100, "USD", ("TRF-778812",), "10023", "Acme Industrial Ltd")
        found = join_same_money([told("n", 0, "TRF-778812", name="ACME INDUSTR")], [known])
        assert found.same == {"n": "k"}

    @pytest.mark.parametrize("names", [("Acme", "Beta"), ("Beta", "Acme"), ("", "Acme")])
    def test_two_lines_of_one_reference__the_payers_own_is_the_same(
        self, names: tuple[str, str]
    ) -> None:
        new = [told(f"n{n}", n, "TRF-778812", name=name) for n, name in enumerate(names)]
        found = join_same_money(new, [told("k", 0, "TRF-778812", name="Acme")])
        assert found.same == {f"n{names.index('Acme')}": "k"}
        assert found.doubtful == {}

    def test_amount_in_both_memos__is_no_reference(self) -> None:
        for memo in ("TRANSFER OF 120000", "EUR 1200.00"):
            new = [told("n", 0, memo, minor=120_000_00)]
            found = join_same_money(new, [told("k", 0, memo, minor=120_000_00)])
            assert (found.same, found.doubtful) == ({}, {})

    def test_nothing_shared__is_other_money(self) -> None:
        found = join_same_money([told("n", name="Acme")], [told("k", name="Beta")])
        assert not found.same
        assert not found.doubtful


def bank(desk: Desk, memo: str, *names: str) -> TakenIn:
    """A credit of 120.00 of each payer on the day before the night, in euro."""
    payers = names or ("Company acc_a",)
    lines = "".join(
        f":61:2603160316C120,00NTRFNONREF\n:86:166?00GUTSCHRIFT?20{memo}?32{name}\n"
        for name in payers
    )
    text = (
        f":20:A\n:25:DE89370400440532013000\n:28C:1\n:60F:C260301EUR0,00\n{lines}"
        f":62F:C260316EUR{120 * len(payers)},00\n"
    )
    data = text.encode()
    file = read_bank_file("a.sta", data)
    return take_in_bank_file(desk.house.ledger, "a.sta", data, file, as_of=AS_OF, currency="EUR")


def listed(
    desk: Desk, tmp_path: Path, reference: str, day: str = "2026-03-17", number: str = "RC-1"
) -> ImportResult:
    """The same money as the accounting system lists it."""
    path = tmp_path / f"{number}.csv"
    path.write_text(f"{CSV}acc_a,Company acc_a,{number},{day},120.00,EUR,{reference}\n")
    return import_file(desk.house.ledger, path, "receipts", as_of=AS_OF)


def receipts(desk: Desk) -> list[Any]:
    with desk.house.ledger.read() as session:
        assert check_ledger(session, AS_OF) == []
        rows = list(session.scalars(select(Receipt).order_by(Receipt.receipt_number)))
        session.expunge_all()
        return rows


@pytest.fixture
def customer(desk: Desk) -> Desk:
    desk.account("acc_a", ())
    desk.books.invoice("inv_a", 120_00, account_id="acc_a", invoice_number="ACCA-1")
    return desk


class TestTwoDoors:
    def test_listed_then_banked__the_line_names_the_listed_receipt(
        self, customer: Desk, tmp_path: Path
    ) -> None:
        listed(customer, tmp_path, "TRF-778812")
        taken = bank(customer, "PAYMENT TRF-778812")
        assert (taken.receipts, taken.joined) == (0, 1)
        (receipt,) = receipts(customer)
        with customer.house.ledger.read() as session:
            assert session.scalars(select(BankLine.receipt_id)).one() == receipt.id

    def test_banked_then_listed__the_bank_receipt_learns_its_customer(
        self, customer: Desk, tmp_path: Path
    ) -> None:
        bank(customer, "PAYMENT TRF-778812")
        for _ in range(2):
            listed(customer, tmp_path, "TRF-778812")
        (receipt,) = receipts(customer)
        assert receipt.account_id == "acc_a"

    def test_second_payment_of_the_list__is_no_second_name_of_the_first(
        self, customer: Desk, tmp_path: Path
    ) -> None:
        bank(customer, "PAYMENT TRF-778812")
        listed(customer, tmp_path, "TRF-778812")
        listed(customer, tmp_path, "TRF-778812", number="RC-2")
        assert len(receipts(customer)) == 2

    def test_other_reference_of_another_payer__is_other_money(
        self, customer: Desk, tmp_path: Path
    ) -> None:
        listed(customer, tmp_path, "TRF-778812")
        taken = bank(customer, "PAYMENT TRF-111111", "Somebody Else Ltd")
        assert (taken.receipts, taken.joined, taken.in_doubt) == (1, 0, 0)

    @pytest.mark.parametrize(
        ("reference", "memo"),
        [
            ("Payment", "PAYMENT"),
            ("Rent 2026-03", "RENT 2026-03"),
            ("invoice of 2026-03-01", "INVOICE 2026-03-01 THANKS"),
            ("Wire transfer", "WIRE TRANSFER"),
            ("March2026", "LICENCE MARCH2026"),
        ],
    )
    def test_words_and_dates_that_everybody_writes__are_no_reference(
        self, customer: Desk, tmp_path: Path, reference: str, memo: str
    ) -> None:
        listed(customer, tmp_path, reference)
        taken = bank(customer, memo, "Somebody Else Ltd")
        assert (taken.receipts, taken.joined, taken.in_doubt) == (1, 0, 0)
        assert len(receipts(customer)) == 2

    @pytest.mark.parametrize("first", [0, 1])
    def test_two_customers_pay_the_same_with_one_memo__neither_is_lost(
        self, customer: Desk, tmp_path: Path, first: int
    ) -> None:
        customer.account("acc_b", (), name="Beta Bakery")
        customer.books.invoice("inv_b", 120_00, account_id="acc_b", invoice_number="ACCB-1")
        listed(customer, tmp_path, "Rent 2026-03 TRF-778812")
        names = ["Company acc_a", "Beta Bakery"]
        taken = bank(customer, "RENT 2026-03 TRF-778812", names[first], names[1 - first])
        assert (taken.receipts, taken.joined, taken.in_doubt) == (1, 1, 0)
        cash_pass(start_night(customer.house, AS_OF + timedelta(days=1), lambda *_: None))
        payers = {each.payer_name: (each.account_id, each.unapplied_minor)
                  for each in receipts(customer)}  # fmt: skip
        assert payers == {"Company acc_a": ("acc_a", 0), "Beta Bakery": ("acc_b", 0)}


class TestInDoubt:
    def play(self, desk: Desk, day: int) -> None:
        cash_pass(start_night(desk.house, AS_OF + timedelta(days=day), lambda *_: None))

    def asked(self, desk: Desk) -> list[str]:
        with desk.house.ledger.read() as session:
            return list(
                session.scalars(
                    select(Proposal.id).where(
                        Proposal.action_type == "reverse_receipt",
                        Proposal.state == ProposalState.PENDING,
                    )
                )
            )

    @pytest.fixture
    def doubtful(self, customer: Desk, tmp_path: Path) -> Desk:
        listed(customer, tmp_path, "")
        customer.books.change("receipt", "receipt_number", "RC-1", hold_reason="on_account")
        assert bank(customer, "SALARY").in_doubt == 1
        self.play(customer, 1)
        return customer

    def test_same_payer_and_amount__finance_is_asked_and_nothing_posts(
        self, doubtful: Desk
    ) -> None:
        (request,) = self.asked(doubtful)
        card = doubtful.inbox("felix", AS_OF + timedelta(days=1)).show(request)
        assert "the same money as payment RC-1" in card.action_words
        assert [each.unapplied_minor for each in receipts(doubtful)] == [120_00, 120_00]
        self.play(doubtful, 2)
        assert self.asked(doubtful) == [request]

    def test_shared_reference_of_another_payer__a_person_is_asked(
        self, customer: Desk, tmp_path: Path
    ) -> None:
        listed(customer, tmp_path, "TRF-778812")
        customer.books.change("receipt", "receipt_number", "RC-1", hold_reason="on_account")
        assert bank(customer, "PAYMENT TRF-778812", "Somebody Else Ltd").in_doubt == 1
        self.play(customer, 1)
        (request,) = self.asked(customer)
        card = customer.inbox("felix", AS_OF + timedelta(days=1)).show(request)
        assert "in a reference, and name different payers" in card.why
        assert [each.unapplied_minor for each in receipts(customer)] == [120_00, 120_00]

    def test_money_in_doubt_that_names_an_invoice__its_customer_is_not_chased_until_it_is_settled(
        self, customer: Desk, tmp_path: Path
    ) -> None:
        customer.books.invoice("inv_2", 120_00, account_id="acc_a", invoice_number="ACCA-2")
        listed(customer, tmp_path, "ACCA-1")
        assert bank(customer, "ACCA-2").in_doubt == 1
        self.play(customer, 1)
        assert [each.pays_in for each in customer.facts("acc_a").suggested] == ["EUR"]
        assert customer.count(CallTask) == 0
        assert sorted(each.unapplied_minor for each in receipts(customer)) == [0, 120_00]
        inbox = customer.inbox("felix", AS_OF + timedelta(days=1))
        inbox.approve(self.asked(customer)[0])
        assert customer.facts("acc_a").suggested == ()

    def test_yes__it_is_taken_off(self, doubtful: Desk) -> None:
        doubtful.inbox("felix", AS_OF + timedelta(days=1)).approve(self.asked(doubtful)[0])
        assert sorted(each.unapplied_minor for each in receipts(doubtful)) == [0, 120_00]

    def test_no__it_is_matched_like_any_other(self, doubtful: Desk) -> None:
        inbox = doubtful.inbox("felix", AS_OF + timedelta(days=1))
        inbox.reject(self.asked(doubtful)[0], "two payments")
        self.play(doubtful, 2)
        assert self.asked(doubtful) == []
        assert all(each.hold_reason != "same_money_in_doubt" for each in receipts(doubtful))
