"""Mail of the intake phase: every source is read, recorded in batches, and only then put away."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from adapters.inbound_mail.folders import DropFolder
from adapters.inbound_mail.imap import ImapMail, read_imap_url
from adapters.inbound_mail.parsing import MailReader
from adapters.inbound_mail.source import MailSource
from adapters.inbound_mail.text_messages import TextMessageFiles
from agents.message_reader import remittance_in
from batch.run import Night
from graph.bootstrap import House
from ledger.clock import Clock, FixedClock
from ledger.errors import ArError
from ledger.journal import mark_feed
from tools.inbound import Taken, take_in
from tools.inbound_advices import take_in_advices, take_in_tables
from tools.inbound_rows import Intake
from tools.inbound_sealed import incoming

FEED = "mail"
_IMAP_STATE = "imap.json"


@dataclass
class MailTaken:
    """What came of every source.

    Attributes:
        advice_lines: Lines of remittance advices among the attachments.
        refused: What could not be read, and sources that failed, a line each.
        complete: Whether every source there is was read to its end.
    """

    taken: Taken = field(default_factory=Taken)
    advice_lines: int = 0
    refused: list[str] = field(default_factory=list)
    complete: bool = False


def take_in_mail(night: Night) -> None:
    """Take in what came by mail and text message since the last night."""
    done = fetch_mail(night.house, night.as_of, night.now)
    counts = {f"mail_{name}": count for name, count in done.taken.counts().items() if count}
    if done.advice_lines:
        counts["mail_advice_lines"] = done.advice_lines
    if counts:
        night.add("intake", **counts)
    if done.refused:
        night.note("intake", mail_refused=done.refused)


def fetch_mail(house: House, as_of: date, now: datetime) -> MailTaken:
    """Read every source of a home, and note how fresh its mail is.

    A source that fails keeps no other from being read; the feed is then not fresh, and says so.
    """
    done = MailTaken()
    with MailReader(house.settings.mail_authserv) as reader:
        sources = _sources(house, reader, as_of, done)
        complete = bool(sources) and not done.refused
        for source in sources:
            complete = take_in_source(house, source, as_of, now, done) and complete
    if complete:
        done.complete = True
        with house.ledger.write() as session:
            mark_feed(session, FEED, as_of, now)
    return done


def take_in_source(
    house: House, source: MailSource, as_of: date, now: datetime, done: MailTaken
) -> bool:
    """Record what a source has, a batch a transaction; returns whether it was read to its end.

    The books have a batch before its place forgets it: a crash between the two reads it again, and
    the books know it.
    """
    intake = Intake(house.policy, house.reply_key, as_of, now)
    ended = True
    try:
        for batch in source.batches(now):
            with house.ledger.write() as session:
                taken = take_in(session, [found.message for found in batch], intake)
            done.taken.add(taken)
            done.advice_lines += book_advices(house, taken.ids, as_of, FixedClock(now))
            source.put_away(batch)
    except ArError as error:
        done.refused.append(error.message)
        ended = False
    done.refused.extend(_short(line, house.home) for line in source.refused)
    return ended


def book_advices(house: House, inbound_ids: Collection[str], as_of: date, clock: Clock) -> int:
    """Book what messages say a payment is for, in their files or in a table of their own words.

    Returns:
        How many lines of advices are new.
    """
    with house.ledger.read() as session:
        messages = incoming(session, inbound_ids)
    told = {each.inbound_id: remittance_in(each, house.policy) for each in messages}
    tables = {inbound_id: data for inbound_id, data in told.items() if data is not None}
    currency = house.policy.company.currency
    lines = take_in_advices(house.ledger, inbound_ids, as_of=as_of, currency=currency, clock=clock)
    return lines + take_in_tables(house.ledger, tables, as_of=as_of, currency=currency, clock=clock)


def _sources(house: House, reader: MailReader, as_of: date, done: MailTaken) -> list[MailSource]:
    """The sources of a home: its folders, and the mailbox its settings name."""
    home = house.home
    put_away = home / "intake" / "done" / as_of.isoformat()
    # In a home that plays another day, the time of a file says nothing.
    is_today = house.today() == as_of
    sources: list[MailSource] = []
    if (home / "intake" / "mail").is_dir():
        folder = home / "intake" / "mail"
        sources.append(DropFolder(folder, put_away, reader, trusts_times=is_today))
    if (home / "intake" / "sms").is_dir():
        sources.append(TextMessageFiles(home / "intake" / "sms", put_away))
    if house.settings.imap_url is not None:
        try:
            server = read_imap_url(house.settings.imap_url.get_secret_value())
            sources.append(ImapMail(server, home / _IMAP_STATE, reader))
        except ArError as error:
            done.refused.append(error.message)
    return sources


def _short(line: str, home: Path) -> str:
    """A line about a file of the home, named from the home."""
    return line.replace(f"{home}/", "")
