"""What fills the slots of a letter: facts of the ledger and our own settings, nothing else."""

import functools
from collections.abc import Iterable, Sequence

from guardrails.formats import format_day, format_money, printable
from guardrails.known import addressee
from guardrails.message_kinds import plan_currency, subject_of
from ledger.actions import AnswerQuery, MessageAction, SendReminder, SendStatement
from ledger.facts import (
    AccountFacts,
    ActivePlan,
    ContactFact,
    DuePart,
    OpenItem,
    PendingPromise,
    ReceivedPayment,
)
from policies.letters.words import WORDS, Words
from policies.schema import CompanyPolicy
from tools.letter_sandbox import LetterError

_COLUMN_GAP = "  "
Slots = dict[str, object]


def slots_of(
    action: MessageAction, facts: AccountFacts, contact: ContactFact, company: CompanyPolicy
) -> Slots:
    """The slots of the letter an action asks for.

    Raises:
        LetterError: What it is about is not in the ledger, or not in this language.
    """
    words = words_in(action.language)
    slots: Slots = {
        "contact": addressee(contact.name) or words.anyone,
        "company": printable(company.name),
        "signature": printable(company.signature),
        "as_of": format_day(facts.as_of, action.language),
        "portal": printable(company.portal_link),
        "pay": _pay(company, words),
    }
    match action:
        case SendReminder():
            return slots | _reminder_slots(action, facts, words)
        case SendStatement():
            return slots | _statement_slots(action, facts, words)
        case AnswerQuery():
            return slots | _answer_slots(action, facts, contact, words)


def words_in(language: str) -> Words:
    """The words around the slots in a language.

    Raises:
        LetterError: No letters are written in it.
    """
    words = WORDS.get(language)
    if words is None:
        raise LetterError(
            f"no letters are written in {language!r}: use one of {', '.join(sorted(WORDS))}"
        )
    return words


def _reminder_slots(action: SendReminder, facts: AccountFacts, words: Words) -> Slots:
    items = _named(action.invoice_ids, facts, action.currency)
    rows = [(item, part) for item in items for part in item.asked(facts.as_of)]
    total = sum(part.open_minor for _item, part in rows)
    slots: Slots = {
        "items": _invoice_table(rows, action.language, words),
        "count": len(items),
        "numbers": _numbers(items),
        "due": format_day(min(part.due_on for _item, part in rows), action.language),
        "total": format_money(total, action.currency, action.language),
    }
    if action.template_id == "broken_promise":
        slots |= _about(action, facts, words)
    return slots


def _named(ids: Iterable[str], facts: AccountFacts, currency: str | None) -> list[OpenItem]:
    """The open items a message names, each once."""
    by_id = {item.invoice_id: item for item in facts.open_items}
    items = []
    for invoice_id in dict.fromkeys(ids):
        item = by_id.get(invoice_id)
        if item is None or currency not in (None, item.currency):
            where = f"in {currency} on" if currency else "on"
            raise LetterError(
                f"invoice {invoice_id} is not open {where} account "
                f"{facts.account_number}: propose the message again from the ledger"
            )
        items.append(item)
    if not items:
        raise LetterError("the message names at least one invoice")
    return items


def _numbers(items: Iterable[OpenItem]) -> str:
    return ", ".join(printable(item.invoice_number) for item in items)


def _answer_slots(
    action: AnswerQuery, facts: AccountFacts, contact: ContactFact, words: Words
) -> Slots:
    match action.template_id:
        case "copy_answer":
            items = _named(action.invoice_ids, facts, None)
            rows = [(item, part) for item in items for part in item.parts]
            return {
                "items": _invoice_table(rows, action.language, words),
                "count": len(items),
                "numbers": _numbers(items),
            }
        case "receipt" | "promise_confirmation" | "plan_proposal":
            return _about(action, facts, words)
        case "opt_out_confirmation" if not contact.opted_out:
            raise LetterError(
                f"contact {contact.contact_id} has not asked us to stop: there is nothing to "
                "confirm"
            )
        case "dispute_acknowledgement" if not (facts.disputes or facts.inbound_unanswered):
            raise LetterError(
                f"account {facts.account_number} disputes nothing and waits for no answer: there "
                "is nothing to acknowledge"
            )
        case _:
            return {}


def _about(action: SendReminder | AnswerQuery, facts: AccountFacts, words: Words) -> Slots:
    """The payment, promise or plan a message names."""
    language = action.language
    match subject_of(action, facts):
        case ReceivedPayment() as payment:
            return {
                "amount": format_money(payment.amount_minor, payment.currency, language),
                "day": format_day(payment.received_on, language),
                "number": printable(payment.receipt_number),
            }
        case PendingPromise() as promise:
            known = promise.amount_minor is not None and promise.currency is not None
            return {
                "amount": format_money(promise.amount_minor, promise.currency, language)
                if known
                else "",
                "day": format_day(promise.due_on, language),
            }
        case ActivePlan() as plan:
            return _plan_slots(plan, facts, language, words)
        case _:
            wanted = action.promise_id if isinstance(action, SendReminder) else action.about
            raise LetterError(
                f"account {facts.account_number} has no {wanted!r} a {action.template_id} could "
                "be about: read the account again"
            )


def _plan_slots(plan: ActivePlan, facts: AccountFacts, language: str, words: Words) -> Slots:
    currency = plan_currency(plan, facts)
    items = [item for item in facts.open_items if item.invoice_id in plan.invoice_ids]
    if currency is None or not plan.parts:
        raise LetterError(f"plan {plan.plan_id} covers no open invoice of one currency")
    rows = [
        (format_day(part.due_on, language), format_money(part.amount_minor, currency, language))
        for part in plan.parts
    ]
    total = sum(part.amount_minor for part in plan.parts)
    return {
        "items": _table((words.due, words.amount), rows),
        "count": len(items),
        "numbers": _numbers(items),
        "total": format_money(total, currency, language),
    }


def _statement_slots(action: SendStatement, facts: AccountFacts, words: Words) -> Slots:
    """Open items, then what lowers the balance; the total is net of it."""
    currency, language = action.currency, action.language
    items = [item for item in facts.open_items if item.currency == currency]
    memos = [each for each in facts.credits if each.currency == currency]
    receipts = [each for each in facts.receipts if each.currency == currency]
    lowering = (
        (
            (words.credit, words.issued),
            [(each.credit_number, each.issued_on, each.unapplied_minor) for each in memos],
        ),
        (
            (words.receipt, words.received),
            [(each.receipt_number, each.received_on, each.unapplied_minor) for each in receipts],
        ),
    )
    parts = [(item, part) for item in items for part in item.parts]
    tables = [_invoice_table(parts, language, words)] if parts else []
    total = sum(item.open_minor for item in items)
    for heads, entries in lowering:
        if entries:
            rows = [
                (
                    printable(number),
                    format_day(day, language),
                    format_money(-minor, currency, language),
                )
                for number, day, minor in entries
            ]
            tables.append(_table((*heads, words.amount), rows))
            total -= sum(minor for _number, _day, minor in entries)
    if not tables:
        raise LetterError(
            f"nothing is open in {currency} on account {facts.account_number}: no statement is due"
        )
    return {
        "items": "\n\n".join(tables),
        "count": len(items),
        "total": format_money(total, currency, language),
    }


def _invoice_table(parts: Sequence[tuple[OpenItem, DuePart]], language: str, words: Words) -> str:
    """Invoice, the customer's order where one is known, due date, open amount.

    An invoice in instalments takes a line for each of them.
    """
    rows = [
        (
            printable(item.invoice_number),
            printable(item.po_number or ""),
            format_day(part.due_on, language),
            format_money(part.open_minor, item.currency, language),
        )
        for item, part in parts
    ]
    heads = (words.invoice, words.purchase_order, words.due, words.open_amount)
    if any(row[1] for row in rows):
        return _table(heads, rows)
    return _table((heads[0], *heads[2:]), [(row[0], *row[2:]) for row in rows])


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Plain text columns, the last one flush right."""
    lines = [heads, *rows]
    *widths, last = (max(map(len, column)) for column in zip(*lines, strict=True))
    return "\n".join(
        _COLUMN_GAP.join([*map(str.ljust, line, widths), line[-1].rjust(last)]) for line in lines
    )


@functools.lru_cache(maxsize=64)
def _pay(company: CompanyPolicy, words: Words) -> str:
    """How to pay, from our settings alone; empty when they say nothing."""
    bank = [printable(line) for line in company.payment_details.splitlines() if line.strip()]
    said = []
    if bank:
        said.append("\n".join([words.pay_to, *bank]))
    if company.portal_link:
        said.append(f"{words.pay_online} {printable(company.portal_link)}")
    return "\n".join(said) + "\n" if said else ""
