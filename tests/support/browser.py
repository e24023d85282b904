"""A real browser on the pages of a home that is served on this machine."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from api.app import create_app
from graph.bootstrap import House
from ledger.clock import SystemClock
from tools.sign_in import make_link

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NO_BROWSER = "no Chromium here: the browser tests are skipped (package chromium)"
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_SERIOUS = """async (seriously) => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.filter((each) => seriously.includes(each.impact)).map((each) =>
    `${each.impact} ${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
}"""


@dataclass
class Served:
    """A home that is served.

    Attributes:
        acts: Every request that could change something: method and path, in order.
    """

    house: House
    url: str
    acts: list[str] = field(default_factory=list)

    def link(self, person: str) -> str:
        """A link that signs a person in, once."""
        with self.house.ledger.write() as session:
            secret = make_link(session, person, "test", SystemClock().now())
        return f"{self.url}/desk/sign-in/link?secret={secret}"


@contextmanager
def served(house: House, app: Any = None, dispatch: Any = None) -> Iterator[Served]:
    """Serve a home on a free port of this machine."""
    inner = app or create_app(house, dispatch)
    made = Served(house, "")

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            made.acts.append(f"{scope['method']} {scope['path']}")
        await inner(scope, receive, send)

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        made.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(watched, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        try:
            yield made
        finally:
            server.should_exit = True
            thread.join(10)


@dataclass
class Watch:
    """What a browser did beside what it was told to.

    Attributes:
        left: Requests to anywhere but the home.
        complaints: Errors on the console, refusals of the content policy among them.
    """

    left: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@dataclass
class Browsers:
    """Opens windows of one browser, each with cookies of its own."""

    browser: Browser
    opened: list[BrowserContext] = field(default_factory=list)

    def window(self, home: Served, **options: Any) -> tuple[Page, Watch]:
        """A fresh window that cannot reach anything but the home."""
        context = self.browser.new_context(base_url=home.url, **options)
        context.set_default_timeout(10_000)
        self.opened.append(context)
        watch = Watch()

        def gate(route: Any) -> None:
            if route.request.url.startswith((home.url, "data:", "blob:")):
                route.continue_()
            else:
                watch.left.append(route.request.url)
                route.abort()

        def heard(message: ConsoleMessage) -> None:
            if message.type == "error":
                watch.complaints.append(message.text)

        context.route("**/*", gate)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: watch.complaints.append(str(error)))
        return page, watch

    def signed_in(self, home: Served, person: str, **options: Any) -> tuple[Page, Watch]:
        """A window of a person who has just come by a link."""
        page, watch = self.window(home, **options)
        page.goto(home.link(person))
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/desk")
        return page, watch


def serious(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it stands."""
    page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(_SERIOUS, ["serious", "critical"])


# Its loop must be gone when the next module starts one of its own.
@pytest.fixture(scope="module")
def one_browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def browsers(one_browser: Browser) -> Iterator[Browsers]:
    made = Browsers(one_browser)
    yield made
    for context in made.opened:
        context.close()


def days_of(page: Page) -> list[date]:
    """The days that stand on a timeline."""
    stamps = page.locator(".timeline time").evaluate_all("all => all.map((e) => e.dateTime)")
    return [date.fromisoformat(each) for each in stamps]
