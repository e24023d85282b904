"""A provider that takes every payment and no money, for homes without one and for tests."""

import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.payments.port import (
    CheckoutWish,
    NotTheirs,
    OfferedCheckout,
    PaymentNotice,
    PaymentsDown,
)
from ledger.money import Money


@dataclass
class FakePayments:
    """Remembers what was begun; `notice_of` signs what a provider would tell.

    Attributes:
        is_down: Whether it refuses to answer.
    """

    secret: bytes = b"fake"
    is_down: bool = False
    begun: dict[str, CheckoutWish] = field(default_factory=dict)
    name: str = "fake"

    def takes(self, amount: Money) -> bool:
        """Anything above nothing."""
        return amount.minor > 0

    def begin(self, wish: CheckoutWish) -> OfferedCheckout:
        """Remember the wish."""
        if self.is_down:
            raise PaymentsDown("the card payments do not answer; try again later")
        self.begun.setdefault(wish.checkout_id, wish)
        return OfferedCheckout(
            f"fake_{wish.checkout_id}", f"https://pay.example/{wish.checkout_id}"
        )

    def notice_of(
        self, checkout_id: str, event_id: str, kind: str = "paid", amount: Money | None = None
    ) -> tuple[bytes, str]:
        """A notice as the provider would send it, and its signature."""
        lines = self.begun[checkout_id].lines
        paid = amount or sum((money for _text, money in lines), Money.zero(lines[0][1].currency))
        told = {
            "id": event_id,
            "kind": kind,
            "checkout": checkout_id,
            "minor": paid.minor,
            "currency": paid.currency,
            "at": datetime(2026, 3, 17, 16, tzinfo=UTC).isoformat(),
        }
        payload = json.dumps(told).encode()
        return payload, self._seal(payload)

    def prove_notice(self, payload: bytes, signature: str) -> None:
        """Prove a notice of `notice_of`."""
        if not hmac.compare_digest(signature, self._seal(payload)):
            raise NotTheirs("this notice is not signed by the provider")

    def read_stored(self, payload: bytes) -> PaymentNotice:
        """Read a notice."""
        told = json.loads(payload)
        return PaymentNotice(
            event_id=told["id"],
            kind=told["kind"],
            provider_kind=told["kind"],
            checkout_id=told["checkout"],
            provider_ref=f"fake_{told['checkout']}",
            amount=Money(told["minor"], told["currency"]),
            payment_ref=f"pay_{told['checkout']}",
            paid_at=datetime.fromisoformat(told["at"]),
        )

    def _seal(self, payload: bytes) -> str:
        return hmac.new(self.secret, payload, "sha256").hexdigest()
