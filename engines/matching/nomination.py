"""Who may have paid: bank account, customer number, name with a lead; each vote is kept."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engines.matching.index import OpenBook
from engines.matching.model import Payment
from engines.matching.names import NameMatch
from engines.matching.spelling import normalise

_NUMBER = re.compile(r"[A-Za-z0-9]*\d[A-Za-z0-9]*")


class Standing(StrEnum):
    """How a payer stands to the owner of a document."""

    SAME = "same"
    RELATIVE = "relative"
    UNKNOWN = "unknown"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Payer:
    """Customers that may have paid, and what says so.

    Attributes:
        customers: Candidates, all of them equally supported.
        voice: What nominated them: account, number, name, likeness or nothing.
        certain: One customer, strongly supported and not contradicted.
        denied: Strong voices name different, unrelated customers.
        score: Likeness of the nearest name, from 0 to 100.
        by_name: Customers the name alone stands for.
        written: The name as the bank line has it.
    """

    customers: frozenset[str]
    voice: str
    certain: bool
    denied: bool
    score: float
    by_name: frozenset[str]
    written: str

    @property
    def is_known(self) -> bool:
        """Whether account, number or the very name says that it is a customer."""
        return self.voice in ("account", "number") or (self.voice == "name" and self.score >= 100)


class Nominator:
    """Nominates payers from the accounts and names of a book."""

    def __init__(self, book: OpenBook, learned_accounts: Iterable[tuple[str, str]]) -> None:
        self._book = book
        self._accounts: dict[str, set[str]] = defaultdict(set)
        for customer in book.customers.values():
            for account in customer.accounts:
                self._accounts[normalise(account)].add(customer.customer_no)
        for account, customer_no in learned_accounts:
            self._accounts[normalise(account)].add(customer_no)
        self._accounts.pop("", None)

    def nominate(self, payment: Payment) -> Payer:
        """Let account, customer number and name vote on who paid."""
        account = frozenset(self._accounts.get(normalise(payment.payer_account), ()))
        name = self._book.names.find(payment.payer_name)
        strong = name.customers if name.is_strong or name.score >= 100 else frozenset[str]()
        if account:
            chosen, voice = account & name.customers or account, "account"
        elif numbered := self._numbered(payment):
            chosen, voice = numbered, "number"
        elif strong:
            chosen, voice = strong, "name"
        else:
            chosen, voice = name.customers, "likeness" if name.customers else "nothing"
        denied = voice in ("account", "number") and self._is_denied(chosen, payment, strong, name)
        certain = not denied and self._is_certain(chosen, voice, name)
        return Payer(chosen, voice, certain, denied, name.score, strong, payment.payer_name)

    def _is_certain(self, chosen: frozenset[str], voice: str, name: NameMatch) -> bool:
        if voice == "account":
            return len(chosen) == 1 or self._one_family(chosen)
        return len(chosen) == 1 and (voice == "number" or (voice == "name" and name.is_strong))

    def _is_denied(
        self, account: frozenset[str], payment: Payment, strong: frozenset[str], name: NameMatch
    ) -> bool:
        """Whether the name is clearly that of somebody the account does not belong to."""
        if not name.is_strong or self._agree(account, strong):
            return False
        return not any(self._book.names.is_like(payment.payer_name, one) for one in account)

    def _one_family(self, customers: frozenset[str]) -> bool:
        first = min(customers)
        return all(self._book.related(first, other) for other in customers)

    def _agree(self, some: frozenset[str], others: frozenset[str]) -> bool:
        return any(self._book.related(one, two) for one in some for two in others)

    def _numbered(self, payment: Payment) -> frozenset[str]:
        found = set()
        for token in _NUMBER.findall(payment.memo):
            key = token.upper().lstrip("0")
            if len(key) >= 5 and key in self._book.by_number:
                found.add(self._book.by_number[key])
        return frozenset(found)

    def standing(self, payer: Payer, owner: str) -> Standing:
        """Say how the payer stands to the owner of a document."""
        if owner in payer.customers or owner in payer.by_name:
            return Standing.SAME
        by_account = payer.voice in ("account", "number")
        # A name too worn to nominate anybody can still agree with the owner of a named document.
        if not by_account and payer.written and self._book.names.is_like(payer.written, owner):
            return Standing.SAME
        if payer.voice in ("likeness", "nothing"):
            return Standing.UNKNOWN
        if any(self._book.related(one, owner) for one in payer.customers):
            return Standing.RELATIVE
        return Standing.STRANGER
