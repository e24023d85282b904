"""How much a request may hold: little everywhere, more where a customer sends files."""

from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.portal.acts import MAX_BODY_BYTES as WITH_FILES
from api.portal.routes import PLACE

MAX_BODY_BYTES = 256 * 1024


def most_bytes(path: str) -> int:
    """The limit of an address."""
    return WITH_FILES if path.startswith(PLACE) else MAX_BODY_BYTES


class BodyLimits:
    """Ends a request whose body grows beyond the limit of its address."""

    def __init__(self, app: ASGIApp) -> None:
        self._by_limit = {
            most: RequestBodyLimitMiddleware(app, max_body_size=most)
            for most in (MAX_BODY_BYTES, WITH_FILES)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on under its limit."""
        limited = self._by_limit[most_bytes(scope.get("path", ""))]
        await limited(scope, receive, send)
