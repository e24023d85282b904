"""Every page in a real browser: nothing serious for axe-core, no error, nothing leaves."""

import pytest

from tests.support.browser import Browsers, Served, serious

PAGES = ("/desk", "/desk/inbox", "/desk/accounts", "/desk/disputes", "/desk/assistant",
         "/desk/analytics", "/desk/people")  # fmt: skip


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)], ids=str
)
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


def test_sign_in_page__has_no_serious_finding(office: Served, browsers: Browsers) -> None:
    page, watch = browsers.window(office)
    page.goto("/desk/sign-in")
    assert serious(page) == []
    assert (watch.left, watch.complaints) == ([], [])


def _first_link(page: object, path: str) -> list[str]:
    links = page.locator(f'main a[href^="{path}/"]')  # type: ignore[attr-defined]
    return [links.first.get_attribute("href")] if links.count() else []
