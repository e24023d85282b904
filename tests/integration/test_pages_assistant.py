"""The assistant as people see it: with and without script, blocks, conversations, the telephone."""

import html
import re
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from graph.chat import thread_of
from graph.threads import MAX_LINES
from ledger.clock import SystemClock
from ledger.tables.work import ChatMessage, Proposal
from tests.support.api_client import signed
from tests.support.desk import Desk
from tests.support.pages import post, signed_in, token_on

HERE = "/desk/assistant"
HOSTILE = '<img src=x onerror=alert(1)><div hx-post="/x" hx-trigger="load">[a](https://e.example)'


@pytest.fixture
def browser(desk: Desk, client: TestClient) -> TestClient:
    desk.account("acc_a", name=f"Brightwater {HOSTILE}")
    return signed_in(desk, client, "cora")


def shown(browser: TestClient, question: str) -> Any:
    """Ask without script, and follow to the conversation."""
    sent = post(browser, HERE, HERE, text=question)
    assert sent.status_code == 303, sent.text
    return browser.get(sent.headers["location"])


class TestWithoutScript:
    def test_question__leads_to_the_conversation(self, browser: TestClient) -> None:
        answer = shown(browser, 'aging of "ACCA-1"')
        assert answer.status_code == 200
        assert "<caption>Aging of Brightwater" in html.unescape(answer.text).replace(
            '<bdi class="outside">', ""
        )
        assert "200.50 USD" in answer.text
        assert re.search(r'href="/desk/accounts/acc_a">account acc_a</a>', answer.text)

    def test_button__asks_its_question(self, browser: TestClient) -> None:
        sent = post(browser, HERE, HERE, text="", chip="What is unapplied?")
        assert "Unapplied: nothing" in browser.get(sent.headers["location"]).text

    def test_account__comes_with_questions_about_it(self, browser: TestClient) -> None:
        page = html.unescape(browser.get(HERE, params={"account": "acc_a"}).text)
        assert 'Draft a reminder for "acc_a"' in page
        sent = post(browser, HERE, HERE, text="", chip='Tell me the story of "acc_a"')
        assert "200.50 USD" in browser.get(sent.headers["location"]).text
        assert browser.get(HERE, params={"account": "acc_none"}).status_code == 404

    def test_empty_question__is_told_on_the_page(self, browser: TestClient) -> None:
        sent = post(browser, HERE, HERE, text="  ")
        assert sent.status_code == 422
        assert "ask something" in sent.text

    def test_conversation__goes_on(self, browser: TestClient) -> None:
        post(browser, HERE, HERE, text='story of "ACCA-1"', session="mine")
        post(browser, HERE, HERE, text="What are its open items?", session="mine")
        page = browser.get(f"{HERE}/mine").text
        assert page.count('class="asked"') == 2
        assert "total 200.50 USD" in page

    def test_words_of_customers__stay_words(self, browser: TestClient) -> None:
        page = shown(browser, 'story of "ACCA-1"').text
        talk = page[page.index('id="talk"') : page.index("</ol>")]
        assert "<img" not in talk
        assert "<div hx-post" not in talk
        assert "https://e.example" not in re.sub(r"<bdi.*?</bdi>", "", talk)

    def test_wish__shows_draft_and_the_way_to_the_inbox(
        self, browser: TestClient, desk: Desk
    ) -> None:
        page = shown(browser, 'draft a reminder for "ACCA-1"').text
        with desk.house.ledger.read() as session:
            (row,) = session.scalars(select(Proposal))
        assert f'href="/desk/inbox/{row.id}"' in page
        assert 'class="letter"' in page
        assert row.author == "cora"

    def test_form_of_somebody_else__is_refused(self, browser: TestClient, desk: Desk) -> None:
        sent = browser.post(HERE, data={"form_token": "x", "text": "help"})
        assert sent.status_code == 403
        assert desk.count(ChatMessage) == 0


class TestWithScript:
    def test_stream__gives_words_then_the_lines_as_drawn(self, browser: TestClient) -> None:
        token = token_on(browser.get(HERE))
        fields = {"form_token": token, "session": "s", "text": 'aging of "ACCA-1"'}
        answer = browser.post(f"{HERE}/stream", data=fields)
        assert answer.headers["content-type"].startswith("text/event-stream")
        kinds = re.findall(r"^event: (\w+)$", answer.text, re.MULTILINE)
        assert list(dict.fromkeys(kinds)) == ["token", "shown", "done"]
        data = re.search(r"^event: shown\ndata: (.+)$|^data: (.+)\nevent: shown", answer.text, re.M)
        assert data
        drawn = orjson.loads(data[1] or data[2])["html"]
        assert drawn.count("<li id=") == 2
        assert drawn.strip() in browser.get(f"{HERE}/s").text

    def test_error__is_an_event(self, browser: TestClient) -> None:
        token = token_on(browser.get(HERE))
        fields = {"form_token": token, "session": "s", "text": " "}
        answer = browser.post(f"{HERE}/stream", data=fields)
        assert "event: error" in answer.text
        assert "ask something" in answer.text


class TestConversations:
    def test_list_and_search__show_own_only(self, browser: TestClient, desk: Desk) -> None:
        post(browser, HERE, HERE, text="What is unapplied?", session="one")
        post(browser, HERE, HERE, text='aging of "ACCA-1"', session="two")
        assert "What is unapplied?" in _listed(browser.get(HERE).text)
        found = _listed(browser.get(HERE, params={"words": "nothing in 0 receipt"}).text)
        assert ("/one" in found, "/two" in found) == (True, False)
        with TestClient(browser.app, raise_server_exceptions=False) as other:
            milo = signed_in(desk, other, "milo")
            assert "None yet." in milo.get(HERE).text
            assert milo.get(f"{HERE}/one").status_code == 404

    def test_long_conversation__leads_back_to_its_beginning(
        self, browser: TestClient, desk: Desk
    ) -> None:
        with desk.house.ledger.write() as writing:
            writing.add_all(
                ChatMessage(
                    thread_id=thread_of("cora", "long"),
                    role="person",
                    body=f"word {number}.",
                    said_at=SystemClock().now(),
                    person_id="cora",
                )
                for number in range(MAX_LINES + 2)
            )
        newest = browser.get(f"{HERE}/long").text
        talk = newest[newest.index('id="talk"') : newest.index("</section>")]
        assert ("word 1." in talk, "word 2." in talk) == (False, True)
        link = re.search(r'href="([^"]+)" rel="prev"', newest)
        assert link
        first = browser.get(html.unescape(link[1])).text
        talk = first[first.index('id="talk"') : first.index("</section>")]
        assert ("word 0." in talk, "word 1." in talk, "word 2." in talk) == (True, True, False)
        assert 'rel="prev"' not in first
        assert f'href="{HERE}/long" rel="next"' in first

    def test_export__is_a_file(self, browser: TestClient) -> None:
        post(browser, HERE, HERE, text="What is unapplied?", session="one")
        answer = browser.get(f"{HERE}/one/export")
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.text.startswith("# What is unapplied?")

    def test_stranger__is_sent_to_sign_in(self, desk: Desk, client: TestClient) -> None:
        answer = client.get(HERE, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/desk/sign-in")


class TestTelephone:
    def test_advice__says_what_may_be_said_and_offered(self, browser: TestClient) -> None:
        page = browser.get(f"{HERE}/advice", params={"account": "acc_a"}).text
        for words in (
            "May I call now?",
            "What may be said",
            "Plan options",
            "Rules of their place",
        ):
            assert words in page
        assert "$200.50" in page
        assert "never_chase_disputed" not in page

    def test_dispute__forbids_asking_for_money(self, browser: TestClient, desk: Desk) -> None:
        desk.books.add(
            "dispute", id="dsp_1", account_id="acc_a", reason="PRICE", opened_on=desk.as_of,
            state="open", quote="", level="account", resolved_by="",
        )  # fmt: skip
        page = browser.get(f"{HERE}/advice", params={"account": "acc_a"}).text
        assert "Do not ask for payment: Never chase while a dispute is open." in page
        assert "no plan while the whole account is disputed" in page.lower()

    def test_unknown_account__is_told(self, browser: TestClient) -> None:
        answer = browser.get(f"{HERE}/advice", params={"account": "Nobody Inc"})
        assert answer.status_code == 404
        assert "no account is called" in answer.text

    def test_same_over_the_api(self, browser: TestClient, desk: Desk) -> None:
        told = browser.get("/advice/acc_a", headers=signed(desk, "cora", "chat")).json()
        assert told["call"]["way"] == "call"
        assert told["overdue"] == [{"amount": "200.50", "currency": "USD"}]
        assert told["sayings"]


def _listed(page: str) -> str:
    return page[page.index("<aside") : page.index("</aside>")]
