"""The customer's page as one part of the application."""

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from api.portal import acts, desk, notices, pages
from api.portal.render import problem_page
from api.portal.visits import NeedsFact

PLACE = "/p/"


def add_portal(app: FastAPI) -> None:
    """Add the page and the notices of payment providers."""
    for router in (pages.router, acts.router, notices.router, desk.router):
        app.include_router(router)

    @app.exception_handler(NeedsFact)
    async def on_unproven(request: Request, error: NeedsFact) -> Response:  # noqa: ARG001
        return RedirectResponse(error.where, 303)


def portal_problem(request: Request, status: int, detail: str) -> Response:
    """The page of an error, for whoever holds a link or thinks so."""
    return problem_page(request, status, detail)
