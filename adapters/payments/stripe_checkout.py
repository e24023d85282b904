"""Card payments by Stripe Checkout, through the official SDK (extra `stripe`)."""

import json
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from adapters.payments.port import (
    CheckoutWish,
    NoticeUnread,
    NotTheirs,
    OfferedCheckout,
    PaymentNotice,
    PaymentsDown,
)
from ledger.errors import BadInput
from ledger.money import Money, currency_digits

# Stripe counts some currencies in other units than ISO 4217 says (docs.stripe.com/currencies).
_WHOLE = frozenset(
    (
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    )
)
_THOUSANDTHS = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
_MOST_UNITS = 99_999_999
_TOLERANCE_SECONDS = 300
_KINDS = {
    "checkout.session.async_payment_succeeded": "paid",
    "checkout.session.async_payment_failed": "failed",
    "checkout.session.expired": "expired",
}
_ODD = (BadInput, ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError)
_COMPLETED = "checkout.session.completed"


def to_units(amount: Money) -> int:
    """An amount as Stripe counts it.

    Raises:
        BadInput: Stripe cannot count it exactly, or not so much.
    """
    ours, theirs = currency_digits(amount.currency), _digits(amount.currency)
    units, rest = divmod(amount.minor * 10**theirs, 10**ours)
    # Thousandths are taken in steps of ten only.
    odd = amount.currency in _THOUSANDTHS and units % 10
    if rest or odd or not 0 < units <= _MOST_UNITS:
        raise BadInput(f"{amount.amount} {amount.currency} cannot be paid by card; pay by transfer")
    return units


def from_units(units: int, currency: str) -> Money:
    """An amount of Stripe's as ours.

    Raises:
        BadInput: It is no whole number of our minor units.
    """
    code = currency.upper()
    minor, rest = divmod(units * 10 ** currency_digits(code), 10 ** _digits(code))
    if rest:
        raise BadInput(f"Stripe tells {units} units of {code}, which are not whole")
    return Money(minor, code)


def _digits(currency: str) -> int:
    if currency in _WHOLE:
        return 0
    return 3 if currency in _THOUSANDTHS else 2


class StripeCheckout:
    """Stripe's hosted page.

    Args:
        key: The secret or restricted key.
        webhook_secret: What signs its notices.
        base_url: Another address than Stripe's, for a server of one's own.
    """

    name = "stripe"

    def __init__(self, key: SecretStr, webhook_secret: SecretStr, base_url: str | None) -> None:
        self._key, self._secret, self._base_url = key, webhook_secret, base_url

    @cached_property
    def _client(self) -> Any:
        from stripe import StripeClient

        options: dict[str, Any] = {"max_network_retries": 1}
        if self._base_url:
            options["base_addresses"] = {"api": self._base_url}
        return StripeClient(self._key.get_secret_value(), **options)

    def takes(self, amount: Money) -> bool:
        """Whether Stripe can count it."""
        try:
            return to_units(amount) > 0
        except BadInput:
            return False

    def begin(self, wish: CheckoutWish) -> OfferedCheckout:
        """Create the session; our id is the idempotency key, so a lost answer costs nothing."""
        import stripe

        try:
            session = self._client.v1.checkout.sessions.create(
                self._params(wish), {"idempotency_key": wish.checkout_id}
            )
        except stripe.StripeError as error:
            told = type(error).__name__
            raise PaymentsDown(f"card payments do not answer now ({told}); try later") from None
        if not session.url or urlsplit(session.url).scheme not in self._schemes:
            raise PaymentsDown("card payments gave no page; try later")
        return OfferedCheckout(session.id, session.url)

    @property
    def _schemes(self) -> tuple[str, ...]:
        return ("https", "http") if self._base_url else ("https",)

    def _params(self, wish: CheckoutWish) -> dict[str, Any]:
        params: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": wish.checkout_id,
            "success_url": wish.done_url,
            "cancel_url": wish.back_url,
            "locale": wish.language,
            "metadata": {"checkout": wish.checkout_id},
            "payment_intent_data": {"metadata": {"checkout": wish.checkout_id}},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": money.currency.lower(),
                        "unit_amount": to_units(money),
                        "product_data": {"name": text[:120]},
                    },
                }
                for text, money in wish.lines
            ],
        }
        return params | ({"customer_email": wish.email} if wish.email else {})

    def prove_notice(self, payload: bytes, signature: str) -> None:
        """Prove the signature by the SDK."""
        import stripe

        try:
            stripe.WebhookSignature.verify_header(
                payload.decode(), signature, self._secret.get_secret_value(), _TOLERANCE_SECONDS
            )
        except (stripe.SignatureVerificationError, ValueError):
            raise NotTheirs("this notice is not signed by Stripe") from None

    def read_stored(self, payload: bytes) -> PaymentNotice:
        """Read a notice; only what says that money came or will not come means anything."""
        try:
            return self._read(json.loads(payload))
        except _ODD as error:
            told = type(error).__name__
            raise NoticeUnread(f"this notice of Stripe's cannot be read ({told})") from None

    def _read(self, event: Any) -> PaymentNotice:
        held = event["data"]["object"]
        kind = _KINDS.get(event["type"], "other")
        if event["type"] == _COMPLETED:
            # A completed session of a slow way to pay is not paid yet; another notice follows.
            kind = "paid" if held.get("payment_status") == "paid" else "other"
        amount = None
        if kind == "paid":
            amount = from_units(int(held["amount_total"]), held["currency"])
        return PaymentNotice(
            event_id=event["id"],
            kind=kind,
            provider_kind=event["type"],
            checkout_id=str(held.get("client_reference_id") or ""),
            provider_ref=str(held.get("id") or ""),
            amount=amount,
            payment_ref=str(held.get("payment_intent") or ""),
            paid_at=datetime.fromtimestamp(event["created"], UTC),
        )
