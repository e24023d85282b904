"""What a bank line is before anybody looks for invoices: a receipt, money going back, our own."""

from enum import StrEnum

from engines.matching.model import Payment
from engines.matching.words import pattern, plain


class LineKind(StrEnum):
    """What a line of the bank is."""

    RECEIPT = "receipt"
    RETURN = "return"
    FEE = "fee"
    INTERNAL = "internal"


_RETURN = pattern("lines", "returned")
_FEE = pattern("lines", "fee")
_OWN = pattern("lines", "own")
_STRANGE = pattern("lines", "strange")
_STATED = pattern("payers", "deduction")
_LESS = pattern("payers", "less")
_PART = pattern("payers", "part")
_DISCOUNT = pattern("payers", "discount")
_RETURN_CHANNELS = plain("channels", "returned")
_FEE_CHANNELS = plain("channels", "fee")
_OWN_CHANNELS = plain("channels", "own")


def classify(payment: Payment, is_ours: bool) -> LineKind:
    """Say what a line is by its sign, channel and words of the trade in several languages.

    Args:
        payment: The line.
        is_ours: Whether it names an open document or its payer is a customer.
    """
    text = f"{payment.memo} {payment.payer_name}"
    channel = set(payment.channel.lower().replace("_", " ").replace("-", " ").split())
    if channel & _RETURN_CHANNELS or _says_return(payment, text, is_ours):
        return LineKind.RETURN
    if channel & _FEE_CHANNELS or _FEE.search(text):
        return LineKind.FEE
    own = _OWN.search(text) or (not is_ours and _STRANGE.search(text))
    if channel & _OWN_CHANNELS or own:
        return LineKind.INTERNAL
    if payment.amount_minor > 0:
        return LineKind.RECEIPT
    return LineKind.RETURN if is_ours else LineKind.INTERNAL


def _says_return(payment: Payment, text: str, is_ours: bool) -> bool:
    found = _RETURN.search(text)
    if not found or _FEE.search(text):
        return False
    # A retailer that pays less a chargeback still pays.
    return payment.amount_minor < 0 or not is_ours or "charge" not in found[0].lower()


def states_deduction(text: str) -> bool:
    """Whether a payer says that it kept something back."""
    return bool(_STATED.search(text))


def states_less(text: str) -> bool:
    """Whether a payer says that it paid less, without saying why."""
    return bool(_LESS.search(text))


def states_part(text: str) -> bool:
    """Whether a payer says that more will come."""
    return bool(_PART.search(text))


def states_discount(text: str) -> bool:
    """Whether a payer says that it took a cash discount."""
    return bool(_DISCOUNT.search(text))
