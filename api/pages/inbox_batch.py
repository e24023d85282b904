"""A batch: what was picked is listed first, exceptions on top; then one yes decides each singly."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.pages.access import SignedIn, Visitor
from api.pages.forms import Sent, word, words
from api.pages.inbox_card import check_seen, shown_card, sign_seen
from api.pages.inbox_filter import wanted_back
from api.pages.render import page
from graph.inbox import Inbox, Outcome
from ledger.errors import ArError, BadInput
from ledger.states import DecisionVerb
from tools.batches import MAX_BATCH, Batch, BatchLine, batch_of
from tools.inbox_cards import Card

router = APIRouter(include_in_schema=False)
_PLANTED = "That was an exercise, a draft with a planted mistake; nothing was sent."


@router.post("/desk/inbox/batch")
def list_batch(request: Request, visitor: SignedIn, form: Sent) -> Response:
    """List what was picked, before anything is decided."""
    visitor.person.check_may_decide(visitor.house.policy)
    picked = list(dict.fromkeys(words(form, "pick")))
    if not picked:
        raise BadInput("tick at least one request first")
    if len(picked) > MAX_BATCH:
        raise BadInput(f"a batch holds {MAX_BATCH} requests at most, not {len(picked)}")
    batch = _batch(visitor, visitor.inbox(), picked)
    seen = {line.card.id: sign_seen(visitor, line.card) for line in batch.together}
    wanted = wanted_back(word(form, "back"))
    return page(request, "inbox/batch.html", visitor, batch=batch, seen=seen, wanted=wanted)


@router.post("/desk/inbox/batch/approve")
def approve_batch(request: Request, visitor: SignedIn, form: Sent) -> Response:
    """Approve what the list showed, each by its own digest; whatever moved stays in the queue."""
    visitor.person.check_may_decide(visitor.house.policy)
    picked = list(dict.fromkeys(words(form, "pick")))[:MAX_BATCH]
    inbox = visitor.inbox()
    batch = _batch(visitor, inbox, picked)
    approved: list[Outcome] = []
    left = [(line.card.id, line.card.brief.name, line.alone_because) for line in batch.exceptions]
    for place, line in enumerate(batch.together, start=1):
        card = line.card
        try:
            opened_at = check_seen(visitor, card, word(form, f"seen_{card.id}"))
            # Equal letters are read once: the guard times the look at the whole list.
            one = replace(inbox, opened_at=opened_at, same_look=place > 1)
            exercise = one.practise(card.id, DecisionVerb.APPROVE)
            if exercise is not None:
                told = f"{_PLANTED} {exercise.wrong}"
                left.append((exercise.proposal_id, card.brief.name, told))
                continue
            approved.append(one.approve(card.id, card.digest))
        except ArError as error:
            left.append((card.id, card.brief.name, error.message))
    wanted = wanted_back(word(form, "back"))
    return page(
        request, "inbox/batch_done.html", visitor, approved=approved, left=left, wanted=wanted
    )


def _batch(visitor: Visitor, inbox: Inbox, picked: list[str]) -> Batch:
    person = visitor.person
    shown = [shown_card(visitor, inbox, each) for each in picked]
    exercises = {real: card for real, card in shown if real is not None}
    # Parted as the request would be in whose place it stands.
    cards = [card.model_copy(update={"id": real or card.id}) for real, card in shown]
    with inbox.deps.ledger.read() as session:
        batch = batch_of(session, cards, person, inbox.deps.policy)
    return replace(
        batch,
        exceptions=_in_place(batch.exceptions, exercises),
        together=_in_place(batch.together, exercises),
    )


def _in_place(lines: tuple[BatchLine, ...], exercises: dict[str, Card]) -> tuple[BatchLine, ...]:
    return tuple(replace(line, card=exercises.get(line.card.id, line.card)) for line in lines)
