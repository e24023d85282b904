"""Routine cases: letters due at each stage, nothing due, money of the night."""

from datetime import timedelta
from functools import partial

from evals.worlds.case import Case
from evals.worlds.history import LONG_TERMS_DAYS, add_due_items, add_item_not_due, item_due_for
from evals.worlds.rows import Row
from evals.worlds.story import Story
from evals.worlds.tonight import WAYS_TO_PAY, pay_tonight
from ledger.ids import make_id
from ledger.money import Money
from ledger.tables.receivable import Instalment

_CLASSIFIED_AND_APPROVED = ("HITL-07", "HITL-10")


def _several_due(story: Story) -> None:
    for _ in range(4):
        item_due_for(story, 1)


def _due_after_part_payment(story: Story) -> None:
    invoice = item_due_for(story, 2)
    story.receive(story.world.before(9), [(invoice, invoice["open_minor"] // 3)])


def _due_after_credit(story: Story) -> None:
    invoice = item_due_for(story, 1)
    story.credit(story.world.before(5), invoice["amount_minor"] // 5, invoice, apply=True)


def _two_currencies(story: Story) -> None:
    item_due_for(story, 1)
    other = "EUR" if story.currency != "EUR" else "USD"
    story.issue_open(story.world.before(7), currency=other)


def _nothing_due(story: Story) -> None:
    for _ in range(story.rng.choice((1, 1, 2))):
        add_item_not_due(story)


def _settled(_story: Story) -> None:
    """Only history."""


def _invoice_in_instalments(story: Story) -> None:
    """Three parts: the first is paid, the last gives the invoice its due date."""
    due_on = story.as_of + timedelta(days=70)
    amount = 3 * (story.draw_amount() // 3) + 1
    invoice = story.issue_open(due_on, amount, terms_days=LONG_TERMS_DAYS + 60)
    parts = Money(amount, story.currency).split([1, 1, 1])
    for number, part in enumerate(parts, start=1):
        _add_instalment(story, invoice, number, part.minor)
    story.receive(story.world.before(4), [(invoice, parts[0].minor)])


def _add_instalment(story: Story, invoice: Row, number: int, amount_minor: int) -> None:
    story.world.rows.add(
        Instalment,
        id=make_id("ins", invoice["id"], number),
        invoice_id=invoice["id"],
        number=number,
        due_on=invoice["due_on"] - timedelta(days=37 * (3 - number)),
        amount_minor=amount_minor,
    )


ROUTINE_CASES = (
    *(
        Case(f"due_stage_{stage}", _CLASSIFIED_AND_APPROVED, partial(add_due_items, level=stage))
        for stage in (1, 2, 3)
    ),
    *(
        Case(f"due_in_{language}", _CLASSIFIED_AND_APPROVED, add_due_items, None, language)
        for language in ("en", "de", "fr", "es")
    ),
    Case("due_several_items", _CLASSIFIED_AND_APPROVED, _several_due),
    Case("due_after_part_payment", ("HITL-10", "HITL-19"), _due_after_part_payment),
    Case("due_after_credit", ("HITL-10",), _due_after_credit),
    Case("due_in_two_currencies", ("HITL-10",), _two_currencies),
    Case("nothing_due", (), _nothing_due),
    Case("settled", (), _settled),
    Case("invoice_in_instalments", (), _invoice_in_instalments),
    *(Case(f"paying_{way}", (), partial(pay_tonight, way=way)) for way in WAYS_TO_PAY),
)
