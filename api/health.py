"""Whether the home answers; nothing about it is told without a key."""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import text

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The home is open and its books can be read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: str


@router.get("/health")
def health(request: Request) -> Health:
    """Answer if the ledger can be read."""
    with request.app.state.house.ledger.read() as session:
        session.execute(text("SELECT 1"))
    return Health(status="ok")
