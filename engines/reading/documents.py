"""Numbers of documents: candidates by their shape, told apart by the words before them.

Whether a number without such words is an invoice is judged by the trained roles.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_KINDS = (
    (
        "invoice",
        r"(?:tax )?invoices?|invs?|bills?|fa|si|rn|re|ri|fv|fac|rechnung(?:en|snummern?|s-nr)?"
        r"|rg|rech|re-nr|facturas?|factures?"
        r"|fras?|fact|fatturae?|fattura|fatture|facturen|factuur|factuurnummer|faktur[aey]"
        r"|faturas?|ftra"
        r"|recibos?|doc(?:ument)?s?|beleg(?:e|nummer|nr)?|rappel facture|demand",
    ),
    (
        "other",
        r"p\.?o\.?|purchase orders?|orders?|bestell(?:ung|nummer|nr|ungen)?|auftrag(?:snummer"
        r"|s-nr|snr)?"
        r"|commandes?|bon de commande|bc|pedidos?|orden(?: de compra)?|oc|delivery notes?|dn|docket"
        r"|lieferschein(?:e|nummer|nr)?|ls|bons? de livraison|bl|albaran(?:es)?|grn|pod"
        r"|credit (?:notes?|memos?)"
        r"|cn|cm|gutschrift(?:en|snummer)?|gs|avoirs?|av|notas? de (?:abono|credito)|abono|nc"
        r"|rma|retoure"
        r"|retourschein|retourbon|returns? note|refs?|reference|referenz|referencia|accounts?"
        r"|acct|a/c|konto"
        r"|kontonummer|compte|cuenta|customer(?: no| number)?|kundennummer|kunden-?nr|client"
        r"|cliente|tickets?"
        r"|case|cases|vorgang|aktenzeichen|az|dossier|expediente|contract|vertrag(?:snummer)?"
        r"|contrat"
        r"|contrato|cheques?|checks?|chq|scheck|transaction|trn|txn|utr|confirmation|trace|eft|wire"
        r"|booking|buchung|tel|phone|mobile|fax|ext|call|ring|vat|ust-?id\w*|mwst|siret|cif|nif"
        r"|iban|bic"
        r"|sort code|steuernummer|policy|claim|query|job|project|projekt|projet|room|unit|suite"
        r"|street"
        r"|error|code|sku|part|article|artikel|serial|vendor|supplier|lieferant(?:ennummer)?"
        r"|proveedor"
        r"|fournisseur|boleta|operacion|justificante|mandate|mandat|bordereau"
        r"|remittance(?: advice)?|avis"
        r"|engagement|chapter|article|section|artikel|art|year|jahr|form|terminal|store|shop"
        r"|filiale|site"
        r"|page|seite|line|position|zip|plz|rma-nr|sepa|statement|batch|run|since|reminder",
    ),
)
_NUMBER_WORD = (
    r"(?:\s?(?:numbers?|nummern?|numeros?|num|nos?|nr|n|nbr|#|n[o°º])\.?(?!\w)){0,2}"
    r"(?:\s?(?:is|are|:|#|\(|ist|est|es|dated|-)){0,2}\s{0,2}[:#(]?\s{0,2}"
)
_CUE = re.compile(
    "|".join(rf"(?P<{kind}>(?<![\w-])(?:{words}))\.?{_NUMBER_WORD}$" for kind, words in _KINDS)
)
_TOKEN = re.compile(
    r"(?<![\w@.,/'-])#?(?P<number>"
    r"(?:[a-z]{1,6}\d?[-/ ]?)?(?:[a-z]{1,4}[-/])?\d[a-z0-9]*(?:[-/.](?=[a-z0-9]*\d)[a-z0-9]+){0,4}"
    r"(?:[-/][a-z]{1,3})?|[a-z]{1,5}(?:[-/][a-z0-9]{1,8}){0,2}[-/]\d[a-z0-9]*)"
    r"(?![\w@]|[.,]\d|%|-\w)"
)
_PREFIX = re.compile(r"[a-z]+")
_INVOICE_PREFIX = frozenset(
    [
        "inv",
        "in",
        "si",
        "re",
        "rg",
        "rn",
        "fa",
        "fac",
        "fact",
        "f",
        "fv",
        "fra",
        "ft",
        "ar",
        "bill",
        "rech",
        "sinv",
        "fe",
        "fr",
        "ri",
        "ec",
        "vf",
        "sr",
    ]
)
_OTHER_PREFIX = frozenset(
    [
        "po",
        "dn",
        "cn",
        "grn",
        "rma",
        "tkt",
        "ref",
        "chq",
        "case",
        "ticket",
        "iban",
        "vat",
        "cust",
        "acc",
        "hrb",
        "iso",
        "net",
        "day",
        "days",
        "page",
        "q",
        "kw",
        "utr",
        "ord",
        "order",
        "sku",
        "rfq",
        "ncr",
        "siret",
        "eft",
        "ach",
    ]
)
_JOIN = re.compile(
    r"\s?(?:,|and|&|\+|/|und|et|y|e|u|i|sowie|or|oder|ou|o|;|as well as|plus)"
    r"\s{0,3}(?:also |the |la |die )?#?$"
)
_RANGE = re.compile(r"\s?(?:to|through|thru|bis|a|al|-|until|au|hasta(?: la)?)\s?#?$")
_MONEY_BEFORE = re.compile(r"(?:[$€£¥]|\b(?:usd|eur|gbp|chf|rs\.?|cad|aud|r))\s?$")
_MONEY_AFTER = re.compile(
    r"\s?(?:[$€£¥%]|(?:usd|eur|euros?|gbp|chf|pounds|quid|dollars?|k|mil|cad|aud|percent"
    r"|prozent)\b)"
)
_PHONE = re.compile(r"(?:\+\d[\d ()]*|\b0\d{2,5} |\d{3,} )$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WIDEST_RANGE = 40


@dataclass(frozen=True, slots=True)
class DocumentMention:
    """Words that may be the number of a document.

    Attributes:
        number: The number as written.
        cue: What the words before it say it is: invoice, other, or nothing.
        shape: How it is built: prefixed, lettered, parted or bare.
    """

    start: int
    end: int
    number: str
    cue: str
    shape: str
    more: tuple[str, ...] = ()


def find_documents(
    text: str, folded: str, taken: Sequence[tuple[int, int]]
) -> list[DocumentMention]:
    """Every candidate of a text, in order.

    Args:
        text: The text as written.
        folded: The same in small plain letters.
        taken: Places of dates, which are no documents.
    """
    found: list[DocumentMention] = []
    at = 0
    while match := _TOKEN.search(folded, at):
        at = match.end()
        start, end = match.span("number")
        number = match["number"]
        cut = _without_word(number)
        start, number = start + cut, number[cut:]
        if not _fits(number, folded, start, end, taken):
            continue
        before = found[-1] if found else None
        cue = _cue_before(folded, start, before)
        if not cue and _YEAR.fullmatch(number):
            continue
        found.append(DocumentMention(start, end, text[start:end], cue, _shape(number)))
        if before and _RANGE.fullmatch(folded[before.end : start]):
            between = _between(before.number, text[start:end])
            if between:
                found[-2] = DocumentMention(
                    before.start, before.end, before.number, before.cue, before.shape, between
                )
    return found


def _without_word(number: str) -> int:
    """How much of a candidate is a word that only stands before a number, as in "and 4471"."""
    word = re.match(r"[a-z]+\d? ", number)
    return word.end() if word else 0


def _fits(number: str, folded: str, start: int, end: int, taken: Sequence[tuple[int, int]]) -> bool:
    if any(first < end and start < last for first, last in taken):
        return False
    digits = sum(map(str.isdigit, number))
    if _PHONE.search(folded, max(0, start - 16), start) or re.search(r"\d\.\d{3}", number):
        return False
    if number.isdigit():
        if digits < 3 or digits > 14:
            return False
        return not (
            _MONEY_BEFORE.search(folded, max(0, start - 6), start)
            or _MONEY_AFTER.match(folded, end)
        )
    if re.fullmatch(
        r"\d{1,2}(?:st|nd|rd|th|x|am|pm|h|k|m|er|s|kg|d)|\d+(?:k|kg|x|st|th|pcs|w|g|ml|mm|cm)",
        number,
    ):
        return False
    if re.fullmatch(
        r"\d{1,2}[-/.:]\d{1,2}|\d{1,3}(?:\.\d{3})+|\d+\.\d{1,2}|[a-z] ?\d|\d/\d+|\d{1,2}-[a-z]+",
        number,
    ):
        return False
    return digits >= 2 or bool(re.search(r"[-/]\d", number))


def _cue_before(folded: str, start: int, before: DocumentMention | None) -> str:
    """What the words before a number say it is; a list goes on as it began."""
    window = folded[max(0, start - 44, folded.rfind("\n", 0, start) + 1) : start]
    if before and before.end <= start:
        between = folded[before.end : start]
        if len(between) < 12 and (_JOIN.fullmatch(between) or _RANGE.fullmatch(between)):
            return before.cue or ("invoice" if before.shape == "prefixed" else "")
    match = _CUE.search(window)
    return (match.lastgroup or "") if match else ""


def _shape(number: str) -> str:
    prefix = _PREFIX.match(number)
    if number.isdigit():
        return "bare"
    if prefix and prefix.group() in _INVOICE_PREFIX:
        return "prefixed"
    if prefix and prefix.group() in _OTHER_PREFIX:
        return "foreign"
    return "lettered" if prefix else "parted"


def _between(first: str, last: str) -> tuple[str, ...]:
    """The numbers between two of a range such as INV-1001 to 1004."""
    one = re.fullmatch(r"(.*?)(\d+)", first)
    two = re.fullmatch(r"(.*?)(\d+)", last)
    if not one or not two or two[1] not in ("", one[1]):
        return ()
    end = two[2] if len(two[2]) >= len(one[2]) else one[2][: -len(two[2])] + two[2]
    low, high = int(one[2]), int(end)
    if not low < high <= low + _WIDEST_RANGE:
        return ()
    inner = [f"{one[1]}{number:0{len(one[2])}d}" for number in range(low + 1, high)]
    return tuple(inner)
