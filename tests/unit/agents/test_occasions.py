"""Which situations of an account open a case, and for whom."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agents.occasions import find_occasions
from ledger.facts import (
    AccountFacts,
    ActiveHold,
    OpenDispute,
    PendingPromise,
    UnappliedReceipt,
)
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
        (
            snapshot(credit_limit_minor=10_000, open_items=(open_item(late=95),)),
            ("credit_limit", "credit_analyst"),
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
        snapshot(credit_limit_minor=10_000, credit_hold=True, open_items=(open_item(late=95),)),
        snapshot(credit_limit_minor=49_000, open_items=(open_item(late=95),)),
        snapshot(
            open_items=(LAST,),
            promises=(
                PendingPromise("p", "theirs", "payment", AS_OF + timedelta(1), None, None, ()),
            ),
        ),
    ],
    ids=["plain_hold", "nothing_due", "hold_is_on", "just_over", "promised"],
)
def test_situation_that_rules_settle__opens_none(facts: AccountFacts) -> None:
    assert kinds(facts) == []


def test_orders_that_exceed_the_limit_with_what_is_open__open_a_case() -> None:
    facts = snapshot(credit_limit_minor=60_000, open_items=(open_item(late=95),))
    found = find_occasions(facts, POLICY, ordered_minor=30_000)
    assert [(each.kind, each.role) for each in found] == [("credit_limit", "credit_analyst")]
    assert not find_occasions(facts, POLICY)
    assert not find_occasions(facts, POLICY, ordered_minor=5_000)
