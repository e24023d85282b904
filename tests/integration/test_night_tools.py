"""What the read tools say of nights."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from agents.offline_say import SAY_MORE
from ledger.tables.receivable import Application
from ledger.tables.work import Run
from tests.support.case_book import AS_OF, NOW, CaseBook, ask, days


def night(book: CaseBook, on: date, *promises: str) -> None:
    counts = orjson.dumps({"cash": {"promises": promises}}).decode()
    row = {"policy_hash": "p", "started_at": NOW, "state": "finished", "counts": counts}
    number = on.toordinal()
    book.add(Run(id=f"run_{number}", as_of=on, number=number, **row))


@pytest.fixture
def account(book: CaseBook) -> str:
    return book.account("C-100", "Brightwater Foods")


class TestPromisesBroken:
    def lines(self, book: CaseBook, **given: Any) -> list[Any]:
        changes = ask(book, "what_changed", **given)["changes"]
        return [each for each in changes if each["what"] == "promises broken"]

    @pytest.mark.parametrize("given", [{}, {"account": "C-100"}])
    def test_found_broken_days_after_its_date__is_new(
        self, book: CaseBook, account: str, given: Any
    ) -> None:
        broken = book.promise(account, 30_000, days(6), state="broken", promised_on=days(20))
        kept = book.promise(account, 10_000, days(5), state="kept", promised_on=days(20))
        night(book, days(1))
        night(book, AS_OF, broken, kept)
        (line,) = self.lines(book, **given)
        assert line["count"] == 1
        assert line["amounts"] == [{"amount": "300.00", "currency": "USD"}]
        assert line["named"] == (["payment"] if given else ["C-100"])

    def test_found_by_an_earlier_night__is_not_new(self, book: CaseBook, account: str) -> None:
        broken = book.promise(account, 30_000, AS_OF - timedelta(6), state="broken")
        night(book, days(1), broken)
        night(book, AS_OF)
        assert self.lines(book) == []
        assert len(self.lines(book, since=days(2).isoformat())) == 1


class TestFeeds:
    def test_only_the_newest_night__tells_how_far_feeds_are_read(self, book: CaseBook) -> None:
        night(book, days(1))
        night(book, AS_OF)
        assert ask(book, "night_result")["feeds"] != []
        assert ask(book, "night_result", on=days(1).isoformat())["feeds"] == []


def test_invoice_paid_in_many_parts__newest_are_shown_and_all_counted(
    book: CaseBook, account: str
) -> None:
    invoice = book.invoice(account, "INV-1")
    row = {"account_id": account, "invoice_id": invoice, "kind": "credit", "currency": "USD"}
    for at in range(45):
        book.add(Application(id=f"app_{at}", amount_minor=1, applied_on=days(at), **row))
    found = ask(book, "invoice_detail", account="C-100", invoice_number="INV-1")
    assert (len(found["applied"]), found["applied_count"]) == (40, 45)
    assert found["applied"][0]["applied_on"] == AS_OF.isoformat()
    assert "shown are the newest 40 of 45" in SAY_MORE["invoice_detail"](found)
