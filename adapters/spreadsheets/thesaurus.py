"""What accounting systems call things, in English, German, French, Spanish and Dutch.

A word is compared without case, accents, spaces and punctuation: "Invoice Number",
"invoice_number" and "invoiceNumber" are one. The column names stand in `words.toml`.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

KINDS = ("customers", "invoices", "credits", "receipts", "tickets", "contracts", "orders")
"""What can be imported, in the order that lets a row find what it names."""


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field: the shape of its values and the names of its column, likeliest first."""

    shape: str
    strong: dict[str, int]
    weak: dict[str, int]

    def rank(self, key: str) -> tuple[int, int] | None:
        """How well a header names this field, best (0, 0); None if it does not."""
        if key in self.strong:
            return 0, self.strong[key]
        return (1, self.weak[key]) if key in self.weak else None


@lru_cache(maxsize=65_536)
def word_key(text: str) -> str:
    """Return the comparable form of a header or label."""
    text = text.replace("#", " number").replace("ß", "ss").replace("°", "o")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum())


def _ranked(words: str) -> dict[str, int]:
    keys = dict.fromkeys(word_key(word) for word in words.split(",") if word.strip())
    return {key: rank for rank, key in enumerate(keys)}


def _load() -> dict[str, dict[str, FieldWords]]:
    """Read the words of every kind from `words.toml` beside this file."""
    with Path(__file__).with_name("words.toml").open("rb") as file:
        words = tomllib.load(file)
    shared = {name: _fields(group) for name, group in words["shared"].items()}
    kinds = {}
    for kind, table in words["kinds"].items():
        fields: dict[str, FieldWords] = {}
        for group in table["uses"]:
            fields |= shared[group]
        kinds[kind] = fields | _fields(table["fields"])
    return kinds


def _fields(table: dict[str, dict[str, str]]) -> dict[str, FieldWords]:
    return {
        name: FieldWords(
            words["shape"], _ranked(words.get("strong", "")), _ranked(words.get("weak", ""))
        )
        for name, words in table.items()
    }


FIELDS = _load()

# Each inner tuple needs one mapped column; a section line or title may supply the customer.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "customers": (("customer_number", "customer_name"),),
    "invoices": (
        ("invoice_number",),
        ("customer_number", "customer_name"),
        ("amount", "open_amount"),
        ("issued_on", "due_on"),
    ),
    "credits": (
        ("credit_number",),
        ("customer_number", "customer_name"),
        ("amount", "open_amount"),
        ("issued_on",),
    ),
    "receipts": (("amount",), ("received_on",)),
    "tickets": (("ticket_number",), ("customer_number", "customer_name"), ("opened_on",)),
    "contracts": (
        ("customer_number", "customer_name"),
        ("text", "starts_on", "ends_on", "renews_on"),
    ),
    "orders": (("order_number",), ("customer_number", "customer_name"), ("amount",)),
}

_UNIT = r"(?:days?|months?|weeks?|tage?|monate?|jours?|mois|d[ií]as?|mes(?:es)?|dagen|maanden)"
BUCKETS = re.compile(
    r"(?i)\s*(?:current|not (?:yet )?due|older|nicht fällig|non échu|no vencido|niet vervallen"
    rf"|(?:[<>]\s*\d{{1,3}}|\d{{1,3}}\s*(?:-\s*\d{{1,3}}|\+))(?:\s*{_UNIT})?(?:\s*past due)?"
    rf"|\d{{1,3}}(?: or more)?\s*{_UNIT}(?: (?:past due|overdue|überfällig))?"
    r")(?: (?:past due|overdue|überfällig))?\s*"
)
_TOTAL_WORDS = (
    "grand total", "report total", "total général", "total general", "total", "totals", "totale",
    "totaux", "totales", "totaal", "eindtotaal", "sum", "summe", "gesamt", "gesamtsumme",
    "endsumme", "gesamtbetrag", "zwischensumme", "subtotal", "sub-total", "sous-total",
    "subtotaal", "suma", "insgesamt",
)  # fmt: skip
_TOTAL = re.compile(
    r"(?i)\s*(?:\*+|" + "|".join(sorted(map(re.escape, _TOTAL_WORDS), key=len, reverse=True))
    + r")(?![^\W\d_])\s*(?:(?:for|für|pour|para|de|voor|of)\s+)?(.*?)\s*:?\s*"
)  # fmt: skip

DOCUMENT_WORDS: dict[str, frozenset[str]] = {
    kind: frozenset(word_key(word) for word in words.split(","))
    for kind, words in {
        "invoice": "invoice, inv, accrec, tax invoice, sales invoice, custinvc, rechnung, facture, "
                   "factura, factuur, rv, dr, finance charge, late fee, debit memo, debit note, "
                   "opening balance, out_invoice",
        "credit": "credit memo, credit note, credit, accreccredit, arcreditnote, custcred, cn, cm, "
                  "gutschrift, avoir, note de credit, nota de credito, abono, creditnota, "
                  "creditfactuur, dg, out_refund, rg",
        "receipt": "payment, receipt, customer payment, custpymt, pmt, deposit, prepayment, "
                   "overpayment, arprepayment, aroverpayment, zahlung, zahlungseingang, anzahlung, "
                   "akontozahlung, paiement, reglement, pago, cobro, betaling, dz",
        "payable": "accpay, accpaycredit, bill, vendor bill, vendbill, vendpymt, vendor credit, "
                   "vendcred, appayment, kr, kg, kz, re, purchase, in_invoice, in_refund",
    }.items()
}  # fmt: skip
PAID_STATES = frozenset(
    word_key(word)
    for word in ("paid", "fully paid", "paid in full", "cleared", "settled", "bezahlt",
                 "ausgeglichen", "payé", "payée", "réglé", "réglée", "soldé", "pagado", "pagada",
                 "cobrado", "betaald", "voldaan")
)  # fmt: skip
VOID_STATES = frozenset(
    word_key(word)
    for word in ("void", "voided", "deleted", "draft", "cancelled", "canceled", "reversed",
                 "storniert", "entwurf", "gelöscht", "brouillon", "annulé", "borrador",
                 "anulado", "anulada", "concept", "geannuleerd", "vervallen")
)  # fmt: skip


def total_scope(label: str) -> str | None:
    """Return what a total line names after its word ("Total for X" -> "X"), None if no total."""
    found = _TOTAL.fullmatch(label)
    return found[1] if found else None
