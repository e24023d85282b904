"""A customer's browser on the page of their link."""

import re
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from ledger.clock import SystemClock
from tests.support.desk import Desk
from tools.portal_links import NewLink, make_portal_link

_TOKENS = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass
class Browser:
    """A browser that was given a link and nothing else."""

    client: TestClient
    link: NewLink

    @property
    def home(self) -> str:
        return f"/p/{self.link.token}"

    def get(self, place: str = "", **query: Any) -> Any:
        return self.client.get(f"{self.home}{place}", params=query, follow_redirects=False)

    def token(self, place: str) -> str:
        """The token of the last form of a page: the first chooses the language."""
        answer = self.get(place)
        found = _TOKENS.findall(answer.text)
        assert found, answer.text
        return found[-1]

    def send(self, place: str, token: str | None = None, files: Any = None, **fields: Any) -> Any:
        data = {"form_token": token or self.token(place), **fields}
        return self.client.post(
            f"{self.home}{place}", data=data, files=files, follow_redirects=False
        )

    def prove(self, fact: str) -> Any:
        answer = self.send("/fact", fact=fact)
        assert answer.status_code == 303, answer.text
        return answer


def browser_of(desk: Desk, client: TestClient, wanted: str, **options: Any) -> Browser:
    """A browser with a fresh link for a contact or account."""
    client.base_url = client.base_url.copy_with(scheme="https", host="pay.example")
    with desk.house.ledger.write() as session:
        now = SystemClock().now()
        link = make_portal_link(session, wanted, desk.house.policy, "test", now, **options)
    return Browser(client, link)
