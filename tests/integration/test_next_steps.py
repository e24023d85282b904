"""What comes next: a hold stops what it is on, an offered plan is no plan, dates come in order."""

from datetime import timedelta
from typing import Any

import pytest

from agents.offline_answers import SAY
from ledger.tables.case import Plan, PlanInstalment
from tests.support.case_book import AS_OF, CaseBook
from tests.support.case_book import ask as ask_tool


@pytest.fixture
def account(book: CaseBook) -> str:
    return book.account("C-100", "Brightwater Foods")


def ask(book: CaseBook, tool: str, /, **given: Any) -> Any:
    return ask_tool(book, tool, **given, account="C-100")


class TestHolds:
    @pytest.mark.parametrize("whole", [True, False])
    def test_only_a_hold_on_the_account__stops_everything(
        self, book: CaseBook, account: str, whole: bool
    ) -> None:
        invoice = book.invoice(account, "INV-1")
        book.hold(account, "already_paid_claim", invoice_id=None if whole else invoice)
        first = ask(book, "next_steps")["steps"][0]
        said = SAY["get_account_brief"](ask(book, "get_account_brief"))
        if whole:
            assert first == "on hold (already_paid_claim): nothing may leave"
            assert "ON HOLD: already_paid_claim; nothing may leave" in said
        else:
            assert first.startswith("invoice INV-1 is on hold (already_paid_claim)")
            assert "ON HOLD: already_paid_claim; only single invoices" in said


@pytest.mark.parametrize(("state", "shown"), [("proposed", False), ("active", True)])
def test_plan__counts_once_it_is_agreed(
    book: CaseBook, account: str, state: str, shown: bool
) -> None:
    book.add(
        Plan(id="pln_1", account_id=account, state=state, currency="USD", amount_minor=100),
        PlanInstalment(
            id="pin_1", plan_id="pln_1", number=1, due_on=AS_OF + timedelta(9), amount_minor=100
        ),
    )
    assert any("instalment" in step for step in ask(book, "next_steps")["steps"]) is shown


def test_promises__the_next_due_come_first(book: CaseBook, account: str) -> None:
    for ahead in (9, 7, 8, 3, 5, 2):
        book.promise(account, 100, AS_OF + timedelta(ahead))
    steps = [step for step in ask(book, "next_steps")["steps"] if "promise" in step]
    assert [step[-10:] for step in steps] == [str(AS_OF + timedelta(n)) for n in (2, 3, 5, 7)]
