"""What a person says to a lesson, and what follows from a yes.

A letter goes into the policies folder of the home as an edit like any other: it is used once the
change of the policy is approved. An exemplar can be found among what we know.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import orjson
from sqlmodel import Session

from ledger.errors import Conflict, NotFound, Refused
from ledger.journal import audit
from ledger.tables.inbound import Lesson
from policies.letter_template import LetterTemplate
from policies.schema import Policy
from tools.authority import Decider
from tools.lessons import changed_letter, letter_diff, letter_file, trials_of
from tools.letter_save import check_trials, keep_letter, next_version

APPROVERS = frozenset({"compliance", "legal", "finance_lead"})


@dataclass(frozen=True, slots=True)
class Said:
    """Who decides a lesson, and when."""

    decider: Decider
    on: date
    now: datetime


def get_lesson(session: Session, lesson_id: str) -> Lesson:
    """A lesson by its id.

    Raises:
        NotFound: There is none.
    """
    lesson = session.get(Lesson, lesson_id)
    if lesson is None:
        raise NotFound(f"no lesson {lesson_id!r}; `dunwell lessons list` shows those there are")
    return lesson


def lesson_letter(lesson: Lesson, policy: Policy, by: str, on: date) -> LetterTemplate:
    """The letter a lesson asks for, made anew from the letter as it stands.

    Raises:
        Conflict: The letter is another by now, so that this is not the change that was shown.
    """
    told = orjson.loads(lesson.examples)
    old = next((each for each in policy.letters if each.name == lesson.subject), None)
    if old is None:
        raise Conflict(f"there is no {lesson.subject} any more; reject this lesson")
    new = changed_letter(old, told["old"], told["new"])
    if letter_diff(old, new) != lesson.diff:
        raise Conflict(f"{lesson.subject} has changed since; reject this lesson and find anew")
    return new.model_copy(update={"approved_by": by, "approved_on": on})


def decide(session: Session, lesson: Lesson, said: Said, *, says_yes: bool) -> None:
    """Record what a person says to a lesson.

    Raises:
        Conflict: Somebody decided before.
        Refused: The person may not, or would approve their own edit.
    """
    _check(lesson, said, says_yes)
    lesson.state = "approved" if says_yes else "rejected"
    lesson.decided_by, lesson.decided_on = said.decider.person_id, said.on
    session.add(lesson)
    session.flush()
    kind = f"lesson_{lesson.state}"
    audit(session, said.now, kind, lesson.id, lesson.decided_by, subject=lesson.subject)


def _check(lesson: Lesson, said: Said, says_yes: bool) -> None:
    """Refuse whoever may not decide a lesson, or decides what is decided."""
    decider = said.decider
    if lesson.state != "proposed":
        raise Conflict(f"{lesson.id} was {lesson.state} by {lesson.decided_by}")
    if not APPROVERS & set(decider.roles):
        raise Refused(f"{decider.name} may not decide lessons: it takes {_either(APPROVERS)}")
    if says_yes and orjson.loads(lesson.examples)["people"] == [decider.person_id]:
        raise Refused(f"{lesson.id} was learned from edits of {decider.name}; another must approve")


def _either(roles: frozenset[str]) -> str:
    return " or ".join(sorted(roles))


def approve_letter(
    session: Session, lesson: Lesson, said: Said, files: Policy, policies: Path
) -> Path:
    """Write the letter of a lesson into a policies folder, as a change that waits for its yes.

    Args:
        session: A writing session.
        lesson: A proposed change of a letter.
        said: Who approves.
        files: What the policy files of the home say.
        policies: Their folder.

    Raises:
        Conflict: The letter has changed since.
        BadInput: It does not pass its trial today.
    """
    _check(lesson, said, says_yes=True)
    letter = lesson_letter(lesson, files, said.decider.person_id, said.on)
    name = letter.name.rpartition("/")[2]
    new = next_version(letter_file(letter), name, letter.language, files)
    check_trials(new, trials_of(session, new.template, files, said.on))
    decide(session, lesson, said, says_yes=True)
    return keep_letter(new, policies)
