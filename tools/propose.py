"""The one tool with a will: it puts an action on the list of what is asked for, and does nothing.

What a model may not choose is fixed here: the account of a case, who words a text, what counts as
evidence for cash. Amounts are given as decimals and must fit their currency.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from guardrails.message_kinds import subject_of, subjects_for
from ledger import actions as act
from ledger.actions import ProposedAction, parse_action
from ledger.errors import BadInput
from ledger.facts import AccountFacts
from ledger.money import Money
from ledger.states import HoldReason
from tools.contact import customer_said
from tools.contract import Result, Scope, ToolContext, ToolRefused, ToolRetry, describe_faults
from tools.outside_text import printable_values

MAX_ACTIONS = 4
_DECIMAL = re.compile(r"\d{1,15}(?:\.\d{1,4})?")
_AMOUNTS = {"amount_minor": "amount", "limit_minor": "limit"}
# What is no model's to say: on which evidence money is applied, and what closes beside it.
_BESIDE_CASH = ("differences", "credits", "advice_key")
_NOT_THE_MODELS = ("evidence", "claim_id", *_BESIDE_CASH)
_ACTION_CLASSES: dict[str, Any] = {
    each.model_fields["type"].default: each for each in get_args(get_args(ProposedAction)[0])
}
ACTION_TYPES = frozenset(_ACTION_CLASSES)


class Proposed(Result):
    """The action is on the list; the gate judges it after you have finished."""

    noted: str
    actions_so_far: int


@dataclass(frozen=True)
class ProposeTool:
    """`propose_action`, closed to the action types of one role."""

    action_types: tuple[str, ...]
    name: str = "propose_action"
    scope: Scope = Scope.PROPOSE

    @cached_property
    def _union(self) -> dict[str, Any]:
        classes = [_ACTION_CLASSES[each] for each in self.action_types]
        union: Any = functools.reduce(lambda left, right: left | right, classes)
        if len(classes) > 1:
            union = Annotated[union, Field(discriminator="type")]
        return TypeAdapter(union).json_schema()

    def schema(self, *, in_case: bool) -> dict[str, Any]:
        """The tool as the model is shown it, in the OpenAI form."""
        action = _for_model(self._union, in_case)
        defs = action.pop("$defs", {})
        parameters = {
            "type": "object",
            "properties": {"action": action},
            "required": ["action"],
            "additionalProperties": False,
            "$defs": defs,
        }
        description = (
            "Ask for one action. Nothing happens now: rules judge it, and people approve what "
            "rules leave to them. Amounts are decimals such as 1250.00."
        )
        function = {"name": self.name, "description": description, "parameters": parameters}
        return {"type": "function", "function": function}

    def call(self, ctx: ToolContext, given: Mapping[str, Any]) -> str:
        """Put an action on the list; returns JSON.

        Raises:
            ToolRetry: It is not an action, or does not fit the account.
            ToolRefused: It may not be asked for here.
        """
        if self.scope not in ctx.scopes:
            raise ToolRefused("only_tools_of_the_role", "nothing can be proposed here")
        raw = given.get("action")
        if not isinstance(raw, Mapping) or set(given) != {"action"}:
            raise ToolRetry("give one argument, action, an object with a type")
        action = self._read(ctx, dict(raw))
        if action not in ctx.proposed:
            if len(ctx.proposed) >= MAX_ACTIONS:
                raise ToolRefused("few_actions_a_case", f"at most {MAX_ACTIONS} actions a case")
            ctx.proposed.append(action)
        return Proposed(noted=action.type, actions_so_far=len(ctx.proposed)).model_dump_json()

    def _read(self, ctx: ToolContext, raw: dict[str, Any]) -> ProposedAction:
        raw = printable_values(raw)
        kind = raw.get("type")
        if kind not in self.action_types:
            raise ToolRefused("only_actions_of_the_role", "this role may not ask for that")
        if raw.get("account_id", ctx.account_id) != ctx.account_id and ctx.account_id is not None:
            raise ToolRefused("only_the_account_of_the_case", "the case is about one account")
        raw["account_id"] = ctx.account(str(raw.get("account_id") or ""))
        facts = ctx.facts(raw["account_id"])
        if kind == "apply_receipt" and raw.setdefault("evidence", "person") != "person":
            raise ToolRefused(
                "cash_without_certainty_needs_person", "certain matches are made without a model"
            )
        raw.pop("claim_id", None)  # which claim an action rests on is joined by code alone
        if any(raw.get(name) for name in _BESIDE_CASH):
            raise ToolRefused("credits_need_finance_lead", "ask for the cash alone")
        try:
            action = parse_action(_in_minor_units(raw, facts))
        except ValidationError as error:
            raise ToolRetry(describe_faults(error)) from None
        except BadInput as error:
            raise ToolRetry(error.message) from None
        for check in _CHECKS:
            check(ctx, action)
        return action


def action_schema(action_type: str) -> dict[str, Any]:
    """The fields of an action type as JSON Schema.

    Raises:
        KeyError: There is no such action.
    """
    return _ACTION_CLASSES[action_type].model_json_schema()


@functools.lru_cache(maxsize=32)
def propose_tool(action_types: tuple[str, ...]) -> ProposeTool:
    """The propose tool of a role."""
    return ProposeTool(action_types)


def _role_exists(ctx: ToolContext, action: ProposedAction) -> None:
    roles = ctx.policy.approval.stands_for
    if isinstance(action, act.Escalate) and action.to_role not in roles:
        raise ToolRetry(f"to_role is one of {', '.join(sorted(roles))}")


def _reason_is_listed(ctx: ToolContext, action: ProposedAction) -> None:
    if isinstance(action, act.PlaceHold):
        known: tuple[str, ...] = tuple(HoldReason)
    elif isinstance(action, act.OpenDisputeCase):
        known = ctx.policy.dispute.reasons
    else:
        return
    if action.reason not in known:
        raise ToolRetry(f"reason is one of {', '.join(known)}")


def _words_are_the_models(_ctx: ToolContext, action: ProposedAction) -> None:
    if isinstance(action, act.MessageAction) and action.wording == "person":
        raise ToolRefused("no_free_text_unattended", "only a person words a text as a person")


def _claim_is_quoted(ctx: ToolContext, action: ProposedAction) -> None:
    """In a case, what the customer is said to claim stands in a message of theirs."""
    if not isinstance(action, act.OpenDisputeCase | act.RecordPromise) or ctx.account_id is None:
        return
    if not action.quote.strip() or not customer_said(ctx, action.account_id, action.quote):
        raise ToolRetry("quote the customer's own words from list_messages, unchanged")


def _speaks_of_what_is_there(ctx: ToolContext, action: ProposedAction) -> None:
    """A message names a payment, promise or plan of the account."""
    if not isinstance(action, act.MessageAction) or action.wording != "template":
        return
    named = action.promise_id if isinstance(action, act.SendReminder) else None
    named = named or getattr(action, "about", None)
    facts = ctx.facts(action.account_id)
    if named is not None and subject_of(action, facts) is None:
        there = ", ".join(subjects_for(action, facts)) or "none"
        raise ToolRetry(f"{named} is nothing a {action.template_id} can be about; there is {there}")


def _is_not_in_the_past(ctx: ToolContext, action: ProposedAction) -> None:
    if isinstance(action, act.CreateCallTask | act.RecordPromise) and action.due_on < ctx.as_of:
        raise ToolRetry(f"due_on is {ctx.as_of} or later")


_CHECKS: tuple[Callable[[ToolContext, ProposedAction], None], ...] = (
    _role_exists,
    _reason_is_listed,
    _words_are_the_models,
    _claim_is_quoted,
    _speaks_of_what_is_there,
    _is_not_in_the_past,
)


def _in_minor_units(raw: dict[str, Any], facts: AccountFacts) -> dict[str, Any]:
    """Decimal amounts as minor units of the action's currency."""
    currency = str(raw.get("currency") or _currency_of_source(raw, facts) or "")

    def convert(part: Any) -> Any:
        if not isinstance(part, Mapping):
            return part
        fields = dict(part)
        for minor, decimal in _AMOUNTS.items():
            if minor in fields:
                raise BadInput(f"give {decimal} as a decimal, not {minor}")
            if fields.get(decimal) is not None:
                if not currency:
                    raise BadInput("give the currency of the amount")
                amount = str(fields.pop(decimal))
                if not _DECIMAL.fullmatch(amount):
                    raise BadInput(f"{decimal} is a decimal such as 1250.00")
                fields[minor] = Money.of(amount, currency).minor
        return fields

    whole = convert(raw)
    for parts in ("allocations", "parts"):
        if isinstance(whole.get(parts), list | tuple):
            whole[parts] = [convert(part) for part in whole[parts]]
    return whole


def _currency_of_source(raw: dict[str, Any], facts: AccountFacts) -> str | None:
    """Currency of the receipt, credit memo, dispute or invoice an amount is of."""
    sources = {each.receipt_id: each.currency for each in facts.receipts}
    sources |= {each.credit_id: each.currency for each in facts.credits}
    items = {each.invoice_id: each.currency for each in facts.open_items}
    sources |= items | {
        each.dispute_id: items[each.invoice_id]
        for each in facts.disputes
        if each.invoice_id in items
    }
    named = ("receipt_id", "credit_id", "dispute_id", "invoice_id")
    found = (sources.get(str(raw[name])) for name in named if raw.get(name))
    return next(filter(None, found), None)


def _for_model(schema: Any, in_case: bool) -> Any:
    """The schema without what a model may not choose, and with amounts as decimals."""
    if isinstance(schema, list):
        return [_for_model(each, in_case) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _for_model(value, in_case) for key, value in schema.items() if key != "title"}
    if isinstance(properties := found.get("properties"), dict):
        required = list(found.get("required", []))
        for name in [*(["account_id"] if in_case else []), *_NOT_THE_MODELS]:
            properties.pop(name, None)
        if "wording" in properties:
            properties["wording"]["enum"] = ["template", "model"]
        for minor, decimal in _AMOUNTS.items():
            if minor in properties:
                del properties[minor]
                properties[decimal] = {"type": "string", "description": "Decimal, as 1250.00."}
                required = [decimal if name == minor else name for name in required]
        if "const" in properties.get("type", {}):
            del properties["type"]["default"]
            required.insert(0, "type")
        found["required"] = [name for name in required if name in properties]
    return found
