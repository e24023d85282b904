"""What a link shows: open items, statements, how to transfer. Looking changes nothing at all."""

import csv
import io
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from adapters.documents import pdf_missing, pdf_page
from adapters.payments.transfer import Transfer, own_accounts, transfer_for
from api.portal.render import HEADERS, portal_page
from api.portal.visits import Proven, Seen, Visit
from guardrails.formats import printable, spreadsheet_cell
from ledger.errors import NotFound
from ledger.money import Money
from tools.portal_page import CustomerPage, PageItem

router = APIRouter(prefix="/p", include_in_schema=False)
LOOK = ["GET", "HEAD"]
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
Token = Annotated[str, Path(max_length=100)]
Ids = Annotated[list[str], Query(max_length=2000)]
Currency = Annotated[str, Query(pattern="^[A-Z]{3}$")]


@router.api_route("/{token}", methods=LOOK)
def home(request: Request, seen: Seen) -> HTMLResponse:
    """Open items and what can be done."""
    shown = seen.portal.page(seen.guest)
    messages = seen.portal.messages(seen.guest) if seen.proven else ()
    return portal_page(request, "portal/home.html", seen, account=shown, messages=messages)


@router.api_route("/{token}/pay", methods=LOOK)
def pay(request: Request, seen: Seen, item: Ids = []) -> HTMLResponse:  # noqa: B006 - never changed
    """Choose what to pay, and how."""
    shown = seen.portal.page(seen.guest)
    return pay_page(request, seen, shown, tuple(item) or tuple(i.invoice_id for i in shown.items))


def pay_page(
    request: Request,
    seen: Visit,
    shown: CustomerPage,
    ticked: tuple[str, ...],
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The page on which items are chosen."""
    return portal_page(
        request,
        "portal/pay.html",
        seen,
        status,
        account=shown,
        ticked=ticked,
        problem=problem,
        cards=seen.portal.house.payments is not None,
        accounts=own_accounts(seen.portal.house.policy.company),
    )


@router.api_route("/{token}/transfer", methods=LOOK)
def transfer(request: Request, seen: Proven, item: Ids = []) -> HTMLResponse:  # noqa: B006
    """Our bank details, a reference and a code to scan, for some items."""
    shown = seen.portal.page(seen.guest)
    chosen = shown.chosen(item) or shown.items
    ways = [_way(seen, shown, each) for each in _by_currency(chosen)]
    details = [printable(line) for line in _details(seen).splitlines() if line.strip()]
    return portal_page(
        request,
        "portal/transfer.html",
        seen,
        account=shown,
        ways=[way for way in ways if way is not None],
        details=details,
    )


def _details(seen: Visit) -> str:
    return seen.portal.house.policy.company.payment_details


def _by_currency(items: tuple[PageItem, ...]) -> list[tuple[PageItem, ...]]:
    codes = sorted({item.open.currency for item in items})
    return [tuple(i for i in items if i.open.currency == code) for code in codes]


def _way(
    seen: Visit, shown: CustomerPage, items: tuple[PageItem, ...]
) -> tuple[Transfer, list[str]] | None:
    numbers = [item.number for item in items]
    total = sum((item.open for item in items), Money.zero(items[0].open.currency))
    policy = seen.portal.house.policy
    found = transfer_for(
        total,
        numbers,
        shown.account_number,
        policy.company,
        policy.portal.postal_address,
        seen.say.language,
    )
    return (found, numbers) if found else None


@router.api_route("/{token}/statement", methods=LOOK)
def statement(request: Request, seen: Proven) -> HTMLResponse:
    """Everything open, and what lowers it, with files to keep."""
    shown = seen.portal.page(seen.guest, whole=True)
    return portal_page(
        request, "portal/statement.html", seen, account=shown, has_pdf=not pdf_missing()
    )


@router.api_route("/{token}/statement.html", methods=LOOK)
def statement_html(seen: Proven, currency: Currency) -> Response:
    """The statement as a file that needs nothing else."""
    made = seen.portal.statement(seen.guest, _known(seen, currency))
    return _file(made.content, "text/html; charset=utf-8", made.name)


@router.api_route("/{token}/statement.pdf", methods=LOOK)
def statement_pdf(seen: Proven, currency: Currency) -> Response:
    """The statement as a PDF."""
    made = seen.portal.statement(seen.guest, _known(seen, currency))
    return _file(pdf_page(made.content), "application/pdf", made.name.replace(".html", ".pdf"))


@router.api_route("/{token}/statement.csv", methods=LOOK)
def statement_csv(seen: Proven, currency: Currency) -> Response:
    """The open items as a table."""
    shown = seen.portal.page(seen.guest, whole=True)
    _known(seen, currency)
    told = io.StringIO(newline="")
    table = csv.writer(told, lineterminator="\r\n")
    table.writerow(["kind", "number", "your_order", "issued_on", "due_on", "amount", "currency"])
    for item in shown.items:
        if item.open.currency == currency:
            row = [item.number, item.order, item.issued_on, item.due_on, item.open.amount, currency]
            table.writerow([spreadsheet_cell(cell) for cell in ("invoice", *row)])
    for each in shown.lowering:
        if each.amount.currency == currency:
            row = [each.number, "", each.on, "", -each.amount.amount, currency]
            table.writerow([spreadsheet_cell(cell) for cell in (each.kind, *row)])
    name = f"statement-{currency}.csv"
    return _file(("\ufeff" + told.getvalue()).encode(), "text/csv; charset=utf-8", name)


def _known(seen: Visit, currency: str) -> str:
    shown = seen.portal.page(seen.guest)
    amounts = [*shown.totals, *(each.amount for each in shown.lowering)]
    if currency not in {amount.currency for amount in amounts}:
        raise NotFound(f"nothing is open in {currency}")
    return currency


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = HEADERS | {
        "Content-Security-Policy": _SANDBOX,
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, media_type=media_type, headers=headers)


@router.api_route("/{token}/fact", methods=LOOK)
def fact(request: Request, seen: Seen) -> HTMLResponse:
    """The question that stands before bank details and statements."""
    return portal_page(request, "portal/fact.html", seen, problem="")


@router.api_route("/{token}/done/{act_id}", methods=LOOK)
def done(request: Request, seen: Seen, act_id: Annotated[str, Path(max_length=60)]) -> HTMLResponse:
    """What was sent, and what happens next."""
    kind, told = seen.portal.act(seen.guest, act_id)
    checkout = None
    if told["checkout_id"]:
        checkout = seen.portal.checkout(seen.guest, told["checkout_id"])
    amount = told.get("amount")
    return portal_page(
        request,
        "portal/done.html",
        seen,
        kind=kind,
        told=told,
        amount=Money(amount["minor"], amount["currency"]) if amount else None,
        checkout=checkout,
        on=date.fromisoformat(told["on"]) if told.get("on") else None,
    )
