"""Actions on disputes: opened by what a customer says, closed and opened again by people."""

from typing import Literal, Self

from pydantic import Field, model_validator

from ledger.action_base import Action

DisputeLevel = Literal["account", "invoice", "amount"]


class OpenDisputeCase(Action):
    """Record that the customer disputes the account, an invoice, or a part of one.

    Attributes:
        amount_minor: The disputed part, in minor units of the invoice; left out, all of it.
        claim_id: The claim of the message it was read from.
    """

    type: Literal["open_dispute"] = "open_dispute"
    invoice_id: str | None = None
    reason: str
    quote: str = ""
    amount_minor: int | None = Field(default=None, gt=0)
    claim_id: str | None = None

    @property
    def level(self) -> DisputeLevel:
        """What is disputed."""
        if self.invoice_id is None:
            return "account"
        return "invoice" if self.amount_minor is None else "amount"

    @model_validator(mode="after")
    def _an_amount_is_of_an_invoice(self) -> Self:
        if self.amount_minor is not None and self.invoice_id is None:
            raise ValueError("a disputed amount is part of an invoice: name it")
        return self


class ResolveDispute(Action):
    """Close a dispute with a resolution, and book what it gives.

    Attributes:
        amount_minor: What comes off the invoice, where the resolution gives something; left out,
            all that is disputed.
        invoice_id: The invoice it comes off, where the dispute is about the account.
    """

    type: Literal["resolve_dispute"] = "resolve_dispute"
    dispute_id: str
    resolution: Literal["credit", "rebill", "deny", "write_off", "allow_discount", "withdrawn"]
    amount_minor: int | None = Field(default=None, gt=0)
    invoice_id: str | None = None
    note: str = ""

    @property
    def gives(self) -> bool:
        """Whether the resolution takes something off an invoice."""
        return self.resolution not in ("deny", "withdrawn")


class ReopenDispute(Action):
    """Take a resolution back: the dispute is open again, and so is what it took off."""

    type: Literal["reopen_dispute"] = "reopen_dispute"
    dispute_id: str
    note: str = ""
