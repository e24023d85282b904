"""What a rule may look at: the action, the facts, the policy, the moment, the draft."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from guardrails.content.read import read_content
from guardrails.content.report import ContentReport
from guardrails.known import known_company
from ledger.actions import MessageAction, ProposedAction, SendReminder
from ledger.facts import AccountFacts, ContactFact, OpenItem
from policies.schema import Policy


@dataclass(frozen=True)
class Draft:
    """The exact words about to be sent."""

    subject: str
    body: str
    language: str


@dataclass(frozen=True)
class Case:
    """One action before the gate."""

    action: ProposedAction
    facts: AccountFacts
    policy: Policy
    at: datetime | None = None
    draft: Draft | None = None

    @property
    def as_of(self) -> date:
        """The business date."""
        return self.facts.as_of

    @cached_property
    def message(self) -> MessageAction | None:
        """The action as a message, or None."""
        return self.action if isinstance(self.action, MessageAction) else None

    @cached_property
    def reminder(self) -> SendReminder | None:
        """The action as a reminder, or None."""
        return self.action if isinstance(self.action, SendReminder) else None

    @cached_property
    def contact(self) -> ContactFact | None:
        """The contact the message goes to, if it belongs to the account."""
        wanted = self.message.contact_id if self.message else None
        return next((c for c in self.facts.contacts if c.contact_id == wanted), None)

    @cached_property
    def content(self) -> ContentReport:
        """What the checkers find in the words; every rule reads the same report.

        Raises:
            ValueError: There are no words.
        """
        if self.draft is None:
            raise ValueError("a message without words holds nothing")
        company, facts = self.policy.company, self.facts
        body = self.draft.body
        for line in known_company(company).lines:  # our bank details are no secret and no news
            body = body.replace(line, " " * len(line))
        people = (contact.name for contact in facts.contacts)
        return read_content(
            self.draft.subject,
            body,
            names=(company.name, company.signature, facts.name, *people),
            senders=(company.name,),
            as_of=facts.as_of,
        )

    @cached_property
    def items(self) -> dict[str, OpenItem]:
        """Open items of the account by id."""
        return {item.invoice_id: item for item in self.facts.open_items}

    @cached_property
    def named_items(self) -> tuple[OpenItem, ...]:
        """Open items a reminder names."""
        ids = self.reminder.invoice_ids if self.reminder else ()
        return tuple(self.items[i] for i in ids if i in self.items)

    @cached_property
    def named_ids(self) -> frozenset[str]:
        """Ids a reminder names."""
        return frozenset(self.reminder.invoice_ids) if self.reminder else frozenset()
