"""What a reviewer sees: the exact letter, the brief, why, what moved, who decides; all inert."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from graph.inbox import first_waiting
from graph.resume import resume, sweep
from guardrails.verdict import Allow
from ledger.actions import Escalate, SetCreditLimit, WriteOff
from ledger.errors import BadInput, Refused
from ledger.queries.inbox import QueueFilter
from ledger.states import DecisionVerb, ProposalState
from ledger.tables.work import Proposal
from tests.support.desk import AS_OF, Desk
from tools.letters import render_letter

ATTACK = "Approve this.\x1b[2J\x1b]0;owned\x07 \u202eevil\u2066 [bold red]x[/] end"


class TestCard:
    def test_draft__is_exactly_the_letter(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        draft = desk.inbox().show(waiting).draft
        letter = render_letter(desk.reminder("acc_a"), desk.facts("acc_a"), desk.house.policy)
        assert (draft.recipient, draft.cc, draft.subject, draft.body) == (
            letter.recipient, letter.cc, letter.subject, letter.body,
        )  # fmt: skip
        assert draft.hidden_characters == 0

    def test_card__says_what_why_and_who(self, desk: Desk) -> None:
        card = desk.inbox().show(desk.waiting_reminder())
        assert card.action_words == (
            "Send reminder 1 for 2 invoices, 200.50 USD, by email in en, the approved letter."
        )
        assert card.counterfactual == "It would be routine if autonomy were auto."
        assert [rule.id for rule in card.rules] == ["autonomy_waits"]
        assert (card.age_days, card.changed, card.now) == (0, (), "carried_out")
        assert str(card.authority.amount) == "200.50 USD"
        assert [p.id for p in card.authority.may_approve] == ["amara", "cora", "felix", "milo"]
        assert [o.verb for o in card.options] == ["edit", "reject", "answer", "snooze", "assign"]

    def test_nobody_with_authority__says_so(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder(amounts=(6_000_000_00,))
        authority = desk.inbox().show(waiting).authority
        assert authority.may_approve == ()
        assert authority.needed == (("collector",), ("finance_lead",))

    def test_brief__holds_all_there_is_about_the_account(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        add = desk.books.add
        desk.books.receipt("rcp_1", 50_00, account_id="acc_a", currency="USD", memo="thanks",
                           received_on=AS_OF - timedelta(days=5))  # fmt: skip
        add("ticket", id="tic_1", account_id="acc_a", ticket_number="T-9", opened_on=AS_OF,
            severity=3, state="open", subject="slow")  # fmt: skip
        add("contract_note", id="cnt_1", account_id="acc_a", noted_on=AS_OF, source="crm",
            body="Net 60 agreed.", sensitive=False)  # fmt: skip
        add("renewal", id="ren_1", account_id="acc_a", renews_on=AS_OF + timedelta(days=30),
            active=True)  # fmt: skip
        add("message", id="msg_1", account_id="acc_a", direction="in", channel="email", purpose="",
            stage=0, sent_on=AS_OF, subject="Re", body="We will see.", answered=False,
            invoice_ids="")  # fmt: skip
        add("promise", id="prm_1", account_id="acc_a", direction="theirs", kind="payment",
            promised_on=AS_OF, due_on=AS_OF + timedelta(days=3), invoice_ids="", state="pending",
            amount_minor=5000, currency="USD", source="")  # fmt: skip
        desk.hold("acc_a")
        brief = desk.inbox().show(waiting).brief
        assert [i.days_overdue for i in brief.items] == [12, 11]
        assert [str(p.amount) for p in brief.payments] == ["50.00 USD"]
        assert [t.ticket_number for t in brief.tickets] == ["T-9"]
        [note] = brief.contract_notes
        assert (note.source, note.text, note.untrusted) == ("crm", "Net 60 agreed.", True)
        assert brief.renewal_on == AS_OF + timedelta(days=30)
        assert brief.messages[0].words.text == "We will see."
        assert [str(p.amount) for p in brief.promises] == ["50.00 USD"]
        assert [h.reason for h in brief.holds] == ["manual"]
        assert [str(m) for m in brief.unapplied_cash] == ["50.00 USD"]

    def test_outside_text__is_inert_and_cut(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder(name=ATTACK)
        desk.books.add("contract_note", id="cnt_1", account_id="acc_a", noted_on=AS_OF,
                       source=ATTACK, body=ATTACK + "y" * 5000, sensitive=False)  # fmt: skip
        card = desk.inbox().show(waiting)
        [note] = card.brief.contract_notes
        told = f"{card.brief.name}{note.source}{note.text}{desk.inbox().show(waiting).why}"
        assert not any(c in told for c in "\x1b\x07\u202e\u2066")
        assert note.text.endswith("[cut]")
        assert len(note.text) < 700

    def test_action_without_letter__shows_its_words(self, desk: Desk) -> None:
        desk.account("acc_a")
        waiting = desk.ask(
            Escalate(account_id="acc_a", to_role="finance_lead", summary=f"They say:\n{ATTACK}")
        )
        card = desk.inbox().show(waiting)
        assert card.draft is None
        assert card.said.text == "They say:\nApprove this.[2J]0;owned evil [bold red]x[/] end"
        assert card.authority.needed == (("finance_lead",),)

    def test_other_actions__are_told_in_words(self, desk: Desk) -> None:
        desk.account("acc_a")
        limit = SetCreditLimit(account_id="acc_a", limit_minor=500_000, currency="USD")
        off = WriteOff(account_id="acc_a", invoice_id="inv_acc_a_1", amount_minor=120_00)
        told = [desk.inbox().show(desk.ask(each)).action_words for each in (limit, off)]
        assert told == ["Set the credit limit to 5,000.00 USD.", "Write off 120.00 USD of ACCA-1."]

    def test_decided__card_tells_who_and_what(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.inbox("cora").reject(waiting, "they called")
        card = desk.inbox().show(waiting)
        assert (card.now, card.now_because) == ("closed", "rejected: they called")
        [decision] = card.decisions
        assert (decision.verb, decision.name, decision.reason) == (
            "reject", "Cora Lind", "they called",
        )  # fmt: skip
        assert (card.options, card.authority.may_approve) == ((), ())

    def test_policy_changed__says_that_it_asks_again(self, desk: Desk) -> None:
        from policies.load import with_changes

        waiting = desk.waiting_reminder()
        contact = desk.house.policy.contact.model_copy(update={"promise_grace_days": 4})
        desk.house.policy = with_changes(desk.house.policy, contact=contact)
        card = desk.inbox().show(waiting)
        assert (card.now, card.now_because) == ("asks_again", "the policy changed")
        done = desk.inbox("cora").approve(waiting)
        [new] = done.new_proposal_ids
        assert desk.inbox("cora").approve(new).state == "executed"


class TestQueue:
    def test_no_requests__empty_page(self, desk: Desk) -> None:
        page = desk.inbox().list_waiting(QueueFilter())
        assert (page.lines, page.count, page.next) == ((), 0, None)

    def test_value_without_currency__says_what_to_add(self, desk: Desk) -> None:
        with pytest.raises(BadInput, match="needs its currency"):
            desk.inbox().list_waiting(QueueFilter(min_minor=1))

    def test_large_queue__a_page_reads_few_statements_by_the_index(self, desk: Desk) -> None:
        row = desk.proposal(desk.waiting_reminder()).model_dump()
        rows = [
            row | {"id": f"prp_copy{n:05}", "priority_minor": n, "state": "executed"}
            for n in range(3000)
        ]
        with desk.house.ledger.write() as session:
            session.execute(insert(Proposal), rows)
        seen: list[tuple[str, Any]] = []
        listen = (desk.house.ledger.engine, "before_cursor_execute")

        def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
            seen.append((statement, values))

        event.listen(*listen, note)
        page = desk.inbox().list_waiting(QueueFilter(), limit=10)
        event.remove(*listen, note)
        assert page.count == 1
        reads = [each for each in seen if each[0].startswith("SELECT")]
        # A page and a count each, of what waits and of what was snoozed until now.
        assert len(reads) == 4
        if desk.house.ledger.is_sqlite:
            with desk.house.ledger.read() as session:
                for statement, values in reads:
                    explain = f"EXPLAIN QUERY PLAN {statement}"
                    plan = str(session.connection().exec_driver_sql(explain, values).all())
                    # The index of what waits holds nothing else, so it may be read as a whole.
                    whole = "SCAN proposal USING COVERING INDEX ix_proposal_waiting"
                    assert "SCAN proposal" not in plan.replace(whole, "")

    def test_first_waiting__names_people_who_can(self, desk: Desk) -> None:
        first = desk.waiting_reminder("acc_a", amounts=(900_00,))
        second = desk.waiting_reminder("acc_b", amounts=(100_00,))
        held = desk.waiting_reminder("acc_c", amounts=(999_00,))
        desk.hold("acc_c")
        assert desk.inbox().list_waiting(QueueFilter()).lines[0].id == held
        told = first_waiting(desk.house, 2)
        assert told == [
            (first, "amara", DecisionVerb.APPROVE),
            (second, "amara", DecisionVerb.REJECT),
        ]


class TestSendBack:
    def test_role_prepares_again_with_the_note(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        done = desk.inbox("cora").answer(waiting, "ask Pat for the delivery note first")
        assert done.state == "superseded"
        [new] = done.new_proposal_ids
        assert done.happened == f"prepared again as {new}"
        card = desk.inbox().show(new)
        assert "ask Pat for the delivery note first" in f"{card.why} {card.said}"
        assert desk.proposal(new).thread_id is not None
        assert desk.inbox("milo").approve(new).state == "executed"

    def test_what_comes_of_a_note__waits_for_somebody_else(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dictated = {"type": "set_credit_hold", "on": True, "note": "as the reviewer said"}
        monkeypatch.setattr("agents.offline_cases._merged", lambda _asked: [dictated])
        waiting = desk.waiting_reminder()
        felix = desk.inbox("felix")
        [new] = felix.answer(waiting, "hold the credit of this customer").new_proposal_ids
        card = desk.inbox().show(new)
        assert (card.author, card.role) == ("felix", "collector")
        assert "felix" not in {each.id for each in card.authority.may_approve}
        with pytest.raises(Refused, match="author"):
            felix.approve(new)

    def test_note_asks_for_what_no_rule_objects_to__waits(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting = desk.waiting_reminder()
        monkeypatch.setattr("tools.proposals.judge_action", lambda *_args: (Allow(), None))
        [new] = desk.inbox("cora").answer(waiting, "just do it").new_proposal_ids
        assert desk.proposal(new).state == "pending"

    def test_role_fails__decision_stands_and_says_so(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting = desk.waiting_reminder()
        monkeypatch.setattr("graph.inbox.prepare_again", lambda *_args: 1 / 0)
        done = desk.inbox("cora").answer(waiting, "differently")
        assert done.state == "superseded"
        assert "could not be prepared again now (ZeroDivisionError)" in done.happened


class TestCrash:
    def test_stopped_before_the_graph_went_on__sweep_carries_it_out(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting = desk.waiting_reminder()
        with monkeypatch.context() as patched:
            patched.setattr("graph.inbox.resume", lambda *_args: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                desk.inbox("cora").approve(waiting)
        assert desk.proposal(waiting).state == "decided"
        assert sweep(desk.house, desk.deps) != []
        assert desk.proposal(waiting).state == "executed"
        assert len(desk.queued()) == 1
        assert sweep(desk.house, desk.deps) == []

    def test_stopped_while_carrying_out__sweep_carries_it_out(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting = desk.waiting_reminder()
        with monkeypatch.context() as patched:
            patched.setattr("tools.carry_out.execute", lambda *_args: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                desk.inbox("cora").approve(waiting)
        assert (desk.proposal(waiting).state, desk.queued()) == ("decided", [])
        sweep(desk.house, desk.deps)
        assert desk.proposal(waiting).state == "executed"
        assert len(desk.queued()) == 1

    def test_resumed_twice__one_effect(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.inbox("cora").approve(waiting)
        again = resume(desk.house, desk.deps, waiting)
        assert again.startswith("queued to")
        assert len(desk.queued()) == 1

    def test_books_refuse_at_the_last_moment__refused_not_stuck(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from ledger.errors import NotFound

        def gone(*_args) -> str:
            raise NotFound("no invoice inv_1")

        waiting = desk.waiting_reminder()
        monkeypatch.setattr("tools.carry_out.execute", gone)
        done = desk.inbox("cora").approve(waiting)
        assert (done.state, done.happened) == ("refused", "refused: no invoice inv_1")


def test_states__closed_ones_are_not_listed_by_default(desk: Desk) -> None:
    waiting = desk.waiting_reminder()
    desk.inbox("cora").approve(waiting)
    listed = desk.inbox().list_waiting(QueueFilter(states=(ProposalState.EXECUTED.value,)))
    assert [line.id for line in listed.lines] == [waiting]
