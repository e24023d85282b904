"""Cases in which a letter is due and a person looks first."""

from functools import partial

from evals.worlds.case import Case
from evals.worlds.events import negotiate_renewal, note_contract, open_ticket, promise
from evals.worlds.history import add_due_items, item_due_for, item_past_last_stage
from evals.worlds.story import Story
from ledger.money import Money
from ledger.states import PromiseState, TicketState


def _strategic(story: Story) -> None:
    story.account["strategic"] = True
    story.world.strategic.append(story.account_id)
    add_due_items(story, story.rng.choice((1, 2)))


def _child_of_strategic(story: Story) -> None:
    story.account["parent_id"] = story.world.strategic[0]
    add_due_items(story)


def _high_value(story: Story) -> None:
    threshold = story.world.policy.contact.high_value[story.currency]
    minor = Money.of(threshold, story.currency).minor
    item_due_for(story, 1, minor + story.rng.randint(0, minor // 2))


def _renewal(story: Story) -> None:
    add_due_items(story)
    negotiate_renewal(story, story.rng.randint(10, 70))


def _ticket(story: Story, state: TicketState, severity: int) -> None:
    add_due_items(story)
    open_ticket(story, state, severity, "Pallets arrive damaged since the new carrier took over")


def _sensitive_contract(story: Story) -> None:
    add_due_items(story)
    note_contract(
        story,
        "Most-favoured-customer clause under review by both legal teams; no reference to "
        "payment terms in writing until it is signed.",
        sensitive=True,
    )


def _broken_promises(story: Story) -> None:
    invoice = item_due_for(story, 3)
    for days in (20, 9):
        promise(story, [invoice], story.world.before(days), PromiseState.BROKEN)


def _over_limit(story: Story) -> None:
    """Exposure far above the limit and an item older than the policy bears: a hold is proposed."""
    item_past_last_stage(story)
    total = story.open_total(story.currency).minor
    story.account["credit_limit_minor"] = total * 10 // 15


def _credit_hold(story: Story) -> None:
    _over_limit(story)
    story.account["credit_hold"] = True


REVIEW_CASES = (
    Case("strategic", ("HITL-02", "HITL-07", "HITL-09"), _strategic, segment="strategic"),
    Case("enterprise", ("HITL-02", "HITL-07"), add_due_items, segment="enterprise"),
    Case("child_of_strategic", ("HITL-02",), _child_of_strategic),
    Case("high_value", ("HITL-02",), _high_value, segment="mid"),
    Case("renewal_active", ("HITL-09", "HITL-13"), _renewal),
    Case(
        "ticket_escalated", ("HITL-13",), partial(_ticket, state=TicketState.ESCALATED, severity=2)
    ),
    Case("ticket_severity_1", ("HITL-13",), partial(_ticket, state=TicketState.OPEN, severity=1)),
    Case("contract_sensitive", ("HITL-04", "HITL-13"), _sensitive_contract),
    Case("final_notice_due", ("HITL-04", "HITL-09"), partial(add_due_items, level=4)),
    Case("past_last_stage", ("HITL-06", "HITL-09"), item_past_last_stage),
    Case("over_credit_limit", ("HITL-06",), _over_limit),
    Case("credit_hold", ("HITL-06",), _credit_hold),
    Case("broken_promises_twice", ("HITL-09",), _broken_promises),
    *(
        Case(
            kind,
            ("HITL-09", "HITL-14"),
            add_due_items,
            segment="smb",
            debtor_type=kind,
        )
        for kind in ("consumer", "sole_trader", "guarantor")
    ),
)
