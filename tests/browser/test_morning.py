"""A collector's morning: from the link that signs in to a wish that waits in the inbox."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from ledger.tables.work import Proposal
from tests.support.browser import Browsers, Served, days_of


def test_morning__from_today_to_an_account_to_a_request_in_the_inbox(
    office: Served, browsers: Browsers
) -> None:
    page, watch = browsers.signed_in(office, "cora.lind")
    expect(page.get_by_role("main")).to_contain_text("accounts looked at")

    page.locator("main .chart a").nth(1).click()
    page.wait_for_url("**/desk/accounts?bucket=1-30*")
    page.locator('main tbody a[href^="/desk/accounts/"]').first.click()
    page.wait_for_url("**/desk/accounts/acc_*")
    page.locator(".timeline time").first.wait_for()
    story = days_of(page)
    assert story
    assert story == sorted(story, reverse=True)
    name = page.get_by_role("heading", level=1).inner_text()

    page.get_by_role("button", name="Ask or act with the assistant").click()
    page.wait_for_url("**/desk/assistant*")
    before = _proposals(office)
    _ask(page, f"what is open at {name}?")
    expect(page.get_by_role("main")).to_contain_text(name)
    _ask(page, f"place a hold on {name}")
    (made,) = _proposals(office) - before
    page.locator(f'#talk a[href*="{made}"]').first.click()
    page.wait_for_url(f"**/desk/inbox/{made}*")
    expect(page.get_by_role("main")).to_contain_text("cora.lind")
    assert (watch.left, watch.complaints) == ([], [])


def _ask(page: Page, text: str) -> None:
    box = page.locator("main textarea").last
    box.fill(text)
    lines = page.locator("#talk > li").count()
    box.press("Enter")
    expect(page.locator("#talk > li")).to_have_count(lines + 2, timeout=20_000)
    expect(page.locator("#state")).to_have_text("", timeout=20_000)


def _proposals(home: Served) -> set[str]:
    with home.house.ledger.read() as session:
        return set(session.scalars(select(Proposal.id)))
