"""Documents made of ledger rows: a copy of an invoice, a statement, a plan.

What goes with a message is made of the facts the message is judged on and of nothing else, so the
dispatcher and `dunwell verify` make the same bytes again. Its words are traced like a letter's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from adapters.documents import Page, PageTable, html_page, page_text
from guardrails.formats import format_day, format_money, printable
from guardrails.message_kinds import plan_currency, subject_of
from guardrails.tracing.letters import Untraced, untraced
from ledger.actions import AnswerQuery, MessageAction, SendStatement
from ledger.facts import AccountFacts, ActivePlan, OpenItem
from ledger.ids import digest, make_id
from policies.letters.document_words import DOCUMENT_WORDS
from policies.letters.words import WORDS
from policies.schema import CompanyPolicy, Policy

HTML = "text/html"
_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A finished document.

    Attributes:
        kind: invoice_copy, statement or plan.
        amounts: (minor units, currency) it may state beside what a letter may.
    """

    kind: str
    name: str
    content: bytes
    amounts: frozenset[tuple[int, str]] = frozenset()
    media_type: str = HTML

    @property
    def file_digest(self) -> str:
        """Digest of its bytes."""
        return digest(self.content)

    @property
    def seal(self) -> tuple[str, str, str]:
        """What a permit binds of it."""
        return self.name, self.media_type, self.file_digest

    @property
    def text(self) -> str:
        """Its words."""
        return page_text(self.content)

    def row_id(self, account_id: str) -> str:
        """The id of its row: the same document of an account is kept once."""
        return make_id("doc", account_id, *self.seal)


def documents_for(
    action: MessageAction, facts: AccountFacts, company: CompanyPolicy
) -> tuple[MadeDocument, ...]:
    """What goes with a message: only mail carries anything, and only what answers a wish."""
    if action.channel != "email" or action.language not in DOCUMENT_WORDS:
        return ()
    match action:
        case SendStatement():
            return (statement(facts, action.currency, action.language, company),)
        case AnswerQuery(template_id="copy_answer"):
            by_id = {item.invoice_id: item for item in facts.open_items}
            named = [by_id[each] for each in dict.fromkeys(action.invoice_ids) if each in by_id]
            return tuple(invoice_copy(each, facts, action.language, company) for each in named)
        case AnswerQuery(template_id="plan_proposal"):
            plan = subject_of(action, facts)
            if not isinstance(plan, ActivePlan):
                return ()
            made = plan_document(plan, facts, action.language, company)
            return (made,) if made else ()
        case _:
            return ()


def strays_in(
    documents: Sequence[MadeDocument], action: MessageAction, facts: AccountFacts, policy: Policy
) -> tuple[Untraced, ...]:
    """What the documents of a message state that is no fact of the ledger."""
    language = action.language
    return tuple(
        stray
        for made in documents
        for stray in untraced(
            "", made.text, facts, policy, language, action, more_amounts=made.amounts
        )
    )


def attachments_json(documents: Sequence[MadeDocument], account_id: str) -> str:
    """What the outbox row names."""
    return orjson.dumps([made.row_id(account_id) for made in documents]).decode()


def document_rows(
    documents: Iterable[MadeDocument], facts: AccountFacts, facts_digest: str
) -> list[dict[str, Any]]:
    """The rows of the documents of a message."""
    return [
        {
            "id": made.row_id(facts.account_id),
            "account_id": facts.account_id,
            "kind": made.kind,
            "name": made.name,
            "media_type": made.media_type,
            "file_digest": made.file_digest,
            "content": made.content,
            "made_on": facts.as_of,
            "facts_hash": facts_digest,
        }
        for made in documents
    ]


def invoice_copy(
    item: OpenItem,
    facts: AccountFacts,
    language: str,
    company: CompanyPolicy,
    applied: PageTable | None = None,
) -> MadeDocument:
    """An open invoice as the ledger holds it.

    Args:
        item: The invoice.
        facts: Its account.
        language: One of the languages of letters.
        company: Who we are.
        applied: Every payment and credit set against it, where they were read.
    """
    words, told = WORDS[language], DOCUMENT_WORDS[language]
    settled = item.amount_minor - item.open_minor

    def money(minor: int) -> str:
        return format_money(minor, item.currency, language)

    number, order = printable(item.invoice_number), printable(item.po_number or "")
    pairs = [(words.invoice, number), (words.issued, format_day(item.issued_on, language))]
    pairs += [(words.purchase_order, order)] if order else []
    pairs += [] if item.instalments else [(words.due, format_day(item.due_on, language))]
    pairs += [(words.amount, money(item.amount_minor))]
    pairs += [(told.settled, money(settled))] if settled else []
    tables = [PageTable(pairs[0], tuple(pairs[1:]))]
    if applied is not None:
        tables.append(applied)
    if item.instalments:
        rows = [(format_day(p.due_on, language), money(p.open_minor)) for p in item.parts]
        tables.append(PageTable((words.due, words.open_amount), tuple(rows), told.parts))
    page = _page(
        f"{told.copy_title} {number}",
        facts,
        language,
        company,
        tables=tuple(tables),
        closing=(f"{words.open_amount}: {money(item.open_minor)}", *_pay_lines(company, language)),
        notes=(told.copy_note,),
    )
    amounts = frozenset({(item.amount_minor, item.currency), (settled, item.currency)})
    return MadeDocument("invoice_copy", _file_name("invoice", number), html_page(page), amounts)


def statement(
    facts: AccountFacts, currency: str, language: str, company: CompanyPolicy
) -> MadeDocument:
    """What is open in a currency, what lowers it, and the balance."""
    words, told = WORDS[language], DOCUMENT_WORDS[language]
    items = [item for item in facts.open_items if item.currency == currency]
    rows = tuple(
        (
            printable(item.invoice_number),
            format_day(item.issued_on, language),
            printable(item.po_number or ""),
            format_day(part.due_on, language),
            format_money(part.open_minor, currency, language),
        )
        for item in items
        for part in item.parts
    )
    heads = (words.invoice, words.issued, words.purchase_order, words.due, words.open_amount)
    tables = [PageTable(heads, rows)] if rows else []
    memos = [
        (each.credit_number, each.issued_on, each.unapplied_minor)
        for each in facts.credits
        if each.currency == currency
    ]
    receipts = [
        (each.receipt_number, each.received_on, each.unapplied_minor)
        for each in facts.receipts
        if each.currency == currency
    ]
    for first, second, entries in (
        (words.credit, words.issued, memos),
        (words.receipt, words.received, receipts),
    ):
        lines = tuple(
            (printable(number), format_day(on, language), format_money(-minor, currency, language))
            for number, on, minor in entries
        )
        tables += [PageTable((first, second, words.amount), lines)] if lines else []
    total = sum(item.open_minor for item in items)
    total -= sum(minor for _number, _on, minor in (*memos, *receipts))
    page = _page(
        told.statement_title,
        facts,
        language,
        company,
        tables=tuple(tables),
        closing=(
            f"{told.balance}: {format_money(total, currency, language)}",
            *_pay_lines(company, language),
        ),
        notes=(told.statement_note,) if memos or receipts else (),
    )
    name = _file_name("statement", f"{facts.account_number}-{currency}")
    return MadeDocument("statement", name, html_page(page))


def plan_document(
    plan: ActivePlan, facts: AccountFacts, language: str, company: CompanyPolicy
) -> MadeDocument | None:
    """The instalments of a plan; None where it covers no open invoices of one currency."""
    words, told = WORDS[language], DOCUMENT_WORDS[language]
    currency = plan_currency(plan, facts)
    if currency is None or not plan.parts:
        return None
    numbers = [i.invoice_number for i in facts.open_items if i.invoice_id in plan.invoice_ids]
    rows = tuple(
        (format_day(p.due_on, language), format_money(p.amount_minor, currency, language))
        for p in plan.parts
    )
    total = format_money(sum(p.amount_minor for p in plan.parts), currency, language)
    page = _page(
        told.plan_title,
        facts,
        language,
        company,
        opening=(f"{words.invoice}: {', '.join(map(printable, numbers))}",),
        tables=(PageTable((words.due, words.amount), rows),),
        closing=(f"{told.total}: {total}", *_pay_lines(company, language)),
        notes=(told.plan_note,),
    )
    return MadeDocument("plan", _file_name("plan", facts.account_number), html_page(page))


def _page(
    title: str, facts: AccountFacts, language: str, company: CompanyPolicy, **parts: Any
) -> Page:
    told = DOCUMENT_WORDS[language]
    lines = (company.name, *company.address.splitlines())
    return Page(
        language=language,
        title=title,
        sender=tuple(filter(None, map(printable, lines))),
        reader=(
            printable(facts.name),
            f"{told.account}: {printable(facts.account_number)}",
            f"{told.as_of}: {format_day(facts.as_of, language)}",
        ),
        **parts,
    )


def _pay_lines(company: CompanyPolicy, language: str) -> tuple[str, ...]:
    """How to pay, from our settings alone."""
    words = WORDS[language]
    bank = [printable(line) for line in company.payment_details.splitlines() if line.strip()]
    link = printable(company.portal_link)
    return (
        *([words.pay_to, *bank] if bank else ()),
        *([f"{words.pay_online} {link}"] if link else ()),
    )


def _file_name(kind: str, number: str) -> str:
    """A name any mail program and any disk takes."""
    return f"{kind}-{_NAME.sub('-', number).strip('-.')[:_LONGEST_NAME] or 'copy'}.html"
