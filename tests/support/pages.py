"""A browser's view of the pages: signed in, with the token its forms carry."""

import re
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from ledger.clock import SystemClock
from tests.support.desk import Desk
from tools.sign_in import make_link

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_FIELD = re.compile(r'<input name="([^"]+)" value="([^"]*)"')
_AREA = re.compile(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
_CHOICE = re.compile(r'<select name="(\w+)">(.*?)</select>', re.DOTALL)
_PICKED = re.compile(r'<input type="checkbox" name="(\w+)" value="([^"]*)" checked')


def signed_in(desk: Desk, client: TestClient, person: str) -> TestClient:
    """Sign the client's browser in as somebody; they are on their own cookie from then on."""
    with desk.house.ledger.write() as session:
        secret = make_link(session, person, "test", SystemClock().now())
    client.base_url = client.base_url.copy_with(scheme="https", host="desk.example")
    answer = client.post("/desk/sign-in/link", data={"secret": secret}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return client


def token_on(answer: Any) -> str:
    """The token of the first form on a page."""
    found = _TOKEN.search(answer.text)
    assert found, answer.text
    return found[1]


def post(client: TestClient, page: str, action: str, **fields: str) -> Any:
    """Send a form that stands on a page, without following where it leads."""
    token = token_on(client.get(page))
    return client.post(action, data={"form_token": token, **fields}, follow_redirects=False)


def edited(
    browser: TestClient,
    page: str,
    verb: str,
    headers: dict[str, str] | None = None,
    **changes: str,
) -> Any:
    """The edit form of a card as a browser would send it, with some fields changed."""
    shown = browser.get(page)
    form = shown.text[shown.text.index('id="edit"') : shown.text.index('id="snooze"')]
    fields: dict[str, Any] = {
        name: unescape(value) for name, value in (*_FIELD.findall(form), *_AREA.findall(form))
    }
    for name, options in _CHOICE.findall(form):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = unescape(chosen[1]) if chosen else ""
    for name, value in _PICKED.findall(form):
        fields.setdefault(name, []).append(value)
    fields |= {"form_token": token_on(shown)} | changes
    return browser.post(f"{page}/{verb}", data=fields, headers=headers, follow_redirects=False)
