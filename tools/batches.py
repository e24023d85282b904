"""Several equal requests decided together: what may be, what may not and why, and the sums."""

from collections import Counter
from dataclasses import dataclass

from sqlmodel import Session

from ledger.actions import MessageAction, read_action
from ledger.errors import Conflict, Refused
from ledger.journal import get_proposal
from ledger.money import Money
from policies.schema import Policy
from tools.authority import Decider, standing_of
from tools.inbox_cards import Card

MAX_BATCH = 50


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A request of a batch; `alone_because` says why it is decided on its own card."""

    card: Card
    kind: str
    alone_because: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What was picked: exceptions first, then what one yes would decide.

    Attributes:
        sums: What is at stake, per currency.
        customers: How many customers it concerns.
    """

    exceptions: tuple[BatchLine, ...]
    together: tuple[BatchLine, ...]
    sums: tuple[Money, ...]
    customers: int
    kind: str


def batch_of(session: Session, cards: list[Card], decider: Decider, policy: Policy) -> Batch:
    """Part what was picked into what one yes may decide and what it may not.

    Only letters of one kind, word for word from an approved template, for which this person's yes
    is all that is missing, are decided together.
    """
    lines = [_line(session, card, decider, policy) for card in cards]
    kinds = Counter(line.kind for line in lines if not line.alone_because)
    usual = kinds.most_common(1)[0][0] if kinds else ""
    told = "it is of another kind than most of the batch"
    lines = [
        BatchLine(line.card, line.kind, told)
        if not line.alone_because and line.kind != usual
        else line
        for line in lines
    ]
    together = tuple(line for line in lines if not line.alone_because)
    sums: Counter[str] = Counter()
    for line in together:
        if line.card.value is not None:
            sums[line.card.value.currency] += line.card.value.minor
    return Batch(
        exceptions=tuple(line for line in lines if line.alone_because),
        together=together,
        sums=tuple(Money(minor, currency) for currency, minor in sorted(sums.items())),
        customers=len({line.card.account_id for line in together}),
        kind=usual,
    )


def _line(session: Session, card: Card, decider: Decider, policy: Policy) -> BatchLine:
    proposal = get_proposal(session, card.id)
    action = read_action(proposal.action)
    kind = f"{card.action_type} {getattr(action, 'template_id', '')}".strip()
    if not isinstance(action, MessageAction) or action.wording != "template":
        return BatchLine(card, kind, "only approved letters are decided together")
    if card.now != "carried_out":
        return BatchLine(card, kind, card.now_because or f"it is {card.state}")
    if card.changed:
        return BatchLine(card, kind, f"since it was drafted: {card.changed[0]}")
    if card.ways:
        return BatchLine(card, kind, "there are several ways to do it")
    try:
        missing = standing_of(session, proposal).after(decider, policy)
    except (Refused, Conflict) as error:
        return BatchLine(card, kind, error.message)
    if missing:
        return BatchLine(card, kind, "it needs a second approver")
    return BatchLine(card, kind)
