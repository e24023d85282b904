"""A request in the shape LangChain's review clients read, and their decisions on it.

The keys are those of `HITLRequest` and `HITLResponse` of langchain 1.4. Nothing is decided here:
each decision goes through the inbox, with its rules on authors, authority and digests. The digest
of what was seen travels beside the request and must come back with a yes.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.access import Approver, Reader
from api.idempotency import OnceOnly
from api.inbox.models import Words
from api.inbox.routes import ProposalId
from graph.inbox import Inbox, Outcome
from ledger.errors import BadInput
from tools.inbox_cards import Card
from tools.propose import action_schema

router = APIRouter(prefix="/inbox", tags=["inbox"])
Verb = Literal["approve", "edit", "reject", "respond"]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ActionRequest(_Shape):
    """What is asked for: `args` are its fields, with the words of a letter where it has some."""

    name: str
    args: dict[str, Any]
    description: str


class ReviewConfig(_Shape):
    """What may be said to it."""

    action_name: str
    allowed_decisions: tuple[Verb, ...]
    args_schema: dict[str, Any]


class HitlRequest(_Shape):
    """A request of ours, as LangChain's review clients read one."""

    action_requests: tuple[ActionRequest, ...]
    review_configs: tuple[ReviewConfig, ...]
    proposal_id: str
    digest: str


class EditedAction(_Shape):
    """The action with its fields changed."""

    name: str
    args: dict[str, JsonValue]


class ApproveDecision(_Shape):
    """Yes to exactly what was seen."""

    type: Literal["approve"]


class EditDecision(_Shape):
    """Change it; the result is judged anew and waits for somebody else."""

    type: Literal["edit"]
    edited_action: EditedAction


class RejectDecision(_Shape):
    """No, and why."""

    type: Literal["reject"]
    message: Words


class RespondDecision(_Shape):
    """Send it back with words; the role prepares it again."""

    type: Literal["respond"]
    message: Words


Decision = Annotated[
    ApproveDecision | EditDecision | RejectDecision | RespondDecision, Field(discriminator="type")
]


class HitlResponse(_Shape):
    """The decision on a request; one, because a request is one action."""

    decisions: tuple[Decision, ...] = Field(min_length=1, max_length=1)
    digest: str | None = Field(default=None, min_length=32, max_length=32)


@router.get("/{proposal_id}/hitl")
def show_as_hitl(proposal_id: ProposalId, caller: Reader) -> HitlRequest:
    """A request as a `HITLRequest`."""
    return as_hitl(caller.inbox().show(proposal_id))


@router.post("/{proposal_id}/hitl", response_model=Outcome)
def decide_as_hitl(
    proposal_id: ProposalId, sent: HitlResponse, caller: Approver, once: OnceOnly
) -> Response:
    """Decide a request as a `HITLResponse` says; a yes carries the digest of what was seen."""
    return once.answer(caller, lambda: decide(caller.inbox(), proposal_id, sent))


def as_hitl(card: Card) -> HitlRequest:
    """The card of a request in their shape."""
    name = card.action_type
    told = f"{card.action_words}\n\n{card.why}\n\n{card.counterfactual}".strip()
    return HitlRequest(
        action_requests=(ActionRequest(name=name, args=_args(card), description=told),),
        review_configs=(
            ReviewConfig(
                action_name=name,
                allowed_decisions=("approve", "edit", "reject", "respond"),
                args_schema=action_schema(name),
            ),
        ),
        proposal_id=card.id,
        digest=card.digest,
    )


def decide(inbox: Inbox, proposal_id: str, sent: HitlResponse) -> Outcome:
    """Say to the inbox what was said in their shape.

    Raises:
        BadInput: A yes without the digest, or an edit that changes nothing or another action.
    """
    match sent.decisions[0]:
        case ApproveDecision():
            if sent.digest is None:
                raise BadInput("a yes carries the digest that came with the request")
            return inbox.approve(proposal_id, sent.digest)
        case EditDecision(edited_action=edited):
            return inbox.edit(proposal_id, _changes(inbox.show(proposal_id), edited))
        case RejectDecision(message=reason):
            return inbox.reject(proposal_id, reason)
        case RespondDecision(message=note):
            return inbox.answer(proposal_id, note)


def _args(card: Card) -> dict[str, Any]:
    """Fields of the action; a letter's words stand where its own would."""
    args = {name: value for name, value in card.action.items() if name != "type"}
    if card.draft is not None:
        args |= {"subject": card.draft.subject, "body": card.draft.body}
    return args


def _changes(card: Card, edited: EditedAction) -> dict[str, object]:
    """What an edit changes; what it repeats is left alone."""
    if edited.name != card.action_type:
        raise BadInput(f"this request is a {card.action_type}; an edit keeps that")
    before = _args(card)
    changes = {name: new for name, new in edited.args.items() if before.get(name) != new}
    if not changes:
        raise BadInput("the edit changes nothing")
    return dict(changes)
