"""Which situations of an account open a case, and for whom."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agents.occasions import find_occasions
from engines.credit import review_credit
from ledger.facts import (
    AccountFacts,
    ActiveHold,
    OpenDispute,
    PendingPromise,
    UnappliedReceipt,
)
from ledger.money import Money
from policies.load import load_policy
from tests.support.case_book import AS_OF, days, open_item, snapshot

POLICY = load_policy()
LAST = open_item(late=200, dunning_level=4, dunned_on=days(60))
MUTE = replace(snapshot().contacts[0], bounced=True, phone=None)


def kinds(facts: AccountFacts) -> list[tuple[str, str]]:
    return [(each.kind, each.role) for each in find_occasions(facts, POLICY)]


def test_routine_account__has_none() -> None:
    assert kinds(snapshot()) == []


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (snapshot(inbound_unanswered=True), ("customer_message", "collector")),
        (snapshot(contacts=()), ("no_contact", "collector")),
        (snapshot(contacts=(MUTE,)), ("no_contact", "collector")),
        (snapshot(open_items=(LAST,)), ("past_last_stage", "collector")),
        (
            snapshot(disputes=(OpenDispute("dsp_1", None, "PRICE", days(2)),)),
            ("open_dispute", "dispute_analyst"),
        ),
        (
            snapshot(holds=(ActiveHold("hld_1", "hardship", None, None),)),
            ("sensitive_hold", "collector"),
        ),
        (
            snapshot(receipts=(UnappliedReceipt("rcp_1", "R-1", AS_OF, 5, "USD"),)),
            ("unapplied_cash", "cash_applier"),
        ),
    ],
)
def test_situation__opens_a_case_of_one_role(facts: AccountFacts, found: tuple[str, str]) -> None:
    assert kinds(facts) == [found]


@pytest.mark.parametrize(
    "facts",
    [
        snapshot(holds=(ActiveHold("hld_1", "manual", None, None),)),
        snapshot(contacts=(MUTE,), open_items=(open_item(late=-3),)),
        snapshot(
            open_items=(LAST,),
            promises=(
                PendingPromise("p", "theirs", "payment", AS_OF + timedelta(1), None, None, ()),
            ),
        ),
    ],
    ids=["plain_hold", "nothing_due", "promised"],
)
def test_situation_that_rules_settle__opens_none(facts: AccountFacts) -> None:
    assert kinds(facts) == []


@pytest.mark.parametrize(
    ("minor", "on_hold", "opened"), [(60_000, False, 1), (60_000, True, 0), (59_999, False, 0)]
)
def test_exposure_far_over_the_limit__opens_a_case_unless_on_hold(
    minor: int, on_hold: bool, opened: int
) -> None:
    limit = Money(50_000, "USD")
    view = review_credit(Money(minor, "USD"), limit, days(95), AS_OF, POLICY.credit)
    found = find_occasions(snapshot(credit_hold=on_hold), POLICY, view)
    assert [(e.kind, e.role) for e in found] == [("credit_limit", "credit_analyst")] * opened
