"""The API and the pages of one home as an application."""

from collections.abc import Callable
from datetime import date
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.oidc import OidcProvider
from api import health, metrics, stop
from api.accounts import routes as accounts
from api.body_limits import BodyLimits, most_bytes
from api.chat import routes as chat
from api.departures import Departures
from api.disputes import routes as disputes
from api.doors import add_doors
from api.forecast import routes as forecast
from api.inbox import routes as inbox
from api.limits import Limits
from api.metrics import Metered, Meters
from api.pages.desk import add_pages, error_page
from api.problems import HEADERS, RESPONSES, Problem, add_handlers, problem
from api.request_log import RequestLog
from api.runs import routes as runs
from api.webhooks import routes as webhooks
from graph.bootstrap import House
from graph.telemetry import of_requests

_ABOUT = (
    "Approve, edit or reject what waits for a person, read accounts and nights, ask the assistant. "
    "Every error is a problem document (RFC 9457); lists are paged by `next`; a POST may carry an "
    "Idempotency-Key."
)


def create_app(
    house: House,
    dispatch: Callable[[date], object] | None = None,
    limits: Limits | None = None,
) -> FastAPI:
    """Build the API over an open home; the caller closes the home.

    There is no documentation page, because it would load scripts from elsewhere; the description
    is at /openapi.json. `dispatch` sends what an approval has just carried out.
    """
    app = FastAPI(
        title="Dunwell",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
        redirect_slashes=False,
        telemetry=of_requests(house.settings),
    )
    app.state.house = house
    app.state.meters = Meters(house)
    undo_seconds = house.policy.approval.reviewing.undo_seconds
    app.state.dispatch = Departures(dispatch, undo_seconds) if dispatch else None
    app.state.limits = limits or Limits()
    oidc = house.settings.oidc
    app.state.provider = (
        OidcProvider(oidc.issuer, oidc.client_id, oidc.client_secret, oidc.match) if oidc else None
    )
    for router in (
        health.router,
        metrics.router,
        inbox.router,
        accounts.router,
        runs.router,
        chat.router,
        disputes.router,
        forecast.router,
        webhooks.router,
        stop.router,
    ):
        app.include_router(router)
    add_doors(app)
    add_pages(app)
    add_handlers(app, error_page)
    app.add_middleware(BodyLimits)
    app.add_middleware(_Edge)
    app.add_middleware(Metered, meters=app.state.meters)
    app.add_middleware(RequestLog)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI description, with the problem document every error is."""
    if app.openapi_schema is None:
        described = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        parts = schema.pop("$defs", {}) | {"Problem": schema}
        described.setdefault("components", {}).setdefault("schemas", {}).update(parts)
        app.openapi_schema = described
    return app.openapi_schema


class _Edge:
    """Refuses an announced body that is too large; keeps answers from being cached or framed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and complete the head of its answer."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        announced = Headers(scope=scope).get("content-length", "") if "headers" in scope else ""
        most = most_bytes(scope.get("path", ""))
        if announced.isdecimal() and int(announced) > most:
            answer = problem(413, f"a request holds {most} bytes at most", scope["path"])
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send_safely)
