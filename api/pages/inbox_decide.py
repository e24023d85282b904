"""What a person says to a request on its card. Every deed is a POST with the form's token."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from api.pages.access import SignedIn, Visitor
from api.pages.forms import Sent, word, words
from api.pages.inbox_card import RequestId, card_page, check_seen, fields_of, shown_card
from api.pages.inbox_exercise import beside, with_words_of
from api.pages.inbox_filter import Wanted, wanted_back
from api.pages.render import done, fragment, page
from graph.inbox import Inbox, Outcome
from ledger.actions import ProposedAction, read_action
from ledger.errors import BadInput, Conflict, Refused
from ledger.journal import get_proposal
from ledger.queries.reviewing import names_of_people
from ledger.states import DecisionVerb
from tools.decisions import Tried, rejection
from tools.edit_fields import read_edit

router = APIRouter(include_in_schema=False)
Deed = Callable[[Inbox], Outcome]
ABOUT = "/desk/inbox/{proposal_id}"
_MAX_WORDS = 2000
_WORDS = ("reason", "note", "subject", "body", "summary")  # what people write themselves


@router.post(f"{ABOUT}/approve")
def approve(request: Request, visitor: SignedIn, proposal_id: RequestId, form: Sent) -> Response:
    """Say yes to exactly what the page showed."""
    visitor.person.check_may_decide(visitor.house.policy)
    inbox = visitor.inbox()
    _exercise, card = shown_card(visitor, inbox, proposal_id)
    if card.now == "closed":
        return _too_late(request, visitor, proposal_id, form, DecisionVerb.APPROVE, card.outcome)
    opened_at = check_seen(visitor, card, word(form, "seen"))
    inbox = replace(inbox, opened_at=opened_at)
    choose = _number(word(form, "choose", "1"))
    return _decide(
        request,
        visitor,
        proposal_id,
        form,
        DecisionVerb.APPROVE,
        lambda _inbox: inbox.approve(proposal_id, card.digest, choose),
    )


@router.post(f"{ABOUT}/reject")
def reject(request: Request, visitor: SignedIn, proposal_id: RequestId, form: Sent) -> Response:
    """Say no, with a reason."""
    code, said = word(form, "code"), word(form, "words")[:_MAX_WORDS]
    if not code:
        raise BadInput("choose a reason, so that the next draft is better")
    reason = rejection(code, said)
    return _decide(
        request,
        visitor,
        proposal_id,
        form,
        DecisionVerb.REJECT,
        lambda inbox: inbox.reject(proposal_id, reason),
    )


@router.post(f"{ABOUT}/answer")
def answer(request: Request, visitor: SignedIn, proposal_id: RequestId, form: Sent) -> Response:
    """Send it back to its role with a note."""
    note = word(form, "note")[:_MAX_WORDS]
    return _decide(
        request,
        visitor,
        proposal_id,
        form,
        DecisionVerb.ANSWER,
        lambda inbox: inbox.answer(proposal_id, note),
    )


@router.post(f"{ABOUT}/snooze")
def snooze(request: Request, visitor: SignedIn, proposal_id: RequestId, form: Sent) -> Response:
    """Put it aside until a date."""
    until = read_date(word(form, "until"))
    return _decide(
        request,
        visitor,
        proposal_id,
        form,
        DecisionVerb.SNOOZE,
        lambda inbox: inbox.snooze(proposal_id, until),
    )


@router.post(f"{ABOUT}/assign")
def assign(request: Request, visitor: SignedIn, proposal_id: RequestId, form: Sent) -> Response:
    """Give it to a colleague."""
    person = word(form, "person")
    return _decide(
        request,
        visitor,
        proposal_id,
        form,
        DecisionVerb.ASSIGN,
        lambda inbox: inbox.assign(proposal_id, person),
    )


@router.post(f"{ABOUT}/undo")
def undo(request: Request, visitor: SignedIn, proposal_id: RequestId, form: Sent) -> Response:
    """Take an approved message back before it leaves."""
    outcome = visitor.inbox().undo(proposal_id)
    back = wanted_back(word(form, "back"))
    at = outcome.new_proposal_ids[0] if outcome.new_proposal_ids else ""
    return done(request, f"/desk/inbox?{back.query(at=at)}", f"{_told(outcome)}.")


@router.post(f"{ABOUT}/edit")
def edit(request: Request, visitor: SignedIn, proposal_id: RequestId, form: Sent) -> Response:
    """Change it; the result is judged anew and waits for somebody else."""
    try:
        changes = _changes(visitor, proposal_id, form)
        return _decide(
            request,
            visitor,
            proposal_id,
            form,
            DecisionVerb.EDIT,
            lambda inbox: inbox.edit(proposal_id, changes),
        )
    except (BadInput, Refused) as error:  # what was typed is given back to be mended
        return card_page(
            request,
            visitor,
            proposal_id,
            wanted_back(word(form, "back")),
            error.status_code,
            problem=error.message,
            typed=_typed(form),
        )


@router.post(f"{ABOUT}/judge")
def judge(
    request: Request,
    visitor: SignedIn,
    proposal_id: RequestId,
    form: Sent,
) -> Response:
    """What an edit would come to, without keeping it."""
    visitor.person.check_may_decide(visitor.house.policy)
    tried, problem = None, ""
    try:
        changes = _changes(visitor, proposal_id, form)
        tried = _tried(visitor, proposal_id, changes, form) if changes else None
    except BadInput as error:
        problem = error.message
    if request.headers.get("hx-request"):
        return fragment(
            request, "inbox/verdict.html", visitor, tried=tried, problem=problem, checked=True
        )
    wanted = wanted_back(word(form, "back"))
    typed = _typed(form)
    return card_page(
        request, visitor, proposal_id, wanted, tried=tried, problem=problem, typed=typed
    )


def _decide(
    request: Request,
    visitor: Visitor,
    proposal_id: str,
    form: FormData,
    verb: DecisionVerb,
    deed: Deed,
) -> Response:
    """Do it, then go back to the queue with the focus on the next open request."""
    visitor.person.check_may_decide(visitor.house.policy)
    inbox, wanted = visitor.inbox(), wanted_back(word(form, "back"))
    exercise = inbox.practise(proposal_id, verb)
    if exercise is not None:
        missed = verb is DecisionVerb.APPROVE
        return page(
            request, "inbox/exercise.html", visitor, exercise=exercise, missed=missed, wanted=wanted
        )
    following = _next(proposal_id, wanted, visitor)
    try:
        outcome = deed(inbox)
    except Conflict as error:
        return _too_late(request, visitor, proposal_id, form, verb, error.message)
    return done(request, f"/desk/inbox?{wanted.query(at=following)}", f"{_told(outcome)}.")


def _next(proposal_id: str, wanted: Wanted, visitor: Visitor) -> str:
    before, behind = beside(visitor, proposal_id, wanted.filter(visitor))
    return behind or before or ""


def _told(outcome: Outcome) -> str:
    parts = [outcome.says, outcome.happened if outcome.happened != outcome.says else ""]
    told = ": ".join(part for part in parts if part).strip().rstrip(".")
    return told[:1].upper() + told[1:]


def _too_late(
    request: Request,
    visitor: Visitor,
    proposal_id: str,
    form: FormData,
    verb: DecisionVerb,
    detail: str,
) -> Response:
    """Somebody was first: who, what they said, and what this person wanted to say."""
    with visitor.house.ledger.read() as session:
        names = dict(tuple(row) for row in names_of_people(session))
    return page(
        request,
        "inbox/conflict.html",
        visitor,
        409,
        card=shown_card(visitor, visitor.inbox(), proposal_id)[1],
        verb=verb.value,
        detail=detail,
        names=names,
        wanted=wanted_back(word(form, "back")),
        typed={name: said for name in _WORDS if (said := word(form, name))},
    )


def _changes(visitor: Visitor, proposal_id: str, form: FormData) -> dict[str, object]:
    exercise, card = shown_card(visitor, visitor.inbox(), proposal_id)
    fields = fields_of(visitor, exercise or card.id)
    if exercise is not None:
        fields = with_words_of(card, fields)
    return read_edit(fields, _action(visitor, exercise or card.id), _typed(form))


def _tried(visitor: Visitor, proposal_id: str, changes: dict[str, object], form: FormData) -> Tried:
    """What an edit would come to; of an exercise, with the letter as the form has it."""
    inbox = visitor.inbox()
    exercise, _card = shown_card(visitor, inbox, proposal_id)
    tried = inbox.try_edit(exercise or proposal_id, changes)
    if exercise is None or tried.letter is None:
        return tried
    letter = replace(tried.letter, subject=word(form, "subject"), body=word(form, "body"))
    return replace(tried, letter=letter)


def _typed(form: FormData) -> dict[str, list[str]]:
    return {name: words(form, name) for name in form}


def _action(visitor: Visitor, proposal_id: str) -> ProposedAction:
    with visitor.house.ledger.read() as session:
        return read_action(get_proposal(session, proposal_id).action)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise BadInput(f"{text!r} is none of the ways the card lists")
    return int(text)


def read_date(text: str) -> date:
    """A date of a form.

    Raises:
        BadInput: It is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text or 'nothing'!r} is no date; write it as 2026-03-24") from None
