"""A currency without a high-value threshold: small money in it does not rank first."""

from decimal import Decimal

import orjson
import pytest

from policies.load import load_policy
from policies.schema import Policy
from tests.support.case_book import AS_OF, NOW, CaseBook
from tools.cash_ahead import cash_ahead
from tools.catalog import READ_TOOLS
from tools.contract import CHAT_SCOPES, ToolContext
from tools.priority import ranking, value_units

POLICY = load_policy()


@pytest.fixture
def book_of_two(book: CaseBook) -> CaseBook:
    """900 dollars late, and 10 dinars of Kuwait in a currency without a threshold."""
    for number, minor, currency in (("USD", 90_000, "USD"), ("KWD", 10_000, "KWD")):
        account = book.account(number)
        for at in range(6):
            book.paid(account, f"{number}-P{at}", 1_000, late=100 + at, paid_late=45)
        book.invoice(account, f"{number}-A", minor=minor, late=10, currency=currency)
    return book


class TestCurrencyWithoutAThreshold:
    def test_top_overdue__by_the_company_s_own_threshold(self, book_of_two: CaseBook) -> None:
        with book_of_two.ledger.read() as session:
            ctx = ToolContext(
                session=session,
                actor="cora",
                role="collector",
                as_of=AS_OF,
                now=NOW,
                policy=POLICY,
                account_id=None,
                scopes=CHAT_SCOPES,
            )
            found = orjson.loads(READ_TOOLS["top_overdue"].call(ctx, {}))["accounts"]
        assert [each["account_number"] for each in found] == ["USD", "KWD"]

    def test_order_of_work__by_the_company_s_own_threshold(self, book_of_two: CaseBook) -> None:
        with book_of_two.ledger.read() as session:
            found = ranking(cash_ahead(session, POLICY.forecast, AS_OF), POLICY)
        assert [each.currency for each in found] == ["USD", "KWD"]


class TestUnits:
    def units(self, policy: Policy) -> dict[str, int]:
        return value_units(policy, ("USD", "GBP", "JPY", "KWD"))

    def test_threshold_of_the_own_currency__holds_at_par(self) -> None:
        assert self.units(POLICY) == {
            "USD": 25_000_000,
            "GBP": 20_000_000,
            "JPY": 250_000,
            "KWD": 250_000_000,
        }

    def test_own_currency_has_none__the_median_holds(self) -> None:
        company = POLICY.company.model_copy(update={"currency": "CHF"})
        known = {"GBP": Decimal(200), "CAD": Decimal(300), "EUR": Decimal(250)}
        contact = POLICY.contact.model_copy(update={"high_value": known})
        changed = POLICY.model_copy(update={"company": company, "contact": contact})
        assert self.units(changed)["JPY"] == 250
