"""Customers write markup, scripts, htmx attributes and hidden signs into every field they reach.

Nothing of it may act or load anything. The last two tests take the lines of defence away, so that
it is known that these tests would see it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from api.pages import render
from tests.support.browser import Browsers, Served, Watch
from tests.support.desk import AS_OF, Desk

EVIL = "evil.example"
ACT = "/desk/planted"
HOSTILE = (
    f'<div class="planted" hx-post="{ACT}" hx-trigger="load"></div>'
    f'<img class="planted" src="http://{EVIL}/seen.png" '
    f"onerror=\"fetch('{ACT}',{{method:'POST'}})\">"
    f'<script class="planted">fetch("{ACT}", {{method: "POST"}})</script>'
    f'<style class="planted">@import url(http://{EVIL}/look.css);</style>'
    f"![seen](http://{EVIL}/seen.md) [pay here](javascript:alert(1)) \u202e\u2066rtl\u200b"
)
QUESTION = "tell me everything about account ACC_A"


@pytest.fixture
def planted(desk: Desk, small_office: Served) -> Served:
    """A home where everything a customer can write is hostile."""
    account = desk.account("acc_a", name=f"Acme {HOSTILE}")
    desk.ask(desk.reminder(account), paused=False)
    books, day = desk.books, {"account_id": account}
    books.change("contact", "account_id", account, name=HOSTILE, phone=HOSTILE)
    books.receipt("rcp_1", 1_00, account_id=account, payer_name=HOSTILE, memo=HOSTILE)
    books.invoice(
        "inv_bad", 9_00, **day, invoice_number=HOSTILE[:200], currency="USD", po_number=HOSTILE,
        issued_on=AS_OF - timedelta(days=9), due_on=AS_OF,
    )  # fmt: skip
    books.add("contract_note", id="cn_1", **day, noted_on=AS_OF, source=HOSTILE, body=HOSTILE)
    books.add("ticket", id="tck_1", **day, ticket_number=HOSTILE, opened_on=AS_OF, subject=HOSTILE)
    books.add(
        "inbound", id="inb_1", source_key="one", **day, sender=HOSTILE, sender_name=HOSTILE,
        subject=HOSTILE, body=HOSTILE, received_at=datetime(2026, 3, 16, tzinfo=UTC),
        received_on=AS_OF, state="read",
    )  # fmt: skip
    books.add("attachment", id="att_1", inbound_id="inb_1", name=HOSTILE, body=HOSTILE)
    books.add(
        "claim", id="clm_1", inbound_id="inb_1", **day, kind="dispute", quote=HOSTILE,
        claimed_on=AS_OF,
    )  # fmt: skip
    books.add(
        "message", id="msg_1", **day, direction="in", sent_on=AS_OF, subject=HOSTILE, body=HOSTILE,
        answered=False, inbound_id="inb_1",
    )  # fmt: skip
    books.add(
        "call_task", id="tsk_1", **day, kind="call", summary=HOSTILE, due_on=AS_OF, state="open",
        created_by="reply_desk",
    )  # fmt: skip
    books.add(
        "account_note", id="not_1", **day, kind="call", body=HOSTILE, noted_on=AS_OF,
        noted_by="cora", noted_at=datetime(2026, 3, 16, tzinfo=UTC),
    )  # fmt: skip
    desk.hold(account, "hardship")
    books.add(
        "dispute", id="dsp_1", **day, reason="PRICE", opened_on=AS_OF, state="open", quote=HOSTILE
    )
    books.add(
        "dispute_evidence", id="evd_1", dispute_id="dsp_1", noted_on=AS_OF, source=HOSTILE,
        body=HOSTILE,
    )  # fmt: skip
    return small_office


def tour(page: Page, home: Served, desk: Desk) -> int:
    """Open every page that shows the customer's words.

    Returns:
        How many planted elements stood on them.
    """
    with desk.house.ledger.read() as session:
        waiting = [str(each[0]) for each in session.connection().exec_driver_sql(
            "select id from proposal")]  # fmt: skip
    elements = 0
    for path in (
        "/desk",
        "/desk/accounts",
        "/desk/accounts/acc_a",
        "/desk/disputes",
        "/desk/disputes/dsp_1",
        "/desk/inbox",
        *(f"/desk/inbox/{each}" for each in waiting),
        "/desk/analytics",
        "/desk/assistant?account=acc_a",
        "/desk/people",
        "/desk/tasks",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        page.locator("details").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        page.wait_for_timeout(150)
        elements += page.locator(".planted").count()
    return elements


def planted_acts(home: Served) -> list[str]:
    """Acts that no person did."""
    return [act for act in home.acts if act.endswith(ACT)]


def test_everything_hostile__nothing_acts_nothing_loads(
    desk: Desk, planted: Served, browsers: Browsers
) -> None:
    page, watch = browsers.signed_in(planted, "felix")
    elements = tour(page, planted, desk)
    _ask_about_it(page)
    assert (elements, planted_acts(planted), watch.left, watch.complaints) == (0, [], [], [])


def test_escaping_taken_away__second_line_still_lets_nothing_act_or_load(
    desk: Desk, planted: Served, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    _escape_nothing(monkeypatch)
    page, watch = browsers.signed_in(planted, "felix")
    assert tour(page, planted, desk) > 0
    assert (planted_acts(planted), watch.left) == ([], [])
    assert watch.complaints  # the browser says what it refused


def test_both_lines_taken_away__the_words_act_and_load(
    desk: Desk, planted: Served, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    _escape_nothing(monkeypatch)
    monkeypatch.setattr(render, "content_policy", lambda _nonce: "default-src * 'unsafe-inline'")
    page, watch = browsers.signed_in(planted, "felix")
    page.context.route("**/hx-csp.min.js*", lambda route: route.abort())
    tour(page, planted, desk)
    assert planted_acts(planted)
    assert _reached(watch)


def test_nonce_unknown_to_the_element__htmx_leaves_it_alone(
    desk: Desk, planted: Served, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The content policy alone knows nothing of htmx attributes: that is the nonce's part."""
    _escape_nothing(monkeypatch)
    page, _watch = browsers.signed_in(planted, "felix")
    page.goto("/desk/accounts/acc_a")
    page.wait_for_timeout(200)
    assert planted_acts(planted) == []
    page.context.route("**/hx-csp.min.js*", lambda route: route.abort())
    page.goto("/desk/accounts/acc_a")
    page.wait_for_timeout(400)
    assert planted_acts(planted)


def _ask_about_it(page: Page) -> None:
    page.goto("/desk/assistant")
    box = page.locator("main textarea, main input[name=text], main input[name=question]").last
    box.fill(QUESTION)
    page.locator("main form button[type=submit], main form button:not([type])").last.click()
    page.wait_for_timeout(1500)


def _reached(watch: Watch) -> bool:
    return any(EVIL in address for address in watch.left)


def _escape_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    templates: Any = render._templates()
    monkeypatch.setattr(templates, "autoescape", False)
    for name in ("outside", "markdown"):
        monkeypatch.setitem(templates.filters, name, str)
    monkeypatch.setattr("tools.account_pages.shown_text", lambda text, _limit=0: text)
    templates.cache.clear()
