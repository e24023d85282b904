"""Numbers of invoices, orders, clauses and the like, and how many invoices there are."""

import re

from guardrails.tracing.numerals import ARTICLES, number_word
from guardrails.tracing.reading import Reading
from guardrails.tracing.words import INVOICES, OF_INVOICES, each_of

# Standards and public things that look like a number of ours.
_PUBLIC = frozenset(
    each_of("iso en din iec utf rfc covid sepa utc gmt ifrs hgb bgb a4 mp3 gdpr dsgvo ce gpt h1n1")
)
_PREFIXES = (
    r"INV|PO|CN|CM|SO|DN|RE|RG|RNR|FA|FAC|FACT|FV|ORD|REF|DSP|CR|RC|AB|GS|BE|AV|NC|KD|CUST|TKT|CASE"
)
_REFERENCE = re.compile(
    r"(?<![@.$€£])#?(?:[A-Za-z]{1,8}(?:[-/_][A-Za-z]{1,6})?[-/_](?=[\w/-]*\d{2})[\w/-]*\w"
    rf"|(?:[A-Z]{{2,6}}|[A-Z]\d)\d{{3,}}[\w/-]*|(?:{_PREFIXES}) ?#?\d{{2,}}[\w/-]*|#\d{{3,}}"
    r"|\d{4}[-/]\d{3,})(?![\w@$€£%]|\.\w)"
)
_TOKEN_BEFORE = re.compile(rf"(?<!\w)(?:(?:{_PREFIXES}) ?)?[\w/_#-]*$")
_HEAD = re.compile(r"[^-/_ \d]*")
_TWO_DIGITS = re.compile(r"\d.*\d")
# Nouns a number may follow, and whether it is the number of a paper or of something else.
_PAPERS = frozenset(
    each_of(
        "invoice invoices inv rechnung rechnungen rechnungsnummer factura facturas facture "
        "factures order orders po bestellung bestellungen auftrag pedido pedidos commande "
        "commandes note notes memo memos gutschrift gutschriften avoir avoirs nota notas crédito "
        "lieferschein dispute disputes reklamation"
    )
)
_FILES = frozenset(
    each_of(
        "account konto kunden kundennummer customer case ticket tickets contract vertrag contrato "
        "contrat vorgang reference referenz referencia référence aktenzeichen"
    )
)
_NUMBER_AFTER = re.compile(
    r"(?:[ -]?(?:numbers?|numéro|número|nummer|no|nr|num|núm|n°|nº|id|ref)\b\.?"
    r"|[ -]?(?:n°|nº|#))?(?:[:#]|\s){1,3}#?"
    r"(?P<number>(?=[\w/.-]{0,12}\d)[a-z0-9][\w/-]*(?:\.\d[\w/-]*)*)"
    r"(?![\w@%$€£])(?! ?(?:[€$£%]|of \d|days?\b))"
)
_CLAUSES = frozenset(each_of("clause clauses klausel klauseln ziffer cláusula cláusulas"))
_CLAUSE_AFTER = re.compile(r"(?: (?:no|nr|n°|nº)\.?)? (?P<number>\d+(?:\.\d+)*)(?![\w%])")
_LONG = re.compile(r"(?<![\w.,/:+-])\d{6,}(?![\w%]|[.,:/-]\d)")
_NOT_NUMBERED = re.compile(r" ?#?\d")
_LAST_WORD = re.compile(r"(?<![\w.,/:$€£-])(\d{1,3}|[^\W\d_]+) $")


def find_references(reading: Reading) -> None:
    """Find numbers of invoices, orders, clauses, accounts and other references."""
    if not reading.digits:
        return
    for at in reading.digits:
        if reading.text[at].isdigit():
            _judge_token(reading, at)
    for nouns, kind in ((_PAPERS, "invoice_ref"), (_FILES, "number")):
        for at, noun in reading.places(nouns):
            if found := _NUMBER_AFTER.match(reading.low, at + len(noun)):
                start, end = found.span("number")
                reading.take(kind, reading.original[start:end], start, end)
    for at, noun in reading.places(_CLAUSES):
        if found := _CLAUSE_AFTER.match(reading.low, at + len(noun)):
            reading.take("number", found["number"], *found.span("number"))


def _judge_token(reading: Reading, at: int) -> None:
    """A token with letters, digits and hyphens, or with a prefix such as INV, is a reference."""
    before = _TOKEN_BEFORE.search(reading.text, max(0, at - 18), at)
    found = _REFERENCE.match(reading.text, before.start() if before else at)
    if found and is_reference(found[0]):
        reading.take("invoice_ref", found[0].lstrip("#"), *found.span())


def is_reference(written: str) -> bool:
    """Whether letters with digits are a number someone gave, and no name of a standard."""
    head = _HEAD.match(written.lstrip("#"))
    return (
        head is not None
        and head[0].casefold() not in _PUBLIC
        and _TWO_DIGITS.search(written) is not None
    )


def find_long_numbers(reading: Reading) -> None:
    """Find what is left of long numbers; nobody counts that far in a letter."""
    for found in reading.numbers(_LONG):
        reading.take("number", found[0], *found.span())


def find_counts(reading: Reading) -> None:
    """Find how many invoices the text speaks of, in digits or words."""
    for at, noun in reading.places(INVOICES):
        end = at + len(noun)
        if not _NOT_NUMBERED.match(reading.low, end) and (counted := _count_before(reading, at)):
            reading.take("count", counted[1], counted[0], end)


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
