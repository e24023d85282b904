"""Documents for people at hand: an invoice open or settled, a statement, a plan."""

from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session

from adapters.documents import PageTable
from guardrails.formats import format_day, format_money, printable
from ledger.errors import NotFound
from ledger.facts import AccountFacts, OpenItem
from ledger.queries.account_facts import load_facts
from ledger.states import ApplicationKind
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from policies.letters.document_words import DOCUMENT_WORDS, DocumentWords
from policies.letters.words import WORDS
from policies.schema import CompanyPolicy
from tools.account_names import find_account
from tools.documents import MadeDocument, invoice_copy, plan_document, statement
from tools.letter_slots import words_in


def read_invoice(
    session: Session, named: str, as_of: date, company: CompanyPolicy, language: str | None
) -> MadeDocument:
    """A copy of an invoice, named ACCOUNT/NUMBER or by a number that only one account has.

    Raises:
        NotFound: No such account or invoice.
    """
    owner, _, number = named.rpartition("/")
    account_id = find_account(session, owner or number)
    invoice = session.scalars(
        select(Invoice).where(Invoice.account_id == account_id, Invoice.invoice_number == number)
    ).first()
    if invoice is None:
        raise NotFound(f"account {owner or number} has no invoice {number!r}")
    facts, told = _facts(session, account_id, as_of, language)
    open_items = {item.invoice_id: item for item in facts.open_items}
    item = open_items.get(invoice.id) or _settled(invoice)
    return invoice_copy(item, facts, told, company, _applied(session, invoice, told))


def read_statement(
    session: Session,
    named: str,
    as_of: date,
    company: CompanyPolicy,
    language: str | None,
    currency: str | None,
) -> MadeDocument:
    """The statement of an account in one currency, its first where none is named.

    Raises:
        NotFound: No such account, or it was never dealt with in that currency.
    """
    facts, told = _facts(session, find_account(session, named), as_of, language)
    dealt = {each.currency for each in (*facts.open_items, *facts.credits, *facts.receipts)}
    wanted = currency or min(dealt, default=company.currency)
    if dealt and wanted not in dealt:
        there = ", ".join(sorted(dealt))
        raise NotFound(f"nothing of account {facts.account_number} is in {wanted}; it has {there}")
    return statement(facts, wanted, told, company)


def read_plan(
    session: Session, named: str, as_of: date, company: CompanyPolicy, language: str | None
) -> MadeDocument:
    """The newest plan of an account, offered or running.

    Raises:
        NotFound: No such account, or it has no plan on open invoices.
    """
    facts, told = _facts(session, find_account(session, named), as_of, language)
    made = plan_document(facts.plans[-1], facts, told, company) if facts.plans else None
    if made is None:
        raise NotFound(f"account {facts.account_number} has no plan on open invoices")
    return made


def _facts(
    session: Session, account_id: str, as_of: date, language: str | None
) -> tuple[AccountFacts, str]:
    """The account, and the language of its document: the one asked for, else its own."""
    facts = load_facts(session, as_of, [account_id])[account_id]
    told = language or (facts.language if facts.language in DOCUMENT_WORDS else "en")
    words_in(told)
    return facts, told


def _settled(invoice: Invoice) -> OpenItem:
    return OpenItem(
        invoice.id,
        invoice.invoice_number,
        invoice.issued_on,
        invoice.due_on,
        invoice.amount_minor,
        invoice.open_minor,
        invoice.currency,
        invoice.po_number,
    )


def _applied(session: Session, invoice: Invoice, language: str) -> PageTable | None:
    """Every payment, credit and correction set against an invoice, reversals too."""
    told = DOCUMENT_WORDS[language]
    kinds = _kinds(told, language)
    number = func.coalesce(Receipt.receipt_number, CreditMemo.credit_number, "")
    rows = session.execute(
        select(Application.kind, number, Application.applied_on, Application.amount_minor)
        .outerjoin(Receipt, Receipt.id == Application.receipt_id)
        .outerjoin(CreditMemo, CreditMemo.id == Application.credit_memo_id)
        .where(Application.invoice_id == invoice.id)
        .order_by(Application.applied_on, Application.id)
    ).all()
    lines = tuple(
        (
            " ".join(filter(None, (kinds.get(kind, told.adjustment), printable(name)))),
            format_day(on, language),
            format_money(-minor, invoice.currency, language),
        )
        for kind, name, on, minor in rows
    )
    heads = (told.applied, told.applied_on, WORDS[language].amount)
    return PageTable(heads, lines) if lines else None


def _kinds(told: DocumentWords, language: str) -> dict[str, str]:
    return {
        ApplicationKind.CASH: told.payment,
        ApplicationKind.CREDIT: WORDS[language].credit,
        ApplicationKind.WRITE_OFF: told.write_off,
    }
