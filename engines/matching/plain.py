"""Which open items a receipt pays, where that is certain. Pure; the first, plain matcher.

Certain means: the memo names open invoices by their exact number, or the amount equals exactly
one open item of a known payer. Anything else is a person's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.facts import OpenItem

_TOKEN = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z./_-]*[0-9A-Za-z])?")


@dataclass(frozen=True, slots=True)
class ReceiptToMatch:
    """A receipt with its free text; the text is a key to look up, never a fact."""

    receipt_id: str
    account_id: str | None
    unapplied_minor: int
    currency: str
    memo: str


@dataclass(frozen=True, slots=True)
class Match:
    """A certain allocation: account, evidence, and (invoice, minor units) pairs."""

    receipt_id: str
    account_id: str
    evidence: str
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Why a receipt is not applied."""

    receipt_id: str
    reason: str


def references(memo: str) -> frozenset[str]:
    """Tokens of a memo that could be an invoice number: they hold a digit."""
    return frozenset(t for t in _TOKEN.findall(memo) if any(c.isdigit() for c in t))


def match_receipt(
    receipt: ReceiptToMatch,
    named: Iterable[tuple[str, OpenItem]],
    same_amount: Iterable[tuple[str, OpenItem]],
) -> Match | NoMatch:
    """Match one receipt.

    Args:
        receipt: The money.
        named: (account id, open item) for items whose number the memo holds as a token.
        same_amount: (account id, open item) of the payer whose open balance equals the receipt.
    """
    by_account: dict[str, list[OpenItem]] = {}
    named = list(named)
    for account_id, item in named:
        if item.currency == receipt.currency:
            by_account.setdefault(account_id, []).append(item)
    if by_account:
        return _match_named(receipt, by_account)
    if named:
        return NoMatch(receipt.receipt_id, "currency_conflict")
    exact = [(a, i) for a, i in same_amount if i.currency == receipt.currency]
    if receipt.account_id is None:
        return NoMatch(receipt.receipt_id, "unknown_payer")
    if len(exact) == 1:
        account_id, item = exact[0]
        part = ((item.invoice_id, receipt.unapplied_minor),)
        return Match(receipt.receipt_id, account_id, "unique_exact_amount", part)
    return NoMatch(receipt.receipt_id, "ambiguous_equal_amounts" if exact else "no_open_item_fits")


def _match_named(
    receipt: ReceiptToMatch, by_account: Mapping[str, list[OpenItem]]
) -> Match | NoMatch:
    if len(by_account) > 1:
        return NoMatch(receipt.receipt_id, "multi_customer")
    account_id, items = next(iter(by_account.items()))
    if receipt.account_id not in (None, account_id):
        return NoMatch(receipt.receipt_id, "payer_conflict")
    owed = sum(item.open_minor for item in items)
    if owed == receipt.unapplied_minor:
        parts = tuple((item.invoice_id, item.open_minor) for item in items)
        return Match(receipt.receipt_id, account_id, "named_invoice", parts)
    if owed < receipt.unapplied_minor:
        return NoMatch(receipt.receipt_id, "overpayment")
    if len(items) == 1:
        part = ((items[0].invoice_id, receipt.unapplied_minor),)
        return Match(receipt.receipt_id, account_id, "named_invoice", part)
    return NoMatch(receipt.receipt_id, "ambiguous_combination")
