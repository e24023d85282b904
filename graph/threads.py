"""Conversations as they are kept: listed, searched, read again, exported. Each is one person's."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlmodel import Session

from agents.answer_blocks import (
    AccountCard,
    Block,
    ChartBlock,
    DraftBlock,
    InboxLink,
    TableBlock,
    TextBlock,
    read_blocks,
)
from agents.task import PERSON
from graph.chat import thread_of
from ledger.errors import BadInput, NotFound
from ledger.tables.work import ChatMessage

RETENTION = "Conversations are kept with the books; nothing removes them."
MAX_LINES = 400
_TITLE = 80
_MAX_PAGE = 100


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ThreadLine(_Part):
    """A conversation in a list.

    Attributes:
        title: Its first question, cut.
        last: The number of its newest line; the cursor of a page.
    """

    session: str
    title: str
    lines: int
    started_at: datetime
    said_at: datetime
    last: int


class Line(_Part):
    """One line of a conversation; an answer comes with what it is made of."""

    line: int
    speaker: str
    text: str
    said_at: datetime
    blocks: tuple[Block, ...] = ()


class Thread(_Part):
    """A conversation, or a part of it, oldest line first.

    Attributes:
        before: Before this line there are older ones, to be read with it as `before`; None where
            the first of them is shown.
    """

    session: str
    title: str
    lines: tuple[Line, ...]
    before: int | None = None
    retention: str = RETENTION


def list_threads(
    session: Session,
    person_id: str,
    words: str | None = None,
    limit: int = 30,
    before: int | None = None,
) -> list[ThreadLine]:
    """A person's conversations, the newest first.

    Args:
        session: A read transaction.
        person_id: Whose; nobody else's are ever read.
        words: Only those in which these words were said, by either side.
        limit: How many at most: a page, or one more to learn whether another follows.
        before: The `last` of the line a page goes on behind.

    Raises:
        BadInput: The limit cannot be used.
    """
    if not 1 <= limit <= _MAX_PAGE + 1:
        raise BadInput(f"a page holds 1 to {_MAX_PAGE} conversations")
    own = ChatMessage.person_id == person_id
    last = func.max(ChatMessage.seq)
    query = select(
        ChatMessage.thread_id,
        func.min(ChatMessage.seq),
        last,
        func.count(),
        func.min(ChatMessage.said_at),
        func.max(ChatMessage.said_at),
    ).where(own)
    if words and words.strip():
        said = func.lower(ChatMessage.body).contains(words.strip().lower(), autoescape=True)
        query = query.where(
            ChatMessage.thread_id.in_(select(ChatMessage.thread_id).where(own, said))
        )
    query = query.group_by(ChatMessage.thread_id)
    if before is not None:
        query = query.having(last < before)
    rows = session.execute(query.order_by(last.desc()).limit(limit)).all()
    firsts = select(ChatMessage.seq, ChatMessage.body).where(
        ChatMessage.seq.in_([row[1] for row in rows])
    )
    titles = {seq: body for seq, body in session.execute(firsts)}
    return [
        ThreadLine(
            session=row[0].split(":", 2)[2],
            title=_title(titles[row[1]]),
            last=row[2],
            lines=row[3],
            started_at=row[4],
            said_at=row[5],
        )
        for row in rows
    ]


def read_thread(
    session: Session,
    person_id: str,
    name: str,
    after: int = 0,
    before: int | None = None,
    limit: int | None = MAX_LINES,
) -> Thread:
    """A conversation, or the newest lines of a part of it.

    Args:
        session: A read transaction.
        person_id: Whose; nobody else's are ever read.
        name: Which of theirs.
        after: Only lines behind this one.
        before: Only lines before this one.
        limit: How many at most; None for all.

    Raises:
        NotFound: The person has no such conversation.
    """
    thread = thread_of(person_id, name)
    where = (ChatMessage.thread_id == thread, ChatMessage.person_id == person_id)
    first = session.scalars(select(ChatMessage).where(*where).order_by(ChatMessage.seq)).first()
    if first is None:
        raise NotFound(f"you have no conversation {name!r}")
    query = select(ChatMessage).where(*where, ChatMessage.seq > after)
    if before is not None:
        query = query.where(ChatMessage.seq < before)
    # One more than is shown: it tells whether there are older ones.
    newest = query.order_by(ChatMessage.seq.desc()).limit(None if limit is None else limit + 1)
    rows = session.scalars(newest).all()
    lines = tuple(_line(row) for row in reversed(rows[:limit]))
    older = lines[0].line if lines and len(rows) > len(lines) else None
    return Thread(session=name, title=_title(first.body), lines=lines, before=older)


def _line(row: ChatMessage) -> Line:
    blocks = read_blocks(row.blocks)
    if not blocks and row.role != PERSON:
        blocks = (TextBlock(text=row.body),)
    return Line(
        line=row.seq or 0, speaker=row.role, text=row.body, said_at=row.said_at, blocks=blocks
    )


def _title(first: str) -> str:
    plain = " ".join(first.split())
    return plain if len(plain) <= _TITLE else f"{plain[: _TITLE - 3]}..."


def as_markdown(thread: Thread, person: str) -> str:
    """A conversation as a document: who said what, with tables, drafts and sources."""
    parts = [f"# {thread.title}", f"Conversation `{thread.session}` of {person}. {RETENTION}"]
    for line in thread.lines:
        who = person if line.speaker == PERSON else "Assistant"
        parts.append(f"## {who}, {line.said_at:%Y-%m-%d %H:%M} UTC")
        if line.speaker == PERSON:
            parts.append(_quoted(line.text))
            continue
        for block in line.blocks:
            parts += block_markdown(block)
    return "\n\n".join(parts) + "\n"


def block_markdown(block: Block) -> Iterable[str]:
    """A block as parts of a document; a chart is its points."""
    match block:
        case TextBlock():
            yield block.text
            if block.citations:
                told = ", ".join(f"{c.figure} ({c.kind} {c.id})" for c in block.citations)
                yield f"Sources: {told}"
        case TableBlock():
            rows = [block.heads, tuple("---:" if n else "---" for n in block.numeric)]
            rows += [tuple(cell.text for cell in row) for row in block.rows]
            body = "\n".join(f"| {' | '.join(_table_cell(c) for c in row)} |" for row in rows)
            yield f"**{block.title}**\n\n{body}"
        case DraftBlock():
            yield f"**{block.title}**\n\n{_quoted(f'{block.subject}{chr(10) * 2}{block.body}')}"
        case ChartBlock():
            points = "\n".join(f"| {p.label} | {p.value} {block.unit} |" for p in block.points)
            yield f"**{block.title}**\n\n| | |\n| --- | ---: |\n{points}"
        case AccountCard():
            lines = "\n".join(f"- {each.label}: {each.value.text}" for each in block.lines)
            yield f"**{block.name} ({block.account_number})**\n\n{lines}"
        case InboxLink():
            yield f"Request `{block.proposal_id}`: {block.says}."


def _table_cell(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
