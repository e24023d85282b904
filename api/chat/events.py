"""An answer as server-sent events: its words, what it is made of, its sources, the end.

Events are made from the answer as it was kept, so that a client that lost its connection gets the
same ones again behind the last id it saw. Words are streamed once their figures were checked.
"""

import re
from collections.abc import Iterator

from fastapi.sse import ServerSentEvent

from agents.answer_blocks import TextBlock
from api.problems import Problem, problem_of
from graph.threads import Line
from ledger.errors import ArError

_PIECE = re.compile(r"\S+\s*|\s+")
_WORDS_AN_EVENT = 4


def events_of(line: Line, after: int = 0) -> Iterator[ServerSentEvent]:
    """The events of an answer, without the first ones.

    Args:
        line: The answer.
        after: How many of its events the client has.
    """
    for place, (kind, data) in enumerate(_said(line), start=1):
        if place > after:
            yield ServerSentEvent(event=kind, data=data, id=f"{line.line}-{place}")


def _said(line: Line) -> Iterator[tuple[str, object]]:
    words = next((each for each in line.blocks if isinstance(each, TextBlock)), None)
    text = words.text if words else line.text
    pieces = _PIECE.findall(text)
    for start in range(0, len(pieces), _WORDS_AN_EVENT):
        yield "token", {"text": "".join(pieces[start : start + _WORDS_AN_EVENT])}
    for block in line.blocks:
        if not isinstance(block, TextBlock):
            yield "block", block.model_dump(mode="json")
    for citation in words.citations if words else ():
        yield "citation", citation.model_dump(mode="json")
    yield "done", {"line": line.line, "text": line.text}


def error_event(error: ArError, where: str) -> ServerSentEvent:
    """What went wrong, as the problem document it would have been."""
    told = Problem.model_validate_json(bytes(problem_of(error, where).body))
    return ServerSentEvent(event="error", data=told.model_dump(exclude_none=True))


def last_seen(header: str | None) -> tuple[int, int]:
    """The line and the event a client has seen last; the start where it says nothing of use."""
    found = re.fullmatch(r"(\d{1,12})-(\d{1,6})", header or "")
    return (int(found[1]), int(found[2])) if found else (0, 0)
