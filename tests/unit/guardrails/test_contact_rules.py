"""Each rule of contact: when it objects, when it does not, on the day it turns."""

from dataclasses import replace

import pytest

from guardrails import contact_rules as rules
from ledger.facts import FeedFact
from tests.support.facts import (
    AS_OF,
    account,
    answer,
    candidate,
    case_of,
    contact,
    credit,
    day,
    dispute,
    hold,
    item,
    moving,
    past,
    plan,
    policy_with,
    promise,
    receipt,
    reminder,
    statement,
)


class TestNoChasingOnStaleFeeds:
    @pytest.mark.parametrize(("behind", "objects"), [(0, False), (1, False), (2, True)])
    def test_feed_some_days_behind__objects_beyond_its_age(self, behind, objects) -> None:
        feeds = (FeedFact("invoices", day(-behind)), FeedFact("receipts", AS_OF))
        hit = rules.no_chasing_on_stale_feeds(case_of(account(feeds=feeds)))
        assert (hit is not None) == objects

    def test_feed_never_read__is_named(self) -> None:
        facts = account(feeds=(FeedFact("invoices", AS_OF),))
        hit = rules.no_chasing_on_stale_feeds(case_of(facts))
        assert hit is not None
        assert "receipts" in hit.detail

    def test_feed_policy_does_not_name__is_no_matter(self) -> None:
        feeds = (*account().feeds, FeedFact("tickets", day(-90)))
        assert rules.no_chasing_on_stale_feeds(case_of(account(feeds=feeds))) is None


class TestNoSendUnderHold:
    @pytest.mark.parametrize("action", [reminder(), statement(), answer()])
    def test_account_held__every_message_is_stopped(self, action) -> None:
        assert rules.no_send_under_hold(case_of(account(holds=(hold(),)), action))

    def test_other_invoice_held__does_not_object(self) -> None:
        facts = account(item("1"), item("2"), holds=(hold("inv_2"),))
        assert rules.no_send_under_hold(case_of(facts, reminder(invoice_ids=("inv_1",)))) is None

    def test_named_invoice_held__objects(self) -> None:
        facts = account(holds=(hold("inv_1"),))
        assert rules.no_send_under_hold(case_of(facts, reminder(invoice_ids=("inv_1",))))

    def test_no_hold__does_not_object(self) -> None:
        assert rules.no_send_under_hold(case_of(account())) is None

    def test_hold_ends__may_write_the_day_after(self) -> None:
        hit = rules.no_send_under_hold(case_of(account(holds=(hold(ends=0),))))
        assert hit is not None
        assert hit.until == day(1)

    def test_one_of_two_holds_without_end__nobody_knows_until_when(self) -> None:
        hit = rules.no_send_under_hold(case_of(account(holds=(hold(ends=5), hold()))))
        assert hit is not None
        assert hit.until is None


class TestNeverChaseDisputed:
    def test_other_item_disputed__account_scope_stops_all(self) -> None:
        facts = account(item("1"), item("2"), disputes=(dispute("inv_2"),))
        action = reminder(invoice_ids=("inv_1",))
        assert rules.never_chase_disputed(case_of(facts, action))

    def test_other_item_disputed__item_scope_lets_the_rest_be_judged(self) -> None:
        facts = account(item("1"), item("2"), disputes=(dispute("inv_2"),))
        by_item = policy_with("contact", dispute_scope="item")
        rest, disputed = reminder(invoice_ids=("inv_1",)), reminder(invoice_ids=("inv_2",))
        assert rules.never_chase_disputed(case_of(facts, rest, by=by_item)) is None
        assert rules.never_chase_disputed(case_of(facts, disputed, by=by_item))

    def test_account_disputed__item_scope_stops_all(self) -> None:
        by_item = policy_with("contact", dispute_scope="item")
        assert rules.never_chase_disputed(case_of(account(disputes=(dispute(None),)), by=by_item))

    def test_fixed_acknowledgement__is_not_chasing(self) -> None:
        facts = account(disputes=(dispute(),))
        assert rules.never_chase_disputed(case_of(facts, answer())) is None

    def test_own_words_about_a_dispute__are_stopped(self) -> None:
        facts = account(disputes=(dispute(),))
        action = answer(wording="model", subject="Re", body="Please pay.")
        assert rules.never_chase_disputed(case_of(facts, action))

    def test_no_dispute__does_not_object(self) -> None:
        assert rules.never_chase_disputed(case_of(account())) is None


class TestNeverWriteAfterOptOut:
    @pytest.mark.parametrize("action", [reminder(), statement(), answer()])
    def test_contact_opted_out__no_message_of_any_kind(self, action) -> None:
        facts = account(contacts=(contact(opted_out=True),))
        assert rules.never_write_after_opt_out(case_of(facts, action))

    def test_confirmation_that_we_stop__is_the_one_message(self) -> None:
        facts = account(contacts=(contact(opted_out=True),))
        confirming = answer(template_id="opt_out_confirmation")
        assert rules.never_write_after_opt_out(case_of(facts, confirming)) is None
        own = answer(
            template_id="opt_out_confirmation", wording="person", subject="Bye", body="Sorry!"
        )
        assert rules.never_write_after_opt_out(case_of(facts, own))

    def test_colleague_opted_out__does_not_object(self) -> None:
        facts = account(contacts=(contact(), contact("con_2", opted_out=True)))
        assert rules.never_write_after_opt_out(case_of(facts, reminder())) is None


class TestReachableContactRequired:
    @pytest.mark.parametrize(
        ("person", "channel"),
        [
            (contact(email=None), "email"),
            (contact(email=""), "email"),
            (contact(bounced=True), "email"),
            (contact(phone=None), "sms"),
            (contact("con_of_another_account"), "email"),
        ],
    )
    def test_no_way_to_reach__objects(self, person, channel) -> None:
        facts = account(contacts=(person,))
        action = reminder(channel=channel, contact_id="con_1")
        assert rules.reachable_contact_required(case_of(facts, action))

    @pytest.mark.parametrize(
        ("person", "channel"),
        [(contact(), "email"), (contact(bounced=True), "sms"), (contact(email=None), "portal")],
    )
    def test_channel_reaches__does_not_object(self, person, channel) -> None:
        facts = account(contacts=(person,))
        assert rules.reachable_contact_required(case_of(facts, reminder(channel=channel))) is None

    def test_no_contact_at_all__objects(self) -> None:
        assert rules.reachable_contact_required(case_of(account(contacts=()), reminder()))


class TestConsentBeforeChannel:
    def test_text_message_without_consent__objects(self) -> None:
        assert rules.consent_before_channel(case_of(account(), reminder(channel="sms")))

    def test_consent_to_the_channel__does_not_object(self) -> None:
        facts = account(contacts=(contact(consents=("sms",)),))
        assert rules.consent_before_channel(case_of(facts, reminder(channel="sms"))) is None

    def test_consent_of_somebody_else__does_not_count(self) -> None:
        facts = account(contacts=(contact(), contact("con_2", consents=("sms",))))
        assert rules.consent_before_channel(case_of(facts, reminder(channel="sms")))

    def test_mail_needs_none__does_not_object(self) -> None:
        assert rules.consent_before_channel(case_of(account())) is None


class TestChannelPermitted:
    @pytest.mark.parametrize("channel", ["email", "sms", "portal", "letter"])
    def test_debtor_s_own_contact__does_not_object(self, channel) -> None:
        assert rules.channel_permitted(case_of(account(), reminder(channel=channel))) is None

    @pytest.mark.parametrize("role", ["legal", "escalation"])
    def test_text_message_to_a_third_party__objects_whatever_they_agreed_to(self, role) -> None:
        facts = account(contacts=(contact(role=role, consents=("sms",)),))
        assert rules.channel_permitted(case_of(facts, reminder(channel="sms")))
        assert rules.channel_permitted(case_of(facts, reminder())) is None

    def test_text_message_to_a_guarantor__objects(self) -> None:
        facts = account(debtor_type="guarantor", contacts=(contact(consents=("sms",)),))
        assert rules.channel_permitted(case_of(facts, reminder(channel="sms")))
        assert rules.channel_permitted(case_of(facts, reminder())) is None

    def test_channel_the_house_does_not_use__objects(self) -> None:
        by = policy_with("contact", channels=("email",))
        assert rules.channel_permitted(case_of(account(), reminder(channel="letter"), by=by))


class TestAnswerBeforeChasing:
    def test_customer_wrote__no_reminder(self) -> None:
        assert rules.answer_before_chasing(case_of(account(inbound_unanswered=True)))

    def test_customer_wrote__answer_may_leave(self) -> None:
        facts = account(inbound_unanswered=True)
        assert rules.answer_before_chasing(case_of(facts, answer())) is None

    def test_nothing_unanswered__does_not_object(self) -> None:
        assert rules.answer_before_chasing(case_of(account())) is None


class TestCashBeforeChasing:
    @pytest.mark.parametrize("money", [{"receipts": (receipt(1),)}, {"credits": (credit(1),)}])
    def test_a_cent_unapplied__objects(self, money) -> None:
        assert rules.cash_before_chasing(case_of(account(**money)))

    @pytest.mark.parametrize(
        "money", [{"receipts": (receipt(1, "EUR"),)}, {"credits": (credit(1, "EUR"),)}]
    )
    def test_money_of_another_currency__does_not_object(self, money) -> None:
        assert rules.cash_before_chasing(case_of(account(**money))) is None

    @pytest.mark.parametrize("money", [candidate(1), candidate(1, "EUR", "USD")])
    def test_money_that_may_pay_it__objects(self, money) -> None:
        assert rules.cash_before_chasing(case_of(account(suggested=(money,))))

    @pytest.mark.parametrize("money", [candidate(1, "EUR"), candidate(1, "USD", "EUR")])
    def test_money_that_may_pay_what_is_in_another_currency__does_not(self, money) -> None:
        assert rules.cash_before_chasing(case_of(account(suggested=(money,)))) is None

    def test_statement__shows_the_money_and_may_leave(self) -> None:
        facts = account(receipts=(receipt(),))
        assert rules.cash_before_chasing(case_of(facts, statement())) is None


class TestOurPromiseFirst:
    def test_we_owe_something__objects(self) -> None:
        facts = account(promises=(promise(direction="ours"),))
        hit = rules.our_promise_first(case_of(facts))
        assert hit is not None
        assert hit.detail == "payment"

    def test_they_owe_something__is_another_rule(self) -> None:
        assert rules.our_promise_first(case_of(account(promises=(promise(),)))) is None

    def test_answer__may_leave(self) -> None:
        facts = account(promises=(promise(direction="ours"),))
        assert rules.our_promise_first(case_of(facts, answer())) is None


class TestPromisePausesItsInvoices:
    # Wednesday 4 November: three business days after Friday 30 October end on that day.
    @pytest.mark.parametrize(("due", "objects"), [(3, True), (0, True), (-5, True), (-6, False)])
    def test_day_of_the_promise__objects_through_its_grace(self, due, objects) -> None:
        facts = account(promises=(promise(due, "inv_1"),))
        assert bool(rules.promise_pauses_its_invoices(case_of(facts))) == objects

    @pytest.mark.parametrize(("due", "objects"), [(-6, True), (-7, True), (-8, False)])
    def test_way_of_paying__takes_its_days_before_the_grace(self, due, objects) -> None:
        by_cheque = replace(promise(due, "inv_1"), method_days=2)
        facts = account(promises=(by_cheque,))
        assert bool(rules.promise_pauses_its_invoices(case_of(facts))) == objects

    def test_until__is_the_day_after_the_grace(self) -> None:
        hit = rules.promise_pauses_its_invoices(case_of(account(promises=(promise(-5, "inv_1"),))))
        assert hit is not None
        assert hit.until == day(1)

    def test_other_invoice_promised__does_not_object(self) -> None:
        facts = account(item("1"), item("2"), promises=(promise(3, "inv_2"),))
        action = reminder(invoice_ids=("inv_1",))
        assert rules.promise_pauses_its_invoices(case_of(facts, action)) is None

    def test_promise_without_invoices__pauses_all(self) -> None:
        assert rules.promise_pauses_its_invoices(case_of(account(promises=(promise(3),))))

    def test_our_promise__is_another_rule(self) -> None:
        facts = account(promises=(promise(3, direction="ours"),))
        assert rules.promise_pauses_its_invoices(case_of(facts)) is None


class TestPlanPausesItsInvoices:
    @pytest.mark.parametrize("state", ["proposed", "active"])
    def test_item_in_a_plan__objects(self, state) -> None:
        facts = account(plans=(plan((9, 100_00), state=state),))
        assert rules.plan_pauses_its_invoices(case_of(facts))

    def test_other_item_in_a_plan__does_not_object(self) -> None:
        facts = account(plans=(plan((9, 100_00), invoices=("inv_2",)),))
        assert rules.plan_pauses_its_invoices(case_of(facts)) is None


class TestMissedInstalmentNeedsPerson:
    @pytest.mark.parametrize(("due", "objects"), [(-4, False), (-5, False), (-6, True)])
    def test_part_not_paid__objects_after_its_grace(self, due, objects) -> None:
        facts = account(plans=(plan((due, 40_00), (30, 60_00)),))
        assert bool(rules.missed_instalment_needs_person(case_of(facts))) == objects

    @pytest.mark.parametrize(("still", "objects"), [(60_00, False), (60_01, True)])
    def test_part_paid_to_the_cent__does_not_object(self, still, objects) -> None:
        facts = account(item(minor=still), plans=(plan((-20, 40_00), (30, 60_00)),))
        assert bool(rules.missed_instalment_needs_person(case_of(facts))) == objects

    def test_plan_breached_already__objects_until_it_is_cured_or_ends(self) -> None:
        facts = account(plans=(plan((-20, 40_00), (30, 60_00), state="breached"),))
        assert rules.missed_instalment_needs_person(case_of(facts))
        assert rules.plan_pauses_its_invoices(case_of(facts))

    def test_plan_only_proposed__nothing_is_missed(self) -> None:
        facts = account(plans=(plan((-20, 40_00), (30, 60_00), state="proposed"),))
        assert rules.missed_instalment_needs_person(case_of(facts)) is None

    def test_money_not_applied_yet__is_looked_at_first(self) -> None:
        facts = account(plans=(plan((-20, 100_00)),), receipts=(receipt(),))
        assert rules.missed_instalment_needs_person(case_of(facts)) is None

    def test_other_items_named__does_not_object(self) -> None:
        facts = account(item("1"), item("2"), plans=(plan((-20, 100_00), invoices=("inv_2",)),))
        action = reminder(invoice_ids=("inv_1",))
        assert rules.missed_instalment_needs_person(case_of(facts, action)) is None


class TestOneMessageAtATime:
    @pytest.mark.parametrize("state", ["queued", "sending", "uncertain"])
    def test_message_of_the_currency_on_its_way__objects(self, state) -> None:
        facts = account(in_flight=(moving(state=state),))
        assert rules.one_message_at_a_time(case_of(facts))

    def test_message_of_another_currency__travels_beside(self) -> None:
        assert rules.one_message_at_a_time(case_of(account(in_flight=(moving("EUR"),)))) is None

    def test_answer_on_its_way__holds_the_next_answer(self) -> None:
        assert rules.one_message_at_a_time(case_of(account(in_flight=(moving(None),)), answer()))

    def test_nothing_on_its_way__does_not_object(self) -> None:
        assert rules.one_message_at_a_time(case_of(account())) is None


class TestOneMessagePerDay:
    @pytest.mark.parametrize(
        ("history", "objects"),
        [
            (past(0), True),
            (past(1), False),
            (past(0, "EUR"), False),
            (past(0, None), False),
        ],
    )
    def test_earlier_message__objects_on_the_same_day_and_currency(self, history, objects) -> None:
        facts = account(contact_history=(history,))
        hit = rules.one_message_per_day(case_of(facts))
        assert (hit is not None) == objects
        assert hit is None or hit.until == day(1)

    def test_statement_after_a_reminder__objects(self) -> None:
        facts = account(contact_history=(past(0),))
        assert rules.one_message_per_day(case_of(facts, statement()))

    def test_answer__may_leave_the_same_day(self) -> None:
        facts = account(contact_history=(past(0),))
        assert rules.one_message_per_day(case_of(facts, answer())) is None


class TestContactBudget:
    @pytest.mark.parametrize(("days_ago", "objects"), [(1, True), (2, True), (3, False)])
    def test_gap_to_the_last_message(self, days_ago, objects) -> None:
        hit = rules.contact_budget(case_of(account(contact_history=(past(days_ago),))))
        assert (hit is not None) == objects
        assert hit is None or hit.until == day(3 - days_ago)

    def test_gap__counts_calls_and_other_currencies(self) -> None:
        facts = account(contact_history=(past(1, None, "phone"),))
        assert rules.contact_budget(case_of(facts))

    def test_message_of_today_in_another_currency__leaves_room(self) -> None:
        assert rules.contact_budget(case_of(account(contact_history=(past(0, "EUR"),)))) is None

    @pytest.mark.parametrize(
        ("days", "until"),
        [((6, 5, 4), 1), ((7, 5, 4), None), ((6, 4), None), ((6, 6, 5, 4), 1)],
    )
    def test_seven_days__count_messages_less_than_seven_days_old(self, days, until) -> None:
        facts = account(contact_history=tuple(past(ago) for ago in days))
        hit = rules.contact_budget(case_of(facts))
        assert (hit.until if hit else None) == (day(until) if until else None)

    def test_thirty_days__have_a_budget_of_their_own(self) -> None:
        days = (29, 27, 25, 23, 21, 18, 15, 12, 9, 8)
        hit = rules.contact_budget(case_of(account(contact_history=tuple(map(past, days)))))
        assert hit is not None
        assert hit.until == day(1)

    def test_message_on_its_way__counts_as_one_of_today(self) -> None:
        history = (past(6, "EUR"), past(4, "EUR"))
        assert rules.contact_budget(case_of(account(contact_history=history))) is None
        facts = account(contact_history=history, in_flight=(moving("EUR"),))
        assert rules.contact_budget(case_of(facts))

    def test_no_budget_at_all__objects(self) -> None:
        none = policy_with("contact", max_contacts_per_7_days=0)
        assert rules.contact_budget(case_of(account(), by=none))

    def test_answer__needs_no_budget(self) -> None:
        facts = account(contact_history=tuple(past(ago) for ago in (1, 1, 2, 3)))
        assert rules.contact_budget(case_of(facts, answer())) is None
