"""One account's turn: exactly one disposition, whatever its items, currencies and troubles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.verdict import Allow, NeedsApproval
from ledger.facts import WaitingProposal, facts_bytes, pack, unpack_facts
from ledger.states import AccountClass, Disposition
from tests.support.facts import (
    NIGHT,
    account,
    contact,
    credit,
    day,
    dispute,
    hold,
    item,
    moving,
    past,
    plan,
    policy,
    policy_with,
    promise,
    receipt,
)
from tools.collections_turn import take_turn

LAST = {"late": 90, "dunning_level": 4, "dunned_on": day(-20)}


def turn_of(*items, by=None, **changes):
    return take_turn(account(*items, **changes), by or policy(), NIGHT)


def kind(*items, by=None, **changes) -> str:
    return turn_of(*items, by=by, **changes).disposition.name


class TestDisposition:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "SENT"),
            ({"strategic": True}, "WAITING"),
            ({"holds": (hold(),)}, "HELD"),
            ({"disputes": (dispute(),)}, "HELD"),
            ({"receipts": (receipt(),)}, "HELD"),
            ({"in_flight": (moving(),)}, "HELD"),
            ({"promises": (promise(3),)}, "NOTHING_DUE"),
            ({"plans": (plan((9, 100_00)),)}, "NOTHING_DUE"),
            ({"plans": (plan((-20, 50_00), (9, 50_00)),)}, "NEEDS_PERSON"),
            ({"contact_history": (past(1),)}, "NOTHING_DUE"),
            ({"feeds": ()}, "NEEDS_PERSON"),
            ({"contacts": ()}, "NEEDS_PERSON"),
            ({"contacts": (contact(opted_out=True),)}, "HELD"),
            ({"inbound_unanswered": True}, "NEEDS_PERSON"),
            ({"as_of": day(3)}, "NOTHING_DUE"),
            (
                {"time_zones": ("America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo")},
                "NEEDS_PERSON",
            ),
            ({"holds": (hold(),), "feeds": ()}, "NEEDS_PERSON"),
        ],
    )
    def test_one_item_due(self, changes, expected) -> None:
        assert kind(**changes) == expected

    @pytest.mark.parametrize(
        ("mode", "expected"), [("draft", "WAITING"), ("shadow", "NOTHING_DUE")]
    )
    def test_autonomy__decides_what_leaves(self, mode, expected) -> None:
        turn = turn_of(by=policy(mode))
        assert turn.disposition.name == expected
        assert turn.leaving == ()

    def test_no_open_item__is_quiet_and_says_so(self) -> None:
        turn = take_turn(account(item(minor=-1)), policy(), NIGHT)
        assert turn.disposition is Disposition.NOTHING_DUE

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (item(late=-4), f"next stage on {day(7)}"),
            (item(minor=1), "too little is due for a letter"),
        ],
    )
    def test_nothing_due__says_why(self, row, reason) -> None:
        assert turn_of(row).reason == reason

    def test_until__is_when_the_account_is_looked_at_again(self) -> None:
        assert turn_of(holds=(hold(ends=4),)).next_action_on == day(5)
        assert turn_of(holds=(hold(),)).next_action_on == day(7)  # policy: look again
        assert turn_of().next_action_on == day(1)


class TestLadderEnd:
    def test_no_further_stage__is_a_persons(self) -> None:
        turn = turn_of(item(**LAST))
        assert turn.disposition is Disposition.NEEDS_PERSON
        assert (turn.rule_ids, turn.prepared_by, turn.task) == (
            ("past_last_stage",),
            "collector",
            "past",
        )

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"holds": (hold(),)}, "HELD"),
            ({"disputes": (dispute(),)}, "HELD"),
            ({"credits": (credit(),)}, "HELD"),
            ({"promises": (promise(3, "inv_1"),)}, "NOTHING_DUE"),
            ({"plans": (plan((9, 100_00)),)}, "NOTHING_DUE"),
            ({"plans": (plan((-20, 100_00)),)}, "NEEDS_PERSON"),
            ({"contact_history": (past(1),)}, "NEEDS_PERSON"),
        ],
    )
    def test_what_pauses_a_reminder__pauses_this_too(self, changes, expected) -> None:
        assert kind(item(**LAST), **changes) == expected

    def test_other_currency_is_due__letter_leaves_and_a_person_is_asked(self) -> None:
        turn = turn_of(item("1", **LAST), item("2", currency="EUR"))
        assert turn.disposition is Disposition.NEEDS_PERSON
        assert [judged.action.currency for judged in turn.leaving] == ["EUR"]
        assert (turn.prepared_by, turn.task) == ("collector", "past")


class TestSeveralCurrencies:
    def test_both_routine__both_leave(self) -> None:
        turn = turn_of(item("1"), item("2", currency="EUR"))
        assert turn.disposition is Disposition.SENT
        assert [judged.action.currency for judged in turn.leaving] == ["EUR", "USD"]

    @pytest.mark.parametrize(
        ("changes", "expected", "leaving"),
        [
            ({"receipts": (receipt(),)}, "HELD", ["EUR"]),
            ({"contact_history": (past(0),)}, "SENT", ["EUR"]),
            ({"promises": (promise(3, "inv_1"),)}, "SENT", ["EUR"]),
            ({"holds": (hold(),)}, "HELD", []),
        ],
    )
    def test_one_stopped__the_other_leaves(self, changes, expected, leaving) -> None:
        turn = turn_of(item("1"), item("2", currency="EUR"), **changes)
        assert turn.disposition.name == expected
        assert [judged.action.currency for judged in turn.leaving] == leaving

    def test_one_asks_one_leaves__waits_with_the_higher_class(self) -> None:
        turn = turn_of(item("1", minor=900_000_00), item("2", currency="EUR"))
        assert turn.disposition is Disposition.WAITING
        assert turn.account_class is AccountClass.EXCEPTION
        assert [judged.action.currency for judged in turn.asking] == ["USD"]
        assert [judged.action.currency for judged in turn.leaving] == ["EUR"]
        assert turn.next_action_on == day(1)

    def test_room_for_one_more_message__only_one_leaves(self) -> None:
        history = (past(6, "GBP"), past(4, "GBP"))
        turn = turn_of(item("1"), item("2", currency="EUR"), contact_history=history)
        assert [judged.action.currency for judged in turn.leaving] == ["EUR"]
        assert "contact_budget" in turn.rule_ids


class TestPreparedBy:
    def test_customer_wrote__collector_prepares_once(self) -> None:
        assert turn_of(inbound_unanswered=True).prepared_by == "collector"
        waiting = (WaitingProposal("prp_1", "answer_query", "collector"),)
        turn = turn_of(inbound_unanswered=True, proposals_waiting=waiting)
        assert (turn.disposition, turn.prepared_by) == (Disposition.WAITING, None)

    def test_request_of_another_role__does_not_keep_the_collector_from_it(self) -> None:
        waiting = (WaitingProposal("prp_1", "apply_receipt", "cash_applier"),)
        turn = turn_of(inbound_unanswered=True, proposals_waiting=waiting)
        assert (turn.disposition, turn.prepared_by) == (Disposition.NEEDS_PERSON, "collector")


def some(*choices):
    return st.lists(st.sampled_from(choices), max_size=2, unique=True).map(tuple)


rows = st.lists(
    st.tuples(
        st.integers(-10, 90),
        st.integers(-100, 300_000_00),
        st.sampled_from(["USD", "EUR", "JPY"]),
        st.integers(0, 4),
        st.integers(0, 40),
    ),
    max_size=4,
).map(
    lambda found: tuple(
        item(
            str(n),
            late=late,
            minor=minor,
            currency=currency,
            dunning_level=level,
            dunned_on=day(-ago) if level else None,
        )
        for n, (late, minor, currency, level, ago) in enumerate(found, start=1)
        if minor
    )
)
troubles = st.fixed_dictionaries(
    {},
    optional={
        "holds": some(hold(), hold("inv_1"), hold(ends=3)),
        "disputes": some(dispute(), dispute(None, "dsp_2")),
        "promises": some(promise(3), promise(-9, "inv_1"), promise(direction="ours")),
        "plans": some(plan((9, 100_00)), plan((-20, 5), (9, 5), invoices=("inv_2",))),
        "receipts": some(receipt(), receipt(7, "EUR")),
        "contacts": some(contact(), contact("con_2", opted_out=True)),
        "contact_history": some(past(0), past(0, "EUR"), past(1), past(9)),
        "in_flight": some(moving(), moving("EUR", "uncertain")),
        "proposals_waiting": some(WaitingProposal("prp_1", "answer_query", "collector")),
        "inbound_unanswered": st.booleans(),
        "strategic": st.booleans(),
        "time_zones": st.sampled_from([(), ("Asia/Tokyo",), ("Asia/Tokyo", "America/New_York")]),
        "as_of": st.sampled_from([day(0), day(3), day(7)]),
    },
)


@settings(max_examples=150, deadline=None)
@given(rows, troubles, st.sampled_from(["auto", "draft", "shadow"]))
def test_any_account__one_disposition_that_says_why_and_when(items, changes, mode) -> None:
    facts = account(**{"open_items": items} | changes)
    turn = take_turn(facts, policy(mode), NIGHT)
    assert turn.disposition in Disposition
    assert turn.reason
    assert turn.next_action_on is not None
    assert turn.next_action_on > facts.as_of
    assert all(judged.verdict == Allow() and judged.letter for judged in turn.leaving)
    assert all(isinstance(judged.verdict, NeedsApproval) for judged in turn.asking)
    messages = [judged.action.currency for judged in (*turn.leaving, *turn.asking)]
    assert len(messages) == len(set(messages))
    if turn.disposition is Disposition.SENT:
        assert turn.leaving
    if turn.disposition is Disposition.WAITING:
        assert turn.asking or facts.proposals_waiting
    if mode != "auto":
        assert not turn.leaving
    replayed = take_turn(unpack_facts(pack(facts_bytes(facts))), policy(mode), NIGHT)
    assert replayed == turn


def test_item_due_soon__note_leaves_where_policy_wants_one() -> None:
    soon = account(item(late=-3))
    turn = take_turn(soon, policy_with("dunning", pre_due_days=5), NIGHT)
    assert (turn.disposition, len(turn.leaving)) == (Disposition.SENT, 1)
    assert turn.reason == "note ahead of the due date, USD"
    assert take_turn(soon, policy(), NIGHT).disposition == Disposition.NOTHING_DUE
