"""Scores from the ledger: who an account is moves nothing, what it does moves the class."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batch.credit_pass import reviewed
from guardrails.gate import judge
from guardrails.verdict import NeedsApproval, class_of
from ledger.actions import SetCreditHold
from ledger.facts import AccountFacts
from ledger.queries.account_facts import load_facts
from ledger.queries.risk_facts import limits
from ledger.tables.order import SalesOrder
from ledger.tables.receivable import Instalment
from policies.load import load_policy
from tests.support.case_book import AS_OF, CaseBook, ask, days
from tools.credit_scores import AccountRisk, account_risks
from tools.exposure import exposures

POLICY = load_policy()
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
REGIONS = st.sampled_from(["US-NY", "US-TX", "EU-DE", "EU-FR", "GB-ENG", "AU-NSW", ""])
LANGUAGES = st.sampled_from(["en", "de", "fr", "es", "pl", "ar"])
SEGMENTS = st.sampled_from(["smb", "mid"])


def pays_slowly(book: CaseBook, number: str, **who: Any) -> str:
    """An account with a history, something overdue and a limit it is over."""
    account = book.account(number, credit_limit_minor=10_000, currency="USD", **who)
    for at in range(5):
        book.paid(account, f"{number}-P{at}", 1_000, late=60 + at, paid_late=20)
    book.invoice(account, f"{number}-O1", minor=20_000, late=100)
    book.promise(account, 500, AS_OF - timedelta(days=20), state="broken")
    return account


def risks_of(book: CaseBook, *accounts: str) -> dict[str, AccountRisk]:
    with book.ledger.read() as session:
        return account_risks(session, POLICY.credit, AS_OF, accounts or None)


def facts_of(book: CaseBook, account: str) -> AccountFacts:
    with book.ledger.read() as session:
        return load_facts(session, AS_OF, [account])[account]


class TestFairness:
    @settings(
        max_examples=6,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(NAMES, REGIONS, LANGUAGES, SEGMENTS, NAMES)
    def test_other_name_region_language_size_contact__same_class_and_route(
        self, book: CaseBook, name: str, places: str, language: str, segment: str, contact: str
    ) -> None:
        with book.ledger.read() as session:
            number = len(load_ids(session))
        plain = pays_slowly(book, f"A-{number}")
        other = pays_slowly(
            book,
            f"B-{number}",
            name=name,
            places=places,
            language=language,
            segment=segment,
            contact=False,
        )
        book.contact(other, name=contact, language=language)
        found = risks_of(book, plain, other)
        assert found[plain].score == found[other].score
        assert found[plain].total == found[other].total
        assert route(book, plain) == route(book, other)

    def test_natural_person__has_an_exposure_and_no_score(self, book: CaseBook) -> None:
        person = pays_slowly(book, "C-1", debtor_type="sole_trader")
        found = risks_of(book)[person]
        assert found.score is None
        assert found.total.minor == 20_000


def load_ids(session: Any) -> list[str]:
    from sqlalchemy import select

    from ledger.tables.account import Account

    return list(session.scalars(select(Account.id)))


def route(book: CaseBook, account: str) -> tuple[Any, ...]:
    """What the gate says of a hold, for one account's facts: effect, rules and roles."""
    facts = facts_of(book, account)
    verdict = judge(SetCreditHold(account_id=account, on=True), facts, POLICY)
    assert isinstance(verdict, NeedsApproval)
    return class_of(verdict), tuple((each.rule_id, each.roles) for each in verdict.findings)


class TestRisks:
    def test_score__says_why(self, book: CaseBook) -> None:
        account = pays_slowly(book, "C-1")
        found = risks_of(book, account)[account]
        assert found.score is not None
        assert found.score.risk_class in "CDE"
        names = [each.name for each in found.score.reasons]
        assert {"habit", "overdue", "age", "limit_use", "promises"} <= set(names)

    def test_alone_or_among_all__the_same(self, book: CaseBook) -> None:
        account, _ = pays_slowly(book, "C-1"), pays_slowly(book, "C-2")
        with book.ledger.read() as session:
            whole = exposures(session, AS_OF)
            read = account_risks(session, POLICY.credit, AS_OF, [account], whole)
        assert read == risks_of(book, account) == {account: risks_of(book)[account]}

    def test_exposure__is_the_sum_of_its_parts_and_names_what_is_not_known(
        self, book: CaseBook
    ) -> None:
        account = pays_slowly(book, "C-1")
        book.receipt(account, "R-1", 3_000)
        found = risks_of(book, account)[account]
        assert found.total.minor == 17_000
        unknown = [part.name for part in found.exposure if not part.known]
        assert unknown == ["delivered, not billed", "open orders", "security held"]

    def test_orders__are_part_of_the_exposure_and_known(self, book: CaseBook) -> None:
        account = pays_slowly(book, "C-1")
        for number, minor, delivered in (("1", 700, AS_OF), ("2", 40, None)):
            book.add(
                SalesOrder(
                    id=f"ord_{number}",
                    account_id=account,
                    order_number=number,
                    amount_minor=minor,
                    currency="USD",
                    delivered_on=delivered,
                    listed_on=AS_OF,
                )
            )
        found = risks_of(book, account)[account]
        parts = {part.name: part.amount.minor for part in found.exposure}
        assert (parts["delivered, not billed"], parts["open orders"]) == (700, 40)
        assert [part.name for part in found.exposure if not part.known] == ["security held"]

    def test_concentration__is_the_share_of_the_book(self, book: CaseBook) -> None:
        account = pays_slowly(book, "C-1")
        book.invoice(book.account("C-2"), "INV-2", minor=60_000)
        assert risks_of(book, account)[account].share_permille == 250

    def test_nothing_open__nothing_to_score(self, book: CaseBook) -> None:
        book.account("C-1")
        assert risks_of(book) == {}

    def test_orders_and_nothing_open__are_exposure_of_nothing_overdue(self, book: CaseBook) -> None:
        account = book.account("C-1", credit_limit_minor=10_000)
        book.order(account, "SO-1", 4_000)
        found = risks_of(book)[account]
        assert (found.total.minor, found.facts.overdue_minor, found.facts.oldest_days) == (
            4000,
            0,
            0,
        )
        assert found.share_permille == 0

    def test_orders_in_another_currency__do_not_hide_what_is_open(self, book: CaseBook) -> None:
        account = book.account("C-1", credit_limit_minor=10_000)
        book.invoice(account, "INV-1", minor=500, currency="EUR")
        book.order(account, "SO-1", 4_000)
        assert risks_of(book)[account].facts.overdue_minor == 500


class TestNight:
    def test_orders_and_no_open_invoice__are_reviewed_against_the_limit(
        self, book: CaseBook
    ) -> None:
        account = book.account("C-1", credit_limit_minor=10_000)
        book.receipt(account, "R-1", 1_000)
        book.order(account, "SO-1", 13_000)
        book.account("C-2", credit_limit_minor=10_000)
        billed = book.account("C-3", credit_limit_minor=10_000)
        book.order(billed, "SO-2", 700, listed_on=AS_OF - timedelta(days=9))
        assert reviews(book) == {account: (12_000, "watch")}

    @pytest.mark.parametrize("on", [date(2026, 4, 1), AS_OF - timedelta(days=89)])
    def test_old_invoice_in_later_instalments__is_as_old_as_its_oldest_part(
        self, book: CaseBook, on: date
    ) -> None:
        account = book.account("C-1", credit_limit_minor=10_000)
        invoice = book.invoice(account, "INV-1", minor=20_000, late=120)
        for number in range(4):
            part = {"number": number + 1, "due_on": on + timedelta(days=30 * number)}
            row = {"invoice_id": invoice, "amount_minor": 5_000, "agreed_on": days(100)}
            book.add(Instalment(id=f"ins_{number}", **part, **row))
        assert reviews(book) == {account: (20_000, "watch")}

    def test_old_item_in_another_currency__makes_the_exposure_no_older(
        self, book: CaseBook
    ) -> None:
        account = book.account("C-1", credit_limit_minor=10_000)
        book.invoice(account, "INV-1", minor=20_000, late=1)
        book.invoice(account, "INV-2", minor=50, late=120, currency="EUR")
        assert reviews(book) == {account: (20_000, "watch")}

    def test_old_item_under_more_cash__is_watched_and_on_hold_is_left_out(
        self, book: CaseBook
    ) -> None:
        account = book.account("C-1", credit_limit_minor=10_000)
        book.invoice(account, "INV-1", minor=1_000, late=120)
        book.receipt(account, "R-1", 2_000)
        stopped = book.account("C-2", credit_limit_minor=10_000, credit_hold=True)
        book.invoice(stopped, "INV-2", minor=20_000, late=120)
        book.receipt(book.account("C-3", credit_limit_minor=10_000), "R-2", 2_000)
        assert reviews(book) == {account: (-1_000, "watch")}
        assert ask(book, "credit_exposure", account=stopped)["advice"] == "hold"


def reviews(book: CaseBook) -> dict[str, tuple[int, str]]:
    """What the night says of exposures, and the assistant says too."""
    with book.ledger.read() as session:
        found = reviewed(exposures(session, AS_OF), limits(session), POLICY.credit, AS_OF)
    told = {account: ask(book, "credit_exposure", account=account) for account in found}
    for account, view in found.items():
        said = told[account]
        assert (said["advice"], said["oldest_days_past_due"]) == (view.advice, view.oldest_days)
        assert said["exposure"]["amount"] == str(view.exposure.amount)
    return {account: (view.exposure.minor, view.advice) for account, view in found.items()}
