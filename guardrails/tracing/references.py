"""Numbers of invoices, orders, clauses and the like, and how many invoices there are."""

import re

from guardrails.tracing.numerals import ARTICLES, number_word
from guardrails.tracing.reading import Reading
from guardrails.tracing.words import INVOICES, OF_INVOICES

# Standards and public things that look like a number of ours.
_PUBLIC = frozenset(
    [
        "iso",
        "en",
        "din",
        "iec",
        "utf",
        "rfc",
        "covid",
        "sepa",
        "utc",
        "gmt",
        "ifrs",
        "hgb",
        "bgb",
        "a4",
        "mp3",
        "gdpr",
        "dsgvo",
        "ce",
        "gpt",
        "h1n1",
    ]
)
_PREFIXES = (
    r"INV|PO|CN|CM|SO|DN|RE|RG|RNR|FA|FAC|FACT|FV|ORD|REF|DSP|CR|RC|AB|GS|BE|AV|NC|KD|CUST|TKT|CASE"
)
_REFERENCE = re.compile(
    r"(?<![\w@/.$€£-])#?(?:[A-Za-z]{1,8}(?:[-/_][A-Za-z]{1,6})?[-/_](?=[\w/-]*\d{2})[\w/-]*\w"
    rf"|[A-Z]{{2,6}}\d{{3,}}[\w/-]*|(?:{_PREFIXES}) ?#?\d{{2,}}[\w/-]*|#\d{{3,}}|\d{{4}}[-/]\d{{3,}})"
    r"(?![\w@$€£%]|\.\w)"
)
_DIGIT = re.compile(r"\d")
_TWO_DIGITS = re.compile(r"\d.*\d")
_NOUNS = (
    r"invoices?|inv|rechnung(?:en|snummer)?|facturas?|factures?|(?:purchase )?orders?|p\.?o\.?"
    r"|bestellung(?:en)?|auftrag|pedidos?|commandes?|credit (?:notes?|memos?)|gutschrift(?:en)?"
    r"|notas? de crédito|avoirs?|tickets?|case|vorgang|disputes?|reklamation|contracts?|vertrag"
    r"|contratos?|contrats?|account|konto|kunden|customer|delivery note|lieferschein"
)
_CUED = re.compile(
    rf"\b(?P<noun>{_NOUNS})(?:[ -]?(?:numbers?|numéro|número|nummer|no|nr|num|núm|n°|nº|id|ref)\b\.?"
    r"|[ -]?(?:n°|nº|#))?(?:[:#]|\s){1,3}#?"
    r"(?P<number>(?=[\w/.-]{0,12}\d)[a-z0-9][\w/-]*(?:\.\d[\w/-]*)*)(?![\w@%$€£])(?! ?(?:[€$£%]|of \d|days?\b))"
)
_CLAUSE = re.compile(
    r"\b(?:clauses?|klauseln?|ziffer|cláusulas?)(?: (?:no|nr|n°|nº)\.?)? (?P<number>\d+(?:\.\d+)*)(?![\w%])"
)
_LONG = re.compile(r"(?<![\w.,/:+-])\d{6,}(?![\w%]|[.,:/-]\d)")
_REFERENCE_NOUNS = frozenset(
    ["account", "konto", "kunden", "customer", "case", "ticket", "tickets", "contract", "vertrag"]
)

_NOUN = re.compile(rf"(?<=[\w] )(?:{'|'.join(INVOICES)})(?!\w)(?! ?#?\d)")
_COUNTED = re.compile(
    r"(?<![\w.,/-])(?P<count>\d{1,3}|[^\W\d_]+)(?P<between>(?: [^\W\d_]+){0,3}) $"
)


def find_references(reading: Reading) -> None:
    """Find numbers of invoices, orders, clauses, accounts and other references."""
    if not reading.has_digits:
        return
    for found in _REFERENCE.finditer(reading.text):
        if is_reference(found[0]):
            reading.take("invoice_ref", found[0].lstrip("#"), *found.span())
    for found in _CUED.finditer(reading.low):
        start, end = found.span("number")
        if _TWO_DIGITS.search(found["number"]) or not found["number"].isalpha():
            kind = "number" if found["noun"] in _REFERENCE_NOUNS else "invoice_ref"
            reading.take(kind, reading.original[start:end], start, end)
    for found in _CLAUSE.finditer(reading.low):
        reading.take("number", found["number"], *found.span("number"))


def is_reference(written: str) -> bool:
    """Whether letters with digits are a number someone gave, and no name of a standard."""
    head = re.split(r"[-/_ \d]", written.lstrip("#"), maxsplit=1)[0].casefold()
    return head not in _PUBLIC and _TWO_DIGITS.search(written) is not None


def find_long_numbers(reading: Reading) -> None:
    """Find what is left of long numbers; nobody counts that far in a letter."""
    if reading.has_digits:
        for found in _LONG.finditer(reading.low):
            reading.take("number", found[0], *found.span())


def find_counts(reading: Reading) -> None:
    """Find how many invoices the text speaks of, in digits or words."""
    if reading.words.isdisjoint(INVOICES):
        return
    for noun in _NOUN.finditer(reading.low):
        if counted := _count_before(reading, noun.start()):
            start, value = counted
            reading.take("count", value, start, noun.end())


def _count_before(reading: Reading, end: int) -> tuple[int, int] | None:
    """A number with nothing but fitting words between it and the noun.

    "An invoice" and "one of your invoices" count nothing.
    """
    at = end
    for _ in range(4):
        word = _LAST_WORD.search(reading.low, max(0, at - 30), at)
        if word is None:
            return None
        written = word[1]
        value = int(written) if written.isdigit() else None
        if value is None and written not in ARTICLES:
            value = number_word(written, reading.language)
        if value is not None:
            return word.start(1), value
        if written not in OF_INVOICES:
            return None
        at = word.start(1)
    return None


_LAST_WORD = re.compile(r"(?<![\w.,/:$€£-])(\d{1,3}|[^\W\d_]+) $")
