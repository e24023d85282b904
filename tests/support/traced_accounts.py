"""Three accounts texts are written about, all seen on Tuesday 10 November 2026."""

from datetime import date
from decimal import Decimal

from guardrails.tracing.facts import Known, KnownInvoice, known_record

DOLLARS, EUROS, POUNDS = "dollars", "euros", "pounds"
AS_OF = date(2026, 11, 10)
IBAN = "DE89370400440532013000"


def _invoice(number: str, currency: str, minor: int, issued_on: date, due_on: date) -> KnownInvoice:
    return KnownInvoice(number, currency, minor, due_on, issued_on, minor)


ACCOUNTS: dict[str, Known] = {
    DOLLARS: known_record(
        AS_OF,
        [
            _invoice("INV-881", "USD", 124000, date(2026, 10, 1), date(2026, 10, 31)),
            _invoice("INV-902", "USD", 31050, date(2026, 9, 12), date(2026, 10, 12)),
        ],
        numbers=["PO-7731", "C-20417", "7.2"],
        days=[date(2026, 11, 3)],
        charges=[(1860, "USD")],
        deadlines=[date(2026, 11, 27), date(2026, 11, 20)],
        percentages=frozenset({Decimal("1.5")}),
        names=("Jane Doe", "Halden Fabrication LLC", "Northwind Supply Ltd"),
        domains=frozenset({"northwind.example", "pay.northwind.example"}),
        emails=frozenset({"ar@northwind.example"}),
        phones=frozenset({"+44 20 7946 0018"}),
        bank_accounts=frozenset({IBAN}),
    ),
    EUROS: known_record(
        AS_OF,
        [
            _invoice("RE-2026-117", "EUR", 125000, date(2026, 10, 1), date(2026, 10, 31)),
            _invoice("RE-2026-131", "EUR", 248075, date(2026, 9, 20), date(2026, 10, 20)),
        ],
        deadlines=[date(2026, 11, 27)],
        names=("Petra Keller", "Almacenes Ribera S.L.", "Nordhafen Handels GmbH"),
        domains=frozenset({"pay.nordhafen.example"}),
        bank_accounts=frozenset({IBAN}),
    ),
    POUNDS: known_record(
        AS_OF,
        [KnownInvoice("SI-940", "GBP", 50000, date(2026, 10, 1), date(2026, 9, 1), 90000, 40000)],
        amounts=[(1000, "GBP")],
        deadlines=[date(2026, 11, 30)],
        percentages=frozenset({Decimal(2)}),
        names=("Castle Works Ltd", "Northwind Supply Ltd"),
    ),
}
