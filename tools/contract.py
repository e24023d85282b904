"""The shape of a tool: typed, bounded, scoped to the case it works for, and read-only.

A tool is a plain function `fn(ctx, **small values) -> frozen model`. What the model sees of it is
derived here from the signature and the docstring, so that the two cannot drift apart. There is no
tool that sends, posts or approves.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, ValidationError, create_model
from sqlmodel import Session

from adapters.knowledge import KnowledgePort
from ledger.actions import ProposedAction
from ledger.errors import ArError, NotFound, Refused
from ledger.facts import AccountFacts
from ledger.money import Money
from ledger.queries.account_facts import load_facts
from policies.schema import Policy
from tools.account_names import find_account
from tools.outside_text import printable_values

MAX_RESULT_CHARACTERS = 24_000
_MENTIONED_ERRORS = 3


class ToolRetry(ArError):
    """The arguments do not fit; the message says how to mend them."""

    code = "tool_retry"
    status_code = 422


class ToolRefused(Refused):
    """Final: no arguments would help.

    Attributes:
        rule_id: The rule that refuses.
    """

    code = "tool_refused"

    def __init__(self, rule_id: str, message: str) -> None:
        super().__init__(message)
        self.rule_id = rule_id


@dataclass(frozen=True, slots=True)
class NoteDown:
    """A call or a note a colleague wants kept."""

    account_id: str
    kind: str
    words: str


class Scope(StrEnum):
    """What a tool reaches. A case has no `BOOK`: it never sees another customer's figures."""

    ACCOUNT = "account"
    BOOK = "book"
    PROPOSE = "propose"


CASE_SCOPES = frozenset({Scope.ACCOUNT, Scope.PROPOSE})
CHAT_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Who asks, about what, on which ledger: everything a model may not choose.

    Attributes:
        account_id: The account of the case; None in a chat, where tools take an account.
        action_types: What may be proposed here.
        snapshots: Facts already read, by account: a case reads them once.
        proposed: What has been proposed so far, in order; judged by nobody yet.
        open_knowledge: Opens the index over the notes of the whole book; None where it is closed.
        question: What a colleague asked, in a conversation; a note quotes it.
        noted: Calls and notes to be kept, in the colleague's own words.
    """

    session: Session
    actor: str
    role: str
    as_of: date
    now: datetime
    policy: Policy
    account_id: str | None = None
    scopes: frozenset[Scope] = CHAT_SCOPES
    action_types: tuple[str, ...] = ()
    snapshots: dict[str, AccountFacts] = field(default_factory=dict)
    proposed: list[ProposedAction] = field(default_factory=list)
    open_knowledge: Callable[[], KnowledgePort] | None = None
    question: str = ""
    noted: list[NoteDown] = field(default_factory=list)

    def facts(self, account_id: str) -> AccountFacts:
        """The account's snapshot, read once."""
        if account_id not in self.snapshots:
            self.snapshots.update(load_facts(self.session, self.as_of, [account_id]))
        return self.snapshots[account_id]

    def account(self, named: str | None) -> str:
        """The account a tool works on: that of the case, else the one named.

        Raises:
            ToolRetry: None such, or several.
        """
        if self.account_id is not None:
            return self.account_id
        try:
            return find_account(self.session, named or "")
        except NotFound as error:
            raise ToolRetry(error.message) from None


class _AccountMark:
    """Marks the parameter that a case fills in and hides from the model."""


AccountRef = Annotated[
    str, _AccountMark(), Field(description="Account number, id or name.", max_length=120)
]
Limit = Annotated[int, Field(ge=1, le=50, description="How many rows at most.")]
MoneyOut = Annotated[Money, PlainSerializer(Money.as_json, return_type=dict)]


class Result(BaseModel):
    """Base of what a tool returns: frozen, and serialised with money as amount and currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Tool:
    """A function a model may call."""

    run: Callable[..., Result]
    scope: Scope

    @property
    def name(self) -> str:
        """The name it is called by."""
        return self.run.__name__

    @cached_property
    def in_case(self) -> type[BaseModel]:
        """Arguments where the case fixes the account."""
        return self._arguments(with_account=False)

    @cached_property
    def in_chat(self) -> type[BaseModel]:
        """Arguments where the account is named."""
        return self._arguments(with_account=True)

    def arguments(self, ctx: ToolContext) -> type[BaseModel]:
        """The arguments a model may give in a context."""
        return self.in_chat if ctx.account_id is None else self.in_case

    def schema(self, *, in_case: bool) -> dict[str, Any]:
        """The tool as the model is shown it, in the OpenAI form."""
        parameters = (self.in_case if in_case else self.in_chat).model_json_schema()
        return _function(self.name, inspect.getdoc(self.run) or "", parameters)

    def call(self, ctx: ToolContext, given: Mapping[str, Any]) -> str:
        """Run it with what a model gave; returns JSON.

        Raises:
            ToolRetry: The arguments do not fit.
            ToolRefused: The context does not reach this far.
        """
        if self.scope not in ctx.scopes:
            raise ToolRefused("only_tools_of_the_role", f"{self.name} is not open to this case")
        values = _checked(self.arguments(ctx), given)
        if self._takes_account:
            values["account"] = self._account(ctx, values.get("account"))
        said = self.run(ctx, **values).model_dump_json()
        if len(said) > MAX_RESULT_CHARACTERS:
            raise ToolRetry("too much to read at once: ask for fewer rows")
        return said

    @cached_property
    def _takes_account(self) -> bool:
        return "account" in inspect.signature(self.run).parameters

    def _account(self, ctx: ToolContext, named: str | None) -> str | None:
        """The account in question; None asks for the whole book, where that is in reach."""
        whole_book = "account" in self.in_chat.model_fields and not (
            self.in_chat.model_fields["account"].is_required()
        )
        if named is None and ctx.account_id is None and whole_book and Scope.BOOK in ctx.scopes:
            return None
        return ctx.account(named)

    def _arguments(self, *, with_account: bool) -> type[BaseModel]:
        hints = get_type_hints(self.run, include_extras=True)
        told = _told(inspect.getdoc(self.run) or "")
        fields: dict[str, Any] = {}
        for name, parameter in list(inspect.signature(self.run).parameters.items())[1:]:
            if name == "account" and not with_account:
                continue
            default = ... if parameter.default is parameter.empty else parameter.default
            words = {"description": told[name]} if name in told else {}
            fields[name] = (hints[name], Field(default, **words))
        return create_model(f"{self.name}_arguments", __base__=_Arguments, **fields)


def read_tool(scope: Scope = Scope.ACCOUNT) -> Callable[[Callable[..., Result]], Tool]:
    """Make a function a tool that reads."""
    return lambda run: Tool(run, scope)


def _checked(model: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        checked = model.model_validate(printable_values(given))
    except ValidationError as error:
        raise ToolRetry(describe_faults(error)) from None
    return {name: getattr(checked, name) for name in model.model_fields}


def describe_faults(error: ValidationError) -> str:
    """What does not fit, by field; the values given are not repeated."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    named = [f"{'.'.join(map(str, f['loc'])) or 'arguments'}: {f['msg']}" for f in faults]
    return "; ".join(named[:_MENTIONED_ERRORS])


def _function(name: str, doc: str, parameters: dict[str, Any]) -> dict[str, Any]:
    parameters.pop("title", None)
    for each in parameters.get("properties", {}).values():
        each.pop("title", None)
    description = re.split(r"\n\s*(?:Args|Raises|Returns):", doc)[0].strip()
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


def _told(doc: str) -> dict[str, str]:
    """What the Args section of a Google docstring says of each argument."""
    section = re.search(r"^Args:\n(.*?)(?:^\S|\Z)", doc, re.DOTALL | re.MULTILINE)
    told = re.findall(
        r"^ {4}(\w+): (.*(?:\n {8,}.*)*)", section[1] if section else "", re.MULTILINE
    )
    return {name: " ".join(words.split()) for name, words in told}
