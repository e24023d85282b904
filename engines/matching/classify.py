"""What a bank line is before anybody looks for invoices: a receipt, money going back, our own."""

import re
from enum import StrEnum

from engines.matching.model import Payment


class LineKind(StrEnum):
    """What a line of the bank is."""

    RECEIPT = "receipt"
    RETURN = "return"
    FEE = "fee"
    INTERNAL = "internal"


_RETURN = re.compile(
    r"\b(?:charge ?backs?|nsf|non[- ]sufficient|insufficient funds|"
    r"return(?:ed)? (?:item|check|cheque|deposit|payment|debit|ach|wire)|(?:ach|wire|deposit|check|"
    r"payment|direct debit) return(?:ed)?|r(?:eturn)? ?code r\d\d|reversal(?: of)?|reversed|recall(?:ed)?|"
    r"unpaid (?:check|cheque|item|direct debit)|r(?:ue|ü|u)cklastschrift|retoure|r(?:ue|ü|u)ckbuchung|"
    r"storno|rejet|impay[eé]e?|devoluci[oó]n|devuelto|insoluto|stornering|returdebitering)\b",
    re.IGNORECASE,
)
_FEE = re.compile(
    r"\b(?:(?:bank|service|monthly|account|maintenance|wire|analysis|lockbox|card|merchant) "
    r"(?:service )?(?:fees?|charges?)|account analysis|bankgeb(?:ue|ü)hr(?:en)?|kontof(?:ue|ü)hrung\w*|"
    r"entgeltabschluss|rechnungsabschluss|frais (?:bancaires|de tenue)|commission bancaire|"
    r"comisi[oó]n(?:es)? bancaria|bankkosten|spese bancarie)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:interest (?:credit|paid|payment|earned|income)|(?:credit|accrued|deposit) interest|"
    r"zinsgutschrift|habenzinsen|zinsen|int[eé]r[eê]ts cr[eé]diteurs|abono de intereses|rente credit|"
    r"payroll|salary|salaries|gehalt|l(?:oe|ö)hne|n[oó]mina|"
    r"(?:tax|vat|gst|irs|sales tax|customs) refund|irs treas|tax ?ref|treas 310|umsatzsteuer|"
    r"steuererstattung|finanzamt|cr[eé]dit de tva|remboursement tva|devoluci[oó]n iva|"
    r"(?:internal|intercompany|inter-company|book|sweep|account|own account|zba|cash pool\w*) "
    r"(?:transfer|sweep|funding|concentration)|transfer (?:from|to) (?:savings|checking|sweep|own|"
    r"operating|money market)|sweep|zero balance|(?:ue|ü)bertrag|umbuchung|virement interne|traspaso|"
    r"loan (?:proceeds|drawdown|advance|disbursement)|line of credit (?:draw|advance)|"
    r"credit line draw\w*|revolver draw|darlehen|dividend|capital contribution|"
    r"insurance (?:claim|settlement|proceeds)|escrow|treasury (?:bill|fund)|supplier refund|"
    r"vendor refund|rebate from (?:vendor|supplier)|lease deposit|asset sale|sale of (?:asset|equipment)|"
    r"money market)\b",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?:deduct\w*|short ?(?:pay\w*|ship\w*|age|ed)|damag\w*|claim|chargeback|allowance|less|minus|"
    r"net of|withh(?:eld|old\w*)|offset|co-?op|rebate|pric(?:e|ing) (?:diff\w*|error|variance)|"
    r"abz(?:ue|ü)gl\w*|abzug|k(?:ue|ü)rzung|gek(?:ue|ü)rzt|m(?:ae|ä)ngel\w*|reklamation|"
    r"d[eé]duction|d[eé]duit|moins|litige|avoir|descuento|deducci[oó]n|dispute[ds]?|"
    r"return(?:ed|s)? goods?|freight|spoil\w*|rejected|otif|dmg)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:part(?:ial)?(?:ly)?[- ]?(?:pay\w*|pmt|paid)?|instal+ments?|on account|down ?payment|"
    r"acompte|anzahlung|teilzahlung|abschlag\w*|\d+(?:st|nd|rd|th) (?:half|part|pmt|payment)|"
    r"a cuenta|pago parcial|balance to follow|progress payment|1 of [2-9]|first half)\b",
    re.IGNORECASE,
)
_DISCOUNT = re.compile(
    r"\b(?:disc(?:ount)?s?|skonto|escompte|cash discount|early (?:pay\w*|payment)|epd|"
    r"korting|sconto|pronto pago|prompt pay\w*)\b",
    re.IGNORECASE,
)
_FEE_CHANNELS = frozenset({"fee", "fees", "charge", "charges"})
_OWN_CHANNELS = frozenset({"interest", "internal", "sweep", "payroll", "tax", "loan", "zba"})
_RETURN_CHANNELS = frozenset({"return", "returned", "returns", "reversal", "nsf"})


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
    if channel & _OWN_CHANNELS or _OWN.search(text):
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


def states_part(text: str) -> bool:
    """Whether a payer says that more will come."""
    return bool(_PART.search(text))


def states_discount(text: str) -> bool:
    """Whether a payer says that it took a cash discount."""
    return bool(_DISCOUNT.search(text))
