"""The same money twice: a line of the bank repeated, or a customer that paid again.

Two equal lines on one day are two payments unless they carry the same reference of the bank.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from engines.matching.model import Payment
from engines.matching.names import normalise_name
from engines.matching.spelling import normalise

_NO_REFERENCE = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF", "NA", "NONE", "UNKNOWN", "0"})
_OVERLAP_DAYS = 7
# A bank reference this long is one line's own; a shorter one may be a check number.
_TELLING = 8


class SeenLines:
    """Lines of the bank seen so far; ask before adding."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, int, str], list[Payment]] = defaultdict(list)

    def is_repeated(self, payment: Payment) -> bool:
        """Whether this very line was seen: same bank reference, amount, payer and about the day."""
        reference = normalise(payment.bank_ref)
        if reference in _NO_REFERENCE:
            return False
        key = (reference, payment.amount_minor, payment.currency)
        repeated = any(
            abs((payment.value_on - other.value_on).days) <= _OVERLAP_DAYS
            and (len(reference) >= _TELLING or identity(payment) == identity(other))
            for other in self._lines[key]
        )
        self._lines[key].append(payment)
        return repeated


class PaidBefore:
    """Earlier receipts of each payer, for payments made twice."""

    def __init__(self, earlier: Iterable[Payment], days: int) -> None:
        self._days = days
        self._paid: dict[tuple[str, int, str], list[tuple[Payment, frozenset[str]]]]
        self._paid = defaultdict(list)
        self._waiting: Counter[tuple[tuple[str, int, str], frozenset[str]]] = Counter()
        for payment in earlier:
            self.add(payment, frozenset())

    def add(self, payment: Payment, documents: frozenset[str]) -> None:
        """Keep a receipt with the documents it names."""
        self._paid[_payer_and_amount(payment)].append((payment, documents))

    def wait(self, payment: Payment, documents: frozenset[str]) -> None:
        """A receipt that names documents and was not posted; it still wants them."""
        self._waiting[_payer_and_amount(payment), documents] += 1

    def waiting(self, payment: Payment, documents: frozenset[str]) -> int:
        """How many equal receipts wait for the same documents."""
        return self._waiting[_payer_and_amount(payment), documents]

    def equals(self, payment: Payment) -> list[frozenset[str]]:
        """Documents named by each equal receipt of the same payer within the window."""
        return [
            documents
            for other, documents in self._paid.get(_payer_and_amount(payment), ())
            if abs((payment.value_on - other.value_on).days) <= self._days
        ]


def identity(payment: Payment) -> str:
    """Who paid, as far as the line itself says: the account, else the name."""
    return normalise(payment.payer_account) or normalise_name(payment.payer_name)


def _payer_and_amount(payment: Payment) -> tuple[str, int, str]:
    return identity(payment), payment.amount_minor, payment.currency
