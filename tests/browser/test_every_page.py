"""Every page in a real browser: nothing serious for axe-core, no error, nothing leaves."""

import pytest

from batch.webhooks import tell_webhooks
from ledger.clock import SystemClock
from tests.support.books import Books
from tests.support.browser import Browsers, Served, serious
from tools.webhooks import add_endpoint, judge_endpoint, pause_endpoint

PAGES = ("/desk", "/desk/inbox", "/desk/accounts", "/desk/disputes", "/desk/assistant",
         "/desk/analytics", "/desk/people", "/desk/tasks")  # fmt: skip


LOOKS = pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)], ids=str
)


@LOOKS
def test_pages_of_the_desk__have_no_serious_finding_and_load_nothing_from_elsewhere(
    office: Served, browsers: Browsers, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    page, watch = browsers.signed_in(office, "felix.ortega", color_scheme=scheme, viewport=size)
    found = {}
    deep = []
    for path in (*PAGES, "DEEP"):
        for address in deep if path == "DEEP" else [path]:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            page.wait_for_load_state("networkidle")
            found[address] = serious(page)
            if path in ("/desk/inbox", "/desk/accounts", "/desk/disputes"):
                deep += _first_link(page, path)
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, f"{address} is {wider} px too wide"
    assert len(deep) == 3
    assert {path: told for path, told in found.items() if told} == {}
    assert (watch.left, watch.complaints) == ([], [])


@LOOKS
def test_page_of_webhooks__has_no_serious_finding_and_its_buttons_act(
    office: Served, browsers: Browsers, scheme: str, width: int
) -> None:
    """Only admins see it, in every state that an endpoint and a telling have."""
    ledger, now = office.house.ledger, SystemClock().now()
    wanted = judge_endpoint(f"http://127.0.0.1:9/{'long' * 30}", (), at_the_machine=True)
    with ledger.write() as session:
        first, _second = (add_endpoint(session, wanted, "otto.reyes", now) for _ in range(2))
    books = Books(ledger)
    books.receipt("rcp_told", 12_34, account_id=None)
    tell_webhooks(office.house)
    with ledger.write() as session:
        pause_endpoint(session, first.id, "otto.reyes", now)
    books.change("webhook_delivery", "endpoint_id", first.id, state="dead", settled_at=now)
    size = {"width": width, "height": 900}
    page, watch = browsers.signed_in(office, "otto.reyes", color_scheme=scheme, viewport=size)
    page.get_by_role("link", name="Webhooks").click()
    page.wait_for_url("**/desk/webhooks")
    assert serious(page) == []
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"{wider} px too wide"
    for words, after in (
        ("Send 1 dead again", "again"),
        ("Resume", "told again"),
        ("Send a test", "did not take it"),
        ("Pause", "paused"),
        ("Remove", "nothing any more"),
    ):
        page.get_by_role("button", name=f"{words} {first.id}").click()
        page.locator(".said", has_text=after).wait_for()
        assert serious(page) == []
    assert (watch.left, watch.complaints) == ([], [])


def test_sign_in_page__has_no_serious_finding(office: Served, browsers: Browsers) -> None:
    page, watch = browsers.window(office)
    page.goto("/desk/sign-in")
    assert serious(page) == []
    assert (watch.left, watch.complaints) == ([], [])


def _first_link(page: object, path: str) -> list[str]:
    links = page.locator(f'main a[href^="{path}/"]')  # type: ignore[attr-defined]
    return [links.first.get_attribute("href")] if links.count() else []
