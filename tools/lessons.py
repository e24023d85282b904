"""What people's edits teach: a proposed change with its examples, which a person approves.

Nothing is learned by itself. A change that several edits make alike becomes a diff of the letter;
an edited answer that was approved becomes an exemplar without names and amounts. Both wait here.
"""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from guardrails.tone.score import score_tone
from ledger.actions import AnswerQuery, MessageAction, read_action
from ledger.errors import ArError, Conflict
from ledger.facts import AccountFacts, unpack_facts
from ledger.ids import make_id
from ledger.journal import insert_new
from ledger.states import DecisionVerb, ProposalState
from ledger.tables.inbound import Lesson
from ledger.tables.work import Decision, Proposal, Snapshot
from policies.letter_template import LetterTemplate
from policies.schema import Policy
from tools.letter_choice import choose_cases
from tools.letter_trial import Trial, try_template
from tools.letters import LetterError, render_letter
from tools.slotted import slotted

MANY_EDITS, MANY_PEOPLE, ALONE = 3, 2, 5
_LONGEST = 300
_SHOWN = 5
_CLOSE = 5  # words and the spaces between them
_TOKENS = re.compile(r"\S+|\s+")
_WORDS = re.compile(r"\w{3,}")
_NO_WORDS = re.compile(r"[\d{}%@]|://|www\.")


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of a letter by a person.

    Attributes:
        approved: Whether the edited words were approved and carried out.
    """

    decision_id: str
    by: str
    at: datetime
    account_id: str
    before: MessageAction
    after: MessageAction
    facts: AccountFacts
    approved: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Words of a template, and what people put in their place."""

    template: LetterTemplate
    old: str
    new: str


def find_lessons(session: Session, policy: Policy, as_of: date) -> list[str]:
    """Propose what the edits so far teach; returns the ids of what is new.

    Args:
        session: A writing session.
        policy: What the policy files say: a letter is changed as it stands there.
        as_of: The business date.
    """
    edits = list(_edits(session))
    rows = [*_letter_lessons(session, edits, policy, as_of), *_exemplars(edits, policy, as_of)]
    known = set(session.scalars(select(Lesson.id).where(Lesson.id.in_([r["id"] for r in rows]))))
    fresh = {row["id"]: row for row in rows if row["id"] not in known}
    insert_new(session, Lesson, list(fresh.values()))
    return list(fresh)


def _edits(session: Session) -> Iterator[Edit]:
    """Every edit of a letter's words, with what became of it."""
    after = aliased(Proposal)
    rows = session.execute(
        select(
            Decision.id,
            Decision.decided_by,
            Decision.decided_at,
            Decision.edit,
            Proposal.account_id,
            Proposal.action,
            Snapshot.facts,
            after.state,
        )
        .join(Proposal, Proposal.id == Decision.proposal_id)
        .join(Snapshot, Snapshot.hash == Proposal.facts_hash)
        .outerjoin(after, after.supersedes_id == Proposal.id)
        .where(Decision.verb == DecisionVerb.EDIT, Decision.edit != "", Decision.reason == "")
        .order_by(Decision.decided_at, Decision.id)
    )
    for key, by, at, edit, account_id, action, packed, state in rows:
        before, changed = read_action(action), read_action(edit)
        if isinstance(before, MessageAction) and isinstance(changed, MessageAction):
            if changed.body is None or changed.template_id != before.template_id:
                continue
            done = state == ProposalState.EXECUTED
            facts = unpack_facts(packed)
            yield Edit(key, by, at, account_id, before, changed, facts, done)


def _letter_lessons(
    session: Session, edits: Sequence[Edit], policy: Policy, as_of: date
) -> Iterator[dict[str, Any]]:
    found: dict[Change, dict[str, Edit]] = {}
    for edit in edits:
        for change in _changes(edit, policy):
            found.setdefault(change, {})[edit.decision_id] = edit
    for change, making in found.items():
        people = {edit.by for edit in making.values()}
        if len(making) < (MANY_EDITS if len(people) >= MANY_PEOPLE else ALONE):
            continue
        new = changed_letter(change.template, change.old, change.new)
        told = {"old": change.old, "new": change.new, "people": sorted(people)}
        told["edits"] = [
            {"decision": e.decision_id, "by": e.by, "on": e.at.date(), "account": e.account_id}
            for e in list(making.values())[:_SHOWN]
        ]
        yield _row(
            "letter",
            change.template.name,
            letter_diff(change.template, new),
            told,
            {
                "edits": len(making),
                "before": _tried(session, change.template, policy, as_of),
                "after": _tried(session, new, policy, as_of),
            },
            as_of,
        )


def _changes(edit: Edit, policy: Policy) -> Iterator[Change]:
    """What an edit changes in the words of its template, where these can be found in it."""
    before = edit.before
    template = policy.letter_for(
        before.template_id, before.language, before.channel, edit.facts.segment
    )
    if template is None or before.wording != "template":
        return
    try:
        letter = render_letter(before, edit.facts, policy)
    except ArError:
        return  # what it was about is gone from the policy in force
    names = [edit.facts.name, *(contact.name for contact in edit.facts.contacts)]
    theirs = {word.casefold() for name in names for word in _WORDS.findall(name)}
    theirs -= {word.casefold() for word in _WORDS.findall(template.body)}
    for old, new in _differences(letter.body, edit.after.body or "", template.body):
        if theirs.isdisjoint(word.casefold() for word in _WORDS.findall(new)):
            yield Change(template, old, new)


def _differences(before: str, after: str, template: str) -> Iterator[tuple[str, str]]:
    """Words put in place of others, with as much around them as finds them once in a template."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    for i1, i2, j1, j2 in _spans(old, new):
        for left, right in ((0, 0), (2, 0), (0, 2), (2, 2), (4, 4)):
            a, z = max(0, i1 - left), min(len(old), i2 + right)
            words = "".join(old[a:z])
            put = "".join([*old[a:i1], *new[j1:j2], *old[i2:z]])
            usable = words.strip() and not _NO_WORDS.search(words + put)
            if usable and len(put) <= _LONGEST and template.count(words) == 1:
                yield words, put
                break


def _spans(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Where two lists of words differ; what lies close together is one change."""
    spans: list[tuple[int, int, int, int]] = []
    opcodes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for tag, i1, i2, j1, j2 in opcodes:
        if tag == "equal":
            continue
        if spans and i1 - spans[-1][1] <= _CLOSE:
            first = spans.pop()
            spans.append((first[0], i2, first[2], j2))
        else:
            spans.append((i1, i2, j1, j2))
    return spans


def changed_letter(template: LetterTemplate, old: str, new: str) -> LetterTemplate:
    """A letter with other words, under the next version, approved by nobody yet.

    Raises:
        Conflict: The words to change are not there once.
    """
    if template.body.count(old) != 1:
        raise Conflict(f"{template.name} no longer holds {old!r} once; reject this lesson")
    return template.model_copy(
        update={
            "body": template.body.replace(old, new),
            "version": template.version + 1,
            "approved_by": "",
            "approved_on": None,
        }
    )


def letter_file(letter: LetterTemplate) -> bytes:
    """A letter as its file."""
    said = letter.model_dump(mode="json", exclude={"id", "language", "body"}, exclude_none=True)
    head = "".join(f"{key}: {value}\n" for key, value in said.items() if value != "")
    return f"{head}\n{letter.body}".encode()


def letter_diff(old: LetterTemplate, new: LetterTemplate) -> str:
    """The words of two letters as a unified diff."""
    return _diff(old.body, new.body, old.name)


def _diff(old: str, new: str, name: str) -> str:
    lines = (text.splitlines(keepends=True) for text in (old, new))
    return "".join(difflib.unified_diff(*lines, fromfile=name, tofile=name))


def _tried(
    session: Session, letter: LetterTemplate, policy: Policy, as_of: date
) -> dict[str, object]:
    """How a letter does in real cases of this home: faults the gate finds, and its tone."""
    try:
        trials = trials_of(session, letter, policy, as_of)
    except ArError as error:
        return {"tried": 0, "faults": [error.message]}
    texts = [f"{t.letter.subject}\n{t.letter.body}" for t in trials if t.letter is not None]
    tones = [score_tone(text, language=letter.language) for text in texts]
    count = len(tones) or 1
    return {
        "tried": len(trials),
        "faults": sorted({fault for trial in trials for fault in trial.faults}),
        "courtesy": round(sum(tone.courtesy for tone in tones) / count, 1),
        "firmness": round(sum(tone.firmness for tone in tones) / count, 1),
        "violations": sorted({tag for tone in tones for tag in tone.tags}),
    }


def trials_of(
    session: Session, letter: LetterTemplate, policy: Policy, as_of: date
) -> tuple[Trial, ...]:
    """A letter in real cases of this home."""
    return try_template(letter, choose_cases(session, letter, policy, as_of), policy)


def _exemplars(edits: Sequence[Edit], policy: Policy, as_of: date) -> Iterator[dict[str, Any]]:
    """Edited answers that were approved, with slots where names, numbers and amounts stood."""
    for edit in edits:
        if not edit.approved or not isinstance(edit.after, AnswerQuery):
            continue
        try:
            was = render_letter(edit.before, edit.facts, policy).body
        except LetterError:
            was = ""
        before, after = (
            slotted(text, edit.facts, edit.after, policy) for text in (was, edit.after.body or "")
        )
        subject = f"{edit.after.template_id}/{edit.after.language}"
        told = {
            "text": after,
            "people": [edit.by],
            "edits": [{"decision": edit.decision_id, "by": edit.by, "on": edit.at.date()}],
        }
        results = {"before": _tone(before, edit), "after": _tone(after, edit)}
        yield _row("exemplar", subject, _diff(before, after, subject), told, results, as_of)


def _tone(text: str, edit: Edit) -> dict[str, object]:
    tone = score_tone(text, language=edit.after.language)
    return {"courtesy": tone.courtesy, "firmness": tone.firmness, "violations": list(tone.tags)}


def _row(
    kind: str, subject: str, diff: str, examples: object, results: object, on: date
) -> dict[str, Any]:
    return {
        "id": make_id("lsn", kind, subject, diff),
        "kind": kind,
        "subject": subject,
        "diff": diff,
        "examples": orjson.dumps(examples).decode(),
        "results": orjson.dumps(results).decode(),
        "state": "proposed",
        "proposed_on": on,
        "decided_by": "",
        "decided_on": None,
    }
