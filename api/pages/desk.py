"""The pages of the desk as one part of the application: routes, files, errors as pages."""

import secrets

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.pages import (
    account_deeds,
    accounts,
    analytics,
    assistant,
    disputes,
    inbox,
    people,
    people_me,
    sign_in,
    sign_in_provider,
    tasks,
    today,
    webhooks,
)
from api.pages.access import NeedsSignIn
from api.pages.render import STATIC, page
from api.portal.routes import PLACE, add_portal, portal_problem

PAGES = ("/desk", PLACE)
_KEPT = "public, max-age=31536000, immutable"


class _Files(StaticFiles):
    """Files whose address names their digest, so a browser may keep them."""

    def file_response(self, *args: object, **named: object) -> Response:
        answer = super().file_response(*args, **named)  # type: ignore[arg-type]
        answer.headers["Cache-Control"] = _KEPT
        return answer


def add_pages(app: FastAPI) -> None:
    """Add every page to the application."""
    # Words that say what was done outlive no restart, so their key need not either.
    app.state.flash_key = secrets.token_urlsafe(32)
    app.mount("/static", _Files(directory=STATIC), name="static")
    for area in (
        sign_in,
        sign_in_provider,
        today,
        inbox,
        accounts,
        disputes,
        analytics,
        assistant,
        people,
        people_me,
        webhooks,
        account_deeds,
        tasks,
    ):
        app.include_router(area.router)
    add_portal(app)

    @app.get("/", include_in_schema=False)
    def start() -> Response:
        return RedirectResponse("/desk", 303)

    @app.exception_handler(NeedsSignIn)
    async def on_stranger(request: Request, error: NeedsSignIn) -> Response:
        if request.headers.get("hx-request"):
            return Response(status_code=204, headers={"HX-Redirect": error.where})
        return RedirectResponse(error.where, 303)


def error_page(request: Request, status: int, title: str, detail: str) -> Response | None:
    """The page of an error: the same one line a program would get; None for programs."""
    if not request.url.path.startswith(PAGES):
        return None
    if request.url.path.startswith(PLACE):
        return portal_problem(request, status, detail)
    return page(
        request, "errors/problem.html", status=status, title=title, detail=detail, back="/desk"
    )
