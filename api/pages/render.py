"""From data to a page: templates, the content policy with its nonce, what is shown how."""

import hashlib
import secrets
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import nh3
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeSerializer
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from api.pages.access import Visitor
from api.pages.forms import TOKEN
from guardrails.formats import hides
from ledger.money import Money

PAGES: Final = Path(__file__).parent
STATIC: Final = PAGES / "static"
FLASH = "dunwell_said"
LOCALE = "en"
_SHOWN_TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "code", "pre", "blockquote", "h3", "h4",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_FLASH_SALT = "flash"


def page(
    request: Request,
    template: str,
    visitor: Visitor | None = None,
    status: int = 200,
    **context: Any,
) -> HTMLResponse:
    """Answer with a page.

    Every answer carries a nonce of its own: scripts and htmx attributes that do not know it
    stay inert, whatever a customer wrote into the books.
    """
    nonce = secrets.token_urlsafe(16)
    known = _shared(request, visitor, nonce) | context
    text = _templates().get_template(template).render(**known)
    answer = HTMLResponse(text, status, {"Content-Security-Policy": content_policy(nonce)})
    if known["said"]:
        answer.delete_cookie(FLASH, path="/desk")
    return answer


def fragment(request: Request, template: str, visitor: Visitor, **context: Any) -> HTMLResponse:
    """Answer with a part of a page, for htmx to put in place."""
    nonce = secrets.token_urlsafe(16)
    known = _shared(request, visitor, nonce) | context
    text = _templates().get_template(template).render(**known)
    return HTMLResponse(text, headers={"Content-Security-Policy": content_policy(nonce)})


def done(request: Request, where: str, said: str) -> Response:
    """After a deed: go to a page of ours, which says what was done, once."""
    if request.headers.get("hx-request"):
        answer: Response = Response(status_code=204, headers={"HX-Redirect": where})
    else:
        answer = RedirectResponse(where, 303)
    answer.set_cookie(
        FLASH,
        _signer(request).dumps(said[:500]),
        max_age=60,
        path="/desk",
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
    return answer


def content_policy(nonce: str) -> str:
    """What a page may load: our own files, and scripts that know the nonce."""
    return (
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        f"script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'"
    )


def is_secure(request: Request) -> bool:
    """Whether cookies may insist on TLS: everywhere but on this machine without it."""
    host = request.url.hostname or ""
    return request.url.scheme == "https" or host not in {"127.0.0.1", "localhost", "::1"}


@cache
def asset(name: str) -> str:
    """The address of a file of ours; it changes when the file does, so it may be kept for long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def _shared(request: Request, visitor: Visitor | None, nonce: str) -> dict[str, Any]:
    token = visitor.form_token() if visitor else ""
    return {
        "nonce": nonce,
        "hx": Markup('hx-nonce="{}"').format(nonce),
        "visitor": visitor,
        "path": request.url.path,
        "said": _said(request) if visitor else "",
        "csrf": Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN, token),
    }


def _said(request: Request) -> str:
    try:
        return str(_signer(request).loads(request.cookies.get(FLASH, "")))
    except BadSignature:
        return ""


def _signer(request: Request) -> URLSafeSerializer:
    return URLSafeSerializer(request.app.state.flash_key, salt=_FLASH_SALT)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(PAGES / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset
    made.filters |= {
        "money": show_money,
        "day": show_day,
        "instant": show_instant,
        "markdown": show_markdown,
        "outside": show_outside,
    }
    return made


def show_money(value: Money) -> str:
    """An amount with its currency, as a person in this office writes it."""
    return format_currency(value.amount, value.currency, locale=LOCALE, currency_digits=False)


def show_day(value: date) -> str:
    """A date: 4 Mar 2026."""
    return format_date(value, "d MMM y", locale=LOCALE)


def show_instant(value: datetime) -> str:
    """An instant, in UTC: 4 Mar 2026 09:15 UTC."""
    return f"{format_datetime(value, 'd MMM y HH:mm', locale=LOCALE)} UTC"


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("js-default", {"html": False, "linkify": False})


def show_markdown(text: str) -> Markup:
    """Markdown as a few harmless tags: no links, no pictures, no HTML of its own."""
    made = nh3.clean(_markdown().render(text), tags=_SHOWN_TAGS, attributes={})
    return Markup(made)  # noqa: S704 - cleaned on the line above


def show_outside(text: str) -> Markup:
    """Words from outside, escaped, with every hidden sign made visible."""
    shown = "".join(
        f"[U+{ord(sign):04X}]" if hides(sign) and sign not in "\n\t" else sign for sign in text
    )
    return Markup('<bdi class="outside">{}</bdi>').format(shown)
