"""The dispatcher: hands over queued messages, each judged again at that moment.

The attempt is recorded before the hand-over. After a crash the mailbox is asked what arrived;
where it cannot tell, a person is, and nothing is sent twice.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlmodel import Session

from adapters.mail import OutgoingMail
from batch.accepted import reconcile, record_accepted
from graph.bootstrap import House
from guardrails.verdict import Allow, NeedsApproval, Verdict, explain, findings_of
from ledger.actions import read_action
from ledger.facts import AccountFacts, facts_bytes, pack
from ledger.ids import digest
from ledger.journal import add_rows, audit, keep_snapshots, touch
from ledger.queries.account_facts import load_facts
from ledger.states import AccountClass, Disposition, OutboxState
from ledger.tables.account import Account
from ledger.tables.work import DispositionRow, Outbox, Permit, Proposal
from policies.schema import CompanyPolicy, Policy
from tools.outgoing import judge_message

BATCH = 500
STOPPED = "stopped at dispatch: "


@dataclass
class Dispatched:
    """What a dispatch did."""

    sent: int = 0
    stopped: int = 0
    uncertain: int = 0
    failed: int = 0


def dispatch(house: House, as_of: date, run_id: str | None, progress: Any = None) -> Dispatched:
    """Send what is permitted and due.

    Args:
        house: The home.
        as_of: The business date the messages are judged on.
        run_id: The night, if it is one.
        progress: Called with (phase, done, total).
    """
    with house.dispatch_lock():
        until = _until(house, as_of)
        done = Dispatched()
        done.sent, done.uncertain = reconcile(house, as_of)
        total = _due_count(house, until)
        while (letters := _claim(house, as_of, until, run_id, done)) is not None:
            failed = house.mail.deliver([mail for mail, _row, _facts in letters]) if letters else {}
            done.sent += record_accepted(house, as_of, letters, failed)
            done.failed += len(failed)
            if progress:
                progress("dispatch", done.sent + done.stopped + done.failed, total)
        return done


def _until(house: House, as_of: date) -> datetime:
    """Played mail may leave at any hour of the date, in whatever zone; real mail only by now."""
    if house.mail.plays_the_day:
        return datetime.combine(as_of + timedelta(days=1), time(12), UTC)
    return house.clock_at(as_of).now()


def _due_count(house: House, until: datetime) -> int:
    with house.ledger.read() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(Outbox)
                .where(Outbox.state == OutboxState.QUEUED, Outbox.release_at <= until)
            )
            or 0
        )


def _claim(
    house: House, as_of: date, until: datetime, run_id: str | None, done: Dispatched
) -> list[tuple[OutgoingMail, Any, AccountFacts]] | None:
    """Judge a batch again and mark what may leave as being sent; None when nothing is due."""
    with house.ledger.write() as session:
        rows = session.execute(
            select(Outbox.__table__, Permit.message_digest, Permit.policy_hash)
            .outerjoin(Permit, Permit.outbox_id == Outbox.id)
            .where(Outbox.state == OutboxState.QUEUED, Outbox.release_at <= until)
            .order_by(Outbox.release_at, Outbox.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return None
        facts = load_facts(session, as_of, sorted({row.account_id for row in rows}))
        approved = _approved_rules(session, [r.proposal_id for r in rows if r.proposal_id])
        letters, going, stopped = [], [], []
        for row in rows:
            account = facts[row.account_id]
            rules = approved.get(row.proposal_id, frozenset())
            reason, verdict = objection(row, account, house.policy, rules)
            if reason:
                stopped.append((row, reason, verdict, account))
            else:
                letters.append((outgoing_mail(house.policy.company, row), row, account))
                going.append({"b_id": row.id, "b_at": row.release_at})
        _mark_sending(session, going)
        _stop(session, run_id, stopped)
        done.stopped += len(stopped)
    return letters


def _approved_rules(session: Session, proposal_ids: list[str]) -> dict[str, frozenset[str]]:
    rows = session.execute(
        select(Proposal.id, Proposal.rule_ids).where(Proposal.id.in_(proposal_ids))
    )
    return {row[0]: frozenset(row[1].split(",")) for row in rows}


def objection(
    row: Any, account: AccountFacts, policy: Policy, approved: frozenset[str]
) -> tuple[str, Verdict | None]:
    """Why a message may not leave after all; empty if it may.

    Args:
        row: The outbox row with its permit's `message_digest`.
        account: The account at this moment.
        policy: The policy in force.
        approved: Rules a person's approval of the message covers.
    """
    if row.message_digest != row.digest:
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


def _mark_sending(session: Session, going: list[dict[str, Any]]) -> None:
    if not going:
        return
    table = Outbox.__table__
    session.connection().execute(
        update(table)
        .where(table.c.id == bindparam("b_id"))
        .values(state=OutboxState.SENDING.value, attempted_at=bindparam("b_at")),
        going,
    )


def _stop(
    session: Session,
    run_id: str | None,
    stopped: list[tuple[Any, str, Verdict | None, AccountFacts]],
) -> None:
    """Stop messages the world has overtaken, and correct their accounts' dispositions."""
    for row, reason, verdict, account in stopped:
        session.execute(
            update(Outbox)
            .where(Outbox.id == row.id)
            .values(state=OutboxState.STOPPED.value, stopped_by=reason)
        )
        audit(session, row.release_at, "message_stopped", row.id, "dispatcher", reason=reason)
        if run_id is not None:  # by day the account keeps its night's outcome until the next one
            _correct_disposition(session, run_id, account, stopped_disposition(reason, verdict))
        touch(session, {row.account_id})


def _correct_disposition(
    session: Session, run_id: str, account: AccountFacts, stands: dict[str, str]
) -> None:
    data = facts_bytes(account)
    keep_snapshots(session, {digest(data): pack(data)})
    decided = {"run_id": run_id, "account_id": account.account_id, "facts_hash": digest(data)}
    add_rows(session, DispositionRow, [decided | stands])
    session.execute(
        update(Account).where(Account.id == account.account_id).values(disposition=stands["kind"])
    )


def stopped_disposition(reason: str, verdict: Verdict | None) -> dict[str, str]:
    """What a night decides for the account of a message it stopped."""
    kind = getattr(verdict, "disposition", Disposition.NEEDS_PERSON)
    return {
        "kind": kind.value,
        "reason": f"{STOPPED}{reason}",
        "rule_ids": ",".join(f.rule_id for f in findings_of(verdict)) if verdict else "",
        "account_class": AccountClass.EXCEPTION.value,
    }


def outgoing_mail(company: CompanyPolicy, row: Any) -> OutgoingMail:
    """A message of the outbox as it is handed over, signed by the company as the policy has it."""
    return OutgoingMail(
        outbox_id=row.id,
        message_id=row.message_id,
        sender=company.sender_email,
        sender_name=company.name,
        reply_to=company.reply_to,
        recipient=row.recipient,
        cc=tuple(row.cc.split(",")) if row.cc else (),
        subject=row.subject,
        body=row.body,
        sent_at=row.release_at,
    )
