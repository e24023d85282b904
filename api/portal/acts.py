"""What a link takes: forms, each once, each restated on a page of its own."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.pages.forms import TOKEN, word, words
from api.portal.fields import Refill, read_wish
from api.portal.pages import LOOK, pay_page
from api.portal.render import portal_page
from api.portal.visits import Seen, Sender, Visit
from ledger.errors import ArError
from tools.outside_text import without_controls
from tools.portal_files import ENDINGS, TAKEN, FileRefused, Upload
from tools.portal_page import CustomerPage
from tools.portal_wishes import REASONS, Kind

router = APIRouter(prefix="/p", include_in_schema=False)
MAX_BODY_BYTES = 33_000_000
_MOST_FIELDS = 2100
_LONGEST_FACT = 100
Wished = Annotated[Kind, Path()]


async def _fields(request: Request, seen: Sender) -> AsyncIterator[FormData]:  # noqa: ARG001
    """The fields of a form, read only for a link in force; its files are closed behind."""
    async with request.form(max_files=6, max_fields=_MOST_FIELDS) as form:
        yield form


Fields = Annotated[FormData, Depends(_fields)]


@router.api_route("/{token}/{kind}", methods=LOOK)
def form_of(request: Request, seen: Seen, kind: Wished) -> Response:
    """The form of one wish."""
    return _form(request, seen, kind, seen.portal.page(seen.guest))


def _form(
    request: Request,
    seen: Visit,
    kind: str,
    account: CustomerPage,
    form: FormData | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    held = form if form is not None else FormData()
    currencies = sorted({item.open.currency for item in account.items})
    return portal_page(
        request,
        "portal/wish.html",
        seen,
        status,
        kind=kind,
        account=account,
        currencies=currencies or [seen.portal.house.policy.company.currency],
        reasons=REASONS,
        held=lambda name, default="": without_controls(word(held, name, default)),
        ticked=words(held, "item") or list(request.query_params.getlist("item")),
        problem=problem,
        files=seen.portal.policy,
        endings=ENDINGS,
        taken=TAKEN,
    )


@router.post("/{token}/language")
async def language(seen: Sender, form: Fields) -> Response:
    """Show the page in another language."""
    seen.nonce_of("language", word(form, TOKEN))
    chosen = word(form, "language")
    await run_in_threadpool(seen.portal.choose_language, seen.guest, chosen)
    return RedirectResponse(seen.home, 303)


@router.post("/{token}/fact")
async def fact(request: Request, seen: Sender, form: Fields) -> Response:
    """Take the fact; wrong ones count, and which were near is not said."""
    nonce = seen.nonce_of("fact", word(form, TOKEN))
    told = word(form, "fact")[:_LONGEST_FACT]
    try:
        known = await run_in_threadpool(seen.portal.prove, seen.guest, nonce, told)
    except ArError as error:
        key = _FACT_PROBLEMS.get(error.code)
        if key is None:
            raise
        said = seen.say(key)
        return portal_page(request, "portal/fact.html", seen, error.status_code, problem=said)
    if not known:
        said = seen.say("fact_wrong")
        return portal_page(request, "portal/fact.html", seen, 422, problem=said)
    answer = RedirectResponse(seen.home, 303)
    seen.remember_fact(request, answer)
    return answer


@router.post("/{token}/pay")
async def pay(request: Request, seen: Sender, form: Fields) -> Response:
    """Begin a card payment of the chosen items, at the ledger's amounts."""
    nonce = seen.nonce_of("pay", word(form, TOKEN))
    account = await run_in_threadpool(seen.portal.page, seen.guest)
    ticked = words(form, "item")
    public = seen.portal.house.settings.public_url or str(request.base_url)
    page = f"{public.rstrip('/')}{seen.home}"
    try:
        act_id = await run_in_threadpool(
            seen.portal.pay, seen.guest, nonce, account.chosen(ticked), page, seen.shown
        )
    except ArError as error:
        key = _PAY_PROBLEMS.get(error.code)
        if key is None:
            raise
        said = seen.say(key)
        return pay_page(request, seen, account, tuple(ticked), said, error.status_code)
    return RedirectResponse(f"{seen.home}/done/{act_id}", 303)


_FACT_PROBLEMS = {"too_many": "too_many", "link_spent": "link_spent"}
_PAY_PROBLEMS = {
    "already_paying": "already_paying",
    "bad_input": "choose_one_currency",
    "conflict": "card_not_possible",
    "payments_down": "card_down",
    "too_many": "too_many",
}


@router.post("/{token}/{kind}")
async def send(request: Request, seen: Sender, kind: Wished, form: Fields) -> Response:
    """Take one wish in."""
    nonce = seen.nonce_of(kind, word(form, TOKEN))
    account = await run_in_threadpool(seen.portal.page, seen.guest)

    async def again(key: str, status: int, **values: object) -> Response:
        said = seen.say(key, **values)
        return _form(request, seen, kind, account, form, said, status)

    try:
        wish = read_wish(kind, form, account, seen.say.language)
        uploads = await _uploads(form) if kind == "dispute" else []
        act_id = await run_in_threadpool(seen.portal.send, seen.guest, nonce, wish, uploads)
    except Refill as refill:
        return await again(refill.key, 422)
    except FileRefused as refused:
        policy = seen.portal.policy
        told: dict[str, Any] = {"most": policy.most_files, "megabytes": policy.file_megabytes}
        return await again(f"file_{refused.why}", 422, kinds=TAKEN, **told)
    except ArError as error:
        if error.status_code != 429:
            raise
        return await again("too_many", 429)
    return RedirectResponse(f"{seen.home}/done/{act_id}", 303)


async def _uploads(form: FormData) -> list[Upload]:
    found = [each for each in form.getlist("file") if isinstance(each, UploadFile)]
    return [Upload(each.filename or "", await each.read()) for each in found if each.filename]
