"""What a person wants to see of the queue: read from an address, and written back into one."""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.pages.access import SignedIn, Visitor
from ledger.actions import KINDS_OF_ACTION
from ledger.errors import BadInput
from ledger.money import Money, currency_digits
from ledger.queries.inbox import QueueFilter
from ledger.states import ProposalState
from tools.delegation import looks_after

PAGE = 50
_STATES = {state.value for state in ProposalState}


class Wanted(BaseModel):
    """A filter of the queue as an address holds it.

    Attributes:
        who: `mine` for what a role of theirs is needed for, `given` for what was given to them or
            to whom they stand in for, `nobody` for what was given to nobody, else a person.
        at: The request the focus goes to.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    q: str = Field(default="", max_length=80)
    state: str = ""
    kind: str = ""
    role: str = Field(default="", max_length=40)
    rule: str = Field(default="", max_length=80)
    account: str = Field(default="", max_length=60)
    who: str = Field(default="", max_length=60)
    currency: str = Field(default="", max_length=3)
    least: str = Field(default="", max_length=20)
    cursor: str = Field(default="", max_length=200)
    at: str = Field(default="", max_length=40)

    def query(self, **changes: str) -> str:
        """As the query of an address, without what is empty."""
        values = self.model_dump() | changes
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filtered at all."""
        return bool(self.model_copy(update={"cursor": "", "at": ""}).query())

    def filter(self, visitor: Visitor) -> QueueFilter:
        """As the queue takes it.

        Raises:
            BadInput: A state, kind or amount does not exist.
        """
        if self.state and self.state not in _STATES:
            raise BadInput(f"no state {self.state!r}; there are {', '.join(sorted(_STATES))}")
        if self.kind and self.kind not in KINDS_OF_ACTION:
            raise BadInput(f"no kind of action is called {self.kind!r}")
        roles = {self.role} if self.role else set()
        if self.who == "mine":
            roles |= visitor.house.policy.approval.roles_of(visitor.person.roles)
        named = self.who if self.who not in ("", "mine", "given", "nobody") else None
        return QueueFilter(
            states=(self.state,) if self.state else (),
            account_id=self.account or None,
            roles=tuple(sorted(roles)),
            rule_id=self.rule or None,
            assignee="" if self.who == "nobody" else named,
            currency=self.currency.upper() or None,
            min_minor=self._least(),
            action_types=(self.kind,) if self.kind else (),
            words=self.q.strip(),
            for_people=_given(visitor) if self.who == "given" else (),
        )

    def _least(self) -> int | None:
        currency = self.currency.upper()
        if currency:
            currency_digits(currency)
        if not self.least:
            return None
        if not currency:
            raise BadInput("a least value needs its currency")
        return Money.of(self.least.replace(",", ""), currency).minor


def _given(visitor: Visitor) -> tuple[str, ...]:
    deps = visitor.house.deps()
    with deps.ledger.read() as session:
        return looks_after(session, visitor.person.person_id, deps.as_of)


def read_wanted(values: dict[str, str]) -> Wanted:
    """A filter from the fields of an address.

    Raises:
        BadInput: One of them is too long.
    """
    try:
        return Wanted.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(f"{first['loc'][0]}: {first['msg']}") from None


def wanted_back(query: str) -> Wanted:
    """The filter a form carries, to go back to; never another address than the queue."""
    return read_wanted(dict(parse_qsl(query)))


def _of_address(request: Request, _visitor: SignedIn) -> Wanted:
    return read_wanted(dict(request.query_params))


WantedHere = Annotated[Wanted, Depends(_of_address)]
