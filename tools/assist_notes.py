"""Calls and notes a colleague wants kept: put on a list in a conversation, written when it ends.

A note is the colleague's own words, a span of what they just typed, so that neither a model nor a
text from outside can put words into the record.
"""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import select
from sqlmodel import Session

from ledger.errors import BadInput
from ledger.ids import make_id
from ledger.journal import audit, insert_new
from ledger.tables.notes import AccountNote
from tools.contract import (
    AccountRef,
    NoteDown,
    Result,
    Scope,
    ToolContext,
    ToolRetry,
    read_tool,
)
from tools.outside_text import clean_text

MAX_NOTE = 2000


class Noted(Result):
    """The note is on the list; it is kept when the answer is."""

    account_id: str
    account_number: str
    name: str
    kind: str


@read_tool(Scope.PROPOSE)
def log_note(
    ctx: ToolContext, account: AccountRef, words: str, kind: Literal["call", "note"] = "note"
) -> Noted:
    """Keep a call or a note of the colleague, in their own words; it decides nothing.

    Args:
        ctx: Who asks, on which ledger.
        account: The account.
        words: A span of what the colleague wrote, unchanged.
        kind: call or note.
    """
    said = " ".join(clean_text(words).split())
    if not said or len(said) > MAX_NOTE:
        raise ToolRetry(f"a note holds 1 to {MAX_NOTE} characters")
    if said not in " ".join(clean_text(ctx.question).split()):
        raise ToolRetry("words is a span of what the colleague wrote, unchanged")
    note = NoteDown(account, kind, said)
    if note not in ctx.noted:
        ctx.noted.append(note)
    facts = ctx.facts(account)
    return Noted(
        account_id=account, account_number=facts.account_number, name=facts.name, kind=kind
    )


def own_words(text: str, asked: str, most: int = MAX_NOTE) -> str:
    """What a person typed, as it is kept: on one line, without signs that hide or reorder.

    Args:
        text: As typed.
        asked: What they are asked to say, told where nothing is left of it.
        most: How many characters it may hold.

    Raises:
        BadInput: Nothing is left of it, or it is too long.
    """
    said = " ".join(clean_text(text).split())
    if not said:
        raise BadInput(asked)
    if len(said) > most:
        raise BadInput(f"that is {len(said)} characters; at most {most} are kept")
    return said


def keep_note(session: Session, note: NoteDown, by: str, on: date, at: datetime) -> str:
    """Write a note down; the same words of the same person at the same instant are one note."""
    note_id = make_id("not", note.account_id, note.kind, note.words, by, at)
    row = {
        "id": note_id,
        "account_id": note.account_id,
        "kind": note.kind,
        "body": note.words,
        "noted_on": on,
        "noted_by": by,
        "noted_at": at,
    }
    if insert_new(session, AccountNote, [row]):
        audit(session, at, "note_kept", note.account_id, by, note=note_id, what=note.kind)
    return note_id


def notes_of(session: Session, account_id: str, limit: int = 50) -> list[AccountNote]:
    """Calls and notes of an account, newest first."""
    return list(
        session.scalars(
            select(AccountNote)
            .where(AccountNote.account_id == account_id)
            .order_by(AccountNote.noted_at.desc(), AccountNote.id)
            .limit(limit)
        )
    )
