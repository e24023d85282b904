"""The replies phase: every message of a customer is read once, and acted on with caution."""

from sqlmodel import Session

from agents.message_reader import read_inbound, reader_version
from batch.run import Night
from engines.reading.model import Reading
from graph.resume import open_threads
from ledger.identities import Identity
from ledger.queries.replies import unread, unread_count
from tools.inbound_sealed import Incoming, incoming
from tools.reply_desk import Handled, ReplyDesk

_CHUNK = 100


def replies_pass(night: Night) -> None:
    """Read what came in since the last night, a chunk of messages in one transaction each."""
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        night.add("replies", claims_settled=_desk(night, session).settle())
        total = unread_count(session)
    done = 0
    while readings := _read_chunk(night):
        handled = _act_on(night, readings)
        open_threads(night.house, night.deps, handled.waiting)
        done += handled.read
        night.progress("replies", done, total)


def _read_chunk(night: Night) -> list[tuple[Incoming, Reading]]:
    """Messages with their readings; outside a transaction: a model may take its time."""
    with night.house.ledger.read(as_=Identity.AGENT) as session:
        messages = incoming(session, unread(session, _CHUNK))
    policy = night.house.policy
    model = night.house.model if messages and night.house.settings.model else None
    return [(each, read_inbound(each, policy, model)) for each in messages]


def _act_on(night: Night, readings: list[tuple[Incoming, Reading]]) -> Handled:
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        still = set(unread(session, _CHUNK))
        handled = _desk(night, session).handle(
            [each for each in readings if each[0].inbound_id in still]
        )
        night.add(
            "replies",
            read=handled.read,
            claims=handled.claims,
            done=handled.done,
            to_a_person=handled.to_a_person,
        )
        night.keep_counts(session)
    return handled


def _desk(night: Night, session: Session) -> ReplyDesk:
    policy = night.house.policy
    return ReplyDesk(session, policy, night.as_of, night.now, reader_version(), night.run_id)
