"""The ladder over many nights: payments, holds, promises and missed runs never break it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.dunning import levels_after
from guardrails.business_days import add_business_days
from guardrails.case import Draft
from guardrails.gate import judge
from guardrails.verdict import Deny
from ledger.actions import SendReminder
from ledger.facts import AccountFacts, InFlight, OpenItem, PastContact, WaitingProposal
from ledger.states import Disposition, OutboxState
from tests.support.facts import (
    AS_OF,
    account,
    day,
    dispute,
    hold,
    item,
    policy,
    promise,
)
from tools.collections_turn import take_turn
from tools.outgoing import JudgedMessage

NIGHTS = 200
EVENTS = (
    "pay",
    "settle",
    "invoice",
    "hold",
    "lift",
    "promise",
    "break",
    "dispute",
    "resolve",
    "write",
    "answer",
    "skip",
    "ask",
    "decide",
)
events = st.lists(
    st.tuples(st.integers(0, NIGHTS - 1), st.sampled_from(EVENTS), st.integers(1, 90_00)),
    max_size=60,
)


ITEMS = (
    item("1", late=0),
    item("2", late=-15, minor=70_00),
    item("3", late=-2, currency="EUR", minor=90_00),
)


class World:
    """One account over many nights, kept with the pure functions alone."""

    def __init__(self, *items: OpenItem) -> None:
        self.facts = account(*items)
        self.letters: list[tuple[int, SendReminder, AccountFacts]] = []

    def happen(self, night: int, kind: str, amount: int) -> None:
        facts, today = self.facts, self.facts.as_of
        first = facts.open_items[0] if facts.open_items else None
        rest = facts.open_items[1:]
        changes: dict[str, object] = {
            "hold": {"holds": (hold(),)},
            "lift": {"holds": ()},
            "dispute": {"disputes": (dispute(None),)},
            "resolve": {"disputes": ()},
            "break": {"promises": ()},
            "write": {"inbound_unanswered": True},
            "answer": {"inbound_unanswered": False},
            "ask": {"proposals_waiting": (WaitingProposal("prp_1", "write_off", "x"),)},
            "decide": {"proposals_waiting": ()},
            "invoice": {
                "open_items": (
                    *facts.open_items,
                    replace(item(f"n{night}-{amount}"), due_on=today + timedelta(days=amount % 20)),
                )
            },
        }
        if first is not None:
            left = replace(first, open_minor=first.open_minor - amount)
            changes["pay"] = {"open_items": ((left,) if left.open_minor > 0 else ()) + rest}
            changes["settle"] = {"open_items": rest}
            due_on = today + timedelta(days=amount % 12)
            changes["promise"] = {
                "promises": (replace(promise(0, first.invoice_id), due_on=due_on),)
            }
        self.facts = replace(facts, **changes.get(kind, {}))

    def night(self, number: int) -> None:
        """A night and the dispatch after it."""
        facts = self.facts
        now = datetime.combine(facts.as_of, time(2), UTC)
        turn = take_turn(facts, policy(), now)
        assert (turn.disposition is Disposition.SENT) <= bool(turn.leaving)
        for judged in (*turn.leaving, *turn.asking):
            self._send(number, judged)

    def _send(self, number: int, judged: JudgedMessage) -> None:
        """What leaves is noted as the books note it; a person says yes to the final notice."""
        facts, action = self.facts, judged.action
        letter = judged.letter
        draft = Draft(letter.subject, letter.body, letter.language)
        if isinstance(judge(action, facts, policy(), judged.release_at, draft), Deny):
            return
        named = tuple(i for i in facts.open_items if i.invoice_id in action.invoice_ids)
        self.letters.append((number, action, facts))
        levels = levels_after(named, action.stage)
        self.facts = replace(
            facts,
            contact_history=(
                *facts.contact_history,
                PastContact(facts.as_of, "email", action.type, action.stage, action.currency),
            ),
            open_items=tuple(
                replace(i, dunning_level=levels[i.invoice_id], dunned_on=facts.as_of)
                if i.invoice_id in levels
                else i
                for i in facts.open_items
            ),
        )

    def tomorrow(self) -> None:
        facts = self.facts
        as_of = facts.as_of + timedelta(days=1)
        self.facts = replace(
            facts,
            as_of=as_of,
            feeds=tuple(replace(feed, read_through=as_of) for feed in facts.feeds),
            contact_history=tuple(
                p for p in facts.contact_history if (as_of - p.sent_on).days < 30
            ),
        )


@settings(max_examples=10, deadline=None)
@given(events)
def test_two_hundred_nights__ladder_and_budget_hold(happenings) -> None:
    world, skipped = World(*ITEMS), {night for night, kind, _ in happenings if kind == "skip"}
    for number in range(NIGHTS):
        for night, kind, amount in happenings:
            if night == number:
                world.happen(number, kind, amount)
        if number not in skipped:
            world.night(number)
        world.tomorrow()
    check_letters(world.letters)


def check_letters(letters: list[tuple[int, SendReminder, AccountFacts]]) -> None:
    named: dict[str, list[int]] = {}
    for number, action, facts in letters:
        assert not facts.holds
        assert not facts.disputes
        assert not facts.inbound_unanswered
        promised = {
            invoice_id
            for p in facts.promises
            if facts.as_of <= add_business_days("US", p.due_on, 3)
            for invoice_id in p.invoice_ids
        }
        assert not promised.intersection(action.invoice_ids)
        stages = [max(named.get(i, [0])) for i in action.invoice_ids]
        assert action.stage <= max(stages) + 1
        for invoice_id in action.invoice_ids:
            named.setdefault(invoice_id, []).append(action.stage)
        same_day = [a for n, a, _ in letters if n == number and a.currency == action.currency]
        assert len(same_day) == 1
        week = [n for n, _, _ in letters if number - 7 < n <= number]
        month = [n for n, _, _ in letters if number - 30 < n <= number]
        assert len(week) <= 3
        assert len(month) <= 10
        gap = [number - n for n, _, _ in letters if n < number]
        assert not gap or min(gap) >= 3


@pytest.mark.parametrize("away", [range(10, 70), (*range(10, 70), *range(72, 90))])
def test_nights_missed__one_stage_is_caught_up_and_the_rest_follows_in_order(away) -> None:
    world = World(*ITEMS)
    for number in range(130):
        if number not in away:
            world.night(number)
        world.tomorrow()
    dollars = [(n, a.stage) for n, a, _ in world.letters if a.currency == "USD"]
    stages = [stage for _, stage in dollars]
    assert stages[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(stages))
    assert len([n for n, _ in dollars if 69 < n < 73]) == 1
    check_letters(world.letters)


def test_hold_lifted__missed_stages_are_not_replayed() -> None:
    world = World(item("1", late=0))
    for number in range(110):
        if number == 8:
            world.happen(number, "hold", 1)
        if number == 75:
            world.happen(number, "lift", 1)
        world.night(number)
        world.tomorrow()
    letters = [(n, a.stage) for n, a, _ in world.letters]
    assert [stage for n, stage in letters if n < 75] == [1]
    after = [(n, stage) for n, stage in letters if n >= 75]
    assert [stage for _, stage in after] == [2, 3, 4]
    assert after[0][0] <= 78
    assert after[1][0] - after[0][0] >= 10
    assert after[2][0] - after[1][0] >= 14


def test_customer_pays_by_the_week_and_buys_by_the_week__old_item_still_climbs() -> None:
    """Items that fall due all the time do not keep the oldest from its next stage."""
    world = World(*ITEMS)
    for number in range(100):
        if number % 6 == 0:
            world.happen(number, "invoice", 1)
        world.night(number)
        world.tomorrow()
    highest = max(a.stage for _, a, _ in world.letters if a.currency == "USD")
    assert highest == 4


def test_message_of_another_currency_leaves_first__budget_counts_it() -> None:
    rows = (item("1"), item("2", currency="EUR"))
    history = tuple(PastContact(day(-ago), "email", "x", 1, "GBP") for ago in (6, 4))
    facts = account(*rows, contact_history=history)
    turn = take_turn(facts, policy(), datetime.combine(AS_OF, time(2), UTC))
    assert [m.action.currency for m in turn.leaving] == ["EUR"]
    queued = replace(facts, in_flight=(InFlight("out_1", OutboxState.QUEUED, "EUR"),))
    again = take_turn(queued, policy(), datetime.combine(AS_OF, time(2), UTC))
    assert again.leaving == ()
