"""The approval inbox: the queue, the card, and what a person may say to it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.access import Approver, Reader
from api.idempotency import OnceOnly
from api.inbox.models import Answer, Approval, Assignment, Edit, Rejection, Snooze
from graph.inbox import Outcome, QueuePage
from ledger.errors import BadInput
from ledger.money import Money, currency_digits
from ledger.queries.inbox import MAX_PAGE, QueueFilter
from ledger.states import ProposalState
from tools.decisions import rejection
from tools.inbox_cards import Card

router = APIRouter(prefix="/inbox", tags=["inbox"])
ProposalId = Annotated[str, Path(min_length=5, max_length=40, description="Or its beginning.")]
_WORD = {"max_length": 80}


@router.get("")
def list_requests(
    caller: Reader,
    state: Annotated[
        list[ProposalState] | None, Query(description="Left out: what waits for a decision now.")
    ] = None,
    account_id: Annotated[str | None, Query(**_WORD)] = None,
    role: Annotated[str | None, Query(description="A role that is needed.", **_WORD)] = None,
    mine: Annotated[bool, Query(description="What a role of yours is needed for.")] = False,
    rule: Annotated[str | None, Query(description="A rule that sent it here.", **_WORD)] = None,
    assignee: Annotated[str | None, Query(description="Empty: given to nobody.")] = None,
    currency: Annotated[str | None, Query(min_length=3, max_length=3)] = None,
    min_value: Annotated[str | None, Query(description="Needs `currency`.", **_WORD)] = None,
    kind: Annotated[str | None, Query(description="A kind of action.", **_WORD)] = None,
    words: Annotated[str, Query(description="Of account or invoice number.", **_WORD)] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> QueuePage:
    """A page of requests, highest value first."""
    roles = {role} if role else set()
    if mine:
        roles |= caller.house.policy.approval.roles_of(caller.person.roles)
    wanted = QueueFilter(
        states=tuple(each.value for each in state or ()),
        account_id=account_id,
        roles=tuple(sorted(roles)),
        rule_id=rule,
        assignee=assignee,
        currency=currency,
        min_minor=_least(min_value, currency),
        action_types=(kind,) if kind else (),
        words=words.strip(),
    )
    return caller.inbox().list_waiting(wanted, limit, cursor)


def _least(min_value: str | None, currency: str | None) -> int | None:
    if currency is not None:
        currency_digits(currency)
    if min_value is None:
        return None
    if currency is None:
        raise BadInput("min_value needs a currency")
    return Money.of(min_value, currency).minor


@router.get("/{proposal_id}")
def show(proposal_id: ProposalId, caller: Reader) -> Card:
    """The whole card of a request."""
    return caller.inbox().show(proposal_id)


@router.post("/{proposal_id}/approve", response_model=Outcome)
def approve(proposal_id: ProposalId, sent: Approval, caller: Approver, once: OnceOnly) -> Response:
    """Say yes to exactly what was seen."""
    return once.answer(
        caller, lambda: caller.inbox().approve(proposal_id, sent.digest, sent.choose)
    )


@router.post("/{proposal_id}/edit", response_model=Outcome)
def edit(proposal_id: ProposalId, sent: Edit, caller: Approver, once: OnceOnly) -> Response:
    """Change it; the result is judged anew and waits for somebody else."""
    return once.answer(caller, lambda: caller.inbox().edit(proposal_id, dict(sent.changes)))


@router.post("/{proposal_id}/reject", response_model=Outcome)
def reject(proposal_id: ProposalId, sent: Rejection, caller: Approver, once: OnceOnly) -> Response:
    """Say no, with a reason."""
    reason = rejection(sent.code, sent.reason) if sent.code else sent.reason
    return once.answer(caller, lambda: caller.inbox().reject(proposal_id, reason))


@router.post("/{proposal_id}/answer", response_model=Outcome)
def answer(proposal_id: ProposalId, sent: Answer, caller: Approver, once: OnceOnly) -> Response:
    """Send it back to the role with a note, which prepares the case again."""
    return once.answer(caller, lambda: caller.inbox().answer(proposal_id, sent.note))


@router.post("/{proposal_id}/snooze", response_model=Outcome)
def snooze(proposal_id: ProposalId, sent: Snooze, caller: Approver, once: OnceOnly) -> Response:
    """Put it aside until a date."""
    return once.answer(caller, lambda: caller.inbox().snooze(proposal_id, sent.until))


@router.post("/{proposal_id}/assign", response_model=Outcome)
def assign(proposal_id: ProposalId, sent: Assignment, caller: Approver, once: OnceOnly) -> Response:
    """Give it to a colleague."""
    return once.answer(caller, lambda: caller.inbox().assign(proposal_id, sent.person_id))


@router.post("/{proposal_id}/undo", response_model=Outcome)
def undo(proposal_id: ProposalId, caller: Approver, once: OnceOnly) -> Response:
    """Take an approved message back before it leaves; its request asks again."""
    return once.answer(caller, lambda: caller.inbox().undo(proposal_id))
