"""What every policy file has, and amounts by currency."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ledger.errors import BadInput
from ledger.money import Money


def minor_amounts(amounts: dict[str, Decimal]) -> dict[str, int]:
    """Amounts in minor units of their currencies."""
    return {currency: Money.of(value, currency).minor for currency, value in amounts.items()}


def _can_be_counted(amounts: dict[str, Decimal]) -> dict[str, Decimal]:
    try:
        minor_amounts(amounts)
    except BadInput as error:
        raise ValueError(error.message) from None
    return amounts


Amounts = Annotated[dict[str, Decimal], AfterValidator(_can_be_counted)]


class PolicyFile(BaseModel):
    """One file of policy: frozen, closed, with its version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int = Field(ge=1)
    effective_from: date
