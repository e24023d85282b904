"""Cases in which nothing may leave: disputes, holds, promises, plans, money to look at first."""

from datetime import timedelta
from functools import partial

from evals.worlds.case import Case
from evals.worlds.events import agree_plan, dispute, place_hold, promise
from evals.worlds.history import add_due_items, item_due_for
from evals.worlds.story import Story
from ledger.states import DisputeState, HoldReason, PlanState

_HOLD_RULES = {
    HoldReason.DISPUTE: ("HITL-01",),
    HoldReason.LEGAL_REPRESENTATION: ("HITL-04",),
    HoldReason.LEGAL_MATTER: ("HITL-04",),
    HoldReason.HARDSHIP: ("HITL-14",),
    HoldReason.DECEASED: ("HITL-14",),
    HoldReason.INSOLVENCY: ("HITL-14",),
    HoldReason.PROMISED_CREDIT: ("HITL-03", "HITL-13"),
    HoldReason.PROCUREMENT: ("HITL-13",),
    HoldReason.EXECUTIVE_REVIEW: ("HITL-07", "HITL-08"),
    HoldReason.ALREADY_PAID_CLAIM: ("HITL-19",),
}


def _hold(story: Story, reason: HoldReason) -> None:
    add_due_items(story)
    if reason is HoldReason.PROCUREMENT:
        story.open_items[0]["po_number"] = None
    place_hold(story, reason)


def _held_invoice(story: Story) -> None:
    """One invoice is held until a date, the other is due."""
    held = item_due_for(story, 1)
    item_due_for(story, 1)
    place_hold(story, HoldReason.MANUAL, invoice=held, ends_on=story.as_of + timedelta(days=10))


def _ended_hold(story: Story) -> None:
    add_due_items(story)
    place_hold(story, HoldReason.MANUAL, ends_on=story.world.before(2))


def _lifted_hold(story: Story) -> None:
    add_due_items(story)
    place_hold(story, HoldReason.PROCUREMENT, lifted=True)


def _disputed_invoice(story: Story) -> None:
    disputed = item_due_for(story, 1)
    item_due_for(story, 1)
    dispute(story, disputed, "QTY_SHORT", "we ordered 40 and got 32", story.world.before(2))


def _disputed_account(story: Story) -> None:
    add_due_items(story)
    quote = "nothing you sent this quarter was usable"
    dispute(story, None, "QUALITY_SERVICE", quote, story.world.before(4))


def _dispute_in_review(story: Story) -> None:
    invoice = item_due_for(story, 2)
    quote = "the agreed unit price is lower"
    opened_on = story.world.before(9)
    dispute(story, invoice, "PRICE", quote, opened_on, DisputeState.IN_REVIEW)


def _promise(story: Story, due_in_days: int) -> None:
    promise(story, [item_due_for(story, 3)], story.as_of + timedelta(days=due_in_days))


def _promise_on_one_item(story: Story) -> None:
    promise(story, [item_due_for(story, 1)], story.as_of + timedelta(days=6))
    item_due_for(story, 1)


def _our_promise(story: Story, due_in_days: int) -> None:
    due_on = story.as_of + timedelta(days=due_in_days)
    promise(story, [item_due_for(story, 1)], due_on, ours=True)


def _plan(story: Story, state: PlanState, first_in_days: int) -> None:
    invoices = [item_due_for(story, stage) for stage in (3, 1)]
    agree_plan(story, invoices, state, first_in_days)


def _unapplied_cash(story: Story) -> None:
    invoice = item_due_for(story, 1)
    amount = invoice["open_minor"] // 2 + 13
    story.receive(story.world.before(6), [], unapplied_minor=amount, memo="on account")


def _open_credit(story: Story) -> None:
    invoice = item_due_for(story, 1)
    story.credit(story.world.before(8), invoice["amount_minor"] // 6, invoice, apply=False)


HELD_CASES = (
    Case("dispute_on_invoice", ("HITL-01",), _disputed_invoice),
    Case("dispute_on_account", ("HITL-01",), _disputed_account),
    Case("dispute_in_review", ("HITL-01",), _dispute_in_review),
    *(
        Case(
            f"hold_{reason.value}",
            _HOLD_RULES.get(reason, ()),
            partial(_hold, reason=reason),
            debtor_type="sole_trader" if reason is HoldReason.DECEASED else "business",
        )
        for reason in HoldReason
    ),
    Case("held_invoice_until_date", (), _held_invoice),
    Case("ended_hold", (), _ended_hold),
    Case("lifted_hold", (), _lifted_hold),
    Case("promise_pending", ("HITL-19",), partial(_promise, due_in_days=6)),
    Case("promise_on_one_item", ("HITL-19",), _promise_on_one_item),
    Case("promise_missed", ("HITL-09",), partial(_promise, due_in_days=-11)),
    Case("our_credit_promised", ("HITL-03", "HITL-13"), partial(_our_promise, due_in_days=5)),
    Case("our_credit_overdue", ("HITL-03", "HITL-13"), partial(_our_promise, due_in_days=-4)),
    Case("plan_proposed", ("HITL-03",), partial(_plan, state=PlanState.PROPOSED, first_in_days=14)),
    Case("plan_active", ("HITL-03",), partial(_plan, state=PlanState.ACTIVE, first_in_days=9)),
    Case(
        "plan_instalment_missed",
        ("HITL-03", "HITL-09"),
        partial(_plan, state=PlanState.ACTIVE, first_in_days=-8),
    ),
    Case("unapplied_cash", ("HITL-19",), _unapplied_cash),
    Case("open_credit", ("HITL-03",), _open_credit),
)
