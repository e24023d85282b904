"""Disputes: the pipeline and one case."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.pages.access import SignedIn
from api.pages.render import page
from tools.dispute_pipeline import STAGES, dispute_page, pipeline

router = APIRouter(prefix="/desk/disputes", include_in_schema=False)
_SHOWN = 200
_Word = Query(max_length=60)


@router.get("")
def list_disputes(
    request: Request,
    visitor: SignedIn,
    reason: Annotated[str, _Word] = "",
    owner: Annotated[str, _Word] = "",
    overdue: bool = False,
) -> Response:
    """Open disputes by stage, most urgent first."""
    house = visitor.house
    with house.ledger.read() as session:
        found = pipeline(
            session,
            house.policy,
            house.business_date(),
            reason=reason or None,
            owner=owner or None,
            overdue_only=overdue,
            limit=_SHOWN,
        )
    return page(
        request,
        "disputes/list.html",
        visitor,
        pipeline=found,
        stages=STAGES[:3],
        reasons=sorted(house.policy.dispute.reasons),
        reason=reason,
        owner=owner,
        overdue=overdue,
    )


@router.get("/{dispute_id}")
def show_dispute(request: Request, dispute_id: str, visitor: SignedIn) -> Response:
    """A dispute with everything that bears on it."""
    house = visitor.house
    with house.ledger.read() as session:
        case = dispute_page(session, dispute_id, house.policy, house.business_date())
    return page(request, "disputes/page.html", visitor, case=case)
