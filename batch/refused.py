"""What follows when a message was handed over and not accepted, or not surely.

A stage never moves here. What is refused for now goes back to the outbox; what is refused for good
is stopped; what may have arrived is a person's. Another channel is tried by the next night, as an
action of its own that is judged like any other.
"""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind
from batch.stopped import REFUSED, Stop, stop
from ledger.facts import AccountFacts
from ledger.journal import audit
from ledger.states import OutboxState
from ledger.tables.work import Outbox
from policies.schema import Policy
from tools.bounces import Report, ask_person, bounce_message

ACTOR = "dispatcher"


def record_refused(
    session: Session,
    policy: Policy,
    run_id: str | None,
    refused: list[tuple[OutgoingMessage, Any, AccountFacts, Refusal]],
) -> None:
    """Note refusals: what goes again, what is stopped, what a person looks at."""
    for message, row, facts, no in refused:
        if no.kind is RefusalKind.UNREACHABLE:
            _back(session, row, row.attempts)
            continue
        audit(
            session,
            message.sent_at,
            "message_refused",
            row.id,
            ACTOR,
            means=no.kind.value,
            code=no.code,
            says=no.says,
        )
        if no.kind is RefusalKind.UNCERTAIN:
            _uncertain(session, policy, row, facts, no.says)
        elif no.kind is RefusalKind.LATER and row.attempts + 1 < policy.contact.delivery_attempts:
            _back(session, row, row.attempts + 1)
        else:
            _for_good(session, policy, run_id, message, row, facts, no)


def _back(session: Session, row: Any, attempts: int) -> None:
    """In the outbox again, for the next dispatch."""
    session.execute(
        update(Outbox)
        .where(Outbox.id == row.id)
        .values(state=OutboxState.QUEUED.value, attempts=attempts, attempted_at=None)
    )


def _uncertain(session: Session, policy: Policy, row: Any, facts: AccountFacts, says: str) -> None:
    session.execute(
        update(Outbox)
        .where(Outbox.id == row.id)
        .values(state=OutboxState.UNCERTAIN.value, stopped_by=says)
    )
    ask_about_uncertain(session, policy, row, facts)


def ask_about_uncertain(session: Session, policy: Policy, row: Any, facts: AccountFacts) -> None:
    """Ask a person to find out whether a message arrived; until then nothing more leaves."""
    asks = (
        f"message {row.id} to {row.recipient} may or may not have arrived: find out, then "
        f"`dunwell dispatch --arrived {row.id}` or `--lost {row.id}`"
    )
    ask_person(session, row.account_id, "review", asks, ACTOR, policy, facts.as_of)


def _for_good(
    session: Session,
    policy: Policy,
    run_id: str | None,
    message: OutgoingMessage,
    row: Any,
    facts: AccountFacts,
    no: Refusal,
) -> None:
    """Stopped; a dead address is paused, and anything else a person looks at."""
    as_of, now = facts.as_of, message.sent_at
    if no.kind is RefusalKind.ADDRESS:
        bounce_message(session, Report(row.id, no.says, ACTOR), policy, as_of, now)
    else:
        tried = f" after {row.attempts + 1} attempts" if no.kind is RefusalKind.LATER else ""
        asks = f"the message to {row.recipient} was not accepted{tried} ({no.says})"
        ask_person(session, row.account_id, "review", asks, ACTOR, policy, as_of)
    stop(session, run_id, [Stop(row, f"{REFUSED}{no.says}", None, facts)])
