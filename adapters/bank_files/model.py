"""What every bank file becomes: statements of bank lines, and remittance lines."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

LineKind = Literal["booked", "pending", "info"]
Tie = Literal["tie", "differ", "none"]

UNKNOWN_CURRENCY = ""
"""The currency of an amount whose file names none; two decimals are assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """One movement on a bank account; text in it is what somebody outside wrote.

    Attributes:
        amount_minor: Minor units as they move the balance, credit above zero.
        kind: Only `booked` is money; `pending` and `info` come again once they are booked.
        payer_name: The other side as the bank names it: who paid, or who was paid.
        payer_account: IBAN or account number of the other side.
        bank_ref: The reference the bank gave, which finds the line again in another file.
        customer_ref: End-to-end or structured reference (EREF, RF, QR); what the payer gave.
        code: The bank's transaction code, as the format writes it.
        is_reversal: The line takes back another one (RC, RD, RvslInd, a return).
        return_of: Reference or reason of what is returned, where the file says so.
        line_no: Line (XML: entry) in the file, from 1.
        entry_no: Entry on the statement, from 1; the details of one batch share it.
    """

    amount_minor: int
    currency: str
    booked_on: date | None = None
    value_on: date | None = None
    kind: LineKind = "booked"
    payer_name: str = ""
    payer_account: str = ""
    bank_ref: str = ""
    customer_ref: str = ""
    memo: str = ""
    code: str = ""
    is_reversal: bool = False
    return_of: str = ""
    line_no: int = 0
    entry_no: int = 0

    def same_payment_key(self) -> tuple[str, ...]:
        """What stays the same when the bank sends this line again.

        A reference of the bank settles it; without one the words do, free of how they were wrapped.
        """
        day = (self.booked_on or self.value_on or date.min).isoformat()
        words = "".join(f"{self.payer_account}{self.customer_ref}{self.memo}".split()).casefold()
        told = (self.bank_ref, self.customer_ref) if self.bank_ref else ("", words)
        return (day, str(self.amount_minor), self.currency, *told)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemittanceLine:
    """One document a payer says a payment is for.

    Attributes:
        reference: The document number as the payer wrote it, or "" for a line that names none.
        gross_minor: Amount of the document as the payer sees it.
        discount_minor: Early-payment discount taken, a positive number.
        deduction_minor: Anything else taken off, a positive number.
        net_minor: What is paid on this document.
        reason: Code or words for the deduction or refusal.
        payer: Who pays, as written.
        remittance_id: Trace or advice number that joins the line to its payment.
        advised_on: Date of the advice or of the payment it announces.
        total_minor: The payment the advice belongs to.
        memo: Other numbers and words beside it: orders, accounts, notes.
    """

    reference: str
    net_minor: int | None
    currency: str
    gross_minor: int | None = None
    discount_minor: int = 0
    deduction_minor: int = 0
    reason: str = ""
    payer: str = ""
    remittance_id: str = ""
    advised_on: date | None = None
    total_minor: int | None = None
    memo: str = ""
    line_no: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The lines of one account for one day or period, with what the bank says they add up to.

    Attributes:
        balances: Whether opening + booked lines = closing (or the control totals agree);
            `none` where the file states nothing to check against.
        difference_minor: What the lines miss to reach the closing balance; 0 unless they differ.
        goes_on: Whether its closing balance is that of a page, so that another page must follow.
    """

    account: str
    currency: str
    number: str = ""
    opening_minor: int | None = None
    closing_minor: int | None = None
    lines: tuple[BankLine, ...] = ()
    balances: Tie = "none"
    difference_minor: int = 0
    goes_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFile:
    """A file as read: its statements, its remittance lines, and what a person should know.

    Attributes:
        totals: Whether the control totals of the whole file agree, where it states any.
    """

    format: str
    statements: tuple[Statement, ...] = ()
    remittances: tuple[RemittanceLine, ...] = ()
    warnings: tuple[str, ...] = ()
    totals: Tie = "none"

    @property
    def lines(self) -> tuple[BankLine, ...]:
        """Every line of every statement, in the order of the file."""
        return tuple(line for statement in self.statements for line in statement.lines)

    def line_keys(self) -> tuple[tuple[str, ...], ...]:
        """A key per line of each statement that is the same in every file that brings it again.

        Two equal lines are two payments, also on two pages of one statement: the second one's key
        counts it as the second. A statement that repeats another one whole brings nothing new.
        """
        seen: Counter[tuple[str, ...]] = Counter()
        told: dict[tuple[object, ...], tuple[str, ...]] = {}
        keys = []
        for each in self.statements:
            account = "".join(each.account.split()).upper()
            same = tuple((account, *line.same_payment_key()) for line in each.lines)
            page = (each.number, each.opening_minor, each.closing_minor, same)
            if page not in told:
                told[page] = tuple(_counted(key, seen) for key in same)
            keys.append(told[page])
        return tuple(keys)

    @property
    def balances(self) -> Tie:
        """One word for the whole file: it ties only if everything that holds lines is proven."""
        found = {self.totals, *(statement.balances for statement in self.statements)}
        if "differ" in found:
            return "differ"
        unproven = any(each.lines and each.balances == "none" for each in self.statements)
        return "tie" if "tie" in found and not unproven else "none"


def _counted(same: tuple[str, ...], seen: Counter[tuple[str, ...]]) -> str:
    seen[same] += 1
    text = "\x1f".join((*same, str(seen[same])))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def settle(
    *,
    account: str,
    currency: str,
    lines: tuple[BankLine, ...],
    opening_minor: int | None,
    closing_minor: int | None,
    number: str = "",
) -> Statement:
    """Build a statement and say whether its booked lines lead from opening to closing."""
    balances: Tie = "none"
    difference = 0
    if opening_minor is not None and closing_minor is not None:
        booked = [line for line in lines if line.kind == "booked"]
        moved = sum(line.amount_minor for line in booked if line.currency == currency)
        difference = closing_minor - opening_minor - moved
        # A balance proves nothing about a line in another currency.
        is_proven = all(line.currency == currency for line in booked)
        balances = "tie" if is_proven and not difference else "differ"
    return Statement(
        account=account,
        currency=currency,
        number=number,
        opening_minor=opening_minor,
        closing_minor=closing_minor,
        lines=lines,
        balances=balances,
        difference_minor=difference,
    )
