"""Which required elements a message holds: opt-out, disclosures, sender, reference, breakdown."""

import re
from collections.abc import Iterable, Sequence

from guardrails.content.claims import ELEMENT
from guardrails.content.protected import known_names

_REFERENCE = re.compile(
    r"\b[A-Z]{1,6}[-/ ]?\d{1,4}(?:[-/]?\d+)*\b|(?:#|№|\b[Nn][o°ºr]\.? ?)\d+"
    r"|\b(?i:invoice|factura|facture|rechnung|account|cuenta|compte|konto)\w*"
    r"[ :]{1,2}(?:[a-zäé.°º]{2,8} )?[A-Z]{0,5}[-/]?\d"
)
_NUMBERED = re.compile(r"[A-Z]-\d")
_CURRENCY_CODE = re.compile(r"\b(?:EUR|USD|GBP|CAD|AUD|CHF|NZD) ?\d")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w{2,}|https?://\S+")
_PHONE = re.compile(r"\d[\d ()./-]{6,}\d")
_MONEY = re.compile(
    r"(?:[$€£]|\b(?:EUR|USD|GBP|CAD|AUD|CHF)\b) ?\d|\d[.,]\d\d ?(?:[$€£]|\b(?:EUR|USD|GBP|CHF)\b)?"
)
_PRINCIPAL = re.compile(
    r"\b(?:principal|original amount|invoice amount|capital|hauptforderung|rechnungsbetrag"
    r"|importe (?:de la factura|original)|montant (?:initial|de la facture)|en principal)\b"
)
_INTEREST = re.compile(r"\b(?:interest|intereses|interets?|zinsen|verzugszinsen)\b")
_FEES = re.compile(r"\b(?:fees?|costs|charges|gastos|cargos|comisiones|frais|kosten|gebuhre?n?)\b")
_BREAKDOWN_HINTS = (
    *("principal", "amount", "capital", "hauptforderung", "betrag", "importe", "montant"),
    *("interes", "interet", "zinsen", "fee", "cost", "charge", "gasto", "cargo", "comision"),
    *("frais", "kosten", "gebuhr"),
)
_FEWEST_AMOUNTS = 2


def elements_of(
    text: str, folded: str, labels: Iterable[str], names: Sequence[str]
) -> frozenset[str]:
    """Put together what the lexicon found sentence by sentence and what the whole text shows."""
    found = {each.removeprefix(ELEMENT) for each in labels if each.startswith(ELEMENT)}
    if _has_reference(text):
        found.add("debt_reference")
    if (("@" in text or "://" in text) and _ADDRESS.search(text)) or _PHONE.search(text):
        found.add("reply_path")
    if _is_broken_down(text, folded):
        found.add("amount_breakdown")
    sender = known_names(names)
    if sender is not None and sender.search(text):
        found.add("sender_identity")
    return frozenset(found)


def _has_reference(text: str) -> bool:
    """Whether a number is a reference and not only an amount with its currency before it."""
    if _NUMBERED.search(text):
        return True
    return any(
        not _CURRENCY_CODE.match(match[0] + text[match.end() : match.end() + 1])
        for match in _REFERENCE.finditer(text)
    )


def _is_broken_down(text: str, folded: str) -> bool:
    if sum(each in folded for each in _BREAKDOWN_HINTS) < _FEWEST_AMOUNTS:
        return False
    kinds = sum(bool(each.search(folded)) for each in (_PRINCIPAL, _INTEREST, _FEES))
    return kinds >= _FEWEST_AMOUNTS and len(_MONEY.findall(text)) >= _FEWEST_AMOUNTS
