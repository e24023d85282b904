"""What a role is given to do: a case, or a colleague's question."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from agents.occasions import Occasion
from ledger.facts import AccountFacts

CASE, PERSON, ASSISTANT, LOOP = "case", "person", "assistant", "loop"
"""Names on the messages a model gets: who speaks."""


@dataclass(frozen=True, slots=True)
class Task:
    """The first message of a role's work.

    Attributes:
        speaker: `case` or `person`.
        text: A case as JSON, or the question.
        subject: One line that names it, for a hand-over.
        history: Earlier lines of a conversation, (speaker, text), oldest first.
    """

    speaker: str
    text: str
    subject: str
    history: tuple[tuple[str, str], ...] = ()

    @property
    def is_case(self) -> bool:
        """Whether it must end in an action."""
        return self.speaker == CASE


def case_task(facts: AccountFacts, occasions: Sequence[Occasion]) -> Task:
    """The task of preparing an account's occasions for a person."""
    case = {
        "account_number": facts.account_number,
        "name": facts.name,
        "as_of": facts.as_of,
        "occasions": [
            {"kind": each.kind, "detail": each.detail, "subject_id": each.subject_id}
            for each in occasions
        ],
    }
    told = "; ".join(each.detail for each in occasions)
    subject = f"{facts.name} ({facts.account_number}): {told}"
    return Task(CASE, orjson.dumps(case).decode(), subject)


def question_task(question: str, history: Sequence[tuple[str, str]] = ()) -> Task:
    """The task of answering a colleague."""
    return Task(PERSON, question, f"the question {question[:120]!r}", tuple(history))
