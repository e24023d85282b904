"""What a person sees of the book: all of it, the accounts they own, or accounts of segments.

`visible` is the one condition, and a ledger seen by somebody adds it to every read, so no list,
card, answer or search has to remember it: what lies outside does not exist for them. Sums over the
whole book would tell the rest by subtraction, so records of the whole book are closed as well.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Alias, ColumnElement, Table, event, false, select, true
from sqlalchemy.orm import (
    ORMExecuteState,
    attributes,
    object_session,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors
from sqlmodel import Session

from ledger.errors import BadInput
from ledger.states import Segment
from ledger.tables import all_tables
from ledger.tables.account import Account
from ledger.tables.work import Run

ALL = "all"
OWN = "own"
SEGMENTS = "segments:"

BY_PARENT = {
    "attachment": ("inbound_id", "inbound"),
    "bank_line": ("receipt_id", "receipt"),
    "decision": ("proposal_id", "proposal"),
    "dispute_evidence": ("dispute_id", "dispute"),
    "exercise": ("proposal_id", "proposal"),
    "instalment": ("invoice_id", "invoice"),
    "plan_instalment": ("plan_id", "plan"),
    "receipt_return": ("receipt_id", "receipt"),
}
"""Tables that know their account through another record."""

WHOLE_BOOK = frozenset({"import_batch", "night_forecast", "payment_event", "remittance_line"})
"""Records of the whole book, or of nobody's account yet."""

OF_NO_ACCOUNT = frozenset(
    {
        "api_key", "audit", "chat_message", "delegation", "digest", "feed", "idempotent_request",
        "lesson", "model_call", "password", "permit", "person", "policy_adoption",
        "policy_approval", "policy_version", "review", "reviewer", "run", "sign_in",
        "sign_in_link", "snapshot", "webhook_endpoint",
    }
)  # fmt: skip
"""Tables without a customer's name or amount, read by a key that had to be found first.

The journal and the permits are chains: whoever writes must see the newest link.
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees.

    Attributes:
        person_id: Whose accounts are meant by `own`.
        own: Accounts they own.
        segments: Accounts of these segments.
    """

    person_id: str = ""
    own: bool = False
    segments: tuple[str, ...] = ()

    @property
    def limited(self) -> bool:
        """Whether there is anything they do not see."""
        return self.own or bool(self.segments)

    @property
    def says(self) -> str:
        """In words."""
        if self.own:
            return "own accounts"
        return f"{' and '.join(self.segments)} accounts" if self.segments else "every account"

    def covers(self, account: Account) -> bool:
        """Whether an account in hand is among what they see."""
        if self.own:
            return account.owner == self.person_id
        return not self.segments or account.segment in self.segments


EVERYTHING = Sight()


def read_sight(person_id: str, sees: str) -> Sight:
    """A person's sight from its stored word.

    Raises:
        BadInput: There is no such sight.
    """
    if sees == ALL:
        return Sight(person_id)
    if sees == OWN:
        return Sight(person_id, own=True)
    named = tuple(sees.removeprefix(SEGMENTS).split(",")) if sees.startswith(SEGMENTS) else ()
    known = {segment.value for segment in Segment}
    if not named or not known.issuperset(named):
        raise BadInput(f"{sees!r} is no sight: use all, own, or segments:{','.join(sorted(known))}")
    return Sight(person_id, segments=named)


def visible(sight: Sight) -> ColumnElement[bool]:
    """The condition on accounts that somebody's sight is."""
    columns = all_tables.metadata.tables["account"].c
    if sight.own:
        return columns.owner == sight.person_id
    return columns.segment.in_(sight.segments) if sight.segments else true()


def restrict(session: Session, sight: Sight) -> None:
    """Let a session read only what somebody sees, whichever way a SELECT names its tables."""
    session.info["sight"] = sight

    def narrow(state: ORMExecuteState) -> None:
        if not state.is_select:
            return
        state.statement = _narrow_tables(state.statement, sight)
        if state.is_orm_statement:
            state.statement = state.statement.options(*_criteria(sight))

    event.listen(session, "do_orm_execute", narrow)


def is_limited(session: Session) -> bool:
    """Whether this session shows only a part of the book."""
    return "sight" in session.info


@lru_cache(maxsize=256)
def _criteria(sight: Sight) -> tuple[Any, ...]:
    """The condition for every mapped class that it concerns."""
    mappers = sorted(Account._sa_registry.mappers, key=lambda each: each.local_table.name)
    found = ((mapper.class_, _on(mapper.local_table, sight)) for mapper in mappers)
    return tuple(
        with_loader_criteria(mapped, where, include_aliases=True)
        for mapped, where in found
        if where is not None
    )


def _on(table: Any, sight: Sight) -> ColumnElement[bool] | None:
    """The condition on the rows of a table; None where it holds no customer's."""
    tables = all_tables.metadata.tables
    if table.name == "account":
        return visible(sight)
    seen = select(tables["account"].c.id).where(visible(sight))
    if "account_id" in table.c:
        return table.c.account_id.in_(seen)
    if table.name in BY_PARENT:
        key, name = BY_PARENT[table.name]
        parent = tables[name]
        return table.c[key].in_(select(parent.c.id).where(parent.c.account_id.in_(seen)))
    return false() if table.name in WHOLE_BOOK else None


def _narrow_tables(statement: Any, sight: Sight) -> Any:
    """Put the rows somebody sees in place of each table that is named without its class."""
    put: dict[Any, Any] = {}
    for source in visitors.iterate(statement):
        if type(source) is Table or (type(source) is Alias and type(source.element) is Table):
            table = getattr(source, "element", source)
            where = _on(table, sight)
            if where is not None:
                put[source] = select(table).where(where).subquery(source.name)

    def replace(element: Any, **_named: Any) -> Any:
        if element in put:
            return put[element]
        source = getattr(element, "table", None)
        if source not in put or "parententity" in element._annotations:
            return None
        return put[source].c[element.key]

    return visitors.replacement_traverse(statement, {}, replace) if put else statement


def _hide_sums(run: Run, *_rest: Any) -> None:
    """A night's sums are the whole book's; whoever sees a part gets the night without them."""
    session = object_session(run)
    if session is not None and is_limited(session):
        attributes.set_committed_value(run, "counts", "{}")


event.listen(Run, "load", _hide_sums)
event.listen(Run, "refresh", _hide_sums)
