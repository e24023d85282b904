"""Money that went back: which receipt a line of the bank takes back.

The bank's own reference is evidence; account or name with the amount is a hint. What fits several
receipts, or none, is for a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from engines.matching.names import normalise_name
from engines.matching.spelling import normalise
from engines.matching.telling import telling_references

_LONGEST_WAY_BACK = timedelta(days=400)  # a direct debit without mandate comes back for 13 months
_SHOWN = 3


class ReturnedBy(StrEnum):
    """What says that a line takes a receipt back."""

    REFERENCE = "bank_reference"
    PAYER = "payer_and_amount"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A line by which money went back; `amount_minor` is above zero."""

    line_id: str
    booked_on: date
    amount_minor: int
    currency: str
    references: tuple[str, ...] = ()
    payer_account: str = ""
    payer_name: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt that may have gone back; `left_minor` is what has not gone back yet."""

    receipt_id: str
    received_on: date
    left_minor: int
    currency: str
    references: tuple[str, ...] = ()
    payer_account: str = ""
    payer_name: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """The receipts a line may take back, likeliest first; none is for a person to find."""

    line_id: str
    receipt_ids: tuple[str, ...] = ()
    evidence: ReturnedBy = ReturnedBy.PAYER

    @property
    def is_unique(self) -> bool:
        """Whether exactly one receipt fits."""
        return len(self.receipt_ids) == 1


def find_returned(lines: Iterable[ReturnLine], receipts: Iterable[Received]) -> list[TakenBack]:
    """Find what each line takes back, in the order given; no receipt is taken back for more.

    Args:
        lines: Lines of the bank, none of them booked yet.
        receipts: Receipts with something left, of any age.
    """
    book = _Book(receipts)
    found = []
    for line in sorted(lines, key=lambda each: (each.booked_on, each.line_id)):
        taken = book.find(line)
        if taken.is_unique:
            book.take(taken.receipt_ids[0], line.amount_minor)
        found.append(taken)
    return found


class _Book:
    """Receipts by what they may be recognised by."""

    def __init__(self, receipts: Iterable[Received]) -> None:
        self._by_id = {each.receipt_id: each for each in receipts}
        self._told: dict[str, set[str]] = defaultdict(set)
        self._paid: dict[tuple[str, str], set[str]] = defaultdict(set)
        for each in self._by_id.values():
            for reference in telling_references(*each.references):
                self._told[reference].add(each.receipt_id)
            for payer in _payers(each):
                self._paid[payer].add(each.receipt_id)

    def find(self, line: ReturnLine) -> TakenBack:
        references = telling_references(*line.references)
        told = {key for reference in references for key in self._told.get(reference, ())}
        fitting = self._fitting(line, told)
        exact = [each for each in fitting if each.left_minor == line.amount_minor]
        if fitting:
            return _answer(line, exact or fitting, ReturnedBy.REFERENCE)
        for payer in _payers(line):
            fitting = self._fitting(line, self._paid.get(payer, set()))
            exact = [each for each in fitting if each.left_minor == line.amount_minor]
            if exact:
                return _answer(line, exact, ReturnedBy.PAYER)
        return TakenBack(line.line_id)

    def _fitting(self, line: ReturnLine, receipt_ids: set[str]) -> list[Received]:
        found = [
            each
            for each in (self._by_id[key] for key in receipt_ids)
            if each.currency == line.currency
            and each.left_minor >= line.amount_minor
            and timedelta(0) <= line.booked_on - each.received_on <= _LONGEST_WAY_BACK
        ]
        return sorted(found, key=lambda each: (line.booked_on - each.received_on, each.receipt_id))

    def take(self, receipt_id: str, minor: int) -> None:
        receipt = self._by_id[receipt_id]
        self._by_id[receipt_id] = replace(receipt, left_minor=receipt.left_minor - minor)


def _answer(line: ReturnLine, found: Sequence[Received], evidence: ReturnedBy) -> TakenBack:
    return TakenBack(line.line_id, tuple(each.receipt_id for each in found[:_SHOWN]), evidence)


def _payers(of: ReturnLine | Received) -> list[tuple[str, str]]:
    """Account, then name, as far as they are told."""
    known = [("account", normalise(of.payer_account)), ("name", normalise_name(of.payer_name))]
    return [each for each in known if each[1]]
