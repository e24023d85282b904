"""What payment providers tell us: proven, kept as it came, answered at once, booked behind that."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Path, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from graph.portal import Portal

router = APIRouter(include_in_schema=False)
_SIGNATURES = {"stripe": "stripe-signature"}


@router.post("/payments/{provider}")
async def notice(
    request: Request,
    later: BackgroundTasks,
    provider: Annotated[str, Path(pattern="^[a-z]{1,20}$")],
) -> Response:
    """Take one notice; the same again is answered alike and changes nothing."""
    portal = Portal(request.app.state.house)
    payload = await request.body()
    signature = request.headers.get(_SIGNATURES.get(provider, ""), "")
    is_new = await run_in_threadpool(portal.take_notice, provider, payload, signature)
    if is_new:
        later.add_task(portal.book_payments)
    return JSONResponse({"taken": True}, background=later)
