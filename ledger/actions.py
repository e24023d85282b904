"""What an agent, a rule or a person may ask for: a closed union of proposed actions.

An action names rows by id and never carries a fact the ledger holds: amounts, dates and names
are read again when the action is judged and executed.
"""

from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field, TypeAdapter, model_validator

from ledger.action_base import Action as _Action
from ledger.cash_actions import (  # noqa: F401 - one door to every action and its parts
    Allocation,
    ApplyCredit,
    ApplyReceipt,
    CashEvidence,
    CreditUse,
    Difference,
    ReverseReceipt,
    WriteOff,
)
from ledger.dispute_actions import OpenDisputeCase, ReopenDispute, ResolveDispute
from ledger.ids import digest
from ledger.promise_actions import (  # noqa: F401 - one door to every action and its parts
    AcceptPlan,
    EndPlan,
    KeepPromise,
    PlanPart,
    ProposePlan,
    RecordPromise,
)


class _MessageAction(_Action):
    """A message; `reported_claims` is what a second reader found in words of its own."""

    contact_id: str
    channel: Literal["email", "sms", "portal", "letter"] = "email"
    language: str = "en"
    wording: Literal["template", "model", "person"] = "template"
    subject: str | None = None
    body: str | None = None
    reported_claims: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _words_and_wording_agree(self) -> "_MessageAction":
        if (self.wording == "template") != (self.body is None):
            raise ValueError("a template message carries no body; any other wording carries one")
        return self


class SendReminder(_MessageAction):
    """Ask for payment of due items of one currency at a dunning stage.

    Stage 0 is off the ladder: `pre_due` speaks of items not yet due, `broken_promise` of a promise
    to pay that was not kept, named by `promise_id`.
    """

    type: Literal["send_reminder"] = "send_reminder"
    currency: str
    stage: int
    template_id: str
    invoice_ids: tuple[str, ...]
    promise_id: str | None = None


class SendStatement(_MessageAction):
    """Send the list of open items of one currency."""

    type: Literal["send_statement"] = "send_statement"
    currency: str
    template_id: str = "statement"


AnswerTemplate = Literal[
    "dispute_acknowledgement",
    "receipt",
    "promise_confirmation",
    "copy_answer",
    "plan_proposal",
    "opt_out_confirmation",
]


class AnswerQuery(_MessageAction):
    """Answer something the customer said or did; with a template, only what the ledger holds.

    `about` names the row it is about: a receipt for `receipt`, a promise for
    `promise_confirmation`, a plan for `plan_proposal`; `copy_answer` names invoices.
    """

    type: Literal["answer_query"] = "answer_query"
    template_id: AnswerTemplate = "dispute_acknowledgement"
    in_reply_to: str | None = None
    about: str | None = None
    invoice_ids: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _names_what_it_is_about(self) -> "AnswerQuery":
        wants_row = self.template_id in ("receipt", "promise_confirmation", "plan_proposal")
        wants_invoices = self.template_id == "copy_answer"
        if self.wording == "template" and wants_row != (self.about is not None):
            told = "names the row in about" if wants_row else "leaves about out"
            raise ValueError(f"{self.template_id} {told}")
        if self.wording == "template" and wants_invoices != bool(self.invoice_ids):
            told = "names invoice_ids" if wants_invoices else "leaves invoice_ids out"
            raise ValueError(f"{self.template_id} {told}")
        return self


class PlaceHold(_Action):
    """Stop messages for the account or one invoice."""

    type: Literal["place_hold"] = "place_hold"
    reason: str
    invoice_id: str | None = None
    ends_on: date | None = None
    note: str = ""


class ReleaseHold(_Action):
    """Lift a hold."""

    type: Literal["release_hold"] = "release_hold"
    hold_id: str
    note: str = ""


class SetCreditLimit(_Action):
    """Change the credit limit, in minor units of a currency."""

    type: Literal["set_credit_limit"] = "set_credit_limit"
    limit_minor: int = Field(ge=0)
    currency: str
    note: str = ""


class SetCreditHold(_Action):
    """Put the account on credit hold, or take it off."""

    type: Literal["set_credit_hold"] = "set_credit_hold"
    on: bool
    note: str = ""


class CreateCallTask(_Action):
    """Ask a person to call, look, or find a contact."""

    type: Literal["create_call_task"] = "create_call_task"
    kind: Literal["call", "find_contact", "review", "follow_up"] = "call"
    summary: str = Field(max_length=500)
    due_on: date


class Escalate(_Action):
    """Hand the case to a person with what is known; nothing is done by the system."""

    type: Literal["escalate"] = "escalate"
    to_role: str
    summary: str = Field(max_length=2000)


MessageAction = SendReminder | SendStatement | AnswerQuery
ProposedAction = Annotated[
    SendReminder
    | SendStatement
    | AnswerQuery
    | ApplyReceipt
    | ApplyCredit
    | ReverseReceipt
    | OpenDisputeCase
    | ResolveDispute
    | ReopenDispute
    | RecordPromise
    | KeepPromise
    | ProposePlan
    | AcceptPlan
    | EndPlan
    | PlaceHold
    | ReleaseHold
    | SetCreditLimit
    | SetCreditHold
    | WriteOff
    | CreateCallTask
    | Escalate,
    Field(discriminator="type"),
]
_ADAPTER: TypeAdapter[ProposedAction] = TypeAdapter(ProposedAction)
KINDS_OF_ACTION: tuple[str, ...] = tuple(
    each.model_fields["type"].default for each in get_args(get_args(ProposedAction)[0])
)
"""Every `type` of the closed union, in its order."""


def action_json(action: ProposedAction) -> str:
    """The canonical JSON of an action."""
    return action.model_dump_json()


def read_action(text: str | bytes) -> ProposedAction:
    """Read an action back.

    Raises:
        pydantic.ValidationError: Not one of the closed union.
    """
    return _ADAPTER.validate_json(text)


def parse_action(value: object) -> ProposedAction:
    """Read an action from plain values, as a model or a form supplies them.

    Raises:
        pydantic.ValidationError: Not one of the closed union.
    """
    return _ADAPTER.validate_python(value)


def approval_digest(action: ProposedAction, facts_hash: str, policy_hash: str) -> str:
    """What an approval is bound to: the action, the facts it was judged on, and the policy."""
    return digest(f"{action_json(action)}\x1f{facts_hash}\x1f{policy_hash}".encode())
