"""Who takes card payments, by the settings; and what is still missing for it."""

import importlib.util

from adapters.payments.port import PaymentPort
from graph.settings import Settings


def open_payments(settings: Settings) -> PaymentPort | None:
    """The provider; None where nothing, or not everything, is set."""
    if payments_missing(settings):
        return None
    from adapters.payments.stripe_checkout import StripeCheckout

    key, secret = settings.stripe_key, settings.stripe_webhook_secret
    if key is None or secret is None:
        return None
    return StripeCheckout(key, secret, settings.stripe_url)


def payments_missing(settings: Settings) -> tuple[str, ...]:
    """What card payments still need, a line each; empty where they can be taken."""
    wanted = (
        ("DUNWELL_STRIPE_KEY", settings.stripe_key),
        ("DUNWELL_STRIPE_WEBHOOK_SECRET", settings.stripe_webhook_secret),
        ("DUNWELL_PUBLIC_URL", settings.public_url),
    )
    missing = [name for name, value in wanted if not value]
    if importlib.util.find_spec("stripe") is None:
        missing.append("the extra `stripe` of dunwell")
    return tuple(missing)


def payments_wanted(settings: Settings) -> bool:
    """Whether somebody began to set card payments up."""
    return settings.stripe_key is not None or settings.stripe_webhook_secret is not None
