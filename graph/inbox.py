"""The approval inbox, one for every door: command line, API and pages do nothing beside it.

A decision is committed first and the paused graph goes on after that, so a crash in between
leaves a decided proposal for the sweep, never a half-done one.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from agents.content_check import read_claims
from graph.deps import Deps
from graph.resume import open_threads, resume
from graph.seen import whole_of
from ledger.errors import BadInput, Refused
from ledger.ids import make_id
from ledger.journal import get_proposal, waiting_proposals
from ledger.queries.inbox import (
    MAX_PAGE,
    Position,
    QueueFilter,
    queue_length,
    queue_page,
    successor_of,
)
from ledger.states import DecisionVerb, ProposalState
from ledger.tables.work import Person, Proposal
from tools import decisions
from tools.authority import Decider
from tools.inbox_cards import Card, QueueLine, build_card, queue_line

if TYPE_CHECKING:
    from graph.bootstrap import House


class QueuePage(BaseModel):
    """A page of the queue; `next` is the cursor of the one behind it, None on the last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: tuple[QueueLine, ...]
    count: int
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
    """

    house: "House"
    deps: Deps
    decider: Decider | None = None
    dispatch: Callable[[date], object] | None = None

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
        after = _read_cursor(cursor) if cursor else None
        with self.deps.ledger.read() as session:
            rows = queue_page(session, wanted, self.deps.as_of, limit + 1, after)
            count = queue_length(session, wanted, self.deps.as_of)
            lines = tuple(queue_line(row[0], row[1], row[2], self.deps.as_of) for row in rows)
        more = len(lines) > limit
        last = rows[limit - 1][0] if more else None
        following = _write_cursor(last) if last is not None else None
        return QueuePage(lines=lines[:limit], count=count, next=following)

    def show(self, proposal_id: str) -> Card:
        """The card of a request, by id or an unambiguous beginning of it."""
        with self.deps.ledger.read() as session:
            proposal = get_proposal(session, proposal_id)
            deps = self.deps
            return build_card(session, proposal, deps.policy, deps.as_of, deps.now)

    def approve(self, proposal_id: str, seen_digest: str | None = None, choose: int = 1) -> Outcome:
        """Say yes to exactly what was shown, or to another of the ways the card lists."""
        deps = self.deps
        return self._decide(
            "approve",
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
            "edit",
            proposal_id,
            lambda session, key, who: decisions.edit(
                session, key, who, changes, deps.policy, deps.as_of, deps.now, claims
            ),
        )

    def reject(self, proposal_id: str, reason: str) -> Outcome:
        """Say no, with a reason."""
        return self._decide(
            "reject",
            proposal_id,
            lambda session, key, who: decisions.reject(session, key, who, reason, self.deps.now),
        )

    def answer(self, proposal_id: str, note: str) -> Outcome:
        """Send it back to the role with a note, which prepares the case again."""
        done = self._decide(
            "answer",
            proposal_id,
            lambda session, key, who: decisions.send_back(session, key, who, note, self.deps.now),
        )
        try:
            new = prepare_again(self.house, self.deps, done.proposal_id, note)
        except Exception as error:  # noqa: BLE001 - the case edge: the decision stands, the night drafts anew
            told = f"could not be prepared again now ({type(error).__name__}); the next night will"
            return done.model_copy(update={"happened": told})
        told = f"prepared again as {', '.join(new)}" if new else "prepared again; nothing to ask"
        return done.model_copy(update={"happened": told, "new_proposal_ids": new})

    def snooze(self, proposal_id: str, until: date) -> Outcome:
        """Put it aside until a date."""
        deps = self.deps
        return self._decide(
            "snooze",
            proposal_id,
            lambda session, key, who: decisions.snooze(
                session, key, who, until, deps.as_of, deps.now
            ),
        )

    def assign(self, proposal_id: str, assignee: str) -> Outcome:
        """Give it to a colleague."""
        return self._decide(
            "assign",
            proposal_id,
            lambda session, key, who: decisions.assign(session, key, who, assignee, self.deps.now),
        )

    def _decide(
        self,
        verb: str,
        proposal_id: str,
        decide: Callable[[Session, str, Decider], decisions.Decided],
    ) -> Outcome:
        """Commit a decision, let the paused graph go on, pause what asks again."""
        if self.decider is None:
            raise Refused("say who decides; only a person of this home can")
        self.decider.check_may_decide(self.deps.policy)
        with self.deps.ledger.write() as session:
            proposal = get_proposal(session, proposal_id)
            decided = decide(session, proposal.id, self.decider)
        happened = ""
        if decided.resumes:
            happened = resume(self.house, self.deps, decided.proposal_id)
        new = self._follow(decided.proposal_id)
        settled = decided.proposal_id
        with self.deps.ledger.read() as session:
            state = get_proposal(session, settled).state
            chosen = get_proposal(session, new).state if new else None
        if new and chosen == ProposalState.DECIDED:
            happened, settled, state = resume(self.house, self.deps, new), new, chosen
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


def prepare_again(house: "House", deps: Deps, proposal_id: str, note: str) -> tuple[str, ...]:
    """Let the role work the case once more, with what the reviewer said.

    Returns:
        Ids of the requests that came of it.
    """
    house, deps = whole_of(house), deps.over(deps.ledger.whole)
    with deps.ledger.read() as session:
        proposal = get_proposal(session, proposal_id)
        before = {row.id for row in waiting_proposals(session, proposal.account_id)}
    case_id = make_id("cas", proposal.account_id, proposal.role, "again", proposal.id)
    house.case_graph.invoke(
        {
            "case_id": case_id,
            "account_id": proposal.account_id,
            "role": proposal.role,
            "note": note,
            "run_id": proposal.run_id,
        },
        {"configurable": {"thread_id": f"case:{case_id}:{deps.as_of.isoformat()}"}},
        context=deps,
        durability="exit" if house.settings.model is None else "async",
    )
    with deps.ledger.read() as session:
        after = waiting_proposals(session, proposal.account_id)
        fresh = [(row.id, row.account_id) for row in after if row.id not in before]
        unpaused = [(r.id, r.account_id) for r in after if r.thread_id is None]
    open_threads(house, deps, unpaused)
    return tuple(row_id for row_id, _account in fresh)


def _write_cursor(last: Proposal) -> str:
    text = f"{last.priority_minor}:{last.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> Position:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        minor, _, proposal_id = base64.urlsafe_b64decode(padded).decode().partition(":")
        return Position(int(minor), proposal_id)
    except (binascii.Error, ValueError):
        raise BadInput("this is not a cursor; take `next` of the page before") from None
