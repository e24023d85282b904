"""The approval inbox, one for every door: command line, API and pages do nothing beside it.

A decision is committed first and the paused graph goes on after that, so a crash in between
leaves a decided proposal for the sweep, never a half-done one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from agents.content_check import read_claims
from graph.deps import Deps
from graph.inbox_cursor import read_cursor, write_cursor
from graph.preparing import prepare_again
from graph.resume import open_threads, resume
from ledger.errors import BadInput, Refused
from ledger.journal import get_proposal
from ledger.queries.inbox import (
    MAX_PAGE,
    Position,
    QueueFilter,
    queue_length,
    queue_page,
    successor_of,
)
from ledger.states import DecisionVerb, ProposalState
from ledger.tables.review import Exercise
from ledger.tables.work import Person, Proposal
from tools import decisions, reviewer_guard, take_back
from tools.authority import Decider
from tools.delegation import substitutes
from tools.exercises import answer_exercise, give_if_due
from tools.inbox_cards import Card, QueueLine, build_card, queue_line

if TYPE_CHECKING:
    from graph.bootstrap import House


COUNTED_MOST = 1_000


class QueuePage(BaseModel):
    """A page of the queue; `next` is the cursor of the one behind it, None on the last.

    Attributes:
        count: How many requests fit, counted no further than a thousand.
        more: Whether there are more than were counted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: tuple[QueueLine, ...]
    count: int
    more: bool = False
    next: str | None


class Outcome(BaseModel):
    """What a decision led to.

    Attributes:
        says: What was decided, and what is still needed.
        happened: What the decision led to in the books, if it went on.
        new_proposal_ids: Requests that now wait in its place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    proposal_id: str
    decision_id: str
    verb: str
    state: str
    says: str
    happened: str
    new_proposal_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox of a home as one person sees it; without a person it can only be read.

    Attributes:
        dispatch: Called with the business date once something was carried out, so that an approved
            message leaves without waiting for the night.
        attended: Whether a person sits at it: the guard over reviewing watches them, and a message
            they approve can be taken back for a while.
        opened_at: When what they decide was put before them, where a page knows.
        same_look: Whether an equal request of a batch was just decided with the same look at it.
    """

    house: "House"
    deps: Deps
    decider: Decider | None = None
    dispatch: Callable[[date], object] | None = None
    attended: bool = True
    opened_at: datetime | None = None
    same_look: bool = False

    def list_waiting(
        self, wanted: QueueFilter, limit: int = 50, cursor: str | None = None
    ) -> QueuePage:
        """A page of requests, highest value first.

        Raises:
            BadInput: The limit or the cursor cannot be used.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise BadInput(f"a page holds 1 to {MAX_PAGE} requests, not {limit}")
        if wanted.min_minor is not None and wanted.currency is None:
            raise BadInput("a least value needs its currency")
        after = read_cursor(cursor) if cursor else None
        with self.deps.ledger.read() as session:
            rows = queue_page(session, wanted, self.deps.as_of, limit + 1, after)
            count = queue_length(session, wanted, self.deps.as_of, COUNTED_MOST + 1)
            lines = tuple(queue_line(row[0], row[1], row[2], self.deps.as_of) for row in rows)
        more = len(lines) > limit
        last = rows[limit - 1][0] if more else None
        following = write_cursor(last) if last is not None else None
        return QueuePage(
            lines=lines[:limit],
            count=min(count, COUNTED_MOST),
            more=count > COUNTED_MOST,
            next=following,
        )

    def show(self, proposal_id: str) -> Card:
        """The card of a request, by id or an unambiguous beginning of it."""
        with self.deps.ledger.read() as session:
            proposal = get_proposal(session, proposal_id)
            deps = self.deps
            return build_card(session, proposal, deps.policy, deps.as_of, deps.now)

    def beside(self, proposal_id: str, wanted: QueueFilter) -> tuple[str | None, str | None]:
        """The requests before and behind one in the queue."""
        with self.deps.ledger.read() as session:
            row = get_proposal(session, proposal_id)
            at = Position(row.priority_minor, row.id)
            pages = [
                queue_page(session, wanted, self.deps.as_of, 1, at, backwards=backwards)
                for backwards in (True, False)
            ]
        before, behind = (page[0][0].id if page else None for page in pages)
        return before, behind

    def load(self) -> reviewer_guard.Load:
        """How much the person has decided today, and what the guard says to it."""
        person, now = self._person(), self.house.system_clock.now()
        with self.deps.ledger.read() as session:
            return reviewer_guard.load_of(session, person.person_id, self.deps.policy, now)

    def try_edit(self, proposal_id: str, changes: dict[str, object]) -> decisions.Tried:
        """What an edit would come to, without keeping it."""
        deps = self.deps
        with deps.ledger.read() as session:
            proposal = get_proposal(session, proposal_id)
            return decisions.try_edit(session, proposal, changes, deps.policy, deps.as_of, deps.now)

    def approve(self, proposal_id: str, seen_digest: str | None = None, choose: int = 1) -> Outcome:
        """Say yes to exactly what was shown, or to another of the ways the card lists."""
        deps = self.deps
        return self._decide(
            DecisionVerb.APPROVE,
            proposal_id,
            lambda session, key, who: decisions.choose(
                session, key, who, choose, deps.policy, deps.as_of, deps.now, seen_digest
            ),
        )

    def edit(self, proposal_id: str, changes: dict[str, object]) -> Outcome:
        """Change it; the result is judged anew and waits for somebody else."""
        deps = self.deps
        subject, body = (str(changes.get(part, "")) for part in ("subject", "body"))
        # Asked before the transaction: a model may take its time, and nobody waits for it there.
        claims = read_claims(subject, body, deps.policy, deps.model) if subject or body else None
        return self._decide(
            DecisionVerb.EDIT,
            proposal_id,
            lambda session, key, who: decisions.edit(
                session, key, who, changes, deps.policy, deps.as_of, deps.now, claims
            ),
        )

    def reject(self, proposal_id: str, reason: str) -> Outcome:
        """Say no, with a reason."""
        return self._decide(
            DecisionVerb.REJECT,
            proposal_id,
            lambda session, key, who: decisions.reject(session, key, who, reason, self.deps.now),
        )

    def answer(self, proposal_id: str, note: str) -> Outcome:
        """Send it back to the role with a note, which prepares the case again."""
        done = self._decide(
            DecisionVerb.ANSWER,
            proposal_id,
            lambda session, key, who: decisions.send_back(session, key, who, note, self.deps.now),
        )
        try:
            by = self._person().person_id
            new = prepare_again(self.house, self.deps, done.proposal_id, note, by)
        except Exception as error:  # noqa: BLE001 - the case edge: the decision stands, the night drafts anew
            told = f"could not be prepared again now ({type(error).__name__}); the next night will"
            return done.model_copy(update={"happened": told})
        told = f"prepared again as {', '.join(new)}" if new else "prepared again; nothing to ask"
        return done.model_copy(update={"happened": told, "new_proposal_ids": new})

    def snooze(self, proposal_id: str, until: date) -> Outcome:
        """Put it aside until a date."""
        deps = self.deps
        return self._decide(
            DecisionVerb.SNOOZE,
            proposal_id,
            lambda session, key, who: decisions.snooze(
                session, key, who, until, deps.as_of, deps.now
            ),
        )

    def assign(self, proposal_id: str, assignee: str) -> Outcome:
        """Give it to a colleague, or to whoever stands in for them."""
        deps = self.deps
        return self._decide(
            DecisionVerb.ASSIGN,
            proposal_id,
            lambda session, key, who: decisions.assign(
                session, key, who, assignee, deps.policy, deps.as_of, deps.now
            ),
        )

    def practise(self, exercise_id: str, verb: DecisionVerb) -> Exercise | None:
        """Answer an exercise, which carries out nothing; None where the id is no exercise."""
        person, now = self._person(), self.house.system_clock.now()
        with self.deps.ledger.write() as session:
            if session.get(Exercise, exercise_id) is None:
                return None
            reviewer_guard.check(session, person.person_id, verb, self.deps.policy, now)
            found = answer_exercise(session, exercise_id, person.person_id, verb, now)
            word = self._noted(verb)
            reviewer_guard.note(session, person.person_id, exercise_id, word, now, self.opened_at)
        return found

    def undo(self, proposal_id: str) -> Outcome:
        """Take an approved message back before it leaves; its request asks again."""
        deps = self.deps
        return self._decide(
            DecisionVerb.UNDO,
            proposal_id,
            lambda session, key, who: take_back.take_back(
                session, key, who, deps.policy, deps.as_of, deps.now
            ),
        )

    def _person(self) -> Decider:
        if self.decider is None:
            raise Refused("say who decides; only a person of this home can")
        return self.decider

    def _decide(
        self,
        verb: DecisionVerb,
        proposal_id: str,
        decide: Callable[[Session, str, Decider], decisions.Decided],
    ) -> Outcome:
        """Commit a decision, let the paused graph go on, pause what asks again."""
        decided = self._commit(verb, proposal_id, decide)
        deps = self._holding() if verb is DecisionVerb.APPROVE else self.deps
        happened = ""
        if decided.resumes:
            happened = resume(self.house, deps, decided.proposal_id)
        new = self._follow(decided.proposal_id)
        settled = decided.proposal_id
        with self.deps.ledger.read() as session:
            state = get_proposal(session, settled).state
            chosen = get_proposal(session, new).state if new else None
        if new and chosen == ProposalState.DECIDED:
            happened, settled, state = resume(self.house, deps, new), new, chosen
            new = self._follow(settled)
            with self.deps.ledger.read() as session:
                state = get_proposal(session, settled).state
        if state == ProposalState.EXECUTED and self.dispatch is not None:
            self.dispatch(self.deps.as_of)
        return Outcome(
            proposal_id=settled,
            decision_id=decided.decision_id,
            verb=verb,
            state=state,
            says=decided.says,
            happened=happened,
            new_proposal_ids=(new,) if new else (),
        )

    def _commit(
        self,
        verb: DecisionVerb,
        proposal_id: str,
        decide: Callable[[Session, str, Decider], decisions.Decided],
    ) -> decisions.Decided:
        """One transaction: the guard's word, the decision, and a note that it was made."""
        person = self._person()
        person.check_may_decide(self.deps.policy)
        with self.deps.ledger.write() as session:
            proposal = get_proposal(session, proposal_id)
            given_to = proposal.assignee
            now = self.house.system_clock.now()
            if self.attended:
                reviewer_guard.check(session, person.person_id, verb, self.deps.policy, now)
            decided = decide(session, proposal.id, person)
            stands_in = substitutes(session, self.deps.as_of).get(given_to or "")
            within = given_to if stands_in == person.person_id else None
            if self.attended:
                word = self._noted(verb)
                reviewer_guard.note(
                    session, person.person_id, proposal.id, word, now, self.opened_at, within
                )
                give_if_due(session, person.person_id, self.deps.policy, self.deps.as_of, now)
        return decided

    def _noted(self, verb: DecisionVerb) -> str:
        """How the guard hears of a decision: of several with one look, only the first is timed."""
        return reviewer_guard.SAME_LOOK if self.same_look else verb

    def _holding(self) -> Deps:
        """Whoever approves at a desk can take the message back for as long as policy says."""
        seconds = self.deps.policy.approval.reviewing.undo_seconds if self.attended else 0
        if not seconds:
            return self.deps
        until = self.house.system_clock.now() + timedelta(seconds=seconds)
        return replace(self.deps, held_until=until)

    def _follow(self, proposal_id: str) -> str | None:
        """Pause the request that took this one's place."""
        with self.deps.ledger.read() as session:
            successor = successor_of(session, proposal_id)
            row = session.get(Proposal, successor) if successor else None
        if row is not None and row.thread_id is None:
            open_threads(self.house, self.deps, [(row.id, row.account_id)])
        return successor


def decider_of(house: "House", person_id: str) -> Decider:
    """A person of the home, as somebody who decides.

    Raises:
        Refused: Nobody has this id.
    """
    with house.ledger.read() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise Refused(
                f"nobody is called {person_id!r} here; `dunwell people list` shows who is"
            )
        return Decider.of(person)


def first_waiting(house: "House", wanted: int) -> list[tuple[str, str, DecisionVerb]]:
    """Requests one person could decide right now: (id, person, verb), an approval first."""
    deps = house.deps()
    inbox = Inbox(house, deps)
    found: list[tuple[str, str, DecisionVerb]] = []
    for line in inbox.list_waiting(QueueFilter(), MAX_PAGE).lines:
        card = inbox.show(line.id)
        alone = [
            person.id
            for person in card.authority.may_approve
            if all(
                deps.policy.approval.roles_of(person.roles) & set(r) for r in card.authority.missing
            )
        ]
        if alone and card.now == "carried_out":
            verb = DecisionVerb.REJECT if len(found) % 2 else DecisionVerb.APPROVE
            found.append((line.id, alone[0], verb))
        if len(found) == wanted:
            break
    return found
