"""What moved between two snapshots, as a reviewer reads it."""

from dataclasses import replace

import pytest

from guardrails.changes import what_moved
from tests.support.facts import (
    account,
    candidate,
    contact,
    credit,
    day,
    dispute,
    hold,
    item,
    plan,
    promise,
    receipt,
    ticket,
)

BEFORE = account(item("1"), item("2"))


def test_nothing_moved__says_nothing() -> None:
    assert what_moved(BEFORE, replace(BEFORE)) == ()


@pytest.mark.parametrize(
    ("items", "told"),
    [
        ((item("1"),), "2 is settled (100.00 USD was open)"),
        ((item("1"), item("2"), item("3")), "3 is new (100.00 USD open)"),
        ((item("1"), item("2", minor=40_00)), "2: 60.00 USD arrived, 40.00 USD still open"),
        ((item("1"), item("2", minor=130_00)), "2: 130.00 USD now open"),
    ],
)
def test_open_items_moved__says_how(items, told) -> None:
    assert what_moved(BEFORE, account(*items)) == (told,)


@pytest.mark.parametrize(
    ("change", "came", "went"),
    [
        (
            {"disputes": (dispute(),)},
            "a dispute was opened (PRICE)",
            "a dispute was closed (PRICE)",
        ),
        ({"holds": (hold(),)}, "a hold was placed (manual)", "a hold ended (manual)"),
        (
            {"promises": (promise(),)},
            "a promise was recorded (payment)",
            "a promise is settled (payment)",
        ),
        ({"plans": (plan((3, 1)),)}, "a plan was agreed (active)", "a plan ended (active)"),
        ({"tickets": (ticket(),)}, "a ticket was opened (T-1)", "a ticket was closed (T-1)"),
        ({"credits": (credit(),)}, "a credit came in (CM-1)", "a credit was used (CM-1)"),
        ({"receipts": (receipt(),)}, "cash came in (RC-1)", "cash was applied (RC-1)"),
        (
            {"suggested": (candidate(),)},
            "money that may be theirs came in (RC-1)",
            "it is settled whose money (RC-1)",
        ),
    ],
)
def test_concept_came_or_went__is_named(change, came, went) -> None:
    after = replace(BEFORE, **change)
    assert what_moved(BEFORE, after) == (came,)
    assert what_moved(after, BEFORE) == (went,)


def test_customer_wrote__is_told_once() -> None:
    after = replace(BEFORE, inbound_unanswered=True)
    assert what_moved(BEFORE, after) == ("the customer wrote",)
    assert what_moved(after, after) == ()


def test_contact_changed__is_named() -> None:
    after = replace(BEFORE, contacts=(contact(email="new@fjord.example"),))
    assert what_moved(BEFORE, after) == ("contact Jane Doe changed",)


def test_account_changed__says_from_what_to_what() -> None:
    after = replace(BEFORE, segment="strategic", renewal_on=day(30))
    assert what_moved(BEFORE, after) == (
        "segment changed from smb to strategic",
        f"renewal on changed from None to {day(30)}",
    )


def test_several_things_moved__items_come_first() -> None:
    after = replace(account(item("1")), holds=(hold(),), inbound_unanswered=True)
    assert [told.split()[0] for told in what_moved(BEFORE, after)] == ["2", "a", "the"]
