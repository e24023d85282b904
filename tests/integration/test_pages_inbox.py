"""The inbox pages: what a card shows, what a form may do, and what it may not."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ledger.tables.review import Review
from ledger.tables.work import Decision
from tests.support.desk import AS_OF, Desk
from tests.support.pages import edited, post, signed_in, token_on

_SEEN = re.compile(r'name="seen" value="([^"]+)"')


def card_of(browser: TestClient, proposal_id: str) -> Any:
    answer = browser.get(f"/desk/inbox/{proposal_id}")
    assert answer.status_code == 200, answer.text
    return answer


def approve(browser: TestClient, proposal_id: str, **fields: str) -> Any:
    shown = card_of(browser, proposal_id)
    seen = _SEEN.search(shown.text)
    assert seen, shown.text
    fields = {"form_token": token_on(shown), "seen": seen[1]} | fields
    return browser.post(f"/desk/inbox/{proposal_id}/approve", data=fields, follow_redirects=False)


def text_of(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", "", answer.text))


class TestQueue:
    def test_lists_what_waits__with_value_and_role(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        page = signed_in(desk, client, "cora").get("/desk/inbox")
        assert f"/desk/inbox/{waiting}" in page.text
        assert "$200.50" in page.text
        assert "1 request wait" in text_of(page)

    def test_search__finds_by_name_number_and_invoice(self, desk: Desk, client: TestClient) -> None:
        wanted, other = desk.waiting_reminder("acc_a"), desk.waiting_reminder("acc_b")
        browser = signed_in(desk, client, "cora")
        for words in ("company acc_a", "ACCA-2"):
            page = browser.get("/desk/inbox", params={"q": words}).text
            assert wanted in page
            assert other not in page

    def test_filters__narrow_and_stand_in_the_address(self, desk: Desk, client: TestClient) -> None:
        low, high = (
            desk.waiting_reminder(name, amounts=(amount,))
            for name, amount in (("acc_a", 50_00), ("acc_b", 900_00))
        )
        browser = signed_in(desk, client, "cora")
        page = browser.get("/desk/inbox?currency=USD&least=100&kind=send_reminder&who=mine").text
        assert high in page
        assert low not in page
        assert "least=100" in page

    def test_nonsense_filter__is_one_line(self, desk: Desk, client: TestClient) -> None:
        page = signed_in(desk, client, "cora").get("/desk/inbox?kind=burn")
        assert page.status_code == 422
        assert "no kind of action" in page.text

    def test_second_page__begins_behind_the_first(
        self, desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("api.pages.inbox.PAGE", 2)
        made = {desk.waiting_reminder(f"acc_{n}", amounts=(100_00 + n,)) for n in range(3)}
        browser = signed_in(desk, client, "cora")
        first = browser.get("/desk/inbox").text
        following = re.search(r'href="([^"]+)" rel="next"', first)
        assert following
        second = browser.get(unescape(following[1])).text
        shown = [{each for each in made if each in page} for page in (first, second)]
        assert (len(shown[0]), len(shown[1])) == (2, 1)
        assert shown[0] | shown[1] == made


class TestCard:
    def test_letter__is_shown_to_the_last_byte(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        draft = desk.inbox().show(waiting).draft
        shown = text_of(card_of(signed_in(desk, client, "cora"), waiting))
        for part in (draft.sender, draft.recipient, draft.subject, draft.body.strip()):
            assert part in shown

    def test_approve_button__stands_behind_the_letter(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        page = card_of(signed_in(desk, client, "cora"), waiting).text
        assert page.index("The letter") < page.index('id="approve"')

    def test_customer_writes_markup__stays_text(self, desk: Desk, client: TestClient) -> None:
        evil = '<img src=x onerror=alert(1)><b hx-post="/evil">\u202e'
        waiting = desk.waiting_reminder(name=evil)
        browser = signed_in(desk, client, "cora")
        for page in (browser.get("/desk/inbox").text, card_of(browser, waiting).text):
            assert "<img" not in page
            assert "<b hx-post" not in page
            assert "\u202e" not in page


class TestApprove:
    def test_seen_card__is_carried_out(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        answer = approve(signed_in(desk, client, "cora"), waiting)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/desk/inbox?")
        assert desk.proposal(waiting).state == "executed"

    def test_focus__goes_to_the_next_open_request(self, desk: Desk, client: TestClient) -> None:
        desk.waiting_reminder("acc_a", amounts=(40_00,))
        first = desk.waiting_reminder("acc_b", amounts=(90_00,))
        second = desk.waiting_reminder("acc_c", amounts=(50_00,))
        browser = signed_in(desk, client, "cora")
        answer = approve(browser, first)
        assert f"at={second}" in answer.headers["location"]
        page = browser.get(answer.headers["location"]).text
        assert re.search(rf"/desk/inbox/{second}[^>]* autofocus", page)

    @pytest.mark.parametrize("seen", ["", "nonsense"])
    def test_not_seen__is_refused(self, desk: Desk, client: TestClient, seen: str) -> None:
        waiting = desk.waiting_reminder()
        browser = signed_in(desk, client, "cora")
        answer = approve(browser, waiting, seen=seen)
        assert answer.status_code == 409
        assert desk.proposal(waiting).state == "pending"

    def test_somebody_elses_look__does_not_count(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        shown = card_of(signed_in(desk, client, "milo"), waiting)
        seen = _SEEN.search(shown.text)
        assert seen
        client.cookies.clear()
        answer = approve(signed_in(desk, client, "cora"), waiting, seen=seen[1])
        assert answer.status_code == 409
        assert desk.proposal(waiting).state == "pending"

    def test_books_moved_since_it_was_seen__must_be_read_again(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = desk.waiting_reminder()
        browser = signed_in(desk, client, "cora")
        shown = card_of(browser, waiting)
        seen = _SEEN.search(shown.text)
        assert seen
        desk.hold("acc_a")
        fields = {"form_token": token_on(shown), "seen": seen[1]}
        answer = browser.post(f"/desk/inbox/{waiting}/approve", data=fields, follow_redirects=False)
        assert answer.status_code == 409
        assert "read it again" in answer.text

    def test_second_person__sees_who_and_what(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        browser = signed_in(desk, client, "cora")
        shown = card_of(browser, waiting)
        seen = _SEEN.search(shown.text)
        assert seen
        desk.inbox("milo").approve(waiting)
        fields = {"form_token": token_on(shown), "seen": seen[1]}
        answer = browser.post(f"/desk/inbox/{waiting}/approve", data=fields, follow_redirects=False)
        assert answer.status_code == 409
        assert "Milo Varga" in answer.text
        assert "Cora Lind" in answer.text
        assert desk.count(Decision) == 1

    def test_no_token__changes_nothing(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        browser = signed_in(desk, client, "cora")
        for verb in ("approve", "reject", "edit", "snooze", "assign", "answer", "undo", "judge"):
            answer = browser.post(f"/desk/inbox/{waiting}/{verb}", data={"code": "not_owed"})
            assert answer.status_code == 403, verb
        assert desk.count(Decision) == 0

    def test_looking__changes_nothing(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        browser = signed_in(desk, client, "cora")
        for verb in ("approve", "reject", "undo"):
            assert browser.get(f"/desk/inbox/{waiting}/{verb}").status_code in (404, 405)
        card_of(browser, waiting)
        assert desk.count(Decision) == desk.count(Review) == 0


class TestOtherVerbs:
    def test_reject__keeps_code_and_words(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        page = f"/desk/inbox/{waiting}"
        browser = signed_in(desk, client, "cora")
        answer = post(browser, page, f"{page}/reject", code="wrong_words", words="too blunt")
        assert answer.status_code == 303
        assert desk.proposal(waiting).outcome == "rejected: The words or the tone: too blunt"

    def test_reject_without_reason__is_refused(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        page = f"/desk/inbox/{waiting}"
        browser = signed_in(desk, client, "cora")
        assert post(browser, page, f"{page}/reject", words="no").status_code == 422
        assert post(browser, page, f"{page}/reject", code="other").status_code == 422
        assert desk.proposal(waiting).state == "pending"

    def test_snooze_and_assign__move_it(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        page = f"/desk/inbox/{waiting}"
        browser = signed_in(desk, client, "cora")
        post(browser, page, f"{page}/assign", person="milo")
        assert desk.proposal(waiting).assignee == "milo"
        until = (AS_OF + timedelta(days=2)).isoformat()
        post(browser, page, f"{page}/snooze", until=until)
        assert desk.proposal(waiting).state == "snoozed"

    def test_edit__waits_for_somebody_else(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        page = f"/desk/inbox/{waiting}"
        browser = signed_in(desk, client, "cora")
        answer = edited(browser, page, "edit", subject="Your open invoices, once more")
        assert answer.status_code == 303, answer.text
        [new] = [line.id for line in desk.inbox().list_waiting(_all()).lines]
        assert desk.proposal(new).author == "cora"
        assert desk.inbox().show(new).draft.subject == "Your open invoices, once more"

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"body": "You owe USD 999,999.00. Pay today.\n"}, 403),
            ({"stage": "many"}, 422),
        ],
        ids=["forbidden", "bad_field"],
    )
    def test_edit_that_cannot_be__gives_back_what_was_typed(
        self, desk: Desk, client: TestClient, wrong: dict[str, str], status: int
    ) -> None:
        waiting = desk.waiting_reminder()
        page = f"/desk/inbox/{waiting}"
        browser = signed_in(desk, client, "cora")
        answer = edited(browser, page, "edit", **({"subject": "My own long subject"} | wrong))
        assert answer.status_code == status
        assert 'value="My own long subject"' in answer.text
        assert f"{page}/edit" in answer.text
        assert desk.proposal(waiting).state == "pending"

    def test_somebody_was_first__gives_back_what_was_written(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = desk.waiting_reminder()
        page = f"/desk/inbox/{waiting}"
        browser = signed_in(desk, client, "milo")
        shown = browser.get(page)
        desk.inbox("cora").reject(waiting, "not now")
        note = "Ask <b>Acme</b> for the PO first"
        sent = {"form_token": token_on(shown), "note": note}
        answer = browser.post(f"{page}/answer", data=sent)
        assert answer.status_code == 409
        assert "Ask &lt;b&gt;Acme&lt;/b&gt; for the PO first" in answer.text

    def test_judge__says_what_it_would_come_to_and_keeps_nothing(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = desk.waiting_reminder()
        page = f"/desk/inbox/{waiting}"
        browser = signed_in(desk, client, "cora")
        body = "You owe USD 999,999.00. Pay today.\n"
        answer = edited(browser, page, "judge", headers={"hx-request": "true"}, body=body)
        assert answer.status_code == 200
        assert "A rule forbids it" in answer.text
        assert "<html" not in answer.text
        assert desk.proposal(waiting).state == "pending"
        whole = edited(browser, page, "judge", body=body)
        assert "A rule forbids it" in whole.text
        assert "999,999.00" in whole.text


def _all() -> Any:
    from ledger.queries.inbox import QueueFilter

    return QueueFilter()


class TestWhoReads:
    def test_auditor__sees_the_card_and_no_form(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        browser = signed_in(desk, client, "ines")
        page = card_of(browser, waiting).text
        assert "You may read the inbox, not decide" in page
        assert f"/desk/inbox/{waiting}/approve" not in page

    def test_auditor_sends_a_form_all_the_same__is_refused(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = desk.waiting_reminder()
        browser = signed_in(desk, client, "ines")
        for verb in ("approve", "reject", "edit", "judge", "undo"):
            answer = post(
                browser, "/desk/inbox/reviewing", f"/desk/inbox/{waiting}/{verb}", code="not_owed"
            )
            assert answer.status_code == 403, verb
        assert desk.count(Decision) == 0

    def test_beyond_their_authority__has_no_approve_button(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = desk.waiting_reminder(amounts=(100_000_01,))
        page = card_of(signed_in(desk, client, "cora"), waiting).text
        assert "Your own yes would not count" in page
        assert 'data-key="a"' not in page
        assert 'data-does="r"' in page

    def test_outside_their_sight__is_not_found(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder(name="Canary 4711 Ltd")
        desk.books.change("person", "id", "cora", sees="own")
        browser = signed_in(desk, client, "cora")
        assert "Canary" not in browser.get("/desk/inbox").text
        assert browser.get("/desk/inbox", params={"q": "canary"}).text.count(waiting) == 0
        assert browser.get(f"/desk/inbox/{waiting}").status_code == 404
        page = "/desk/inbox/reviewing"
        answer = post(browser, page, f"/desk/inbox/{waiting}/reject", code="not_owed")
        assert answer.status_code == 404
        assert desk.proposal(waiting).state == "pending"
