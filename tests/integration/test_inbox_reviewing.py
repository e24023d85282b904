"""Reviewing as work of people: taking back, the guard, absences, exercises, daily letters."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from batch.digests import send_digests
from batch.dispatch import dispatch
from batch.proof import prove
from batch.proof_evidence import CounterExample
from graph.inbox import Inbox
from ledger.errors import BadInput, Conflict, Refused
from ledger.ids import make_id
from ledger.queries.inbox import QueueFilter
from ledger.queries.reviewing import exercises_of
from ledger.states import DecisionVerb
from ledger.tables.review import Exercise, Review
from ledger.tables.work import Decision, Outbox
from policies.load import with_changes
from policies.schema_reviewing import ReviewPolicy
from tests.support.desk import AS_OF, Desk
from tools.authority import Decider
from tools.delegation import delegate, end_delegation, looks_after, substitutes
from tools.digests import choose_digest, digest_choice
from tools.exercises import exercise_card, waiting_exercise
from tools.people import retire_person

START = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)


@dataclass
class Hands:
    """A clock whose hands a test moves."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def today(self):
        return self.at.date()

    def pass_seconds(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def hands(desk: Desk) -> Hands:
    desk.house.system_clock = Hands()
    return desk.house.system_clock


def at_desk(desk: Desk, person: str) -> Inbox:
    return desk.inbox(person, attended=True)


def rules(desk: Desk, **values: object) -> None:
    approval = desk.house.policy.approval
    changed = approval.model_copy(update={"reviewing": ReviewPolicy(**values)})
    desk.house.policy = with_changes(desk.house.policy, approval=changed)


class TestTakeBack:
    def test_in_time__never_leaves_and_asks_again(self, desk: Desk, hands: Hands) -> None:
        waiting = desk.waiting_reminder()
        at_desk(desk, "cora").approve(waiting)
        hands.pass_seconds(30)
        assert dispatch(desk.house, AS_OF, None).sent == 0
        done = at_desk(desk, "cora").undo(waiting)
        assert done.state == "superseded"
        hands.pass_seconds(3600)
        assert dispatch(desk.house, AS_OF, None).sent == 0
        [new] = done.new_proposal_ids
        card = desk.inbox().show(new)
        assert (card.state, card.authority.approved_by) == ("pending", ())
        assert [row.state for row in desk.queued()] == ["taken_back"]

    def test_approved_again__leaves_once(self, desk: Desk, hands: Hands) -> None:
        waiting = desk.waiting_reminder()
        at_desk(desk, "cora").approve(waiting)
        [again] = at_desk(desk, "cora").undo(waiting).new_proposal_ids
        at_desk(desk, "cora").approve(again)
        hands.pass_seconds(61)
        assert dispatch(desk.house, AS_OF, None).sent == 1
        assert sorted(row.state for row in desk.queued()) == ["sent", "taken_back"]
        assert broken(desk) == []

    @pytest.mark.parametrize("state", ["stopped", "uncertain"])
    def test_second_message_under_a_key_never_taken_back__is_found(
        self, desk: Desk, hands: Hands, state: str
    ) -> None:
        waiting = desk.waiting_reminder()
        at_desk(desk, "cora").approve(waiting)
        [again] = at_desk(desk, "cora").undo(waiting).new_proposal_ids
        at_desk(desk, "cora").approve(again)
        desk.books.change("outbox", "state", "taken_back", state=state)
        assert [fault.promise for fault in broken(desk)] == ["never_twice"]

    def test_too_late__is_a_conflict(self, desk: Desk, hands: Hands) -> None:
        waiting = desk.waiting_reminder()
        at_desk(desk, "cora").approve(waiting)
        hands.pass_seconds(61)
        assert dispatch(desk.house, AS_OF, None).sent == 1
        with pytest.raises(Conflict, match="cannot be taken back"):
            at_desk(desk, "cora").undo(waiting)
        assert desk.proposal(waiting).state == "executed"

    def test_twice__second_is_a_conflict(self, desk: Desk, hands: Hands) -> None:
        waiting = desk.waiting_reminder()
        at_desk(desk, "cora").approve(waiting)
        at_desk(desk, "cora").undo(waiting)
        with pytest.raises(Conflict, match="nothing of it is on its way"):
            at_desk(desk, "milo").undo(waiting)

    def test_hold_since__is_taken_back_and_not_asked_again(self, desk: Desk, hands: Hands) -> None:
        waiting = desk.waiting_reminder()
        at_desk(desk, "cora").approve(waiting)
        desk.hold("acc_a")
        done = at_desk(desk, "cora").undo(waiting)
        assert done.new_proposal_ids == ()
        assert "would not be allowed now" in done.says

    def test_nobody_at_a_desk__leaves_at_once(self, desk: Desk, hands: Hands) -> None:
        desk.inbox("cora").approve(desk.waiting_reminder())
        assert dispatch(desk.house, AS_OF, None).sent == 1

    def test_policy_says_zero__leaves_at_once(self, desk: Desk, hands: Hands) -> None:
        rules(desk, undo_seconds=0)
        at_desk(desk, "cora").approve(desk.waiting_reminder())
        assert dispatch(desk.house, AS_OF, None).sent == 1


class TestGuard:
    def test_daily_limit__warns_then_stops(self, desk: Desk, hands: Hands) -> None:
        rules(desk, warn_after=1, stop_after=2, pace_seconds=0)
        for number in range(2):
            waiting = desk.waiting_reminder(f"acc_{number}")
            at_desk(desk, "cora").reject(waiting, "no")
            hands.pass_seconds(60)
            if number == 0:
                assert "1 more until the limit" in at_desk(desk, "cora").load().warns
        third = desk.waiting_reminder("acc_3")
        with pytest.raises(Refused, match="which is the limit"):
            at_desk(desk, "cora").reject(third, "no")
        assert at_desk(desk, "milo").reject(third, "no").state == "rejected"

    def test_next_day__counts_anew(self, desk: Desk, hands: Hands) -> None:
        rules(desk, warn_after=1, stop_after=1, pace_seconds=0)
        at_desk(desk, "cora").reject(desk.waiting_reminder(), "no")
        hands.pass_seconds(24 * 3600)
        assert at_desk(desk, "cora").load().decided == 0

    def test_rapid_approvals__pause_then_go_on(self, desk: Desk, hands: Hands) -> None:
        rules(desk, pace_of=3, pace_seconds=4, pause_minutes=5)
        waiting = [desk.waiting_reminder(f"acc_{n}") for n in range(4)]
        for each in waiting[:3]:
            at_desk(desk, "cora").approve(each)
            hands.pass_seconds(1)
        with pytest.raises(Refused, match="no approvals until 09:05 UTC"):
            at_desk(desk, "cora").approve(waiting[3])
        assert desk.proposal(waiting[3]).state == "pending"
        hands.pass_seconds(301)
        assert at_desk(desk, "cora").approve(waiting[3]).state == "executed"

    def test_read_in_between__is_no_rush(self, desk: Desk, hands: Hands) -> None:
        rules(desk, pace_of=3, pace_seconds=4)
        for number in range(5):
            at_desk(desk, "cora").approve(desk.waiting_reminder(f"acc_{number}"))
            hands.pass_seconds(10)
        assert not at_desk(desk, "cora").load().warns

    def test_opened_and_approved_at_once_after_a_break__is_a_rush(
        self, desk: Desk, hands: Hands
    ) -> None:
        rules(desk, pace_of=3, pace_seconds=4)
        for number in range(3):
            waiting = desk.waiting_reminder(f"acc_{number}")
            hands.pass_seconds(120)
            inbox = at_desk(desk, "cora")
            opened = Inbox(inbox.house, inbox.deps, inbox.decider, opened_at=hands.now())
            hands.pass_seconds(1)
            opened.approve(waiting)
        assert at_desk(desk, "cora").load().pause_until is not None

    def test_refused_decision__leaves_no_note(self, desk: Desk, hands: Hands) -> None:
        waiting = desk.ask(desk.reminder(desk.account("acc_a")), author="cora")
        with pytest.raises(Refused):
            at_desk(desk, "cora").approve(waiting)
        assert desk.count(Review) == 0


class TestAbsence:
    def test_given_to_the_absent__goes_to_the_substitute(self, desk: Desk, hands: Hands) -> None:
        waiting = desk.waiting_reminder()
        away(desk, "cora", "milo")
        done = desk.inbox("felix").assign(waiting, "cora")
        assert done.says == "assigned to milo, who stands in for cora"
        assert desk.proposal(waiting).assignee == "milo"

    def test_given_before__is_found_by_the_substitute_and_recorded(
        self, desk: Desk, hands: Hands
    ) -> None:
        waiting = desk.waiting_reminder()
        desk.inbox("felix").assign(waiting, "cora")
        away(desk, "cora", "milo")
        with desk.house.ledger.read() as session:
            people = looks_after(session, "milo", AS_OF)
        page = desk.inbox("milo").list_waiting(QueueFilter(for_people=people))
        assert [line.id for line in page.lines] == [waiting]
        at_desk(desk, "milo").approve(waiting)
        with desk.house.ledger.read() as session:
            assert session.scalars(select(Review.within)).all() == ["cora"]

    def test_substitute__decides_by_their_own_authority_only(
        self, desk: Desk, hands: Hands
    ) -> None:
        waiting = desk.waiting_reminder(amounts=(100_000_01,))
        desk.inbox("felix").assign(waiting, "felix")
        away(desk, "felix", "cora")
        with pytest.raises(Refused, match="no authority"):
            at_desk(desk, "cora").approve(waiting)
        assert desk.count(Decision) == 1

    def test_chain_and_circle__find_somebody(self, desk: Desk) -> None:
        away(desk, "cora", "milo")
        away(desk, "milo", "felix")
        with desk.house.ledger.read() as session:
            assert substitutes(session, AS_OF) == {"cora": "felix", "milo": "felix"}
        away(desk, "felix", "cora")
        with desk.house.ledger.read() as session:
            assert substitutes(session, AS_OF)["cora"] == "milo"

    def test_over_or_ended__nobody_stands_in(self, desk: Desk) -> None:
        made = away(desk, "cora", "milo")
        with desk.house.ledger.read() as session:
            assert substitutes(session, AS_OF + timedelta(days=8)) == {}
        with desk.house.ledger.write() as session:
            end_delegation(session, person("cora"), made, START)
        with desk.house.ledger.read() as session:
            assert substitutes(session, AS_OF) == {}

    def test_for_somebody_else__is_refused(self, desk: Desk) -> None:
        with pytest.raises(Refused, match="only the person themselves"):
            away(desk, "cora", "milo", by="milo")

    def test_for_themselves__is_refused(self, desk: Desk) -> None:
        with pytest.raises(BadInput):
            away(desk, "cora", "cora")


class TestExercises:
    def give(self, desk: Desk) -> str:
        """Two decisions, then the exercise."""
        rules(desk, training=True, training_every=2, pace_seconds=0)
        for number in range(2):
            at_desk(desk, "cora").reject(desk.waiting_reminder(f"acc_{number}"), "no")
            desk.house.system_clock.pass_seconds(60)
        desk.waiting_reminder("acc_x")
        at_desk(desk, "cora").reject(desk.waiting_reminder("acc_y", amounts=(500_00,)), "no")
        with desk.house.ledger.read() as session:
            line = waiting_exercise(session, "cora")
        assert line is not None
        return line.id

    def test_approved__sends_nothing_and_counts_as_missed(self, desk: Desk, hands: Hands) -> None:
        exercise = self.give(desk)
        found = at_desk(desk, "cora").practise(exercise, DecisionVerb.APPROVE)
        assert found is not None
        assert "ledger says" in found.wrong
        assert desk.count(Outbox) == 0
        with desk.house.ledger.read() as session:
            assert exercises_of(session) == {"cora": (1, 0)}

    def test_rejected__counts_as_noticed(self, desk: Desk, hands: Hands) -> None:
        at_desk(desk, "cora").practise(self.give(desk), DecisionVerb.REJECT)
        with desk.house.ledger.read() as session:
            assert exercises_of(session) == {"cora": (1, 1)}

    def test_is_no_request__cannot_be_approved_as_one(self, desk: Desk, hands: Hands) -> None:
        exercise = self.give(desk)
        with pytest.raises(Exception, match="no proposal"):
            at_desk(desk, "milo").approve(exercise)
        assert at_desk(desk, "milo").practise(exercise, DecisionVerb.APPROVE) is None

    def test_twice__is_a_conflict(self, desk: Desk, hands: Hands) -> None:
        exercise = self.give(desk)
        at_desk(desk, "cora").practise(exercise, DecisionVerb.REJECT)
        with pytest.raises(Conflict, match="exercise"):
            at_desk(desk, "cora").practise(exercise, DecisionVerb.REJECT)

    def test_card__shows_the_spoiled_letter(self, desk: Desk, hands: Hands) -> None:
        exercise = self.give(desk)
        with desk.house.ledger.read() as session:
            row = session.get_one(Exercise, exercise)
            spoiled = exercise_card(session, exercise, "cora")
        assert spoiled is not None
        real = desk.inbox().show(spoiled.proposal_id)
        card = spoiled.over(real)
        assert card.draft.body == row.body != real.draft.body
        assert desk.proposal(spoiled.proposal_id).state == "pending"

    def test_training_off__gives_none(self, desk: Desk, hands: Hands) -> None:
        rules(desk, training_every=1)
        at_desk(desk, "cora").reject(desk.waiting_reminder(), "no")
        assert desk.count(Exercise) == 0


class TestDigests:
    def test_wanted__goes_once_a_day_with_links_that_only_open(
        self, desk: Desk, hands: Hands
    ) -> None:
        rules(desk, digest=True)
        waiting = desk.waiting_reminder()
        with desk.house.ledger.write() as session:
            choose_digest(session, "cora", "cora@dunwell.example", True, START)
        assert send_digests(desk.house, AS_OF).sent == 1
        assert send_digests(desk.house, AS_OF).sent == 0
        [letter] = (desk.house.home / "internal-mail" / "new").iterdir()
        text = letter.read_text()
        assert f"/desk/inbox/{waiting}" in text
        assert "approve" not in text
        assert broken(desk) == []

    def test_policy_off_or_nobody_asked__sends_none(self, desk: Desk, hands: Hands) -> None:
        desk.waiting_reminder()
        with desk.house.ledger.write() as session:
            choose_digest(session, "cora", "cora@dunwell.example", True, START)
        assert send_digests(desk.house, AS_OF).sent == 0
        rules(desk, digest=True)
        with desk.house.ledger.write() as session:
            choose_digest(session, "cora", "", False, START)
        assert send_digests(desk.house, AS_OF).sent == 0

    def test_sees_a_part__is_told_of_that_part(self, desk: Desk, hands: Hands) -> None:
        rules(desk, digest=True)
        desk.waiting_reminder("acc_a", owner="cora")
        desk.waiting_reminder("acc_b", name="Canary 4711 Ltd")
        desk.books.change("person", "id", "cora", sees="own")
        with desk.house.ledger.write() as session:
            choose_digest(session, "cora", "cora@dunwell.example", True, START)
        send_digests(desk.house, AS_OF)
        [letter] = (desk.house.home / "internal-mail" / "new").iterdir()
        assert "Canary" not in letter.read_text()

    def test_retired__gets_none_and_asks_anew(self, desk: Desk, hands: Hands) -> None:
        rules(desk, digest=True)
        desk.waiting_reminder()
        with desk.house.ledger.write() as session:
            choose_digest(session, "cora", "cora@dunwell.example", True, START)
            retire_person(session, "cora", desk.house.policy, "operator", START)
        with desk.house.ledger.read() as session:
            assert not digest_choice(session, "cora").wants_digest
        desk.books.change("reviewer", "person_id", "cora", wants_digest=True)
        assert send_digests(desk.house, AS_OF).sent == 0

    def test_no_role__is_told_of_what_was_given_to_them_only(
        self, desk: Desk, hands: Hands
    ) -> None:
        rules(desk, digest=True)
        waiting = desk.waiting_reminder()
        desk.books.change("person", "id", "cora", roles=",")
        with desk.house.ledger.write() as session:
            choose_digest(session, "cora", "cora@dunwell.example", True, START)
        assert send_digests(desk.house, AS_OF).sent == 0
        desk.books.change("proposal", "id", waiting, assignee="cora")
        assert send_digests(desk.house, AS_OF).sent == 1

    def test_no_address__is_refused(self, desk: Desk) -> None:
        with (
            desk.house.ledger.write() as session,
            pytest.raises(BadInput, match="no mail address"),
        ):
            choose_digest(session, "cora", "cora", True, START)


def broken(desk: Desk) -> list[object]:
    found = prove(desk.house, lambda *_step: None)
    no_night = "no_silent_learning"  # the policy of the fixture's night is not on record
    return [e for e in found if isinstance(e, CounterExample) and e.promise != no_night]


def person(person_id: str) -> Decider:
    return Decider(person_id, person_id, ("collector",))


def away(desk: Desk, who: str, substitute: str, by: str = "") -> str:
    until = AS_OF + timedelta(days=7)
    now = START + timedelta(seconds=len(make_id("x", who)))
    with desk.house.ledger.write() as session:
        policy = desk.house.policy
        return delegate(
            session, person(by or who), who, substitute, AS_OF, until, "leave", policy, now
        )
