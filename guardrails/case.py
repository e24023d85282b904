"""What a rule may look at: the action, the facts, the policy, the moment, the draft."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from guardrails.content.read import read_content
from guardrails.content.report import ContentReport
from guardrails.known import known_company
from guardrails.tracing.letters import skeleton
from guardrails.verdict import Hit
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
        company, facts, draft = self.policy.company, self.facts, self.draft
        ours = (company.name, company.signature)
        if self.message is not None and self.message.wording == "template":
            # A night's letters differ in their facts alone, which are traced: read once.
            text = f"{draft.subject}\n{draft.body}"
            words = skeleton(text, facts, self.policy, draft.language, self.message)
            return _read_once(words, ours, facts.as_of)
        body = draft.body
        for line in known_company(company).lines:  # our bank details are no secret and no news
            body = body.replace(line, " " * len(line))
        people = (contact.name for contact in facts.contacts)
        return read_content(
            draft.subject,
            body,
            names=(*ours, facts.name, *people),
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


Rule = Callable[[Case], Hit | None]


@functools.lru_cache(maxsize=4096)
def _read_once(words: str, ours: tuple[str, str], as_of: date) -> ContentReport:
    subject, _, body = words.partition("\n")
    return read_content(subject, body, names=ours, senders=ours[:1], as_of=as_of)


def concerns(*kinds: Any) -> Callable[[Rule], Rule]:
    """Ask a rule about these kinds of action alone; without it, it is asked about every one."""
    names = frozenset(kind.model_fields["type"].default for kind in kinds)

    def about_them(rule: Rule) -> Rule:
        @functools.wraps(rule)
        def ask(case: Case) -> Hit | None:
            return rule(case) if case.action.type in names else None

        vars(ask)["kinds"] = names
        return ask

    return about_them


def is_concerned(rule: Rule, kind: str) -> bool:
    """Whether a rule is asked about a kind of action."""
    kinds: frozenset[str] | None = getattr(rule, "kinds", None)
    return kinds is None or kind in kinds
