"""Card, bank and identity numbers written in full, told from order numbers by check digits."""

import re
from collections.abc import Iterator

_MANY_DIGITS = re.compile(r"\d(?:[ .-]?\d){5}")
_CARD = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_THEIRS = re.compile(
    r"(?i:\b(?:your|debit|votre|vos|d[eé]biterons|pr[eé]l[eè]v\w*|su|cargar\w*|adeudar\w*|ihr\w*"
    r"|buchen|abbuch\w*|einzieh\w*)\b)"
)
_CARD_BRANDS = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6(?:011|5)|3(?:0|6|8)|35")
_US_SSN = re.compile(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}\b")
_SPANISH_ID = re.compile(r"\b([XYZ]?\d{7,8})-?([A-HJ-NP-TV-Z])\b")
_FRENCH_ID = re.compile(r"\b[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d\b")
_UK_NINO = re.compile(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b")
_SPANISH_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_ORDER_WORDS = re.compile(
    r"(?i:order|tracking|shipment|invoice|reference|pedido|env[ií]o|factura|commande|colis|facture"
    r"|bestellung|sendung|rechnung|auftrag|nummer|number|ref)\W*(?:n[o°º]\.?|nr\.?|#|number)?\W*\Z"
)


def find_sensitive_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Find numbers nobody may see in a message, each as its place."""
    if not _MANY_DIGITS.search(text):
        return
    for match in _CARD.finditer(text):
        if _is_card(match[0]) and not _ORDER_WORDS.search(text[: match.start()][-30:]):
            yield match.span()
    for pattern in (_US_SSN, _FRENCH_ID, _UK_NINO):
        yield from (match.span() for match in pattern.finditer(text))
    for match in _SPANISH_ID.finditer(text):
        digits = match[1].translate(str.maketrans("XYZ", "012"))
        if _SPANISH_LETTERS[int(digits) % 23] == match[2]:
            yield match.span()


def find_debited_accounts(text: str) -> Iterator[tuple[int, int]]:
    """Find the customer's own bank account written in full; ours may stand in a letter."""
    for match in _IBAN.finditer(text):
        theirs = _THEIRS.search(text, max(0, match.start() - 40), match.start())
        if theirs and _is_iban(match[0].replace(" ", "")):
            yield match.span()


def _is_card(written: str) -> bool:
    digits = [int(each) for each in written if each.isdigit()]
    if not _CARD_BRANDS.match(written):
        return False
    doubled = [each * 2 - 9 * (each > 4) for each in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(written: str) -> bool:
    moved = written[4:] + written[:4]
    return int("".join(str(int(each, 36)) for each in moved)) % 97 == 1
