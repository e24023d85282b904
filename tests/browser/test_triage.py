"""An approver's triage by keyboard alone, and two approvers at once."""

from typing import Any

from playwright.sync_api import Page, expect

from ledger.states import ProposalState
from ledger.tables.work import Outbox
from tests.support.browser import Browsers, Served
from tests.support.desk import Desk

ROW = "[data-open]"


def test_queue__is_walked_and_decided_by_keys_alone(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    first, second, third = (desk.waiting_reminder(name) for name in ("acc_a", "acc_b", "acc_c"))
    page, watch = browsers.signed_in(small_office, "felix")
    page.goto("/desk/inbox")
    order = _queue(page)
    assert set(order) == {first, second, third}

    page.keyboard.press("j")
    _at(page, order[0])
    page.keyboard.press("j")
    _at(page, order[1])
    page.keyboard.press("k")
    _at(page, order[0])

    page.keyboard.press("o")
    page.wait_for_url(f"**/desk/inbox/{order[0]}?*")
    _approve(page)
    page.wait_for_url("**/desk/inbox?*")
    expect(page.get_by_role("status").first).to_contain_text("Approved")
    assert _queue(page) == order[1:]
    _at(page, order[1])

    page.keyboard.press("r")
    page.wait_for_url("**#reject")
    reasons = page.locator("#reject select")
    expect(reasons).to_be_focused()
    reasons.select_option(index=1)
    page.keyboard.press("Enter")
    page.locator("#reject button").press("Enter")
    page.wait_for_url("**/desk/inbox?*")
    assert _queue(page) == order[2:]
    assert desk.proposal(order[1]).state == ProposalState.REJECTED

    page.keyboard.press("s")
    page.wait_for_url("**#snooze")
    page.locator("#snooze input[type=date]").fill("2026-03-20")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/inbox?*")
    assert _queue(page) == []
    assert desk.proposal(order[2]).state == ProposalState.SNOOZED
    assert watch.complaints == []


def test_approved_message__is_taken_back_by_a_key_while_it_waits(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    waiting = desk.waiting_reminder()
    page, _watch = browsers.signed_in(small_office, "felix")
    page.goto(f"/desk/inbox/{waiting}")
    _approve(page)
    page.wait_for_url("**/desk/inbox?*")
    assert [row.state for row in desk.queued()] == ["queued"]
    page.keyboard.press("u")
    page.wait_for_url("**/desk/inbox*")
    expect(page.get_by_role("heading", name="Not gone yet")).to_have_count(0)
    assert [row.state for row in desk.queued()] != ["queued"]


def test_keys__do_nothing_while_somebody_types(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    waiting = desk.waiting_reminder()
    page, _watch = browsers.signed_in(small_office, "felix")
    page.goto(f"/desk/inbox/{waiting}")
    page.keyboard.press("e")
    box = page.locator("#edit textarea").last
    box.fill("")
    before = list(small_office.acts)
    box.type("jaxersu A?")
    page.wait_for_timeout(900)
    judged = [act for act in small_office.acts[len(before) :] if not act.endswith("/judge")]
    assert (box.input_value(), judged) == ("jaxersu A?", [])
    assert page.url.split("#")[0].endswith(waiting)
    assert desk.proposal(waiting).state == ProposalState.PENDING


def test_long_letter__is_not_approved_before_its_end_was_seen(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    waiting = desk.waiting_reminder("acc_a", amounts=tuple(range(100_00, 100_40)))
    size = {"width": 1000, "height": 420}
    page, _watch = browsers.signed_in(small_office, "felix", viewport=size)
    page.goto(f"/desk/inbox/{waiting}")
    page.keyboard.press("a")
    expect(page.locator("#not-seen")).to_contain_text("Read it to its end")
    assert desk.proposal(waiting).state == ProposalState.PENDING
    page.wait_for_timeout(500)
    page.keyboard.press("a")
    page.wait_for_url("**/desk/inbox?*")
    assert desk.proposal(waiting).state == ProposalState.EXECUTED


def test_batch__lists_sum_and_customers_before_it_goes(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    waiting = [desk.waiting_reminder(name) for name in ("acc_a", "acc_b")]
    page, _watch = browsers.signed_in(small_office, "felix")
    page.goto("/desk/inbox")
    for _row in waiting:
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("A")
    page.wait_for_url("**/desk/inbox/batch*")
    expect(page.get_by_role("main")).to_contain_text("$401.00")
    expect(page.get_by_role("main")).to_contain_text("Company acc_b")
    assert {desk.proposal(each).state for each in waiting} == {ProposalState.PENDING}
    page.get_by_role("button", name="Approve").last.click()
    page.wait_for_load_state("networkidle")
    assert {desk.proposal(each).state for each in waiting} == {ProposalState.EXECUTED}


def test_two_approvers_at_once__second_sees_who_and_what(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    desk.books.add("person", id="fiona", name="Fiona Berg", roles="finance_lead")
    waiting = desk.waiting_reminder()
    first, _watch = browsers.signed_in(small_office, "felix")
    second, _watch = browsers.signed_in(small_office, "fiona")
    for page in (first, second):
        page.goto(f"/desk/inbox/{waiting}")
    _approve(first)
    first.wait_for_url("**/desk/inbox?*")
    _approve(second)
    second.wait_for_load_state("networkidle")
    expect(second.get_by_role("main")).to_contain_text("Felix Ortega")
    expect(second.get_by_role("main")).to_contain_text("approve")
    assert desk.count(Outbox) == 1


def test_keys_are_listed_and_each_has_a_visible_button(
    desk: Desk, small_office: Served, browsers: Browsers
) -> None:
    desk.waiting_reminder()
    page, _watch = browsers.signed_in(small_office, "felix")
    page.goto("/desk/inbox")
    for key in "jkoaersxA?":
        button = page.locator(f'[data-does="{key}"], [data-key="{key}"]').first
        expect(button).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()


def _queue(page: Page) -> list[str]:
    links: list[Any] = page.locator(ROW).evaluate_all("all => all.map((each) => each.pathname)")
    return [link.rsplit("/", 1)[1] for link in links]


def _at(page: Page, proposal_id: str) -> None:
    expect(page.locator(f'{ROW}[href*="{proposal_id}"]')).to_be_focused()


def _approve(page: Page) -> None:
    """Read the letter to its end as a person would, then say yes."""
    page.locator("pre.letter").last.evaluate("(each) => each.lastElementChild.scrollIntoView()")
    page.wait_for_timeout(300)
    page.keyboard.press("a")
