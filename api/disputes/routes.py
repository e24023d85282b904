"""Disputes: the pipeline, one case, and the figures of a period."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.access import Reader
from tools.account_names import find_account
from tools.dispute_metrics import DisputeMetrics, dispute_metrics
from tools.dispute_pipeline import DisputePage, Pipeline, dispute_page, pipeline

router = APIRouter(prefix="/disputes", tags=["disputes"])


@router.get("")
def list_disputes(
    caller: Reader,
    account: Annotated[str | None, Query(max_length=120)] = None,
    reason: Annotated[str | None, Query(max_length=40)] = None,
    owner: Annotated[str | None, Query(max_length=60)] = None,
    overdue: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Pipeline:
    """Open disputes, most urgent first, with sums per reason over all of them."""
    house = caller.house
    with house.ledger.read() as session:
        return pipeline(
            session,
            house.policy,
            house.business_date(),
            account_id=find_account(session, account) if account else None,
            reason=reason,
            owner=owner,
            overdue_only=overdue,
            limit=limit,
        )


@router.get("/metrics")
def show_metrics(
    caller: Reader, days: Annotated[int, Query(ge=1, le=3660)] = 365
) -> DisputeMetrics:
    """Dispute rate, days to resolve, right first time and root causes."""
    house = caller.house
    with house.ledger.read() as session:
        return dispute_metrics(session, house.policy, house.business_date(), days)


@router.get("/{dispute_id}")
def show_dispute(
    dispute_id: Annotated[str, Path(max_length=60, description="Id or its beginning.")],
    caller: Reader,
) -> DisputePage:
    """A dispute with its evidence, clock, priority and what usually decides it."""
    house = caller.house
    with house.ledger.read() as session:
        return dispute_page(session, dispute_id, house.policy, house.business_date())
