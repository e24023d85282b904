"""A page of the portal: our own styles, no script at all, nothing that may be kept or indexed."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.pages.render import page
from api.portal.sentences import NAMES, Sentences
from api.portal.visits import Visit

CONTENT_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "style-src 'self'; img-src 'self' data:"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "same-origin",  # see api/problems.py; other sites learn no link
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
}


_HOUR = "3600"
"""When a link that sent too much is heard again, in seconds."""


def portal_page(
    request: Request, template: str, seen: Visit, status: int = 200, **context: Any
) -> HTMLResponse:
    """Answer with a page of a link."""
    known: dict[str, Any] = {
        "seen": seen,
        "home": seen.home,
        "company": seen.portal.house.policy.company,
        "token_for": seen.form_token,
        "languages": NAMES,
    }
    answer = _answer(request, template, seen.say, status, known | context)
    if status == 429:
        answer.headers["Retry-After"] = _HOUR
    return answer


def problem_page(
    request: Request, status: int, detail: str, language: str = "en", home: str = ""
) -> HTMLResponse:
    """The page of an error; a reader without a link gets no way on."""
    house = request.app.state.house
    known = {
        "seen": None,
        "home": home,
        "company": house.policy.company,
        "languages": NAMES,
        "detail": detail,
    }
    return _answer(request, "portal/problem.html", Sentences(language), status, known)


def _answer(
    request: Request, template: str, say: Sentences, status: int, known: dict[str, Any]
) -> HTMLResponse:
    answer = page(request, template, None, status, say=say, **known)
    answer.headers.update(HEADERS)
    return answer
