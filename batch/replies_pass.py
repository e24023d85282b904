"""The replies phase: every message of a customer is read once, and acted on with caution."""

from sqlmodel import Session

from agents.message_reader import asks_to_stop, read_inbound, reader_version
from batch.run import Night
from engines.reading.model import Reading
from graph.resume import open_threads
from ledger.identities import Identity
from ledger.queries.replies import unlinked_of_contacts, unread, unread_count
from tools.inbound_sealed import Incoming, incoming
from tools.reply_desk import Handled, ReplyDesk, lay_aside
from tools.stop_contact import obey_unlinked

_CHUNK = 100


def replies_pass(night: Night) -> None:
    """Read what came in since the last night, a chunk of messages in one transaction each."""
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        night.add("replies", claims_settled=_desk(night, session).settle())
        total = unread_count(session)
    _obey_unlinked(night)
    done = 0
    while readings := _read_chunk(night):
        handled = _act_on(night, readings)
        open_threads(night.house, night.deps, handled.waiting)
        done += handled.read + handled.failed
        night.progress("replies", done, total)


def _read_chunk(night: Night) -> list[tuple[Incoming, Reading]]:
    """Messages with their readings; outside a transaction: a model may take its time."""
    with night.house.ledger.read(as_=Identity.AGENT) as session:
        messages = incoming(session, unread(session, _CHUNK))
    policy = night.house.policy
    model = night.house.model if messages and night.house.settings.model else None
    return [(each, read_inbound(each, policy, model)) for each in messages]


def _obey_unlinked(night: Night) -> None:
    """A mail nobody could link may still ask to be left alone; nothing else is taken from it."""
    policy, stopped = night.house.policy, 0
    while True:
        with night.house.ledger.read(as_=Identity.AGENT) as session:
            messages = incoming(session, unlinked_of_contacts(session, _CHUNK))
        if not messages:
            break
        asking = [each for each in messages if asks_to_stop(read_inbound(each, policy))]
        with night.house.ledger.write(as_=Identity.POSTER) as session:
            stopped += obey_unlinked(session, asking, policy, night.as_of, night.now)
            lay_aside(session, messages, reader_version())
    if stopped:
        night.add("replies", contacts_stopped=stopped)


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
            failed=handled.failed,
        )
        night.keep_counts(session)
    return handled


def _desk(night: Night, session: Session) -> ReplyDesk:
    policy = night.house.policy
    return ReplyDesk(session, policy, night.as_of, night.now, reader_version(), night.run_id)
