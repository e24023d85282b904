"""The money of the night: receipts that came in today and are not applied yet."""

from collections.abc import Callable
from datetime import timedelta

from evals.worlds.history import item_due_for
from evals.worlds.names import company_name
from evals.worlds.rows import Row
from evals.worlds.story import Story


def _arrive(story: Story, amount_minor: int, memo: str, payer_name: str | None = None) -> Row:
    return story.add_receipt(story.as_of, amount_minor, amount_minor, memo, payer_name=payer_name)


def _unidentified(story: Story, amount_minor: int, memo: str, payer_name: str) -> Row:
    return story.add_receipt(
        story.as_of, amount_minor, amount_minor, memo, payer_name=payer_name, identified=False
    )


def _named_invoice(story: Story) -> None:
    invoice = item_due_for(story, 1)
    _arrive(story, invoice["open_minor"], f"/INV/{invoice['invoice_number']}")


def _exact_amount(story: Story) -> None:
    """The amount is that of one open item and of no other, nor of two together."""
    invoice = item_due_for(story, 1)
    later = story.as_of + timedelta(days=20)
    story.issue_open(later, invoice["open_minor"] + 101, terms_days=45)
    _arrive(story, invoice["open_minor"], "supplier payment")


def _several_invoices(story: Story) -> None:
    invoices = [item_due_for(story, 1) for _ in range(3)]
    memo = ", ".join(invoice["invoice_number"] for invoice in invoices)
    _arrive(story, sum(invoice["open_minor"] for invoice in invoices), f"Payment of {memo}")


def _part_payment(story: Story) -> None:
    invoice = item_due_for(story, 2)
    _arrive(story, invoice["open_minor"] // 2, f"{invoice['invoice_number']} first half")


def _ambiguous_amount(story: Story) -> None:
    """Two open items carry the amount that came in."""
    invoice = item_due_for(story, 1)
    item_due_for(story, 1, invoice["open_minor"])
    _arrive(story, invoice["open_minor"], "your invoice, thank you")


def _unidentified_naming_invoice(story: Story) -> None:
    invoice = item_due_for(story, 1)
    payer = f"{story.account['name'].split(' ', 1)[0].upper()} TREASURY"
    _unidentified(story, invoice["open_minor"], f"ref {invoice['invoice_number']}", payer)


def _unidentified_money(story: Story) -> None:
    """The payer is unknown to the books and names nothing."""
    item_due_for(story, 1)
    payer = company_name(story.rng, story.market).upper()
    _unidentified(story, story.draw_amount(), "transfer", payer)


WAYS_TO_PAY: dict[str, Callable[[Story], None]] = {
    "named_invoice": _named_invoice,
    "exact_amount": _exact_amount,
    "several_invoices": _several_invoices,
    "part_payment": _part_payment,
    "ambiguous_amount": _ambiguous_amount,
    "unidentified_naming_invoice": _unidentified_naming_invoice,
    "unidentified": _unidentified_money,
}


def pay_tonight(story: Story, way: str) -> None:
    """Let money for due items arrive on the business date, referring to them in one way."""
    WAYS_TO_PAY[way](story)
    story.world.receipts_tonight += 1
