"""The states things can be in, and the moves between them that are allowed."""

from enum import StrEnum

from ledger.errors import Conflict


class Segment(StrEnum):
    """How the account is served."""

    SMB = "smb"
    MID = "mid"
    ENTERPRISE = "enterprise"
    STRATEGIC = "strategic"


class DebtorType(StrEnum):
    """Who owes: the first three are natural persons."""

    CONSUMER = "consumer"
    SOLE_TRADER = "sole_trader"
    GUARANTOR = "guarantor"
    BUSINESS = "business"


class Channel(StrEnum):
    """Ways to reach a contact. There is no voice channel."""

    EMAIL = "email"
    SMS = "sms"
    PORTAL = "portal"
    LETTER = "letter"


class ContactRole(StrEnum):
    """What a contact is for."""

    BILLING = "billing"
    ACCOUNTS_PAYABLE = "accounts_payable"
    ESCALATION = "escalation"
    LEGAL = "legal"
    OWNER = "owner"


class AccountClass(StrEnum):
    """Routing class of an account; doubt resolves upward."""

    ROUTINE = "routine"
    EXCEPTION = "exception"
    EXECUTIVE_REVIEW = "executive_review"


class Disposition(StrEnum):
    """The one outcome an account with an open item has in a night."""

    SENT = "sent"
    WAITING = "waiting_for_approval"
    HELD = "held"
    NEEDS_PERSON = "needs_person"
    NOTHING_DUE = "nothing_due"


class HoldReason(StrEnum):
    """Why nothing may leave."""

    DISPUTE = "dispute"
    INSOLVENCY = "insolvency"
    LEGAL_REPRESENTATION = "legal_representation"
    LEGAL_MATTER = "legal_matter"
    HARDSHIP = "hardship"
    DECEASED = "deceased"
    OPT_OUT = "opt_out"
    ALREADY_PAID_CLAIM = "already_paid_claim"
    PROMISED_CREDIT = "promised_credit"
    PROCUREMENT = "procurement"
    EXECUTIVE_REVIEW = "executive_review"
    MANUAL = "manual"


class DisputeState(StrEnum):
    """Life of a dispute."""

    OPEN = "open"
    IN_REVIEW = "in_review"
    RESOLVED = "resolved"


class PromiseState(StrEnum):
    """Life of a promise to pay (theirs) or to act (ours)."""

    PENDING = "pending"
    KEPT = "kept"
    PARTLY_KEPT = "partly_kept"
    BROKEN = "broken"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class PlanState(StrEnum):
    """Life of a payment plan."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    COMPLETED = "completed"
    BREACHED = "breached"
    CANCELLED = "cancelled"


PLAN_MOVES: dict[PlanState, frozenset[PlanState]] = {
    PlanState.PROPOSED: frozenset({PlanState.ACTIVE, PlanState.COMPLETED, PlanState.CANCELLED}),
    PlanState.ACTIVE: frozenset({PlanState.COMPLETED, PlanState.BREACHED, PlanState.CANCELLED}),
    PlanState.BREACHED: frozenset({PlanState.ACTIVE, PlanState.COMPLETED, PlanState.CANCELLED}),
}


def check_plan_move(old: str, new: PlanState) -> None:
    """Refuse a move of a plan that the table does not hold.

    Raises:
        Conflict: The plan has moved on.
    """
    if new not in PLAN_MOVES.get(PlanState(old), frozenset()):
        raise Conflict(f"a plan that is {old} cannot become {new}")


class TicketState(StrEnum):
    """Life of a service ticket."""

    OPEN = "open"
    ESCALATED = "escalated"
    CLOSED = "closed"


class ApplicationKind(StrEnum):
    """What reduced an invoice."""

    CASH = "cash"
    CREDIT = "credit"
    WRITE_OFF = "write_off"
    ADJUSTMENT = "adjustment"
    DISCOUNT = "discount"
    FEE = "bank_fee"
    FX = "fx_difference"


BY_CASH_APPLIER = ":cash_applier"
"""How the cause of an application ends that no person asked for or agreed to."""


class ProposalState(StrEnum):
    """Life of a proposal. The ledger row is the authority, not the paused graph."""

    PENDING = "pending"
    SNOOZED = "snoozed"
    QUESTION = "question"
    DECIDED = "decided"
    EXECUTED = "executed"
    REJECTED = "rejected"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class DecisionVerb(StrEnum):
    """What a person may say to a proposal."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    ANSWER = "answer"
    SNOOZE = "snooze"
    ASSIGN = "assign"
    UNDO = "undo"


class OutboxState(StrEnum):
    """Life of an outgoing message after it was permitted."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"
    UNCERTAIN = "uncertain"
    TAKEN_BACK = "taken_back"


NEVER_LEFT = (OutboxState.STOPPED, OutboxState.TAKEN_BACK)
"""Whatever else became of a message, it may have reached somebody."""


class RunState(StrEnum):
    """Life of a night."""

    RUNNING = "running"
    FINISHED = "finished"


PROPOSAL_MOVES: dict[ProposalState, frozenset[ProposalState]] = {
    ProposalState.PENDING: frozenset(ProposalState) - {ProposalState.PENDING},
    ProposalState.SNOOZED: frozenset(
        {
            ProposalState.PENDING,
            ProposalState.DECIDED,
            ProposalState.REJECTED,
            ProposalState.SUPERSEDED,
            ProposalState.EXPIRED,
        }
    ),
    ProposalState.QUESTION: frozenset(
        {
            ProposalState.PENDING,
            ProposalState.DECIDED,
            ProposalState.REJECTED,
            ProposalState.SUPERSEDED,
            ProposalState.EXPIRED,
        }
    ),
    ProposalState.DECIDED: frozenset(
        {ProposalState.EXECUTED, ProposalState.REFUSED, ProposalState.PENDING}
    ),
    # Only while its message can still be taken back; another request then stands in its place.
    ProposalState.EXECUTED: frozenset({ProposalState.SUPERSEDED}),
    ProposalState.EXPIRED: frozenset({ProposalState.SUPERSEDED}),
}
OPEN_PROPOSAL_STATES = frozenset(
    {ProposalState.PENDING, ProposalState.SNOOZED, ProposalState.QUESTION}
)

CLOSED_STATES_SQL = ", ".join(
    f"'{state.value}'" for state in sorted(frozenset(ProposalState) - OPEN_PROPOSAL_STATES)
)
"""What the partial indexes of what waits leave out, as they and their queries write it."""


def check_proposal_move(old: str, new: ProposalState) -> None:
    """Refuse a move the table does not hold.

    Raises:
        Conflict: The proposal has moved on.
    """
    if new not in PROPOSAL_MOVES.get(ProposalState(old), frozenset()):
        raise Conflict(f"a proposal that is {old} cannot become {new}")
