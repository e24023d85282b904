"""The card of a request: exactly what would leave, why, what it rests on, who may say yes."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from api.pages.access import SignedIn, Visitor
from api.pages.inbox_exercise import beside, changes_of, in_place, with_words_of
from api.pages.inbox_filter import Wanted, WantedHere
from api.pages.render import page
from graph.inbox import Inbox
from ledger.actions import read_action
from ledger.errors import Conflict, Refused
from ledger.journal import get_proposal, recorded_facts
from ledger.states import OPEN_PROPOSAL_STATES
from tools.carry_out import current_facts
from tools.colleagues import takers
from tools.decisions import REASONS
from tools.edit_fields import EditField, edit_fields
from tools.exercises import exercise_card
from tools.inbox_cards import Card
from tools.letter_changes import letter_changes
from tools.letters import LetterError, render_letter
from tools.seen_card import card_digest

router = APIRouter(include_in_schema=False)
RequestId = Annotated[str, Path(min_length=5, max_length=40)]
_SEEN_LIFE = 12 * 3600
_CHANGED = "what you saw is not what would happen now; read it again and decide then"


@router.get("/desk/inbox/{proposal_id}")
def show(
    request: Request, visitor: SignedIn, proposal_id: RequestId, wanted: WantedHere
) -> Response:
    """The whole card."""
    return card_page(request, visitor, in_place(visitor).opened(proposal_id), wanted)


def card_page(
    request: Request,
    visitor: Visitor,
    proposal_id: str,
    wanted: Wanted,
    status: int = 200,
    **more: Any,
) -> HTMLResponse:
    """The page of a card, with whatever a decision has to say beside it."""
    inbox = visitor.inbox()
    exercise, card = shown_card(visitor, inbox, proposal_id)
    before, behind = beside(visitor, exercise or card.id, wanted.filter(visitor))
    known = {
        "card": card,
        "seen": sign_seen(visitor, card),
        "load": inbox.load(),
        "wanted": wanted,
        "back": wanted.query(at=card.id),
        "before": before,
        "behind": behind,
        "reasons": REASONS,
        "is_open": card.state in {state.value for state in OPEN_PROPOSAL_STATES},
        "may_decide": may_decide(visitor),
        "counts": visitor.person.person_id in {each.id for each in card.authority.may_approve},
        "tried": None,
        "problem": "",
        "checked": False,
        "typed": {},
    }
    known |= _details(visitor, exercise or card.id)
    if exercise is not None:
        known["fields"] = with_words_of(card, known["fields"])
        known["changes"] = changes_of(card, known["changes"])
    return page(request, "inbox/card.html", visitor, status, **(known | more))


def shown_card(visitor: Visitor, inbox: Inbox, proposal_id: str) -> tuple[str | None, Card]:
    """A card as this person sees it, and the request behind it where it is an exercise."""
    with inbox.deps.ledger.read() as session:
        spoiled = exercise_card(session, proposal_id, visitor.person.person_id)
    if spoiled is None:
        return None, inbox.show(proposal_id)
    card = inbox.show(spoiled.proposal_id)
    if card.now == "closed":  # a colleague was first; an exercise over it would not pass for real
        return None, card
    return spoiled.proposal_id, spoiled.over(card)


def _details(visitor: Visitor, proposal_id: str) -> dict[str, Any]:
    """What a page shows beyond the card: changes, fields to edit, colleagues."""
    deps = visitor.house.deps()
    with deps.ledger.read() as session:
        proposal = get_proposal(session, proposal_id)
        return {
            "changes": letter_changes(session, proposal, deps.policy),
            "fields": fields_of(visitor, proposal_id),
            "takers": takers(session, deps.policy, proposal.account_id),
        }


def fields_of(visitor: Visitor, proposal_id: str) -> tuple[EditField, ...]:
    """The fields of a request's action, as they stand."""
    deps = visitor.house.deps()
    with deps.ledger.read() as session:
        proposal = get_proposal(session, proposal_id)
        action = read_action(proposal.action)
        facts = current_facts(session, proposal, deps.as_of)
        recorded = recorded_facts(session, proposal.facts_hash)
    try:
        letter = render_letter(action, recorded, deps.policy)  # type: ignore[arg-type]
    except (LetterError, AttributeError):
        letter = None
    languages = tuple(sorted({each.language for each in deps.policy.letters}))
    return edit_fields(action, facts, proposal.currency, letter, languages)


def may_decide(visitor: Visitor) -> bool:
    """Whether this person decides anything at all, or only reads."""
    try:
        visitor.person.check_may_decide(visitor.house.policy)
    except Refused:
        return False
    return True


def sign_seen(visitor: Visitor, card: Card) -> str:
    """What a form carries of the card that was shown: the digest of all of it, and when."""
    return _signer(visitor).dumps([card.id, card.digest, card_digest(card)])


def check_seen(visitor: Visitor, card: Card, seen: str) -> datetime:
    """When the card was opened that is approved now.

    Raises:
        Conflict: What was seen is not what would happen now.
    """
    try:
        said, opened = _signer(visitor).loads(seen, max_age=_SEEN_LIFE, return_timestamp=True)
    except BadSignature:
        raise Conflict(_CHANGED) from None
    if said != [card.id, card.digest, card_digest(card)]:
        raise Conflict(_CHANGED)
    return opened


def _signer(visitor: Visitor) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(visitor.form_key, salt="seen")
