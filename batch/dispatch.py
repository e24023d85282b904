"""The dispatcher: hands over queued messages, each judged again at that moment.

The attempt is recorded before the hand-over. After a crash the channel is asked what arrived;
where it cannot tell, a person is, and nothing is sent twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlmodel import Session

from adapters.outgoing.message import AttachedFile, OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind
from batch.accepted import reconcile, record_accepted
from batch.enclosed import enclosed, is_complete, sealed
from batch.envelope import envelope
from batch.stopped import REFUSED, STOPPED, Stop, stop, stopped_disposition
from graph.bootstrap import House
from guardrails.verdict import Allow, Deny, NeedsApproval, Verdict, explain
from ledger.actions import read_action
from ledger.facts import AccountFacts
from ledger.identities import Identity
from ledger.queries.account_facts import load_facts
from ledger.states import OutboxState
from ledger.tables.work import Outbox, Permit, Proposal
from policies.schema import Policy
from tools.carry_out import may_leave_later
from tools.outgoing import judge_message, release_instant

__all__ = ["BATCH", "STOPPED", "Dispatched", "dispatch", "objection", "stopped_disposition"]

BATCH = 500
Letters = list[tuple[OutgoingMessage, Any, AccountFacts]]


@dataclass
class Dispatched:
    """What a dispatch did.

    Attributes:
        failed: Refused for good, or nobody can tell.
        later: Refused for now, or nobody was there: they go again with the next dispatch.
    """

    sent: int = 0
    stopped: int = 0
    uncertain: int = 0
    failed: int = 0
    later: int = 0


@dataclass
class _Round:
    """One dispatch: how far it has come, and the channels that turned out to be closed.

    Attributes:
        now: The instant of real mail; None where the day is played.
        held_until: The instant of the real clock: what is held beyond it can still be taken back.
        after: The place of the last message that was looked at; what goes back to the outbox
            lies behind it, so that a round ends.
    """

    house: House
    as_of: date
    run_id: str | None
    until: datetime
    now: datetime | None
    held_until: datetime
    done: Dispatched = field(default_factory=Dispatched)
    after: tuple[datetime, str] | None = None
    closed: set[str] = field(default_factory=set)

    @property
    def due(self) -> Any:
        """What is queued and due, from here on."""
        free = or_(Outbox.held_until.is_(None), Outbox.held_until <= self.held_until)
        due = and_(Outbox.state == OutboxState.QUEUED, Outbox.release_at <= self.until, free)
        if self.closed:
            due = and_(due, Outbox.channel.not_in(self.closed))
        if self.after is None:
            return due
        at, outbox_id = self.after
        beyond = and_(Outbox.release_at == at, Outbox.id > outbox_id)
        return and_(due, or_(Outbox.release_at > at, beyond))


def dispatch(house: House, as_of: date, run_id: str | None, progress: Any = None) -> Dispatched:
    """Send what is permitted and due.

    Args:
        house: The home.
        as_of: The business date the messages are judged on.
        run_id: The night, if it is one.
        progress: Called with (phase, done, total).
    """
    with house.dispatch_lock():
        going = _round(house, as_of, run_id)
        done = going.done
        done.sent, done.uncertain = reconcile(house, as_of)
        total = _due_count(going)
        while (letters := _claim(going)) is not None:
            messages = [message for message, _row, _facts in letters]
            refused = house.mail.deliver(messages) if letters else {}
            done.sent += record_accepted(house, as_of, letters, refused, run_id)
            _count(going, messages, refused)
            if progress:
                progress("dispatch", done.sent + done.stopped + done.failed + done.later, total)
        return done


def _round(house: House, as_of: date, run_id: str | None) -> _Round:
    """Played mail may leave at any hour of the date, in whatever zone; real mail only by now.

    On any other date than today nothing real leaves at all.
    """
    if house.mail.plays_the_day:
        until = datetime.combine(as_of + timedelta(days=1), time(12), UTC)
        return _Round(house, as_of, run_id, until, None, house.system_clock.now())
    now = house.clock_at(as_of).now()
    until = now if house.today() == as_of else datetime.min.replace(tzinfo=UTC)
    return _Round(house, as_of, run_id, until, now, house.system_clock.now())


def _count(going: _Round, messages: list[OutgoingMessage], refused: dict[str, Refusal]) -> None:
    """Count what was refused; a channel that is closed is not knocked at again in this round."""
    for message in messages:
        no = refused.get(message.outbox_id)
        if no is None:
            continue
        if no.kind is RefusalKind.UNREACHABLE:
            going.closed.add(message.channel)
        if no.kind in (RefusalKind.UNREACHABLE, RefusalKind.LATER):
            going.done.later += 1
        else:
            going.done.failed += 1


def _due_count(going: _Round) -> int:
    with going.house.ledger.read(as_=Identity.DISPATCHER) as session:
        return session.scalar(select(func.count()).select_from(Outbox).where(going.due)) or 0


def _claim(going: _Round) -> Letters | None:
    """Judge a batch again and mark what may leave as being sent; None when nothing is due."""
    with going.house.ledger.write(as_=Identity.DISPATCHER) as session:
        rows = session.execute(
            select(Outbox.__table__, Permit.message_digest, Permit.policy_hash)
            .outerjoin(Permit, Permit.outbox_id == Outbox.id)
            .where(going.due)
            .order_by(Outbox.release_at, Outbox.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return None
        going.after = rows[-1].release_at, rows[-1].id
        letters, stops = _judge(going, session, rows)
        _mark_sending(session, letters)
        stop(session, going.run_id, stops)
        going.done.stopped += len(stops)
    return letters


def _judge(going: _Round, session: Session, rows: Sequence[Any]) -> tuple[Letters, list[Stop]]:
    """Which of a batch leave now and which never do; what is in neither waits for its hour."""
    house, policy = going.house, going.house.policy
    facts = load_facts(session, going.as_of, sorted({row.account_id for row in rows}))
    approved = _approved_rules(session, [r.proposal_id for r in rows if r.proposal_id])
    files = enclosed(session, rows)
    letters, stops = [], []
    for row in rows:
        account = facts[row.account_id]
        rules = approved.get(row.proposal_id, frozenset())
        its = files.get(row.id, ())
        reason, verdict = objection(row, account, policy, rules, its)
        if going.now is not None and _not_now(going.now, row, account, policy, verdict):
            continue
        if not is_complete(row, files):
            reason, verdict = f"{REFUSED}a document of it is missing", None
        if reason:
            stops.append(Stop(row, reason, verdict, account))
            continue
        hour = release_instant(account, policy, row.release_at, row.channel)
        at = going.now or hour or row.release_at
        letters.append((envelope(policy, house.reply_key, row, at, its), row, account))
    return letters, stops


def _approved_rules(session: Session, proposal_ids: list[str]) -> dict[str, frozenset[str]]:
    rows = session.execute(
        select(Proposal.id, Proposal.rule_ids).where(Proposal.id.in_(proposal_ids))
    )
    return {row[0]: frozenset(row[1].split(",")) for row in rows}


def objection(
    row: Any,
    account: AccountFacts,
    policy: Policy,
    approved: frozenset[str],
    files: tuple[AttachedFile, ...] = (),
) -> tuple[str, Verdict | None]:
    """Why a message may not leave after all; empty if it may.

    Args:
        row: The outbox row with its permit's `message_digest`; the bytes are digested anew.
        account: The account at this moment.
        policy: The policy in force.
        approved: Rules a person's approval of the message covers.
        files: The documents that go with it.
    """
    if row.message_digest != sealed(row, files):
        return "no permit for these bytes", None
    others = tuple(f for f in account.in_flight if f.outbox_id != row.id)
    facts = replace(account, in_flight=others, proposals_waiting=())
    judged = judge_message(read_action(row.action), facts, policy, row.release_at)
    verdict = judged.verdict
    match verdict:
        case Allow():
            covered = True
        case NeedsApproval():
            covered = approved.issuperset(f.rule_id for f in verdict.findings)
        case _:
            covered = False
    if not covered:
        return explain(verdict), verdict
    if judged.letter is None or judged.letter.digest != row.digest:
        return "the facts in it have changed", None
    return "", verdict


def _not_now(
    now: datetime, row: Any, account: AccountFacts, policy: Policy, verdict: Verdict | None
) -> bool:
    """Whether only the hour or the day keeps a message; it waits in the outbox for the next.

    Where its words are out of date by then, it is stopped like any other.
    """
    if isinstance(verdict, Deny):
        return bool(may_leave_later(verdict))
    if verdict is None:
        return False
    opens = release_instant(account, policy, now, row.channel)
    return opens is None or opens > now


def _mark_sending(session: Session, letters: Letters) -> None:
    if not letters:
        return
    table = Outbox.__table__
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values(state=OutboxState.SENDING.value, attempted_at=bindparam("b_at")),
        [{"b_id": row.id, "b_at": message.sent_at} for message, row, _facts in letters],
    )
