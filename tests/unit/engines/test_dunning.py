"""The ladder: the stage comes from the state of the items, whatever happened to the nights."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.dunning import choose_contact, levels_after, plan_contact
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
    contact,
    day,
    dispute,
    hold,
    in_parts,
    item,
    plan,
    policy,
    policy_with,
    promise,
)
from tools.collections_turn import take_turn
from tools.outgoing import JudgedMessage


def due(*items: OpenItem, **changes: object) -> dict[str, tuple[int, tuple[str, ...]]]:
    """What is due by currency: the stage and the items named."""
    found = plan_contact(account(*items, **changes), policy())
    return {r.currency: (r.stage, r.invoice_ids) for r in found.reminders}


class TestStage:
    @pytest.mark.parametrize(("late", "stage"), [(2, None), (3, 1), (13, 1), (90, 1), (900, 1)])
    def test_never_reminded__first_stage_however_late(self, late, stage) -> None:
        assert due(item(late=late)) == ({"USD": (stage, ("inv_1",))} if stage else {})

    @pytest.mark.parametrize(
        ("level", "late", "ago", "stage"),
        [
            (1, 13, 10, None),
            (1, 14, 6, None),
            (1, 14, 7, 2),
            (2, 29, 15, None),
            (2, 30, 9, None),
            (2, 30, 10, 3),
            (3, 60, 13, None),
            (3, 60, 14, 4),
        ],
    )
    def test_next_stage__waits_for_both_its_days(self, level, late, ago, stage) -> None:
        found = due(item(late=late, dunning_level=level, dunned_on=day(-ago)))
        assert found == ({"USD": (stage, ("inv_1",))} if stage else {})

    def test_part_payment__stage_goes_on_from_where_it_was(self) -> None:
        paid = item(late=40, minor=30_00, dunning_level=2, dunned_on=day(-12))
        assert due(replace(paid, amount_minor=100_00)) == {"USD": (3, ("inv_1",))}

    def test_new_item_joins__furthest_item_sets_the_stage(self) -> None:
        old = item("1", late=40, dunning_level=2, dunned_on=day(-12))
        assert due(old, item("2", late=5)) == {"USD": (3, ("inv_1", "inv_2"))}

    def test_items_past_due__are_all_named_oldest_first(self) -> None:
        found = due(item("1", late=1), item("2", late=5), item("3", late=0), item("4", late=-9))
        assert found == {"USD": (1, ("inv_2", "inv_1"))}

    def test_two_currencies__one_reminder_each(self) -> None:
        euro = item("2", late=20, currency="EUR", dunning_level=1)
        assert due(item("1"), euro) == {"USD": (1, ("inv_1",)), "EUR": (2, ("inv_2",))}

    def test_credit_balance__is_never_chased(self) -> None:
        assert due(item(minor=-5_00)) == {}

    def test_next_action__is_the_first_stage_date_to_come(self) -> None:
        rows = (
            item("1", late=2),
            item("2", late=-4),
            item("3", late=20, dunning_level=1, dunned_on=day(-1)),
        )
        assert plan_contact(account(*rows), policy()).next_action_on == day(1)


class TestMinimumTotal:
    @pytest.mark.parametrize(("minor", "expected"), [(24_99, 0), (25_00, 1)])
    def test_total__reaches_it_to_the_cent(self, minor, expected) -> None:
        assert len(due(item(minor=minor))) == expected

    def test_small_items__reach_it_together(self) -> None:
        assert due(item("1", minor=20_00), item("2", minor=5_00)) == {
            "USD": (1, ("inv_1", "inv_2"))
        }

    def test_currency_without_a_minimum__any_amount(self) -> None:
        assert due(item(minor=1, currency="CHF")) == {"CHF": (1, ("inv_1",))}

    def test_instalments__count_by_what_is_past_due(self) -> None:
        assert due(in_parts("1", (10, 24_99), (-20, 500_00))) == {}
        assert due(in_parts("1", (10, 24_98), (5, 2), (-20, 500_00))) == {"USD": (1, ("inv_1",))}


class TestLadderEnd:
    last = item(late=90, dunning_level=4, dunned_on=day(-20))

    def test_past_the_last_stage__is_nobodys_letter(self) -> None:
        found = plan_contact(account(self.last), policy())
        assert (found.reminders, found.past_last_stage) == ((), ("USD",))

    def test_other_item_due__names_both_at_its_own_stage(self) -> None:
        assert due(self.last, item("2", late=5)) == {"USD": (1, ("inv_1", "inv_2"))}


class TestPaused:
    @pytest.mark.parametrize(
        "pause",
        [
            {"holds": (hold("inv_1"),)},
            {"promises": (promise(3, "inv_1"),)},
            {"plans": (plan((3, 100_00)),)},
        ],
    )
    def test_one_item_paused__the_rest_is_chased(self, pause) -> None:
        paused = item("1", late=40, dunning_level=2, dunned_on=day(-30))
        assert due(paused, item("2", late=5), **pause) == {"USD": (1, ("inv_2",))}
        assert due(paused, **pause) == {"USD": (3, ("inv_1",))}  # so that the gate says why not

    def test_disputed_item__is_left_out_only_where_policy_says_item(self) -> None:
        facts = account(item("1"), item("2"), disputes=(dispute("inv_1"),))
        by_item = policy_with("contact", dispute_scope="item")
        assert plan_contact(facts, policy()).reminders[0].invoice_ids == ("inv_1", "inv_2")
        assert plan_contact(facts, by_item).reminders[0].invoice_ids == ("inv_2",)

    def test_our_promise__pauses_no_item_here(self) -> None:
        facts = {"promises": (promise(3, "inv_1", direction="ours"),)}
        assert due(item("1"), item("2"), **facts) == {"USD": (1, ("inv_1", "inv_2"))}


class TestLevelsAfter:
    def test_item_behind__takes_one_step(self) -> None:
        rows = (item("1", dunning_level=0), item("2", dunning_level=1), item("3", dunning_level=2))
        assert levels_after(rows, 3) == {"inv_1": 1, "inv_2": 2, "inv_3": 3}

    def test_item_at_the_stage_or_beyond__keeps_level_and_date(self) -> None:
        rows = (item("1", dunning_level=0), item("2", dunning_level=1), item("3", dunning_level=3))
        assert levels_after(rows, 1) == {"inv_1": 1}


class TestChooseContact:
    def test_accounts_payable__before_billing_before_others(self) -> None:
        people = (
            contact("con_1", role="owner"),
            contact("con_2", role="billing"),
            contact("con_3"),
        )
        assert choose_contact(account(contacts=people)).contact_id == "con_3"

    @pytest.mark.parametrize(
        "out_of_reach", [{"opted_out": True}, {"bounced": True}, {"email": None, "phone": None}]
    )
    def test_out_of_reach__comes_last(self, out_of_reach) -> None:
        people = (contact("con_1", **out_of_reach), contact("con_2", role="owner"))
        assert choose_contact(account(contacts=people)).contact_id == "con_2"

    def test_bounced_address__before_one_who_asked_us_to_stop(self) -> None:
        people = (contact("con_1", opted_out=True), contact("con_2", bounced=True))
        assert choose_contact(account(contacts=people)).contact_id == "con_2"

    def test_nobody__is_none_and_the_reminder_names_nobody(self) -> None:
        facts = account(contacts=())
        assert choose_contact(facts) is None
        assert plan_contact(facts, policy()).reminders[0].contact_id == ""

    @pytest.mark.parametrize(
        ("of_contact", "of_account", "expected"),
        [("de", "fr", "de"), (None, "fr", "fr"), (None, "", "en")],
    )
    def test_language__of_the_contact_then_the_account_then_ours(
        self, of_contact, of_account, expected
    ) -> None:
        facts = account(contacts=(contact(language=of_contact),), language=of_account)
        assert plan_contact(facts, policy()).reminders[0].language == expected


# ---------------------------------------------------------------- two hundred nights

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
