"""What every node may use, handed over as LangGraph's runtime context."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger.clock import Clock
from ledger.session import Ledger
from policies.schema import Policy

if TYPE_CHECKING:  # both pull in libraries that most commands never use
    from adapters.knowledge import KnowledgePort
    from agents.chat_model import ChatPort


@dataclass(frozen=True, slots=True)
class Deps:
    """The books, the policy, the time and the model of one home.

    Attributes:
        held_until: The real instant until which a message that is approved now stays in the
            outbox, so that it can be taken back; None where nobody sits at it.
        open_knowledge: Opens the knowledge index. Conversations only: one process may have it
            open, and that must never be a night.
    """

    ledger: Ledger
    policy: Policy
    clock: Clock
    as_of: date
    model: "ChatPort"
    open_knowledge: "Callable[[], KnowledgePort] | None" = None
    held_until: datetime | None = None

    @property
    def now(self) -> datetime:
        """The instant, from the one clock."""
        return self.clock.now()

    def over(self, ledger: Ledger) -> "Deps":
        """The same over another view of the books."""
        return replace(self, ledger=ledger)
