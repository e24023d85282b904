"""`dunwell chat`: one question, or a conversation, with the collector's assistant."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session

from cli.home import acting, opened
from cli.output import emit, note, say
from graph.conversation import Reply, ask
from graph.threads import ThreadLine, as_markdown, list_threads, read_thread
from ledger.errors import BadInput

_PAGE = 100


def run(
    home: Path | None, question: str | None, session: str, who: str | None, json_out: bool
) -> None:
    """Answer one question, or every line until the input ends.

    Raises:
        BadInput: The name of the conversation cannot be used.
    """
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", session):
        raise BadInput("a session name is letters, digits, dots, hyphens; at most 60")
    with opened(home) as house:
        person = acting(house, who)
        if question is not None:
            _show(ask(house, person, session, question), json_out)
            return
        if sys.stdin.isatty():
            note(f"You are {person.name}. Ask about the book; an empty line or Ctrl-D ends.")
        while line := _line():
            _show(ask(house, person, session, line), json_out)


def run_list(home: Path | None, words: str | None, who: str | None, json_out: bool) -> None:
    """List a person's conversations, the newest first; found by words where some are given."""
    with opened(home) as house:
        person = acting(house, who)
        with house.ledger.read() as session:
            found = list(_threads(session, person.person_id, words))
    if json_out:
        emit(found)
        return
    if not found:
        say("You have no such conversation." if words else "You have no conversation yet.")
    for each in found:
        say(f"{each.said_at:%Y-%m-%d %H:%M}  {each.session}  {each.title}")


def _threads(session: Session, person_id: str, words: str | None) -> Iterator[ThreadLine]:
    """All of a person's conversations, read page by page."""
    before = None
    while page := list_threads(session, person_id, words, _PAGE, before):
        yield from page
        before = page[-1].last


def run_export(home: Path | None, name: str, kind: str, who: str | None) -> None:
    """Print a whole conversation as Markdown or JSON.

    Raises:
        NotFound: The person has no such conversation.
    """
    with opened(home) as house:
        person = acting(house, who)
        with house.ledger.read() as session:
            thread = read_thread(session, person.person_id, name, limit=None)
    if kind == "json":
        emit(thread)
    else:
        sys.stdout.write(as_markdown(thread, person.name))


def _line() -> str:
    if sys.stdin.isatty():
        note("> ")
    return sys.stdin.readline().strip()


def _show(reply: Reply, json_out: bool) -> None:
    emit(reply) if json_out else say(reply.answer)
