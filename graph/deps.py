"""What every node may use, handed over as LangGraph's runtime context."""

from dataclasses import dataclass
from datetime import date, datetime

from agents.chat_model import ChatPort
from ledger.clock import Clock
from ledger.session import Ledger
from policies.schema import Policy


@dataclass(frozen=True, slots=True)
class Deps:
    """The books, the policy, the time and the model of one home."""

    ledger: Ledger
    policy: Policy
    clock: Clock
    as_of: date
    model: ChatPort

    @property
    def now(self) -> datetime:
        """The instant, from the one clock."""
        return self.clock.now()
