"""A request sent twice is done once: answers are kept under their Idempotency-Key.

The decision itself is a compare-and-set in the ledger, so even a request whose key was lost in a
crash cannot take effect twice; the key makes the second answer equal to the first. A refusal that
only time stands behind is not kept: sent again under the same key, the request may go through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy import delete, update
from sqlmodel import Session

from api.access import Caller
from api.problems import HEADERS, MEDIA_TYPE, problem_of
from graph.conversation import Busy
from ledger.clock import SystemClock
from ledger.errors import ArError, BadInput, Conflict
from ledger.ids import digest
from ledger.journal import insert_new
from ledger.tables.work import IdempotentRequest
from tools.reviewer_guard import NotNow

_JSON = "application/json"
_LONGEST = timedelta(minutes=10)
"""No request runs longer; one that seems to was left behind by a server that stopped."""


@dataclass(frozen=True, slots=True)
class Once:
    """The key of a request, if it has one, and what exactly was asked."""

    path: str
    key: str | None
    request_digest: str

    def answer(
        self,
        caller: Caller,
        work: Callable[[], BaseModel],
        once: frozenset[str] = frozenset(),
        status: int = 200,
    ) -> Response:
        """Do the work, or give the answer it had the first time.

        Args:
            caller: Whose key it is.
            work: What is asked.
            once: Fields that are told the first time only and never kept, such as a secret.
            status: The status of the answer.

        Raises:
            Conflict: It is still running.
            BadInput: The key was used for something else.
        """
        if self.key is None:
            return _answer(work(), status)
        kept = self._claim(caller, SystemClock().now())
        if kept is not None:
            return kept
        try:
            done = work()
        except ArError as error:
            if _passes(error):
                self._forget(caller)
                raise
            response = problem_of(error, self.path)
            self._keep(caller, response)
            return response
        except Exception:
            self._forget(caller)
            raise
        self._keep(caller, _answer(done.model_copy(update=dict.fromkeys(once)), status))
        return _answer(done, status)

    def _claim(self, caller: Caller, now: datetime) -> Response | None:
        """Take the key, or find what was answered under it; a taken one says since when."""
        row = {
            "key": self.key,
            "person_id": caller.person.person_id,
            "request_digest": self.request_digest,
            "status": None,
            "answer": now.isoformat(),
            "created_on": now.date(),
        }
        with caller.house.ledger.write() as session:
            if insert_new(session, IdempotentRequest, [row]):
                return None
            kept = session.get_one(IdempotentRequest, (self.key, caller.person.person_id))
            return self._kept(session, kept, now)

    def _kept(self, session: Session, kept: IdempotentRequest, now: datetime) -> Response | None:
        if kept.request_digest != self.request_digest:
            raise BadInput("this Idempotency-Key was used for another request; take a new one")
        if kept.status is not None:
            media = _JSON if kept.status < 400 else MEDIA_TYPE
            headers = HEADERS | {"Idempotency-Replayed": "true"}
            return Response(kept.answer, kept.status, headers, media)
        if kept.answer and now - datetime.fromisoformat(kept.answer) < _LONGEST:
            raise Conflict("this request is still running; ask again in a moment")
        # Left behind by a server that stopped in the middle: what it did is in the ledger.
        kept.answer, kept.created_on = now.isoformat(), now.date()
        session.flush()
        return None

    def _keep(self, caller: Caller, response: Response) -> None:
        self._write(
            caller,
            update(IdempotentRequest).values(
                status=response.status_code, answer=bytes(response.body).decode()
            ),
        )

    def _forget(self, caller: Caller) -> None:
        """It may be tried again under the same key."""
        self._write(caller, delete(IdempotentRequest))

    def _write(self, caller: Caller, statement: Any) -> None:
        with caller.house.ledger.write() as session:
            session.execute(
                statement.where(
                    IdempotentRequest.key == self.key,
                    IdempotentRequest.person_id == caller.person.person_id,
                )
            )


def _passes(error: ArError) -> bool:
    """Whether the same request may go through a little later."""
    return isinstance(error, Busy | NotNow) or error.status_code == 429 or error.status_code >= 500


def _answer(model: BaseModel, status: int) -> Response:
    return JSONResponse(model.model_dump(mode="json"), status, HEADERS)


async def read_once(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="Repeat a request under its key and get the first answer again.",
        ),
    ] = None,
) -> Once:
    """The key of a request and the digest of what it asks."""
    body = await request.body()
    asked = f"{request.method} {request.url.path}\n".encode() + body
    return Once(request.url.path, key, digest(asked))


OnceOnly = Annotated[Once, Depends(read_once)]
