"""Exercises in the inbox: each stands where its request would, and nothing tells them apart."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from api.pages.access import Visitor
from ledger.queries.inbox import QueueFilter
from tools.edit_fields import EditField
from tools.exercises import waiting_exercise
from tools.inbox_cards import Card, QueueLine
from tools.letter_changes import MAX_COMPARED, LetterChanges, compared


@dataclass(frozen=True, slots=True)
class InPlace:
    """Which exercise stands in which request's place for a person; none where both are empty."""

    exercise_id: str = ""
    proposal_id: str = ""

    def id_of(self, proposal_id: str | None) -> str | None:
        """What this person sees in the place of a request."""
        return self.exercise_id if self._hides(proposal_id) else proposal_id

    def opened(self, written: str) -> str:
        """What this person is shown for an id of an address, which may be cut short."""
        hides = bool(self.proposal_id) and self.proposal_id.startswith(written)
        return self.exercise_id if hides else written

    def lines(self, found: Iterable[QueueLine]) -> tuple[QueueLine, ...]:
        """Lines of the queue as this person sees them."""
        return tuple(
            line.model_copy(update={"id": self.exercise_id}) if self._hides(line.id) else line
            for line in found
        )

    def _hides(self, proposal_id: str | None) -> bool:
        return bool(self.proposal_id) and proposal_id == self.proposal_id


def in_place(visitor: Visitor) -> InPlace:
    """The exercise that waits for a person."""
    with visitor.house.deps().ledger.read() as session:
        row = waiting_exercise(session, visitor.person.person_id)
        return InPlace(row.id, row.proposal_id) if row else InPlace()


def beside(
    visitor: Visitor, proposal_id: str, wanted: QueueFilter
) -> tuple[str | None, str | None]:
    """What this person sees before and behind a request."""
    before, behind = visitor.inbox().beside(proposal_id, wanted)
    place = in_place(visitor)
    return place.id_of(before), place.id_of(behind)


def with_words_of(card: Card, fields: tuple[EditField, ...]) -> tuple[EditField, ...]:
    """The fields of an edit, beginning with the words the card shows."""
    if card.draft is None:
        return fields
    words = {"subject": card.draft.subject, "body": card.draft.body}
    return tuple(replace(each, value=words.get(each.name, each.value)) for each in fields)


def changes_of(card: Card, changes: LetterChanges | None) -> LetterChanges | None:
    """What differs between the draft before and the words the card shows."""
    if changes is None or card.draft is None or not changes.parts:
        return changes
    before = "".join(part.text for part in changes.parts if part.kind != "new")
    after = f"{card.draft.subject}\n\n{card.draft.body}"[:MAX_COMPARED]
    return changes.model_copy(update={"parts": compared(before, after)})
