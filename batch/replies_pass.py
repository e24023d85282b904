"""The replies phase: every message of a customer is read once, and acted on with caution."""

from sqlmodel import Session

from agents.message_reader import read_inbound, reader_version
from batch.run import Night
from graph.resume import open_threads
from ledger.queries.replies import unread, unread_count
from tools.reply_desk import ReplyDesk

_CHUNK = 100


def replies_pass(night: Night) -> None:
    """Read what came in since the last night, a chunk of messages in one transaction each."""
    with night.house.ledger.write() as session:
        night.add("replies", claims_settled=_desk(night, session).settle())
        total = unread_count(session)
    calendar = night.house.policy.company.calendar
    done = 0
    while done < total:
        with night.house.ledger.write() as session:
            rows = unread(session, _CHUNK)
            if not rows:
                break
            read = [(row, read_inbound(row, calendar)) for row in rows]
            handled = _desk(night, session).handle(read)
            night.add(
                "replies",
                read=handled.read,
                claims=handled.claims,
                done=handled.done,
                to_a_person=handled.to_a_person,
            )
            night.keep_counts(session)
        open_threads(night.house, night.deps, handled.waiting)
        done += handled.read
        night.progress("replies", done, total)


def _desk(night: Night, session: Session) -> ReplyDesk:
    policy = night.house.policy
    return ReplyDesk(session, policy, night.as_of, night.now, reader_version(), night.run_id)
