"""Letters: approved templates whose slots only facts of the ledger and our own settings fill."""

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from jinja2 import StrictUndefined, TemplateError, meta, nodes
from jinja2.environment import Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from guardrails.formats import format_day, format_money, hides, printable
from guardrails.known import addressee
from ledger.actions import AnswerQuery, MessageAction, SendReminder, SendStatement
from ledger.errors import BadInput
from ledger.facts import AccountFacts, ContactFact, DuePart, OpenItem
from ledger.ids import digest
from policies.letters.words import WORDS, Words
from policies.schema import CompanyPolicy, LetterTemplate, Policy

SLOTS = frozenset({"contact", "company", "items", "count", "total", "as_of", "pay", "signature"})
# Between subject and body in one compiled template; no template and no fact holds it.
_FOLD = "\x1f"
# Putting slots in and choosing between singular and plural is all a template may do: no calls,
# filters, loops or arithmetic, so no template can run long or reach beyond its slots.
_ALLOWED_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.CondExpr,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_BLANK_LINES = re.compile(r"\n{3,}")
_COLUMN_GAP = "  "


class LetterError(BadInput):
    """The letter cannot be written from what the ledger and the policy hold."""

    code = "letter"


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished message.

    Attributes:
        digest: Of channel, recipient, copies, subject and body: what an approval binds.
    """

    recipient: str
    cc: tuple[str, ...]
    subject: str
    body: str
    template_id: str
    template_version: int
    language: str
    digest: str


def render_letter(action: MessageAction, facts: AccountFacts, policy: Policy) -> Letter:
    """Write the letter an action asks for, from the ledger as it stands.

    A template letter is worded by its template; any other wording is the action's own. The
    recipient always comes from the ledger.

    Raises:
        LetterError: No such contact, address, template, or invoice.
    """
    contact = _contact(action, facts)
    template = policy.letters_by_key.get((action.template_id, action.language))
    if template is None:
        raise LetterError(
            f"no template {action.template_id!r} in language {action.language!r}: "
            f"add letters/{action.language}/{action.template_id}.txt to the policies"
        )
    if action.wording == "template":
        slots = _slots(action, facts, contact, policy.company)
        subject, body = _write(template, slots)
    else:
        subject, body = _own_words(action)
    return sealed_letter(
        action.channel, _recipient(action.channel, contact), subject, body, template
    )


def check_template(template: LetterTemplate) -> None:
    """Make sure a template does no more than fill slots and choose between words.

    Raises:
        LetterError: It does not read, names an unknown slot, or does more.
    """
    _compiled(template)


def sealed_letter(
    channel: str, recipient: str, subject: str, body: str, template: LetterTemplate
) -> Letter:
    """A letter with the digest of exactly what will be sent."""
    cc: tuple[str, ...] = ()
    seal = letter_digest(channel, recipient, cc, subject, body)
    return Letter(
        recipient, cc, subject, body, template.id, template.version, template.language, seal
    )


def letter_digest(
    channel: str, recipient: str, cc: tuple[str, ...], subject: str, body: str
) -> str:
    """Digest of what leaves: changing a byte of it changes the digest."""
    return digest(orjson.dumps((channel, recipient, cc, subject, body)))


def _contact(action: MessageAction, facts: AccountFacts) -> ContactFact:
    for contact in facts.contacts:
        if contact.contact_id == action.contact_id:
            return contact
    raise LetterError(
        f"account {facts.account_number} has no contact {action.contact_id!r}: "
        "name one of its contacts"
    )


def _recipient(channel: str, contact: ContactFact) -> str:
    """Where a channel reaches a contact."""
    reached = {"email": contact.email, "sms": contact.phone, "portal": contact.contact_id}
    address = reached.get(channel)
    if not address:
        raise LetterError(
            f"contact {contact.contact_id} has no address for channel {channel!r}: "
            "record one or use another channel"
        )
    return address


def _own_words(action: MessageAction) -> tuple[str, str]:
    """Subject and body worded by a model or a person."""
    subject = action.subject or ""
    if any(hides(char) for char in subject):
        raise LetterError("a subject is one line of visible characters: take the others out")
    if not subject and action.channel == "email":
        raise LetterError("an e-mail needs a subject")
    return subject, action.body or ""


def _slots(
    action: MessageAction, facts: AccountFacts, contact: ContactFact, company: CompanyPolicy
) -> dict[str, object]:
    words = WORDS.get(action.language)
    if words is None:
        raise LetterError(
            f"no letters are written in {action.language!r}: use one of {', '.join(sorted(WORDS))}"
        )
    slots: dict[str, object] = {
        "contact": addressee(contact.name) or words.anyone,
        "company": printable(company.name),
        "signature": printable(company.signature),
        "as_of": format_day(facts.as_of, action.language),
    }
    match action:
        case SendReminder():
            slots |= _reminder_slots(action, facts, words)
        case SendStatement():
            slots |= _statement_slots(action, facts, words)
        case AnswerQuery():
            pass
    slots["pay"] = _pay(company, words)
    return slots


def _reminder_slots(action: SendReminder, facts: AccountFacts, words: Words) -> dict[str, object]:
    by_id = {item.invoice_id: item for item in facts.open_items}
    items = []
    for invoice_id in dict.fromkeys(action.invoice_ids):
        item = by_id.get(invoice_id)
        if item is None or item.currency != action.currency:
            raise LetterError(
                f"invoice {invoice_id} is not open in {action.currency} on account "
                f"{facts.account_number}: propose the reminder again from the ledger"
            )
        items.append(item)
    if not items:
        raise LetterError("a reminder names at least one invoice")
    rows = [(item, part) for item in items for part in item.asked(facts.as_of)]
    total = sum(part.open_minor for _item, part in rows)
    return {
        "items": _invoice_table(rows, action.language, words),
        "count": len(items),
        "total": format_money(total, action.currency, action.language),
    }


def _statement_slots(action: SendStatement, facts: AccountFacts, words: Words) -> dict[str, object]:
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


def _write(template: LetterTemplate, slots: dict[str, object]) -> tuple[str, str]:
    try:
        text = _compiled(template).render(slots)
    except TemplateError as error:
        raise LetterError(
            f"letters/{template.language}/{template.id}.txt cannot be filled: {error}"
        ) from None
    subject, _, body = text.partition(_FOLD)
    return subject, _BLANK_LINES.sub("\n\n", body)


@functools.lru_cache(maxsize=512)
def _compiled(template: LetterTemplate) -> Template:
    environment = _environment()
    place = f"letters/{template.language}/{template.id}.txt"
    source = f"{template.subject}{_FOLD}{template.body}"
    try:
        tree = environment.parse(source)
    except TemplateError as error:
        raise LetterError(f"{place}: not a template: {error}") from None
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED_NODES):
            raise LetterError(
                f"{place}: a letter only fills slots and chooses between words; "
                f"take out the {type(node).__name__.lower()}"
            )
    if unknown := sorted(meta.find_undeclared_variables(tree) - SLOTS):
        raise LetterError(f"{place}: unknown slot {unknown[0]!r}; use {', '.join(sorted(SLOTS))}")
    return environment.from_string(source)


@functools.cache
def _environment() -> ImmutableSandboxedEnvironment:
    """Plain text, so nothing is escaped; what comes from outside is made printable instead."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.globals.clear()
    return environment
