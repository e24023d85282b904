"""Drafts of an answer: how a receipt could be spent, before anybody says how likely that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from engines.matching.index import OpenBook
from engines.matching.model import Difference, OpenDocument, Part, Payment, Reason
from engines.matching.nomination import Nominator, Payer
from engines.matching.references import Found
from engines.matching.rules import MatchRules


@dataclass(frozen=True)
class Case:
    """One payment with what is known about it."""

    payment: Payment
    book: OpenBook
    rules: MatchRules
    nominator: Nominator
    payer: Payer
    found: Found

    @property
    def amount(self) -> int:
        """What came in."""
        return self.payment.amount_minor

    def owed(self, documents: Sequence[OpenDocument]) -> int:
        """What is open on documents together."""
        return sum(self.book.owed(doc.doc_id) for doc in documents)


@dataclass(frozen=True)
class Draft:
    """A way to spend a receipt; parts and on-account cash sum to it.

    Attributes:
        pattern: The kind of evidence.
        rivals: How many other ways of the same kind there are.
    """

    parts: tuple[Part, ...]
    pattern: str
    evidence: tuple[str, ...]
    on_account_minor: int = 0
    differences: tuple[Difference, ...] = ()
    rivals: int = 0


@dataclass(frozen=True)
class Decision:
    """Drafts best first, why a person should look, and whether the rules would let it post."""

    drafts: tuple[Draft, ...] = ()
    reason: Reason | None = None
    may_post: bool = False
    owner: str | None = None
    standing: str = "unknown"
    pool: int = 0
    advice_key: str = ""


def pay_in_full(case: Case, documents: Sequence[OpenDocument]) -> tuple[Part, ...]:
    """Each document with all that is open on it."""
    return tuple(Part(doc.doc_id, case.book.owed(doc.doc_id)) for doc in documents)


def pay_less(
    case: Case, documents: Sequence[OpenDocument], kind: str
) -> tuple[tuple[Part, ...], tuple[Difference, ...]]:
    """Take what is missing off the largest document, then off the next."""
    missing = case.owed(documents) - case.amount
    cash = {doc.doc_id: case.book.owed(doc.doc_id) for doc in documents}
    differences = []
    for doc_id in sorted(cash, key=lambda each: (-cash[each], each)):
        taken = min(missing, cash[doc_id])
        if taken <= 0:
            break
        cash[doc_id] -= taken
        missing -= taken
        if kind:
            differences.append(Difference(kind, doc_id, taken))
    return tuple(Part(i, c) for i, c in cash.items() if c), tuple(differences)


def pay_discounted(
    case: Case, documents: Sequence[OpenDocument], permille: int
) -> tuple[tuple[Part, ...], tuple[Difference, ...]]:
    """Take a discount off each document; a cent that rounding leaves goes to the largest."""
    owed = {doc.doc_id: case.book.owed(doc.doc_id) for doc in documents}
    taken = {doc_id: (minor * permille + 500) // 1000 for doc_id, minor in owed.items()}
    odd = sum(owed.values()) - sum(taken.values()) - case.amount
    taken[max(owed, key=lambda each: (owed[each], each))] += odd
    parts = tuple(Part(doc_id, minor - taken[doc_id]) for doc_id, minor in owed.items())
    return parts, tuple(Difference("discount", i, minor) for i, minor in taken.items() if minor)


def fill_oldest(case: Case, documents: Sequence[OpenDocument]) -> tuple[tuple[Part, ...], int]:
    """Spend the receipt on invoices in the order given; returns the parts and what is left."""
    left, parts = case.amount, []
    for doc in documents:
        owed = case.book.owed(doc.doc_id)
        if owed <= 0:
            continue
        cash = min(owed, left)
        parts.append(Part(doc.doc_id, cash))
        left -= cash
        if not left:
            break
    return tuple(parts), left
