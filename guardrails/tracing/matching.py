"""Whether a statement is a known fact, and what would be right where it is not."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import islice

from guardrails.formats import format_day, format_money
from guardrails.tracing.addresses import bare
from guardrails.tracing.days import digits_mean
from guardrails.tracing.facts import Amounts, Known, KnownInvoice, totals_of
from guardrails.tracing.people import name_words
from guardrails.tracing.reading import Reading
from guardrails.tracing.report import Money, Span, Stated, Untraced
from ledger.money import currency_digits

_DIGITS = re.compile(r"\d+")
_ORDERED = re.compile(r"\d{1,2}([-/])\d{1,2}\1\d{2,4}")
# What may stand between an invoice and its amount; a conjunction or a total breaks the pair.
_OF_INVOICE = re.compile(
    r"[\s(\[,:–-]*(?:(?:for|of|over|with|is|was|shows|has|an?|the|amount|open|balance|totall?ing|at"
    r"|über|von|mit|in|höhe|ist|de|por|un|importe|pour|d'un|montant|du)[ :]+){0,5}"
)
_ON_INVOICE = re.compile(
    r"[\s)\],]*(?:(?:is|are|still|open|due|outstanding|offen|remains?|unpaid|pendientes?)[ ]+){0,3}"
    r"(?:on|for|aus|auf|für|zu|sobre|sur|under)[ ]+(?:(?:the|your|our|invoice|der|die|ihrer?"
    r"|rechnung|la|su|factura|facture|votre|no\.?|nr\.?)[ ]+){0,3}#?"
)
_SUFFIX = 7
_MOST_HINTS = 4


class Matcher:
    """The known facts, laid out to be asked statement by statement."""

    def __init__(self, known: Known, reading: Reading) -> None:
        self.known = known
        self.reading = reading
        self._domains = known.domains | known.company.domains
        self._named = [
            (each, invoices)
            for each in reading.found
            if each.kind in ("invoice_ref", "number") and (invoices := self._invoices(each.value))
        ]
        self._all_named = list({i: None for _each, named in self._named for i in named})

    @cached_property
    def _original(self) -> str:
        return self.reading.original.lower()

    @cached_property
    def _by_number(self) -> dict[str, list[KnownInvoice]]:
        found: dict[str, list[KnownInvoice]] = {}
        for each in self.known.invoices:
            found.setdefault(bare(each.number), []).append(each)
        return found

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(map(bare, self.known.numbers))

    @cached_property
    def _names(self) -> list[tuple[str, ...]]:
        return [name_words(each) for each in (*self.known.names, *self.known.company.names)]

    @cached_property
    def _accounts(self) -> frozenset[str]:
        return frozenset(map(bare, self.known.bank_accounts | self.known.company.ibans))

    @cached_property
    def _phones(self) -> list[str]:
        numbers = (*(self.known.phones or ()), self.known.company.phone)
        return ["".join(_DIGITS.findall(each)).lstrip("0") for each in numbers if each]

    @cached_property
    def _singles(self) -> set[tuple[int, str]]:
        return {(each.open_minor, each.currency) for each in self.known.invoices}

    def untraced(self) -> list[Untraced]:
        """Every statement that is no fact, in the order of the text."""
        language, found = self.reading.language, []
        for each in self.reading.found:
            judge = _JUDGES.get(each.kind)
            kind = judge(self, each) if judge else ""
            if kind:
                hint = expected(kind, self.known, language)
                found.append(Untraced(each.span, each.start, kind, hint))
        return found

    # Each judge answers the kind of what is wrong, or nothing.

    def _amount(self, said: Stated) -> str:
        if isinstance(said.value, Decimal) or said.value is None:
            return self._rate(said)
        if not isinstance(said.value, Money):
            return said.kind
        value, currencies = said.value
        if value is None:
            return said.kind
        allowed = self._allowed(said)
        if _is_one_of(value, currencies, allowed):
            return ""
        in_another = currencies and _is_one_of(value, frozenset(), allowed)
        return "currency" if in_another else said.kind

    def _allowed(self, said: Stated) -> set[tuple[int, str]]:
        """The amounts that would be true at this place."""
        known = self.known
        sums = totals_of(self._all_named)
        if said.kind == "total":
            totals = {*known.amounts} - self._singles | sums | totals_of(known.invoices)
            return totals if len(self._all_named) > 1 else totals | self._singles
        about = self._invoice_of(said)
        allowed = {(i.open_minor, i.currency) for i in about} if about else {*known.amounts, *sums}
        asked = about or known.invoices
        if said.role == "original":
            allowed = allowed | {(i.amount_minor, i.currency) for i in asked}
        elif said.role == "paid":
            allowed = allowed | {(i.paid_minor, i.currency) for i in asked if i.paid_minor}
        elif said.role == "disputed":
            allowed = allowed | {(i.disputed_minor, i.currency) for i in asked if i.disputed_minor}
        return set(allowed | known.charges | known.agreed)

    def _invoice_of(self, said: Stated) -> list[KnownInvoice]:
        """The invoice whose amount this is said to be, where the words leave no doubt."""
        if not self._named:
            return []
        at = bisect_right(self._named, said.start, key=lambda each: each[0].start)
        original = self._original
        if at < len(self._named):
            ref, invoices = self._named[at]
            if ref.start - said.end < 40 and _ON_INVOICE.fullmatch(original, said.end, ref.start):
                return invoices
        if at:
            ref, invoices = self._named[at - 1]
            if said.start - ref.end < 40 and _OF_INVOICE.fullmatch(original, ref.end, said.start):
                return invoices
        return []

    def _rate(self, said: Stated) -> str:
        return "" if said.value in self.known.percentages else said.kind

    def _count(self, said: Stated) -> str:
        named = len({each.number for each in self._all_named})
        right = {self.known.count, named, *self.known.counts}
        return "" if said.value in right else "count"

    def _about(self, said: Stated) -> Iterable[KnownInvoice]:
        """The invoices it is said of: its own, those of its sentence, of the text, or all."""
        start, end = self.reading.sentence(said.start)
        here = [(ref, named) for ref, named in self._named if start <= ref.start < end]
        if len(here) > 1 and (own := self._paired(said, here, start, end)):
            return own
        return [i for _ref, named in here for i in named] or self._all_named or self.known.invoices

    def _paired(
        self, said: Stated, here: list[tuple[Stated, list[KnownInvoice]]], start: int, end: int
    ) -> list[KnownInvoice]:
        """The invoice before it, in a list that says the same of each invoice in turn."""
        alike = [
            each.start
            for each in self.reading.found
            if start <= each.start < end and (each.kind, each.role) == (said.kind, said.role)
        ]
        refs = [ref.start for ref, _named in here]
        turns = [at for pair in zip(refs, alike, strict=False) for at in pair]
        if len(refs) != len(alike) or turns != sorted(turns):
            return []
        return here[alike.index(said.start)][1]

    def _day(self, said: Stated) -> str:
        right = self.known.days
        if said.role == "due" and self.known.invoices:
            due = {each.due_on for each in self._about(said) if each.due_on}
            right = due | {day for day in self.known.deadlines if day >= self.known.as_of}
        return "" if self._is_day(said, right) else "date"

    def _is_day(self, said: Stated, right: Iterable[date]) -> bool:
        days, right = said.value, frozenset(right)
        if not isinstance(days, frozenset) or not days:
            return False
        ordered = _ORDERED.search(said.span)
        if ordered and len(days) > 1:
            return digits_mean(ordered[0], self.known.day_first) <= right
        return not days.isdisjoint(right)

    def _deadline(self, said: Stated) -> str:
        days = said.value
        past = isinstance(days, frozenset) and all(day < self.known.as_of for day in days)
        right = self.known.days if past else self.known.deadlines
        return "" if self._is_day(said, right) else "deadline"

    def _terms(self, said: Stated) -> str:
        return "" if said.value in self.known.terms_days else "deadline"

    def _days_overdue(self, said: Stated) -> str:
        span = said.value
        if not isinstance(span, Span):
            return "days_overdue"
        late = [(self.known.as_of - i.due_on).days for i in self._about(said) if i.due_on]
        return "" if any(days > 0 and span.holds(days) for days in late) else "days_overdue"

    def _invoices(self, number: object) -> list[KnownInvoice]:
        written = bare(str(number))
        found = self._by_number.get(written, [])
        if found or not written.isdigit():
            return found
        return [i for i in self.known.invoices if _DIGITS.findall(i.number)[-1:] == [written]]

    def _reference(self, said: Stated) -> str:
        written = str(said.value)
        known = (
            bare(written) in self._numbers if len(written) > 3 else written in self.known.numbers
        )
        if known or self._invoices(written) or bare(written) in self._accounts:
            return ""
        return said.kind

    def _person(self, said: Stated) -> str:
        words = set(name_words(str(said.value)))
        return "" if any(words <= set(name) for name in self._names) else "person"

    def _company(self, said: Stated) -> str:
        words = name_words(str(said.value))
        fits = any(name and words[-len(name) :] == name for name in self._names)
        return "" if fits or not words else "company"

    def _link(self, said: Stated) -> str:
        return "" if self._is_ours(str(said.value)) else "link"

    def _is_ours(self, host: str) -> bool:
        return any(host == each or host.endswith(f".{each}") for each in self._domains)

    def _email(self, said: Stated) -> str:
        address = str(said.value)
        if address in self.known.emails or address in self.known.company.lines:
            return ""
        return "" if self._is_ours(address.rpartition("@")[2]) else "email"

    def _phone(self, said: Stated) -> str:
        digits = str(said.value).lstrip("0")
        if self.known.phones is None:
            return ""
        same = any(
            min(len(digits), len(each)) >= _SUFFIX
            and (digits.endswith(each) or each.endswith(digits))
            for each in self._phones
        )
        return "" if same or digits in self._numbers else "phone"

    def _account(self, said: Stated) -> str:
        written = str(said.value)
        if written in self._accounts or written in self._numbers:
            return ""
        shortened = len(written) in (4, 8)
        near = any(
            each.endswith(written) if len(written) == 4 else each == f"{written}XXX"
            for each in self._accounts
        )
        return "" if shortened and near else "bank_account"


_JUDGES: dict[str, Callable[[Matcher, Stated], str]] = {
    **dict.fromkeys(("amount", "total", "fee"), Matcher._amount),
    "percentage": Matcher._rate,
    "count": Matcher._count,
    "date": Matcher._day,
    "deadline": Matcher._deadline,
    "terms": Matcher._terms,
    "days_overdue": Matcher._days_overdue,
    **dict.fromkeys(("invoice_ref", "number"), Matcher._reference),
    "person": Matcher._person,
    "company": Matcher._company,
    "link": Matcher._link,
    "email": Matcher._email,
    "phone": Matcher._phone,
    "bank_account": Matcher._account,
}


def _is_one_of(
    value: Decimal, currencies: frozenset[str], amounts: Iterable[tuple[int, str]]
) -> bool:
    return any(
        (not currencies or currency in currencies)
        and value.scaleb(currency_digits(currency)) == minor
        for minor, currency in amounts
    )


def expected(kind: str, known: Known, language: str) -> str:
    """What the writer may put instead."""
    if kind in ("amount", "total", "currency"):
        return one_of(_written(known.amounts, language))
    if kind == "fee":
        return one_of([*_written(known.charges, language), *_rates(known)])
    if kind in ("date", "deadline"):
        days = known.days if kind == "date" else known.deadlines
        return one_of(format_day(day, language) for day in sorted(days))
    if kind == "days_overdue":
        late = {(known.as_of - each.due_on).days for each in known.invoices if each.due_on}
        return one_of(str(days) for days in sorted(late) if days > 0)
    lists: dict[str, Iterable[str]] = {
        "percentage": _rates(known),
        "count": map(str, sorted({known.count, *known.counts})),
        "invoice_ref": known.numbers,
        "number": known.numbers,
        "person": (*known.names, *known.company.names),
        "company": (*known.names, *known.company.names),
        "link": sorted(known.domains | known.company.domains),
        "email": sorted(known.emails | known.domains),
        "phone": sorted(filter(None, (*(known.phones or ()), known.company.phone))),
        "bank_account": sorted(known.bank_accounts | known.company.ibans),
    }
    return one_of(lists.get(kind, ()))


def _written(amounts: Amounts, language: str) -> Iterator[str]:
    return (format_money(*amount, language) for amount in sorted(amounts))


def _rates(known: Known) -> list[str]:
    return [f"{rate.normalize():f}%" for rate in sorted(known.percentages)]


def one_of(facts: Iterable[str]) -> str:
    """Name a few of the facts."""
    listed = list(islice(facts, _MOST_HINTS + 1))
    more = ", ..." if len(listed) > _MOST_HINTS else ""
    return f"one of {', '.join(listed[:_MOST_HINTS])}{more}" if listed else "none in this message"
