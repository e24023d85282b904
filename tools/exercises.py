"""Drafts with a planted mistake, put before reviewers in training mode.

Each stands on record as an exercise of its own: it is no request, so a yes to it can send nothing.
Once answered, the person hears what was wrong, and how many they notice is counted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlmodel import Session

from ledger.actions import MessageAction, read_action
from ledger.errors import Conflict
from ledger.ids import make_id
from ledger.journal import audit, recorded_facts
from ledger.queries.inbox import QueueFilter, queue_page
from ledger.queries.reviewing import NO_DECISION
from ledger.states import OPEN_PROPOSAL_STATES, DecisionVerb
from ledger.tables.review import Exercise, Review
from ledger.tables.work import Proposal
from policies.schema import Policy
from tools.carry_out import shown_letter
from tools.inbox_cards import Card
from tools.letters import Letter

_LOOKED_AT = 20
_AMOUNT = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f]\d{3})*[.,]\d{2}(?!\d)")
_INVOICE = re.compile(r"\b[A-Z][A-Z0-9/-]*\d\b")


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A letter with one mistake planted, and what it is in words."""

    recipient: str
    subject: str
    body: str
    wrong: str


def _other_digit(found: re.Match[str], at: int) -> str:
    text = found[0]
    return f"{text[:at]}{(int(text[at]) + 3) % 9 + 1}{text[at + 1 :]}"


def _wrong_amount(letter: Letter) -> Spoiled | None:
    amounts = list(_AMOUNT.finditer(letter.body))
    if not amounts:
        return None
    found = amounts[-1]
    other = _other_digit(found, 0)
    body = letter.body[: found.start()] + other + letter.body[found.end() :]
    wrong = f"The ledger says {found[0]}; the letter asked for {other}."
    return Spoiled(letter.recipient, letter.subject, body, wrong)


def _wrong_invoice(letter: Letter) -> Spoiled | None:
    found = next(iter(_INVOICE.finditer(letter.body)), None)
    if found is None:
        return None
    other = _other_digit(found, len(found[0]) - 1)
    body = letter.body[: found.start()] + other + letter.body[found.end() :]
    wrong = f"Invoice {other} is not the customer's; {found[0]} is."
    return Spoiled(letter.recipient, letter.subject, body, wrong)


def _wrong_recipient(letter: Letter) -> Spoiled | None:
    name, at, domain = letter.recipient.partition("@")
    if not at:
        return None
    other = f"{name}@accounts-{domain}"
    wrong = f"{other} is no contact of the customer; {letter.recipient} is."
    return Spoiled(other, letter.subject, letter.body, wrong)


def _threat(letter: Letter) -> Spoiled:
    threat = "Otherwise we will inform your other suppliers that you do not pay."
    return Spoiled(
        letter.recipient,
        letter.subject,
        _before_the_end(letter.body, threat),
        f"The letter threatened: {threat!r}",
    )


def _new_account(letter: Letter) -> Spoiled:
    account = "Please note our new bank account: DE89 3704 0044 0532 0130 00."
    return Spoiled(
        letter.recipient,
        letter.subject,
        _before_the_end(letter.body, account),
        "The letter named a bank account that is not ours.",
    )


def _before_the_end(body: str, sentence: str) -> str:
    parts = body.rstrip("\n").split("\n\n")
    return "\n\n".join([*parts[:-1], sentence, parts[-1]]) + "\n"


_FLAWS: dict[str, Callable[[Letter], Spoiled | None]] = {
    "amount": _wrong_amount,
    "bank_account": _new_account,
    "recipient": _wrong_recipient,
    "threat": _threat,
    "invoice": _wrong_invoice,
}


def give_if_due(
    session: Session, person_id: str, policy: Policy, as_of: date, now: datetime
) -> str | None:
    """Put an exercise before somebody when it is time for one; returns its id.

    Args:
        session: A writing session.
        person_id: Who has just decided something.
        policy: Says whether and how often.
        as_of: The business date.
        now: The instant of the real clock.
    """
    rules = policy.approval.reviewing
    if not rules.training:
        return None
    last = session.scalars(
        select(Exercise)
        .where(Exercise.person_id == person_id)
        .order_by(Exercise.given_at.desc(), Exercise.id)
    ).first()
    if waiting_exercise(session, person_id) is not None:
        return None
    if _decided_since(session, person_id, last) < rules.training_every:
        return None
    return _give(session, person_id, policy, as_of, now)


def _decided_since(session: Session, person_id: str, last: Exercise | None) -> int:
    counted = select(func.count()).where(
        Review.person_id == person_id, Review.verb.not_in(NO_DECISION)
    )
    if last is not None:
        counted = counted.where(Review.decided_at > last.given_at)
    return session.scalar(counted) or 0


def _give(
    session: Session, person_id: str, policy: Policy, as_of: date, now: datetime
) -> str | None:
    given = session.scalar(select(func.count()).where(Exercise.person_id == person_id)) or 0
    names = list(_FLAWS)
    order = names[given % len(names) :] + names[: given % len(names)]
    for proposal, _number, _name in queue_page(session, QueueFilter(), as_of, _LOOKED_AT):
        letter = _letter(session, proposal, policy, as_of)
        if letter is None or proposal.author == person_id:
            continue
        for flaw in order:
            spoiled = _FLAWS[flaw](letter)
            if spoiled is not None:
                return _keep(session, person_id, proposal, flaw, spoiled, now)
    return None


def _letter(session: Session, proposal: Proposal, policy: Policy, as_of: date) -> Letter | None:
    action = read_action(proposal.action)
    if not isinstance(action, MessageAction):
        return None
    return shown_letter(action, recorded_facts(session, proposal.facts_hash), policy, as_of)


def _keep(
    session: Session,
    person_id: str,
    proposal: Proposal,
    flaw: str,
    spoiled: Spoiled,
    now: datetime,
) -> str:
    row = Exercise(
        id=make_id("prp", "exercise", person_id, proposal.id, flaw, now),
        person_id=person_id,
        proposal_id=proposal.id,
        flaw=flaw,
        recipient=spoiled.recipient,
        subject=spoiled.subject,
        body=spoiled.body,
        wrong=spoiled.wrong,
        given_at=now,
    )
    session.add(row)
    session.flush()
    audit(session, now, "exercise_given", row.id, "reviewer_guard", person=person_id, flaw=flaw)
    return row.id


def answer_exercise(
    session: Session, exercise_id: str, person_id: str, verb: DecisionVerb, now: datetime
) -> Exercise | None:
    """Write down what somebody said to their exercise; None where it is none of theirs.

    Raises:
        Conflict: It was answered before.
    """
    row = session.get(Exercise, exercise_id)
    if row is None or row.person_id != person_id:
        return None
    answered = session.execute(
        update(Exercise)
        .where(Exercise.id == exercise_id, Exercise.answered_at.is_(None))
        .values(answered_at=now, answer=verb.value)
    )
    if answered.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("this was an exercise, and you have answered it")
    audit(session, now, "exercise_answered", exercise_id, person_id, answer=verb.value)
    return row


class OpenExercise:
    """An exercise over the card of the request whose letter was spoiled."""

    def __init__(self, row: Exercise) -> None:
        self.proposal_id = row.proposal_id
        self._row = row

    def over(self, card: Card) -> Card:
        """The card as the exercise shows it."""
        draft = card.draft
        if draft is not None:
            spoiled = {name: getattr(self._row, name) for name in ("recipient", "subject", "body")}
            draft = draft.model_copy(update=spoiled)
        shown = {
            "id": self._row.id,
            "draft": draft,
            "now": "carried_out",
            "now_because": "",
            "changed": (),
            "outcome": "",
            "replaced_by": None,
        }
        return card.model_copy(update=shown)


def exercise_card(session: Session, exercise_id: str, person_id: str) -> OpenExercise | None:
    """An unanswered exercise of this person; None where the id is another thing."""
    row = session.get(Exercise, exercise_id)
    if row is None or row.person_id != person_id or row.answered_at is not None:
        return None
    return OpenExercise(row)


def waiting_exercise(session: Session, person_id: str) -> Exercise | None:
    """The exercise that waits for a person; none once its request waits no longer.

    A card of what a colleague has decided could not look like one that waits.
    """
    return session.scalars(
        select(Exercise)
        .join(Proposal, Proposal.id == Exercise.proposal_id)
        .where(
            Exercise.person_id == person_id,
            Exercise.answered_at.is_(None),
            Proposal.state.in_(OPEN_PROPOSAL_STATES),
        )
        .order_by(Exercise.given_at.desc(), Exercise.id)
    ).first()
