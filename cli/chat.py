"""`dunwell chat`: one question, or a conversation, with the collector's assistant."""

import re
import sys
from pathlib import Path

from cli.home import acting, opened
from cli.output import emit, note, say
from graph.conversation import Reply, ask
from ledger.errors import BadInput


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


def _line() -> str:
    if sys.stdin.isatty():
        note("> ")
    return sys.stdin.readline().strip()


def _show(reply: Reply, json_out: bool) -> None:
    emit(reply) if json_out else say(reply.answer)
