"""Which reminder fits an account tonight: the stage comes from the state of its items.

Pure and deterministic. Whether the reminder may leave is the gate's question, not this one's.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.actions import SendReminder
from ledger.facts import AccountFacts, ContactFact, OpenItem
from policies.letter_template import CHANNELS, Channel
from policies.schema import Policy


@dataclass(frozen=True, slots=True)
class ContactPlan:
    """Reminders due now, at most one a currency; what is past the ladder; when to look again."""

    reminders: tuple[SendReminder, ...]
    past_last_stage: tuple[str, ...]
    next_action_on: date | None


def plan_contact(facts: AccountFacts, policy: Policy) -> ContactPlan:
    """The reminders an account is due as of the date of its facts.

    A missed run is caught up once, at the next stage of each item; no stage is skipped. Items
    under a promise, plan, hold or (scope item) dispute are left out; where that leaves nothing,
    the due items stay in, so that the gate names the rule that pauses them. A promise to pay that
    was broken is spoken of once, before the ladder goes on. An experiment the account takes part
    in may put its stages later and word them by another letter.
    """
    reminders: list[SendReminder] = []
    past: list[str] = []
    dates: list[date] = []
    for currency in facts.currencies:
        items = [i for i in facts.open_items if i.currency == currency and i.open_minor > 0]
        due, beyond, upcoming = _sort_items(items, facts, policy)
        dates += upcoming
        if beyond:
            past.append(currency)
        dates += _note_dates(items, facts.as_of, policy)
        reminder = (
            _promise_not_kept(currency, items, facts, policy)
            or _reminder(currency, items, due, facts, policy)
            or _note_ahead(currency, items, facts, policy)
        )
        if reminder is not None:
            reminders.append(reminder)
    return ContactPlan(tuple(reminders), tuple(past), min(dates, default=None))


def _sort_items(
    items: list[OpenItem], facts: AccountFacts, policy: Policy
) -> tuple[list[OpenItem], list[OpenItem], list[date]]:
    """Items whose next stage is reached, items beyond the last stage, and later stage dates."""
    due, beyond, upcoming = [], [], []
    treatment = policy.experiments.treatment(facts.arms, facts.as_of)
    for item in items:
        stage = policy.dunning.stage(item.dunning_level + 1)
        if stage is None:
            beyond.append(item)
            continue
        reached = item.due_on + timedelta(days=stage.days_past_due)
        if item.dunned_on is not None:
            reached = max(reached, item.dunned_on + timedelta(days=stage.days_since_last))
        reached = treatment.reached(reached)
        if reached <= facts.as_of:
            due.append(item)
        else:
            upcoming.append(reached)
    return due, beyond, upcoming


def _reminder(
    currency: str,
    items: list[OpenItem],
    due: list[OpenItem],
    facts: AccountFacts,
    policy: Policy,
) -> SendReminder | None:
    free = [item for item in due if not _paused(item, facts, policy)]
    carrying = free or due
    if not carrying:
        return None
    level = max(item.dunning_level + 1 for item in carrying)
    stage = policy.dunning.stage(level)
    named = [
        item
        for item in items
        if item.due_on < facts.as_of and (not free or not _paused(item, facts, policy))
    ]
    total = sum(part.open_minor for item in named for part in item.asked(facts.as_of))
    if stage is None or not named or total < policy.minimum_minor.get(currency, 0):
        return None
    return _worded(currency, level, stage.template, named, facts, policy)


def _worded(
    currency: str,
    level: int,
    template_id: str,
    named: list[OpenItem],
    facts: AccountFacts,
    policy: Policy,
) -> SendReminder:
    contact = choose_contact(facts)
    language = _language(facts, contact, policy)
    channel = choose_channel(facts, contact, template_id, language, policy)
    tried = policy.experiments.treatment(facts.arms, facts.as_of).letters.get(template_id)
    there = tried and policy.letter_for(tried, language, channel, facts.segment)
    return SendReminder(
        account_id=facts.account_id,
        contact_id=contact.contact_id if contact else "",
        channel=channel,
        language=language,
        currency=currency,
        stage=level,
        template_id=tried if tried and there else template_id,
        invoice_ids=tuple(
            item.invoice_id for item in sorted(named, key=lambda i: (i.due_on, i.invoice_number))
        ),
    )


def _promise_not_kept(
    currency: str, items: list[OpenItem], facts: AccountFacts, policy: Policy
) -> SendReminder | None:
    """The letter about the newest broken promise that nobody has written about since its date."""
    broken = [p for p in facts.broken_lately if p.currency in (None, currency)]
    if not broken:
        return None
    promise = max(broken, key=lambda each: (each.due_on, each.promise_id))
    if any(
        (past.purpose, past.stage, past.currency) == ("send_reminder", 0, currency)
        and past.sent_on > promise.due_on
        for past in facts.contact_history
    ):
        return None
    named = [
        item
        for item in items
        if item.due_on < facts.as_of
        and item.invoice_id in (promise.invoice_ids or (item.invoice_id,))
        and not _paused(item, facts, policy)
    ]
    total = sum(part.open_minor for item in named for part in item.asked(facts.as_of))
    if not named or total < policy.minimum_minor.get(currency, 0):
        return None
    letter = _worded(currency, 0, "broken_promise", named, facts, policy)
    return letter.model_copy(update={"promise_id": promise.promise_id})


def _note_ahead(
    currency: str, items: list[OpenItem], facts: AccountFacts, policy: Policy
) -> SendReminder | None:
    """The note before the due date, where policy wants one: nothing late, and none sent lately."""
    days, as_of = policy.dunning.pre_due_days, facts.as_of
    soon = [i for i in items if 0 < (i.due_on - as_of).days <= days and not i.dunning_level]
    named = [item for item in soon if not _paused(item, facts, policy)]
    if not named or any(item.due_on <= as_of for item in items):
        return None
    if any(
        (past.purpose, past.stage, past.currency) == ("send_reminder", 0, currency)
        and (as_of - past.sent_on).days < days
        for past in facts.contact_history
    ):
        return None
    total = sum(part.open_minor for item in named for part in item.asked(as_of))
    if total < policy.minimum_minor.get(currency, 0):
        return None
    return _worded(currency, 0, "pre_due", named, facts, policy)


def _note_dates(items: list[OpenItem], as_of: date, policy: Policy) -> list[date]:
    """Later days on which a note before the due date may be due."""
    ahead = timedelta(days=policy.dunning.pre_due_days)
    return [item.due_on - ahead for item in items if ahead and item.due_on - ahead > as_of]


def _paused(item: OpenItem, facts: AccountFacts, policy: Policy) -> bool:
    """Whether a hold, promise, plan or (scope item) dispute covers just this item."""
    held = any(hold.invoice_id == item.invoice_id for hold in facts.holds)
    disputed = policy.contact.dispute_scope == "item" and any(
        dispute.invoice_id == item.invoice_id
        and (dispute.amount_minor is None or not item.is_partly_disputed)
        for dispute in facts.disputes
    )
    promised = any(
        promise.direction == "theirs" and item.invoice_id in promise.invoice_ids
        for promise in facts.promises
    )
    planned = any(item.invoice_id in plan.invoice_ids for plan in facts.plans)
    return held or disputed or promised or planned


_ROLE_ORDER = ("accounts_payable", "billing", "escalation", "owner", "legal")


def choose_contact(facts: AccountFacts) -> ContactFact | None:
    """The contact to write to: accounts payable before billing before others; reachable first."""
    return min(
        facts.contacts,
        key=lambda c: (
            c.opted_out,
            c.bounced or not (c.email or c.phone),
            _ROLE_ORDER.index(c.role) if c.role in _ROLE_ORDER else len(_ROLE_ORDER),
            c.contact_id,
        ),
        default=None,
    )


def _language(facts: AccountFacts, contact: ContactFact | None, policy: Policy) -> str:
    """Contact's language, then the account's, then ours. A missing template stops the message."""
    return (contact.language if contact else None) or facts.language or policy.company.language


_CHANNELS: dict[str, Channel] = {channel: channel for channel in CHANNELS}


def choose_channel(
    facts: AccountFacts,
    contact: ContactFact | None,
    template_id: str,
    language: str,
    policy: Policy,
) -> Channel:
    """The customer's preferred channel; where it may not be used or has failed, the next one.

    Where none will do it is e-mail, and the gate says why nothing leaves.
    """
    preferred = facts.preferred_channel
    if contact is None or (preferred == "email" and contact.email and not contact.bounced):
        return "email"
    wanted = _CHANNELS.get(preferred)
    fallback = policy.contact.fallback_channels
    for channel in (wanted, *fallback) if wanted else fallback:
        worded = policy.letter_for(template_id, language, channel, facts.segment)
        if worded and _may_reach(channel, contact, facts, policy):
            return channel
    return "email"


def _may_reach(channel: Channel, contact: ContactFact, facts: AccountFacts, policy: Policy) -> bool:
    """Whether policy lets a contact be written to by a channel that works for them."""
    if not policy.contact.allows(channel, contact.role, facts.debtor_type):
        return False
    if channel in policy.contact.channels_needing_consent and channel not in contact.consents:
        return False
    if channel == "email":
        return bool(contact.email) and not contact.bounced
    return channel != "sms" or bool(contact.phone)


def levels_after(items: tuple[OpenItem, ...], stage: int) -> dict[str, int]:
    """Dunning level of each item once a reminder of a stage has left: one step up, never beyond.

    Items that were at the stage already keep their level and its date: what joins later and is
    reminded anew holds nobody's next stage back.
    """
    return {item.invoice_id: item.dunning_level + 1 for item in items if item.dunning_level < stage}
