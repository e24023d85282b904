"""The open book of a batch: what is still owed on each document while payments are spent."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from engines.matching.model import Book, Customer, OpenDocument, Part
from engines.matching.names import NameIndex
from engines.matching.references import ReferenceIndex
from engines.matching.spelling import normalise

_NEVER = date.max


class OpenBook:
    """Documents, customers and indexes; `spend` lowers what is owed, nothing else changes it."""

    def __init__(self, book: Book, aliases: Iterable[tuple[str, str]] = ()) -> None:
        self.documents = {doc.doc_id: doc for doc in book.documents}
        self.customers = {c.customer_no: c for c in book.customers}
        for doc in book.documents:
            if doc.customer_no not in self.customers:
                self.customers[doc.customer_no] = Customer(doc.customer_no, doc.customer_name)
        for parent in {c.parent for c in book.customers} - self.customers.keys() - {""}:
            self.customers[parent] = Customer(parent, parent)
        self._children: dict[str, list[str]] = defaultdict(list)
        for customer in self.customers.values():
            if customer.parent:
                self._children[customer.parent].append(customer.customer_no)
        self.references = ReferenceIndex(self.documents.values(), book.closed)
        written = {(d.customer_name, d.customer_no) for d in book.documents if d.customer_name}
        self.names = NameIndex(self.customers.values(), [*sorted(written), *aliases])
        self.by_number = {normalise(no).lstrip("0"): no for no in self.customers}
        self._spent: Counter[str] = Counter()
        self._owed = {doc_id: doc.amount_minor for doc_id, doc in self.documents.items()}
        self._of: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._amounts: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._currencies: dict[str, set[str]] = defaultdict(set)
        for doc in sorted(self.documents.values(), key=lambda d: (d.due_on or _NEVER, d.doc_id)):
            self._of[doc.customer_no, doc.currency].append(doc.doc_id)
            self._currencies[doc.customer_no].add(doc.currency)
            self._amounts[doc.currency, doc.amount_minor].append(doc.doc_id)

    def owed(self, doc_id: str) -> int:
        """What is still open on a document, in minor units; negative on a credit note."""
        return self._owed.get(doc_id, 0)

    def spend(self, parts: Iterable[Part]) -> None:
        """Take cash off documents."""
        for part in parts:
            doc = self.documents[part.doc_id]
            left = self._owed[part.doc_id] - part.cash_minor
            self._owed[part.doc_id] = left
            self._spent[doc.customer_no] += 1
            if left:  # what is left of a part payment can be met exactly by the next one
                self._amounts[doc.currency, left].append(part.doc_id)

    def opened_with(self, customers: Iterable[str], currency: str, minor: int) -> int:
        """How many documents of some customers owed this when the batch began."""
        chosen = set(customers)
        ids = dict.fromkeys(self._amounts.get((currency, minor), ()))
        return sum(
            self.documents[i].customer_no in chosen and self.documents[i].amount_minor == minor
            for i in ids
        )

    def size(self, customer_no: str, currency: str) -> int:
        """How many documents a customer had open when the batch began."""
        return len(self._of.get((customer_no, currency), ()))

    def at_opening(self, customer_no: str, currency: str) -> list[OpenDocument]:
        """What a customer owed when the batch began, by due date."""
        return [self.documents[i] for i in self._of.get((customer_no, currency), ())]

    def close(self, doc_ids: Iterable[str]) -> None:
        """Settle what a discount, a fee or a deduction leaves."""
        for doc_id in doc_ids:
            self._owed[doc_id] = 0

    def open_items(self, customer_no: str, currency: str) -> list[OpenDocument]:
        """Open invoices and credit notes of a customer by due date."""
        owed = self._owed
        return [self.documents[i] for i in self._of.get((customer_no, currency), ()) if owed[i]]

    def currencies(self, customer_no: str) -> set[str]:
        """Currencies in which a customer has or had open documents."""
        return self._currencies.get(customer_no, set())

    def with_amount(self, currency: str, minor: int) -> list[OpenDocument]:
        """Documents of anybody that owe exactly this."""
        ids = dict.fromkeys(self._amounts.get((currency, minor), ()))
        return [self.documents[i] for i in ids if self._owed[i] == minor]

    def state_of(self, customers: Iterable[str]) -> int:
        """A number that grows whenever documents of these customers are paid."""
        return sum(self._spent[number] for number in customers)

    def relatives(self, number: str) -> list[str]:
        """Children, siblings and parent of a customer."""
        customer = self.customers.get(number)
        near = {number, customer.parent if customer else ""} - {""}
        found = [child for one in sorted(near) for child in self._children.get(one, ())]
        return [one for one in dict.fromkeys([*sorted(near), *found]) if one != number]

    def related(self, one: str, two: str) -> bool:
        """Whether two customers are parent and child or children of one parent."""
        return one == two or bool(self._family(one) & self._family(two))

    def _family(self, number: str) -> set[str]:
        customer = self.customers.get(number)
        return {number, customer.parent} - {""} if customer else {number}
