"""What a key opens to another agent: our read tools, and one that asks in the person's name.

No tool sends, posts or approves. What is asked for waits in the inbox for a colleague, whatever the
key may do elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from agents.supervisor import ROLES
from api.access import Caller, open_door
from graph.asking import ask_for
from graph.deps import Deps
from guardrails.verdict import Deny
from ledger.errors import Refused
from ledger.identities import Identity
from tools.catalog import READ_TOOLS
from tools.contract import CHAT_SCOPES, Scope, Tool, ToolContext, ToolRefused
from tools.propose import ProposeTool, propose_tool

READS = {name: tool for name, tool in READ_TOOLS.items() if tool.scope is not Scope.PROPOSE}
ASKS = tuple(sorted({kind for spec in ROLES.values() for kind in spec.action_types}))
_ROLE = "collector"


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """The tools of one key.

    Attributes:
        may_ask: The key, and the person's roles, let it ask.
    """

    caller: Caller
    may_ask: bool

    def tools(self) -> dict[str, Tool | ProposeTool]:
        """The tools by name."""
        listed: dict[str, Tool | ProposeTool] = dict(READS)
        if self.may_ask:
            asking = propose_tool(ASKS)
            listed[asking.name] = asking
        return listed

    def call(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Run a tool; returns what it found, or what became of the request.

        Raises:
            ToolRetry: The arguments do not fit.
            ToolRefused: The key does not open the tool.
        """
        tool = self.tools().get(name)
        if tool is None:
            raise ToolRefused("only_tools_of_the_role", "this key opens no such tool")
        deps = self.caller.house.deps()
        with deps.ledger.read(as_=Identity.AGENT) as session:
            ctx = ToolContext(
                session=session,
                actor=self.caller.person.person_id,
                role=_ROLE,
                as_of=deps.as_of,
                now=deps.now,
                policy=deps.policy,
                scopes=CHAT_SCOPES if self.may_ask else CHAT_SCOPES - {Scope.PROPOSE},
                action_types=ASKS,
                open_knowledge=deps.open_knowledge,
            )
            said: dict[str, Any] = orjson.loads(tool.call(ctx, given))
        return self._ask(deps, ctx) if ctx.proposed else said

    def _ask(self, deps: Deps, ctx: ToolContext) -> dict[str, Any]:
        (action,) = ctx.proposed
        why = f"Asked for by a program with a key of {self.caller.person.name}."
        person = self.caller.person
        done = ask_for(self.caller.house, deps, person, _ROLE, action, why, always_ask=True)
        if isinstance(done.verdict, Deny):
            raise ToolRefused(done.verdict.findings[0].rule_id, done.outcome)
        return {
            "proposal_id": done.proposal_id,
            "outcome": done.outcome,
            "page": f"/desk/inbox/{done.proposal_id}",
        }


def open_desk(app: Any, secret: str) -> OpenDesk:
    """The tools behind a key: one that may chat also asks, where its owner works accounts.

    Raises:
        Unauthorized: The key opens nothing.
        Refused: It may neither chat nor read.
        TooMany: Its owner asks too often.
    """
    try:
        caller = open_door(app, secret, "chat")
    except Refused:
        return OpenDesk(open_door(app, secret, "read"), may_ask=False)
    authority = caller.house.policy.approval.authority
    return OpenDesk(caller, any(entry.role in caller.person.roles for entry in authority))
