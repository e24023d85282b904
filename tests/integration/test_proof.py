"""Each promise is proven on a home with nights and decisions, and each proof can fail."""

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from batch.night import run_night
from batch.policy_trial import try_policy
from batch.proof import CounterExample, Proven, prove
from graph.bootstrap import House
from graph.inbox import Inbox, decider_of
from ledger.errors import Conflict, Refused
from ledger.facts import facts_bytes, pack, unpack_facts
from ledger.journal import mark_feed
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.work import Proposal, Snapshot
from policies.load import load_policy
from tests.support.played_home import AS_OF, Homes, PlayedHome

TWO_DAYS_ON = AS_OF + timedelta(days=2)
NOON = datetime.combine(TWO_DAYS_ON, time(12), UTC)


@pytest.fixture(scope="module")
def lived_in(homes: Homes) -> PlayedHome:
    """A home after a night, a day of decisions, and a second night."""
    home = homes.copy()
    with home.opened() as house:
        run_night(house, AS_OF, lambda *_: None)
        decide(house)
        with house.ledger.write() as session:
            for feed in ("invoices", "receipts"):
                mark_feed(session, feed, TWO_DAYS_ON, NOON)
        run_night(house, TWO_DAYS_ON, lambda *_: None)
    return home


def decide(house: House) -> None:
    """Approve, reject and edit what waits, whoever may."""
    with house.ledger.read() as session:
        waiting = list(
            session.scalars(select(Proposal.id).where(Proposal.state.in_(OPEN_PROPOSAL_STATES)))
        )
    rng = random.Random(1)
    people = ("felix.ortega", "amara.diallo", "lena.brandt", "cora.lind", "conrad.hale")
    for proposal_id in sorted(waiting):
        way = rng.choice(["approve", "approve", "approve", "reject"])
        for person in people:
            inbox = Inbox(house, house.deps(AS_OF), decider_of(house, person), attended=False)
            try:
                if way == "approve":
                    inbox.approve(proposal_id)
                else:
                    inbox.reject(proposal_id, "not like this")
                    break
            except (Refused, Conflict):
                continue


@pytest.fixture
def home(lived_in: PlayedHome, homes: Homes) -> Iterator[PlayedHome]:
    """A copy of it, to plant a fault in."""
    own = Homes(homes.root, homes.server, homes._numbers, lived_in)
    copy = own.copy()
    yield copy
    own.drop(copy)


def test_home_after_nights_and_decisions__every_promise_holds(lived_in: PlayedHome) -> None:
    with lived_in.opened() as house:
        results = prove(house, lambda *_: None)

    assert [each for each in results if isinstance(each, CounterExample)] == []
    counts = {each.promise: each.count for each in results if isinstance(each, Proven)}
    assert len(counts) == 11
    assert counts["no_send_under_hold"] > 30
    assert counts["approval_is_bound"] > 10
    assert counts["every_decision_replays"] > 150


def test_home_without_a_night__holds_with_nothing_counted(homes: Homes) -> None:
    home = homes.copy()
    with home.opened() as house:
        results = prove(house, lambda *_: None)
    homes.drop(home)
    assert all(isinstance(each, Proven) for each in results)


# A fault, the promises it breaks, and no others.
A_SENT = "(SELECT min(id) FROM outbox WHERE state = 'sent' AND run_id IS NOT NULL)"
A_SENDER = f"(SELECT account_id FROM outbox WHERE id = {A_SENT})"
AN_APPROVAL = (
    "(SELECT min(d.id) FROM decision d JOIN proposal p ON p.id = d.proposal_id "
    "WHERE d.verb = 'approve' AND p.action_type = 'send_reminder' AND p.state = 'executed')"
)
PLANTED: dict[str, tuple[str, str, set[str]]] = {
    "a byte of a sent body changed": (
        "outbox",
        f"UPDATE outbox SET body = body || ' ' WHERE id = {A_SENT}",
        {"no_send_under_hold", "every_number_traced", "never_twice"},
    ),
    "a permit deleted": (
        "permit",
        "DELETE FROM permit WHERE seq = (SELECT max(p.seq) FROM permit p)",
        {"no_send_under_hold"},
    ),
    "a permit for other facts": (
        "permit",
        "UPDATE permit SET facts_hash = 'other' WHERE seq = 1",
        {"no_send_under_hold"},
    ),
    "a hold placed before a message left": (
        "hold",
        "INSERT INTO hold (id, account_id, reason, placed_on, lift_role, placed_by, source) "
        f"SELECT 'hld_planted', {A_SENDER}, 'manual', DATE '2025-01-01', 'legal', 'x', 'x'",
        {"no_send_under_hold"},
    ),
    "a dispute open before a message left": (
        "dispute",
        "INSERT INTO dispute (id, account_id, reason, opened_on, state, quote) "
        f"SELECT 'dsp_planted', {A_SENDER}, 'PRICE', DATE '2025-01-01', 'open', ''",
        {"no_send_under_hold"},
    ),
    "a disposition turned": (
        "account",
        f"UPDATE account SET disposition = 'held' WHERE id = {A_SENDER}",
        {"nobody_forgotten"},
    ),
    "a sent that no message stands for": (
        "outbox",
        f"UPDATE outbox SET run_id = NULL WHERE id = {A_SENT}",
        {"nobody_forgotten"},
    ),
    "a sent said twice of one message": (
        "disposition",
        "INSERT INTO disposition (run_id, account_id, kind, reason, rule_ids, account_class, "
        "next_action_on, facts_hash) SELECT run_id, account_id, kind, reason, rule_ids, "
        "account_class, next_action_on, facts_hash FROM disposition WHERE seq = "
        "(SELECT max(seq) FROM disposition WHERE kind = 'sent')",
        {"nobody_forgotten", "every_decision_replays"},
    ),
    "a night stopped half way": (
        "run",
        "UPDATE run SET state = 'running' WHERE number = 2",
        {"nobody_forgotten"},
    ),
    "an idempotency key altered": (
        "outbox",
        f"UPDATE outbox SET idempotency_key = 'other' WHERE id = {A_SENT}",
        {"never_twice"},
    ),
    "a message missing in the history": (
        "message",
        f"DELETE FROM message WHERE outbox_id = {A_SENT}",
        {"never_twice"},
    ),
    "own words sent without a person": (
        "outbox",
        "UPDATE outbox SET action = replace(replace(action, '\"template\"', '\"model\"'), "
        f'\'"subject":null,"body":null\', \'"subject":"a","body":"b"\') WHERE id = {A_SENT}',
        {"no_free_text_unattended", "no_send_under_hold", "every_number_traced"},
    ),
    "an approval by the author": (
        "decision",
        "UPDATE decision SET decided_by = (SELECT author FROM proposal p "
        f"WHERE p.id = decision.proposal_id) WHERE id = {AN_APPROVAL}",
        {"approval_is_bound", "no_send_under_hold"},
    ),
    "an approval of something else": (
        "decision",
        f"UPDATE decision SET digest = 'other' WHERE id = {AN_APPROVAL}",
        {"approval_is_bound", "no_send_under_hold"},
    ),
    "a claim nobody made": (
        "proposal",
        "INSERT INTO proposal (id, account_id, action_type, action, digest, author, role, state, "
        "version, rule_ids, approver_roles, why, counterfactual, facts_hash, policy_hash, "
        "priority_minor, expires_on, created_on, created_at, outcome) SELECT 'prp_planted', "
        'account_id, \'open_dispute\', \'{"type":"open_dispute","account_id":"\' || account_id '
        '|| \'","reason":"PRICE","quote":"never said"}\', \'x\', \'collector\', \'collector\', '
        "'superseded', 1, '', '', '', '', facts_hash, policy_hash, 0, expires_on, created_on, "
        "created_at, '' FROM proposal LIMIT 1",
        {"claims_not_commands"},
    ),
    "an open balance altered": (
        "invoice",
        "UPDATE invoice SET open_minor = open_minor + 1 WHERE id = (SELECT max(i.id) FROM "
        "invoice i WHERE i.open_minor > 0)",
        {"books_balance"},
    ),
    "a case without an end": (
        "audit",
        "UPDATE audit SET kind = 'case_lost' WHERE seq = (SELECT max(seq) FROM audit "
        "WHERE kind = 'case_worked' AND actor = 'collector')",
        {"model_optional", "every_decision_replays"},
    ),
    "a recorded decision altered": (
        "disposition",
        "UPDATE disposition SET reason = 'because' WHERE seq = 1",
        {"every_decision_replays"},
    ),
    "a journal record altered": (
        "audit",
        "UPDATE audit SET actor = 'nobody' WHERE seq = 1",
        {"every_decision_replays"},
    ),
    "a policy altered": (
        "policy_version",
        "UPDATE policy_version SET said = replace(said, '\"look_again_days\":7', "
        "'\"look_again_days\":8')",
        {"no_silent_learning"},
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_fault_in_the_books__breaks_its_promise(home: PlayedHome, fault: str) -> None:
    table, statement, promises = PLANTED[fault]
    with home.opened() as house:
        plant(house, table, statement)

        assert broken(house) == promises


def test_second_mail_of_a_message__breaks_never_twice(home: PlayedHome) -> None:
    mail = home.folder / "mail"
    first = min((mail / "new").iterdir())
    shutil.copy(first, mail / "cur" / f"{first.name}:2,S")
    with home.opened() as house:
        assert broken(house) == {"never_twice"}


def test_lost_and_stray_mail__break_never_twice(home: PlayedHome) -> None:
    first = min((home.folder / "mail" / "new").iterdir())
    stray = first.rename(first.with_name("out_unknown.dunwell"))
    with home.opened() as house:
        assert broken(house) == {"never_twice"}
        stray.rename(first)
        assert broken(house) == set()
        first.write_bytes(first.read_bytes().replace(b"Subject: ", b"Subject: x"))
        assert broken(house) == {"never_twice"}


def test_mail_read_by_a_mail_program__is_still_one_mail(home: PlayedHome) -> None:
    first = min((home.folder / "mail" / "new").iterdir())
    first.rename(home.folder / "mail" / "cur" / f"{first.name}:2,S")
    with home.opened() as house:
        assert broken(house) == set()


def test_due_account_hidden_from_the_night__breaks_nobody_forgotten(homes: Homes) -> None:
    home = homes.copy()
    with home.opened() as house:
        plant(
            house,
            "account",
            "UPDATE account SET next_action_on = DATE '2025-12-01' WHERE id IN (SELECT account_id "
            "FROM invoice WHERE open_minor > 0 AND due_on < DATE '2025-03-06')",
        )
        run_night(house, AS_OF, lambda *_: None)
        assert broken(house) == {"nobody_forgotten"}
    homes.drop(home)


def test_recorded_facts_altered__decision_no_longer_replays(home: PlayedHome) -> None:
    with home.opened() as house:
        with house.ledger.read() as session:
            query = f"SELECT facts_hash FROM permit WHERE outbox_id = {A_SENT}"
            key = session.scalar(text(query))
            facts = unpack_facts(session.get_one(Snapshot, key).facts)
        altered = replace(facts, broken_promises=5)
        plant(
            house,
            "snapshot",
            "UPDATE snapshot SET facts = :facts WHERE hash = :key",
            facts=pack(facts_bytes(altered)),
            key=key,
        )
        found = broken(house)
    assert "every_decision_replays" in found
    assert "no_send_under_hold" in found  # a person would have had to approve it
    assert found <= {"every_decision_replays", "no_send_under_hold"}


def test_policy_on_past_nights__same_policy_changes_nothing(lived_in: PlayedHome) -> None:
    with lived_in.opened() as house:
        trial = try_policy(house, house.policy, nights=2)
    for changes in (trial.messages, trial.approvals, trial.holds):
        assert (changes.added, changes.removed, changes.changed) == (0, 0, 0)
    assert trial.messages.same > 20
    assert trial.holds_broken == []


def test_draft_policy_on_past_nights__letters_become_requests(lived_in: PlayedHome) -> None:
    draft = load_policy()
    with lived_in.opened() as house:
        trial = try_policy(house, draft, nights=2)
    assert trial.messages.same == 0
    assert trial.messages.removed == trial.approvals.added > 20
    assert trial.holds_broken == []


def broken(house: House) -> set[str]:
    """The promises that do not hold."""
    results = prove(house, lambda *_: None)
    return {each.promise for each in results if isinstance(each, CounterExample)}


def plant(house: House, table: str, statement: str, **values: Any) -> None:
    """Change what may not be changed, as somebody with the file in their hands can."""
    with house.ledger.write() as session:
        if house.ledger.is_sqlite:
            statement = statement.replace("DATE '", "'")
            for event in ("update", "delete"):
                session.execute(text(f"DROP TRIGGER IF EXISTS {table}_is_append_only_{event}"))
        else:
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_is_append_only ON {table}"))
        if not values:
            statement = statement.replace(":", "\\:")  # JSON, not names of values
        assert session.execute(text(statement), values).rowcount >= 1
