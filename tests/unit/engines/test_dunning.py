"""The ladder: the stage comes from the state of the items, whatever happened to the nights."""

from dataclasses import replace

import pytest

from engines.dunning import choose_contact, levels_after, plan_contact
from ledger.facts import DrawnArm, OpenItem, PastContact
from policies.schema import Policy
from tests.support.experiments import trial_of_letters, trying
from tests.support.facts import (
    account,
    contact,
    day,
    dispute,
    hold,
    in_parts,
    item,
    past,
    plan,
    policy,
    policy_with,
    promise,
)


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


class TestPromiseNotKept:
    late = item("1", late=40, dunning_level=1, dunned_on=day(-30))
    broken = replace(promise(-9, "inv_1"), amount_minor=50_00, currency="USD")

    def letters(self, *items, **changes):
        facts = account(*(items or (self.late,)), broken_lately=(self.broken,), **changes)
        return plan_contact(facts, policy()).reminders

    def test_broken_lately__is_spoken_of_before_the_ladder_goes_on(self) -> None:
        (letter,) = self.letters(self.late, item("2", late=9))
        assert (letter.template_id, letter.stage, letter.promise_id) == (
            "broken_promise",
            0,
            "prm_1",
        )
        assert letter.invoice_ids == ("inv_1",)

    def test_spoken_of_since__the_ladder_goes_on(self) -> None:
        said = replace(past(3), stage=0)
        (letter,) = self.letters(contact_history=(said,))
        assert (letter.template_id, letter.stage) == ("reminder_2", 2)

    @pytest.mark.parametrize("said", [replace(past(10), stage=0), past(3), past(3, "EUR")])
    def test_other_letters__do_not_count_as_having_said_it(self, said) -> None:
        (letter,) = self.letters(contact_history=(said,))
        assert letter.template_id == "broken_promise"

    def test_invoices_paid_in_the_meantime__nothing_is_said(self) -> None:
        (letter,) = self.letters(item("2", late=9))
        assert letter.template_id == "reminder_1"

    def test_other_currency__is_not_this_promise(self) -> None:
        (letter,) = self.letters(item("1", late=9, currency="EUR"))
        assert letter.template_id == "reminder_1"


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


class TestNoteAhead:
    def note(self, *items: OpenItem, days: int = 5, **changes: object):
        """The ids a note before the due date names, None where there is no note."""
        found = plan_contact(account(*items, **changes), policy_with("dunning", pre_due_days=days))
        notes = [r for r in found.reminders if r.stage == 0]
        assert all(r.template_id == "pre_due" for r in notes)
        return notes[0].invoice_ids if notes else None

    @pytest.mark.parametrize(
        ("late", "named"), [(-6, None), (-5, ("inv_1",)), (-1, ("inv_1",)), (0, None)]
    )
    def test_item_due_soon__is_named_within_its_days(self, late, named) -> None:
        assert self.note(item(late=late)) == named

    def test_policy_without_days__writes_none(self) -> None:
        assert self.note(item(late=-2), days=0) is None

    def test_something_late_in_the_currency__no_note(self) -> None:
        assert self.note(item("1", late=-2), item("2", late=1)) is None
        assert self.note(item("1", late=-2), item("2", late=1, currency="EUR")) == ("inv_1",)

    def test_note_sent_lately__none_again_until_its_days_are_over(self) -> None:
        sent = [PastContact(day(-ago), "email", "send_reminder", 0, "USD") for ago in (4, 5)]
        assert self.note(item(late=-2), contact_history=(sent[0],)) is None
        assert self.note(item(late=-2), contact_history=(sent[1],)) == ("inv_1",)

    def test_promised_or_too_small__no_note(self) -> None:
        assert self.note(item(late=-2), promises=(promise(9, "inv_1"),)) is None
        assert self.note(item(late=-2, minor=1)) is None

    def test_day_of_the_note__is_the_next_to_look(self) -> None:
        early = account(item(late=-9))
        by = policy_with("dunning", pre_due_days=5)
        assert plan_contact(early, by).next_action_on == day(4)

    def test_note_sent__moves_no_level(self) -> None:
        assert levels_after((item(late=-2),), 0) == {}


class TestChannel:
    def chosen(self, by=None, **changes: object) -> str:
        found = plan_contact(account(**changes), by or policy())
        return found.reminders[0].channel

    @pytest.mark.parametrize("channel", ["email", "sms", "portal", "letter"])
    def test_preferred_and_permitted__is_taken(self, channel) -> None:
        agreed = contact(consents=("sms",))
        assert self.chosen(contacts=(agreed,), preferred_channel=channel) == channel

    @pytest.mark.parametrize(
        "changes",
        [
            {"contacts": (contact(),)},  # no consent
            {"contacts": (contact(consents=("sms",), phone=None),)},
            {"contacts": (contact(consents=("sms",), role="legal"),)},
            {"contacts": (contact(consents=("sms",)),), "debtor_type": "guarantor"},
            {"contacts": (contact(consents=("sms",), language="it"),)},  # nothing worded so
            {"contacts": (contact(consents=("sms",)),), "by": policy_with("contact", channels=())},
        ],
    )
    def test_text_message_not_permitted__is_mail(self, changes) -> None:
        assert self.chosen(preferred_channel="sms", **changes) == "email"

    def test_address_bounced__text_message_where_they_agreed(self) -> None:
        gone = contact(bounced=True, consents=("sms",))
        assert self.chosen(contacts=(gone,)) == "sms"
        by = policy_with("contact", fallback_channels=("email",))
        assert self.chosen(contacts=(gone,), by=by) == "email"  # and the gate says why not

    def test_unknown_preference__is_mail(self) -> None:
        assert self.chosen(preferred_channel="carrier pigeon") == "email"

    def test_stage_without_a_text_message__is_mail(self) -> None:
        late = item(late=90, dunning_level=3, dunned_on=day(-20))
        agreed = contact(consents=("sms",))
        found = plan_contact(account(late, contacts=(agreed,), preferred_channel="sms"), policy())
        assert (found.reminders[0].stage, found.reminders[0].channel) == (4, "email")


def tried(starts: int = -5, ends: int = 5) -> Policy:
    return trying(policy(), trial_of_letters(day(starts), day(ends)))


class TestExperiment:
    @pytest.mark.parametrize(
        ("arm", "late", "level", "letter"),
        [
            (None, 3, 0, "reminder_1"),
            ("usual", 3, 0, "reminder_1"),
            ("short", 3, 0, "reminder_1_short"),
            ("short", 20, 1, "reminder_2"),
            ("later", 6, 0, None),
            ("later", 7, 0, "reminder_1"),
            ("gone", 3, 0, "reminder_1"),
        ],
    )
    def test_arm_of_the_account__words_and_times_its_stage(self, arm, late, level, letter) -> None:
        arms = (DrawnArm("words", arm),) if arm else ()
        facts = account(item(late=late, dunning_level=level), arms=arms)
        found = plan_contact(facts, tried()).reminders
        assert [each.template_id for each in found] == ([letter] if letter else [])

    def test_later__says_when_to_look_again(self) -> None:
        facts = account(item(late=3), arms=(DrawnArm("words", "later"),))
        assert plan_contact(facts, tried()).next_action_on == day(4)

    @pytest.mark.parametrize(("ends", "on"), [(9, 4), (2, 2), (1, 1)])
    def test_end_of_the_wait__is_no_later_than_that_of_the_experiment(self, ends, on) -> None:
        facts = account(item(late=3), arms=(DrawnArm("words", "later"),))
        found = plan_contact(facts, tried(ends=ends))
        assert (found.reminders, found.next_action_on) == ((), day(on))

    def test_language_without_the_letter__gets_the_usual_one(self) -> None:
        arms = (DrawnArm("words", "short"),)
        facts = account(item(late=3), arms=arms, contacts=(contact(language="de"),))
        assert [r.template_id for r in plan_contact(facts, tried()).reminders] == ["reminder_1"]

    @pytest.mark.parametrize(("starts", "ends"), [(1, 5), (-9, 0)])
    def test_outside_its_days__everybody_is_as_usual(self, starts, ends) -> None:
        facts = account(item(late=3), arms=(DrawnArm("words", "short"),))
        found = plan_contact(facts, tried(starts, ends)).reminders
        assert [each.template_id for each in found] == ["reminder_1"]

    @pytest.mark.parametrize(
        ("letters", "says"),
        [
            ({"statement": "reminder_1_short"}, "statement is the letter of no stage"),
            ({"reminder_1": "reminder_9"}, "no letter reminder_9 for stage 1"),
            ({"reminder_2": "reminder_1_short"}, "no letter reminder_1_short for stage 2"),
        ],
    )
    def test_letter_that_is_none_of_the_stage__is_refused(self, letters, says) -> None:
        trial = trial_of_letters(day(-5), day(5))
        usual, short, later = trial.arms
        arms = (usual, short.model_copy(update={"letters": letters}), later)
        with pytest.raises(ValueError, match=says):
            trying(policy(), trial.model_copy(update={"arms": arms}))
