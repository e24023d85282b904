"""What leaves: nothing without a permit, nothing the ledger forbids at that moment."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from batch.dispatch import dispatch, objection
from guardrails.verdict import Allow, Deny
from ledger.actions import AnswerQuery
from ledger.queries.account_facts import load_facts
from ledger.tables.work import Audit, Decision, Outbox, Permit, Proposal
from policies.load import with_changes
from policies.schema import Policy
from tests.support.desk import AS_OF, Desk
from tools.proposals import judge_action

IBAN = "DE89 3704 0044 0532 0130 00"


def approved(desk: Desk, account: str = "acc_a") -> str:
    """A reminder that a colleague approved and that waits in the outbox."""
    waiting = desk.waiting_reminder(account)
    assert desk.inbox("cora").approve(waiting).state == "executed"
    return waiting


def dispute(desk: Desk, account: str = "acc_a") -> None:
    desk.books.add(
        "dispute",
        id=f"dsp_{account}",
        account_id=account,
        invoice_id=f"inv_{account}_1",
        reason="PRICE",
        opened_on=AS_OF,
        state="open",
        quote="the price is wrong",
    )


def auto(policy: Policy) -> Policy:
    """A policy under which routine letters leave by themselves."""
    mode = policy.autonomy.model_copy(update={"mode": "auto"})
    return with_changes(policy, autonomy=mode)


class TestLeaving:
    """T1, T3: the permit and the ledger decide at the moment of sending."""

    def test_approved__it_leaves(self, desk: Desk) -> None:
        approved(desk)
        assert dispatch(desk.house, AS_OF, None).sent == 1

    def test_row_in_the_outbox_without_a_permit__stays(self, desk: Desk) -> None:
        approved(desk)
        row = desk.queued()[0].model_dump() | {
            "id": "out_smuggled",
            "idempotency_key": "another",
            "message_id": "<smuggled@northwind.example>",
        }
        with desk.house.ledger.write() as session:
            session.execute(insert(Outbox.__table__).values(**row))
        dispatch(desk.house, AS_OF, None)
        assert "out_smuggled" not in desk.house.mail.delivered()
        stopped = {each.id: each.stopped_by for each in desk.queued()}["out_smuggled"]
        assert stopped == "no permit for these bytes"

    def test_dispute_between_approval_and_sending__is_stopped(self, desk: Desk) -> None:
        approved(desk)
        dispute(desk)
        done = dispatch(desk.house, AS_OF, None)
        assert (done.sent, done.stopped) == (0, 1)
        assert not desk.house.mail.delivered()

    def test_hold_between_approval_and_sending__is_stopped(self, desk: Desk) -> None:
        approved(desk)
        desk.hold("acc_a", "insolvency")
        assert dispatch(desk.house, AS_OF, None).stopped == 1


class TestBankDetails:
    """T5: bank details are the ledger's, whoever words the letter."""

    @pytest.mark.parametrize("wording", ["person", "model"])
    def test_other_account_number_in_the_words__is_denied(self, desk: Desk, wording: str) -> None:
        account = desk.account("acc_a")
        answer = AnswerQuery(
            account_id=account,
            contact_id=f"con_{account}",
            wording=wording,
            subject="Our bank details",
            body=f"Please pay to {IBAN} from now on.",
        )
        verdict, _ = judge_action(answer, desk.facts(account), desk.house.policy, desk.deps.now)
        assert isinstance(verdict, Deny)
        assert "every_number_traced" in {each.rule_id for each in verdict.findings}


def test_policy_changed_since_the_request__the_yes_asks_again(desk: Desk) -> None:
    """T20: an approval binds the policy it was given under."""
    waiting = desk.waiting_reminder()
    contact = desk.house.policy.contact.model_copy(update={"promise_grace_days": 4})
    desk.house.policy = with_changes(desk.house.policy, contact=contact)
    done = desk.inbox("cora").approve(waiting)
    assert len(done.new_proposal_ids) == 1
    assert desk.count(Outbox) == 0


def test_policy_changed_before_sending__letter_is_judged_by_the_new_one(desk: Desk) -> None:
    """T20: what left the inbox is judged again under the policy in force."""
    approved(desk)
    mode = desk.house.policy.autonomy.model_copy(update={"mode": "shadow"})
    desk.house.policy = with_changes(desk.house.policy, autonomy=mode)
    assert dispatch(desk.house, AS_OF, None).sent == 0


def permitted(desk: Desk) -> Any:
    """The newest message with its permit, as the dispatcher reads it."""
    with desk.house.ledger.read() as session:
        return session.execute(
            select(Outbox.__table__, Permit.message_digest, Permit.policy_hash)
            .join(Permit, Permit.outbox_id == Outbox.id)
            .order_by(Outbox.id)
        ).first()


class Changed:
    """A row read from the outbox in which somebody changed a column."""

    def __init__(self, row: Any, column: str, value: Any) -> None:
        self._row, self._change = row, {column: value}

    def __getattr__(self, name: str) -> Any:
        return self._change[name] if name in self._change else getattr(self._row, name)


class TestPermitRederives:
    """`permit_rederives`: any other byte, recipient, fact, policy or approval breaks it."""

    @pytest.fixture
    def sealed(self, desk: Desk) -> tuple[Desk, Any, Any, frozenset[str]]:
        waiting = approved(desk)
        rules = frozenset(desk.proposal(waiting).rule_ids.split(","))
        return desk, permitted(desk), desk.facts("acc_a"), rules

    def test_as_it_stands__it_may_leave(self, sealed: Any) -> None:
        desk, row, facts, rules = sealed
        assert objection(row, facts, desk.house.policy, rules)[0] == ""

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.sampled_from(["body", "subject", "recipient", "cc", "digest", "message_digest"]),
        st.integers(0, 10_000),
        st.characters(exclude_categories=["Cs"]),
    )
    def test_any_byte_changed__it_may_not(
        self, sealed: Any, column: str, place: int, sign: str
    ) -> None:
        desk, row, facts, rules = sealed
        was = getattr(row, column)
        at = place % (len(was) + 1)
        other = was[:at] + sign + was[at + 1 :]
        if other == was or (column == "cc" and not other.strip(",")):
            return
        assert objection(Changed(row, column, other), facts, desk.house.policy, rules)[0]

    def test_approval_taken_away__it_may_not(self, sealed: Any) -> None:
        desk, row, facts, _ = sealed
        assert objection(row, facts, desk.house.policy, frozenset())[0]

    def test_fact_changed__it_may_not(self, sealed: Any) -> None:
        desk, row, _, rules = sealed
        desk.books.change("invoice", "id", "inv_acc_a_1", open_minor=60_00)
        with desk.house.ledger.read() as session:
            facts = load_facts(session, AS_OF, ["acc_a"])["acc_a"]
        assert objection(row, facts, desk.house.policy, rules)[0]

    def test_policy_of_another_sender__it_may_not(self, sealed: Any) -> None:
        desk, row, facts, rules = sealed
        company = desk.house.policy.company.model_copy(update={"name": "Mallory Ltd"})
        assert objection(row, facts, with_changes(desk.house.policy, company=company), rules)[0]


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["approve", "reject", "leave"]), min_size=1, max_size=3))
def test_no_orphan_effect(desk: Desk, ends: list[str]) -> None:
    """A message has one permit, an act its record, and what is not routine a colleague's yes."""
    start = desk.count(Proposal)
    for place, end in enumerate(ends):
        waiting = desk.waiting_reminder(f"acc_{start}_{place}")
        if end == "approve":
            desk.inbox("cora").approve(waiting)
        elif end == "reject":
            desk.inbox("cora").reject(waiting, "not now")
    with desk.house.ledger.read() as session:
        messages = list(session.scalars(select(Outbox)))
        permits = {each.outbox_id: each for each in session.scalars(select(Permit))}
        proposals = {each.id: each for each in session.scalars(select(Proposal))}
        yes = {each.id: each for each in session.scalars(select(Decision))}
        acts = session.scalars(select(Audit).where(Audit.kind == "send_reminder_executed")).all()
    assert {each.id for each in messages} == set(permits)
    assert len(acts) == len(messages)
    for each in messages:
        decision = yes[str(permits[each.id].decision_id)]
        proposal = proposals[str(each.proposal_id)]
        assert (decision.proposal_id, decision.verb) == (proposal.id, "approve")
        assert decision.digest == proposal.digest
        assert decision.decided_by != proposal.author
    waits = [each for each in proposals.values() if each.state == "executed"]
    assert len(waits) == len(messages)


def test_routine_in_auto__is_the_only_thing_that_needs_no_yes(desk: Desk) -> None:
    account = desk.account("acc_a")
    verdict, _ = judge_action(
        desk.reminder(account), desk.facts(account), auto(desk.house.policy), desk.deps.now
    )
    assert isinstance(verdict, Allow)
