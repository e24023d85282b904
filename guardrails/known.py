"""What a message may state: the facts of its own action, the account's, and the company's."""

import functools
import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from guardrails.formats import printable
from guardrails.message_facts import stated
from guardrails.tracing.facts import Known, KnownCompany, KnownInvoice
from ledger.actions import MessageAction, SendReminder, SendStatement
from ledger.facts import AccountFacts, DuePart, OpenItem
from policies.schema import CompanyPolicy

_LONGEST_NAME = 80
_MOST_WORDS = 7
_FEWEST_PLAIN = 4
# An abbreviation such as `Dr.` or `Ltd.` ends no sentence.
_SENTENCE_END = re.compile(r"[^\W\d_]{4,}[.;:]+\s+\w|[!?]")
IBAN = r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?"
_UNUSUAL = re.compile(r"[^A-Za-zÀ-ž ,-]")
_HOST = re.compile(r"(?:://|@)([\w.-]+)")


def known_facts(facts: AccountFacts, action: MessageAction | None) -> Known:
    """Collect what a message may state.

    A reminder may state its own invoices only, a statement everything open in its currency, and
    any other message everything open on the account.
    """
    if isinstance(action, SendReminder):
        named = set(action.invoice_ids)
        items = [item for item in facts.open_items if item.invoice_id in named]
        parts = [(item, part) for item in items for part in item.asked(facts.as_of)]
        return _known(facts, action, items, _part_amounts(parts), [], [])
    currencies = (
        (action.currency,)
        if isinstance(action, SendStatement)
        else {each.currency for each in (*facts.open_items, *facts.credits, *facts.receipts)}
    )
    items = [item for item in facts.open_items if item.currency in currencies]
    amounts = _part_amounts([(item, part) for item in items for part in item.parts])
    amounts |= {(item.open_minor, item.currency) for item in items}
    entries = [each for each in _lowering(facts) if each.currency in currencies]
    for currency in currencies:
        net = sum(item.open_minor for item in items if item.currency == currency)
        for kind in ("credit", "receipt"):
            parts = [e.minor for e in entries if e.currency == currency and e.kind == kind]
            net -= sum(parts)
            for part in (*parts, sum(parts)):
                amounts |= {(part, currency), (-part, currency)}
        amounts.add((net, currency))
    numbers = [entry.number for entry in entries]
    return _known(facts, action, items, amounts, numbers, [entry.day for entry in entries])


def known_invoices(facts: AccountFacts, known: Known) -> tuple[KnownInvoice, ...]:
    """The open invoices a message may state, instalment by instalment.

    Only a text that says more than a template needs them, so they are not among `known_facts`.
    """
    return tuple(
        KnownInvoice(
            item.invoice_number,
            item.currency,
            part.open_minor,
            part.due_on,
            item.issued_on,
            item.amount_minor,
        )
        for item in facts.open_items
        if printable(item.invoice_number) in known.numbers
        for part in item.parts
    )


class _Lowering(NamedTuple):
    """Something that lowers a balance."""

    kind: str
    number: str
    day: date
    minor: int
    currency: str


def _lowering(facts: AccountFacts) -> list[_Lowering]:
    """Credits and money received that are not applied yet."""
    return [
        _Lowering("credit", c.credit_number, c.issued_on, c.unapplied_minor, c.currency)
        for c in facts.credits
    ] + [
        _Lowering("receipt", r.receipt_number, r.received_on, r.unapplied_minor, r.currency)
        for r in facts.receipts
    ]


def _part_amounts(parts: Iterable[tuple[OpenItem, DuePart]]) -> set[tuple[int, str]]:
    """Open amounts by due date and their total per currency."""
    totals: dict[str, int] = {}
    amounts = set()
    for item, part in parts:
        amounts.add((part.open_minor, item.currency))
        totals[item.currency] = totals.get(item.currency, 0) + part.open_minor
    amounts.update((total, currency) for currency, total in totals.items())
    return amounts


def _known(
    facts: AccountFacts,
    action: MessageAction | None,
    items: list[OpenItem],
    amounts: set[tuple[int, str]],
    numbers: list[str],
    days: list[date],
) -> Known:
    told = stated(action, facts)
    numbers = [*numbers, *told.numbers, facts.account_number]
    for item in items:
        numbers.append(item.invoice_number)
        if item.po_number:
            numbers.append(item.po_number)
    return Known(
        numbers=tuple(filter(None, map(printable, numbers))),
        amounts=frozenset(amounts | told.amounts),
        days=frozenset(
            [facts.as_of, *days, *told.days, *(p.due_on for i in items for p in i.parts)]
            + [item.issued_on for item in items]
        ),
        count=len(items),
        names=tuple(
            name
            for name in (
                addressee(contact_name(facts, action.contact_id)) if action else "",
                printable(facts.name),
            )
            if name
        ),
        as_of=facts.as_of,
        deadlines=told.asked_for,
    )


def contact_name(facts: AccountFacts, contact_id: str) -> str:
    """The ledger's name of a contact, empty when there is none."""
    return next((each.name for each in facts.contacts if each.contact_id == contact_id), "")


def addressee(name: str) -> str:
    """A contact's name as a letter may address it, or empty when it is no name of a person or desk.

    What is very long, holds no letter or reads like a sentence is not a name but something else in
    its field; a letter then greets nobody by name.
    """
    clean = printable(name)
    fits = len(clean) <= _LONGEST_NAME and any(char.isalpha() for char in clean)
    return clean if fits and not _is_sentence(clean) else ""


def _is_sentence(name: str) -> bool:
    words = name.split()
    plain = len(words) >= _FEWEST_PLAIN and not any(word[0].isupper() for word in words)
    return plain or len(words) > _MOST_WORDS or _SENTENCE_END.search(name) is not None


@functools.lru_cache(maxsize=64)
def known_company(company: CompanyPolicy) -> KnownCompany:
    """Collect what a message may state about ourselves."""
    settings = (
        company.payment_details,
        company.portal_link,
        company.address,
        company.phone,
        company.sender_email,
        company.reply_to,
        company.signature,
        company.name,
    )
    lines = {printable(line) for setting in settings for line in setting.splitlines()} - {""}
    return KnownCompany(
        lines=tuple(sorted(filter(_UNUSUAL.search, lines), key=lambda line: (-len(line), line))),
        ibans=frozenset(
            found.replace(" ", "") for found in re.findall(IBAN, printable(company.payment_details))
        ),
        phone="".join(re.findall(r"\d", company.phone)),
        plain=tuple(sorted(line for line in lines if not _UNUSUAL.search(line))),
        names=tuple(filter(None, map(printable, (company.name, company.signature)))),
        domains=frozenset(
            found.casefold()
            for setting in (company.portal_link, company.sender_email, company.reply_to)
            for found in _HOST.findall(setting)
        ),
    )
