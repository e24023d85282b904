"""The facts a message may state, as plain values: from the ledger or from any other record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

Amounts = frozenset[tuple[int, str]]  # minor units and currency
_NO_AMOUNTS: Amounts = frozenset()
_NO_WORDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownCompany:
    """Our own names, links and bank details as a letter may state them.

    Attributes:
        lines: The lines of the settings that hold more than plain words, longest first.
        ibans: Bank accounts named in the payment details, without spaces.
        phone: The digits of our phone number.
        plain: The lines that hold plain words only.
        names: Our name and signature.
        domains: Hosts of our portal and addresses.
    """

    lines: tuple[str, ...] = ()
    ibans: frozenset[str] = _NO_WORDS
    phone: str = ""
    plain: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    domains: frozenset[str] = _NO_WORDS


@dataclass(frozen=True, slots=True)
class KnownInvoice:
    """An open invoice, or one of its instalments, as a message may state it.

    Attributes:
        number: Its own number.
        open_minor: What is open of it.
        amount_minor: What it was for; 0 when not known.
        paid_minor: What has been paid of it.
        disputed_minor: What of it is disputed.
    """

    number: str
    currency: str
    open_minor: int
    due_on: date | None = None
    issued_on: date | None = None
    amount_minor: int = 0
    paid_minor: int = 0
    disputed_minor: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """The facts one message may state.

    Attributes:
        as_of: The day of the facts, on which the message leaves.
        numbers: Invoice, order, credit, receipt, clause and account numbers.
        amounts: Open amounts and their totals; what lowers a balance stands with either sign.
        days: Due, issue and receipt dates, recorded events, and the day of the facts.
        count: How many invoices the message is about.
        names: People, desks and companies, as greetings and signatures may name them.
        invoices: What is open, for statements about one invoice.
        counts: Further numbers of invoices a text may give, such as those overdue.
        charges: Authorised fees and interest on the ledger.
        agreed: Amounts of approved terms, which may stand beside any invoice.
        percentages: Rates that are recorded or approved.
        deadlines: Days a payment was asked or promised for.
        terms_days: Recorded payment terms.
        domains: Hosts that links and addresses may lead to; those below them too.
        emails: Addresses that may stand in the text wherever their domain is.
        bank_accounts: IBAN, BIC, account numbers and card numbers' last digits.
        phones: Phone numbers; None where the record keeps none, so that none can be wrong.
        day_first: How 10/11/2026 is read; None where both readings must be right.
        company: What letters of the house may state about itself.
    """

    as_of: date
    numbers: tuple[str, ...] = ()
    amounts: Amounts = _NO_AMOUNTS
    days: frozenset[date] = frozenset()
    count: int = 0
    names: tuple[str, ...] = ()
    invoices: tuple[KnownInvoice, ...] = ()
    counts: frozenset[int] = frozenset()
    charges: Amounts = _NO_AMOUNTS
    agreed: Amounts = _NO_AMOUNTS
    percentages: frozenset[Decimal] = frozenset()
    deadlines: frozenset[date] = frozenset()
    terms_days: frozenset[int] = frozenset()
    domains: frozenset[str] = _NO_WORDS
    emails: frozenset[str] = _NO_WORDS
    bank_accounts: frozenset[str] = _NO_WORDS
    phones: frozenset[str] | None = _NO_WORDS
    day_first: bool | None = None
    company: KnownCompany = field(default_factory=KnownCompany)


def known_record(
    as_of: date,
    invoices: Sequence[KnownInvoice],
    *,
    numbers: Iterable[str] = (),
    amounts: Iterable[tuple[int, str]] = (),
    days: Iterable[date] = (),
    charges: Iterable[tuple[int, str]] = (),
    deadlines: Iterable[date] = (),
    **more: Any,
) -> Known:
    """Collect what a message about these invoices may state.

    Args:
        as_of: The day the message leaves.
        invoices: What is open on the account.
        numbers: References beside the invoice numbers.
        amounts: Amounts beside those of the invoices.
        days: Recorded events beside issue and due dates.
        charges: Authorised fees; a total may hold them.
        deadlines: Days a payment was asked or promised for; due dates count too.
        more: Any other attribute of `Known`.
    """
    charged = frozenset(charges)
    due = {each.due_on for each in invoices if each.due_on}
    issued = {each.issued_on for each in invoices if each.issued_on}
    overdue = [each for each in invoices if each.due_on and each.due_on < as_of]
    terms = {(i.due_on - i.issued_on).days for i in invoices if i.due_on and i.issued_on}
    totals, counts = totals_of(invoices), frozenset({len({each.number for each in overdue})})
    known: dict[str, Any] = dict(
        as_of=as_of,
        numbers=tuple(dict.fromkeys([*(each.number for each in invoices), *numbers])),
        amounts=frozenset(
            {(each.open_minor, each.currency) for each in invoices}
            | totals
            | totals_of(overdue)
            | _with_charges(totals, charged)
            | set(amounts)
        ),
        days=frozenset({as_of, *due, *issued, *days, *deadlines}),
        count=len({each.number for each in invoices}),
        invoices=tuple(invoices),
        counts=counts,
        charges=charged,
        deadlines=frozenset({*deadlines, *due}),
        terms_days=frozenset(terms) | frozenset(more.pop("terms_days", ())),
    )
    return Known(**known | more)


def totals_of(invoices: Iterable[KnownInvoice]) -> set[tuple[int, str]]:
    """The sum of what is open, per currency."""
    sums: dict[str, int] = {}
    for each in invoices:
        sums[each.currency] = sums.get(each.currency, 0) + each.open_minor
    return {(total, currency) for currency, total in sums.items()}


def _with_charges(totals: set[tuple[int, str]], charges: Amounts) -> set[tuple[int, str]]:
    added: dict[str, int] = {}
    for minor, currency in charges:
        added[currency] = added.get(currency, 0) + minor
    return {(total + added[currency], currency) for total, currency in totals if currency in added}
