"""From an action to the words, the verdict on them, and the row that may leave."""

from dataclasses import replace
from datetime import timedelta

import pytest

from guardrails.verdict import Allow, Deny, NeedsApproval, findings_of
from ledger.actions import action_json, read_action
from policies.load import with_changes
from tests.support.facts import (
    NIGHT,
    account,
    answer,
    contact,
    hold,
    in_parts,
    item,
    policy,
    reminder,
    statement,
)
from tools.outgoing import idempotency_key, judge_message, outbox_rows, release_instant

OPENING = NIGHT.replace(hour=13)  # 08:00 in New York


def judged(action=None, facts=None, by=None):
    facts = facts or account()
    return judge_message(action or reminder(facts), facts, by or policy(), NIGHT)


class TestJudgeMessage:
    def test_routine__is_worded_and_allowed_at_the_first_permitted_hour(self) -> None:
        found = judged()
        assert found.verdict == Allow()
        assert found.release_at == OPENING
        assert found.letter is not None
        assert "$100.00" in found.letter.body

    def test_same_facts_twice__same_bytes(self) -> None:
        assert judged() == judged()

    def test_no_template_in_the_language__is_denied_without_words(self) -> None:
        found = judged(reminder(language="pt"))
        assert isinstance(found.verdict, Deny)
        assert found.letter is None
        assert "approved_template_in_language" in {f.rule_id for f in found.verdict.findings}

    def test_contact_of_nobody__is_denied_by_the_rule_that_says_so(self) -> None:
        found = judged(reminder(contact_id="con_x"))
        assert found.letter is None
        assert "reachable_contact_required" in {f.rule_id for f in findings_of(found.verdict)}

    def test_letter_cannot_be_written_though_no_rule_objects__is_denied(self) -> None:
        found = judged(statement(currency="EUR"))  # nothing is open in euros
        assert isinstance(found.verdict, Deny)

    def test_own_words__are_judged_as_they_stand(self) -> None:
        honest = reminder(
            wording="person", subject="Invoice 1", body="$100.00 is open.\nNorthwind Supplies"
        )
        assert isinstance(judged(honest).verdict, NeedsApproval)
        made_up = reminder(
            wording="person", subject="Invoice 1", body="$110.00 is open.\nNorthwind Supplies"
        )
        assert isinstance(judged(made_up).verdict, Deny)

    def test_window_closed__is_denied_for_today(self) -> None:
        late = NIGHT + timedelta(days=1)
        found = judge_message(reminder(), account(), policy(), late)
        assert found.release_at is None
        assert [f.rule_id for f in findings_of(found.verdict)] == ["in_contact_window"]

    def test_instalments__letter_shows_what_is_past_due_of_each(self) -> None:
        facts = account(in_parts("1", (40, 30_00), (10, 20_00), (-20, 50_00)))
        found = judged(facts=facts)
        assert found.verdict == Allow()
        body = found.letter.body
        assert [line.split()[-1] for line in body.splitlines() if line.startswith("1 ")] == [
            "$30.00",
            "$20.00",
        ]
        assert "$50.00" in body  # their sum
        assert "$100.00" not in body

    def test_instalments__statement_shows_all_and_sums_to_the_open_balance(self) -> None:
        facts = account(in_parts("1", (40, 30_00), (10, 20_00), (-20, 50_00)))
        found = judged(statement(), facts)
        assert found.verdict == Allow()
        for amount in ("$30.00", "$20.00", "$50.00", "$100.00"):
            assert amount in found.letter.body


class TestIdempotencyKey:
    def test_same_message_of_one_day__has_one_key(self) -> None:
        facts = account()
        assert idempotency_key(reminder(), facts) == idempotency_key(
            reminder(language="de", contact_id="con_2"), facts
        )

    @pytest.mark.parametrize(
        "other",
        [
            reminder(stage=2),
            reminder(currency="EUR"),
            reminder(account_id="acc_2"),
            statement(),
            answer(),
        ],
    )
    def test_another_message__has_another(self, other) -> None:
        assert idempotency_key(other, account()) != idempotency_key(reminder(), account())

    def test_another_day__has_another(self) -> None:
        tomorrow = replace(account(), as_of=account().as_of + timedelta(days=1))
        assert idempotency_key(reminder(), tomorrow) != idempotency_key(reminder(), account())

    def test_answers_to_two_messages__are_two(self) -> None:
        one, two = answer(in_reply_to="msg_1"), answer(in_reply_to="msg_2")
        assert idempotency_key(one, account()) != idempotency_key(two, account())
        again = answer(in_reply_to="msg_1", wording="model", subject="Re", body="Thanks.")
        assert idempotency_key(one, account()) == idempotency_key(again, account())

    @pytest.mark.parametrize(
        "told",
        [
            {"template_id": "receipt", "about": "rcp_1"},
            {"template_id": "promise_confirmation", "about": "prm_1"},
            {"template_id": "plan_proposal", "about": "pln_1"},
            {"template_id": "opt_out_confirmation"},
        ],
    )
    def test_what_happened_once__is_confirmed_once_whatever_the_day(self, told) -> None:
        tomorrow = replace(account(), as_of=account().as_of + timedelta(days=1))
        one, again = answer(**told), answer(**told, in_reply_to="msg_2")
        assert idempotency_key(one, account()) == idempotency_key(again, tomorrow)
        assert idempotency_key(one, account()) != idempotency_key(answer(), account())

    def test_two_payments__are_confirmed_each(self) -> None:
        one, two = (answer(template_id="receipt", about=each) for each in ("rcp_1", "rcp_2"))
        assert idempotency_key(one, account()) != idempotency_key(two, account())


class TestOutboxRows:
    def rows(self, found=None, **more):
        facts = account()
        return outbox_rows(found or judged(), facts, policy(), facts_digest="f", **more)

    def test_row__is_the_letter_and_its_permit_binds_the_same_bytes(self) -> None:
        found = judged()
        outbox, permit = self.rows(found, run_id="run_1", proposal_id="prp_1", decision_id="dec_1")
        assert outbox["body"] == found.letter.body
        assert outbox["digest"] == permit["message_digest"] == found.letter.digest
        assert outbox["id"] == permit["outbox_id"]
        assert outbox["release_at"] == permit["judged_at"] == OPENING
        assert (outbox["run_id"], outbox["proposal_id"]) == ("run_1", "prp_1")
        assert (permit["decision_id"], permit["facts_hash"]) == ("dec_1", "f")
        assert permit["policy_hash"] == policy().hash
        assert read_action(outbox["action"]) == found.action
        assert outbox["action"] == action_json(found.action)
        assert outbox["state"] == "queued"
        assert outbox["currency"] == "USD"

    def test_message_id__is_the_outbox_id_at_our_domain(self) -> None:
        outbox, _permit = self.rows()
        assert outbox["message_id"] == f"<{outbox['id']}@northwind.example>"

    def test_same_message__same_outbox_id(self) -> None:
        assert self.rows()[0]["id"] == self.rows()[0]["id"]

    @pytest.mark.parametrize("lost", ["letter", "release_at"])
    def test_without_words_or_hour__is_never_permitted(self, lost) -> None:
        with pytest.raises(ValueError, match="cannot be permitted"):
            self.rows(replace(judged(), **{lost: None}))


def test_hold_at_the_moment_of_sending__stops_what_was_allowed_before() -> None:
    action = reminder()
    assert judged(action).verdict == Allow()
    held = account(holds=(hold(),))
    assert isinstance(judged(action, held).verdict, Deny)


def test_zones_of_the_account__decide_the_hour_not_those_of_the_contact_list() -> None:
    facts = account(time_zones=("Europe/Berlin",), contacts=(contact(), contact("con_2")))
    assert release_instant(facts, policy(), NIGHT) == NIGHT.replace(hour=7)


def test_policy_of_another_sender__changes_the_bytes() -> None:
    other = with_changes(
        policy(), company=policy().company.model_copy(update={"name": "Southwind Ltd"})
    )
    assert judged(by=other).letter.digest != judged().letter.digest
    assert judged(facts=account(item("1", minor=99_99))).letter.digest != judged().letter.digest
