"""What differs between a letter and the draft before it, or the template it began as."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from sqlmodel import Session

from ledger.actions import MessageAction, ProposedAction, read_action
from ledger.journal import recorded_facts
from ledger.tables.work import Proposal
from policies.schema import Policy
from tools.carry_out import shown_letter
from tools.contract import Result

_WORDS = re.compile(r"\s+|[^\s]+")
MAX_COMPARED = 20_000


class Part(Result):
    """A stretch of text that stayed, went or came."""

    kind: Literal["same", "gone", "new"]
    text: str


class LetterChanges(Result):
    """How a letter differs from what it began as.

    Attributes:
        since: What it is compared with, in words.
        parts: Its text in order, with what went and what came; empty where nothing differs.
    """

    since: str
    parts: tuple[Part, ...]


def letter_changes(session: Session, proposal: Proposal, policy: Policy) -> LetterChanges | None:
    """The letter of a request beside the draft before it, else beside its template.

    Returns:
        None where the request is no letter, or nothing can be compared.
    """
    action = read_action(proposal.action)
    if not isinstance(action, MessageAction):
        return None
    text = _text(session, proposal, action, policy)
    since, before = _before(session, proposal, action, policy)
    if text is None or before is None:
        return None
    return LetterChanges(since=since, parts=compared(before, text))


def _before(
    session: Session, proposal: Proposal, action: MessageAction, policy: Policy
) -> tuple[str, str | None]:
    earlier = session.get(Proposal, proposal.supersedes_id) if proposal.supersedes_id else None
    if earlier is not None:
        since = f"the draft before it ({earlier.id}, by {earlier.author})"
        return since, _text(session, earlier, read_action(earlier.action), policy)
    template = f"the approved template {action.template_id!r}"
    if action.wording == "template":
        return f"{template}: word for word, only its slots are filled", _text(
            session, proposal, action, policy
        )
    values = action.model_dump() | {"wording": "template", "subject": None, "body": None}
    try:
        plain = type(action).model_validate(values)
    except ValueError:  # a letter of own words that no template could have begun
        return template, None
    return template, _text(session, proposal, plain, policy)


def _text(
    session: Session, proposal: Proposal, action: ProposedAction, policy: Policy
) -> str | None:
    if not isinstance(action, MessageAction):
        return None
    facts = recorded_facts(session, proposal.facts_hash)
    letter = shown_letter(action, facts, policy, proposal.created_on)
    return f"{letter.subject}\n\n{letter.body}"[:MAX_COMPARED] if letter else None


def compared(before: str, after: str) -> tuple[Part, ...]:
    """Two texts, line by line, and word by word where lines differ; empty where they are equal."""
    if before == after:
        return ()
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts: list[Part] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[i:j]), "".join(new[k:m])
        if tag == "equal":
            parts.append(Part(kind="same", text=came))
        else:
            parts += _by_word(gone, came)
    return tuple(parts)


def _by_word(gone: str, came: str) -> Iterator[Part]:
    old, new = _WORDS.findall(gone), _WORDS.findall(came)
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Part(kind="same", text="".join(new[k:m]))
            continue
        if i < j:
            yield Part(kind="gone", text="".join(old[i:j]))
        if k < m:
            yield Part(kind="new", text="".join(new[k:m]))
