"""Invented ledgers in columns, with customers who keep to habits."""

import numpy as np

from engines.risk.history import NEVER, InvoiceHistory

START = np.datetime64("2024-01-01", "D")


def invented_ledger(
    invoices: int = 900, accounts: int = 12, days: int = 300, seed: int = 1
) -> InvoiceHistory:
    """Customers of whom the odd ones pay 6 days late on average, the even ones on time."""
    random = np.random.default_rng(seed)
    account = random.integers(0, accounts, invoices)
    issued = START + np.sort(random.integers(0, days, invoices))
    due = issued + 30
    late = np.where(account % 2, random.normal(6, 3, invoices), random.normal(-2, 2, invoices))
    cleared = due + np.maximum(np.round(late), -25).astype(np.int64)
    cleared = np.where(cleared < START + days, cleared, NEVER)
    return InvoiceHistory(
        np.array([f"I{place:05d}" for place in range(invoices)]),
        np.array([f"A{code}" for code in account]),
        random.integers(1_000, 900_000, invoices),
        np.full(invoices, "EUR"),
        issued,
        due,
        cleared,
        np.full(invoices, 30.0),
    )
