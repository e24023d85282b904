"""The assistant in a real browser: by keyboard, with and without script, at any width."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Browsers, Served, serious
from tests.support.desk import Desk


@pytest.fixture
def asked(small_office: Served, desk: Desk) -> Served:
    desk.account("acc_a", name="Brightwater Foods")
    desk.account("acc_b", (4_200_00,), name="Sundial Corp")
    return small_office


def ask(page: Page, text: str) -> None:
    lines = page.locator("#talk > li").count()
    page.locator("#text").fill(text)
    page.locator("#text").press("Enter")
    expect(page.locator("#talk > li[id]")).to_have_count(lines + 2, timeout=20_000)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)], ids=str)
def test_answers_of_every_block__are_shown_and_have_no_serious_finding(
    asked: Served, browsers: Browsers, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    page, watch = browsers.signed_in(asked, "cora", color_scheme=scheme, viewport=size)
    page.goto("/desk/assistant")
    for question in (
        'Tell me the story of "ACCA-1"',
        'aging of "ACCA-1"',
        "What cash do we expect?",
        "compare Brightwater and Sundial",
        'draft a reminder for "ACCA-1"',
    ):
        ask(page, question)
    expect(page.locator("#talk")).to_contain_text("Aging of Brightwater Foods")
    expect(page.locator("#talk pre.letter")).to_have_count(1)
    expect(page.locator('#talk a[href^="/desk/inbox/"]')).to_have_count(1)
    assert page.url.split("/")[-1].startswith("desk-")
    page.locator("#talk details").evaluate_all("all => all.forEach((each) => each.open = true)")
    assert serious(page) == []
    page.goto("/desk/assistant/advice?account=acc_a")
    assert serious(page) == []
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0
    assert (watch.left, watch.complaints) == ([], [])


def test_keyboard__comes_back_to_the_question_and_goes_on(
    asked: Served, browsers: Browsers
) -> None:
    page, watch = browsers.signed_in(asked, "cora")
    page.goto("/desk/assistant")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("What is unapplied?")
    page.keyboard.press("Shift+Enter")
    assert page.locator("#talk > li").count() == 0
    page.keyboard.press("Enter")
    expect(page.locator("#talk > li[id]")).to_have_count(2, timeout=20_000)
    page.reload()
    expect(page.locator("#talk > li[id]")).to_have_count(2)
    assert watch.complaints == []


def test_without_script__the_same_is_a_page_load(asked: Served, browsers: Browsers) -> None:
    page, _watch = browsers.signed_in(asked, "cora", java_script_enabled=False)
    page.goto("/desk/assistant")
    page.get_by_role("button", name="What is unapplied?").click()
    expect(page.locator("#talk > li")).to_have_count(2)
    page.locator("#text").fill('aging of "ACCA-1"')
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#talk > li")).to_have_count(4)
    expect(page.locator("#talk caption")).to_have_count(1)
