"""A customer on the page of their link, with script and without it."""

import pytest

from batch.dispatch import dispatch
from ledger.clock import SystemClock
from ledger.states import OutboxState
from ledger.tables.inbound import Inbound
from tests.support.browser import Browsers, Served, serious
from tests.support.desk import AS_OF, Desk
from tools.portal_links import make_portal_link


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_dispute_on_the_page__stops_the_letter_of_tomorrow(
    desk: Desk, small_office: Served, browsers: Browsers, script: bool
) -> None:
    waiting = desk.waiting_reminder()
    desk.inbox("felix").approve(waiting)
    assert [row.state for row in desk.queued()] == [OutboxState.QUEUED]
    page, watch = browsers.window(small_office, java_script_enabled=script)
    page.goto(_link(desk, small_office))
    page.locator('main a[href$="/dispute"]').click()
    page.locator("main input[name=item]").first.check()
    page.locator("select[name=reason]").select_option(index=1)
    page.locator("textarea[name=words]").fill("Half of the goods arrived broken.")
    page.get_by_role("main").get_by_role("button").last.click()
    page.wait_for_url(lambda address: not address.endswith("/dispute"))
    assert desk.count(Inbound) == 1
    done = dispatch(desk.house, AS_OF, None)
    assert (done.sent, done.stopped) == (0, 1)
    assert watch.left == []


def test_letter_without_a_dispute__leaves(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    waiting = desk.waiting_reminder()
    desk.inbox("felix").approve(waiting)
    page, _watch = browsers.window(small_office)
    page.goto(_link(desk, small_office))
    page.locator('main a[href$="/dispute"]').click()
    assert dispatch(desk.house, AS_OF, None).sent == 1


def test_scanner_opens_everything__nothing_is_said_in_the_customers_name(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    desk.account("acc_a")
    page, _watch = browsers.window(small_office)
    link = _link(desk, small_office)
    page.goto(link)
    links = page.locator("main a").evaluate_all("all => all.map((each) => each.href)")
    for address in links:
        page.goto(address)
    assert desk.count(Inbound) == 0
    assert small_office.acts == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_portal_pages__have_no_serious_finding(
    desk: Desk, small_office: Served, browsers: Browsers, scheme: str, width: int
) -> None:
    desk.account("acc_a")
    size = {"width": width, "height": 800}
    page, watch = browsers.window(small_office, color_scheme=scheme, viewport=size)
    link = _link(desk, small_office)
    found = {}
    for place in ("", "/pay", "/paid", "/dispute", "/promise", "/plan", "/copies", "/stop"):
        answer = page.goto(f"{link}{place}")
        assert answer is not None
        assert answer.status == 200, place
        found[place] = serious(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, place
    assert {place: told for place, told in found.items() if told} == {}
    assert (watch.left, watch.complaints) == ([], [])


def _link(desk: Desk, home: Served) -> str:
    with desk.house.ledger.write() as session:
        now = SystemClock().now()
        made = make_portal_link(session, "acc_a", desk.house.policy, "test", now)
    return f"{home.url}/p/{made.token}"
