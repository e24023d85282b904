"""What a reviewer sees of a request: one line in the queue, and the whole card."""

from datetime import date, datetime
from typing import Any, Literal

from sqlmodel import Session

from guardrails.changes import what_moved
from guardrails.formats import hides
from guardrails.verdict import Deny, explain
from ledger.actions import MessageAction, ProposedAction, read_action
from ledger.facts import AccountFacts
from ledger.journal import decode_roles, recorded_facts
from ledger.money import Money
from ledger.queries.cash_facts import facts_for
from ledger.queries.inbox import decisions_on, successor_of
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.work import Proposal
from policies.schema import Policy
from tools.account_lines import AccountPage, Quote
from tools.account_pages import account_page, name_of, shown_text
from tools.action_words import action_words
from tools.alternatives import offered
from tools.authority import Decider, standing_of, who_may_approve
from tools.carry_out import asks_again_because, current_facts, may_leave_later, shown_letter
from tools.contract import MoneyOut, Result
from tools.proposals import judge_action
from tools.stakes import cost_of_being_wrong

MAX_WHY = 1200
MAX_DOCUMENT = 8000


class QueueLine(Result):
    """A request in the queue."""

    id: str
    digest: str
    state: str
    account_id: str
    account_number: str
    name: str
    action_type: str
    value: MoneyOut | None
    why: str
    rule_ids: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    assignee: str | None
    age_days: int
    created_on: date
    expires_on: date
    snoozed_until: date | None

    @property
    def is_urgent(self) -> bool:
        """Whether tomorrow may be too late."""
        return (self.expires_on - self.created_on).days - self.age_days <= 1


class Enclosure(Result):
    """A document that would go with a letter; its words stand as plain text."""

    name: str
    digest: str
    text: str


class Draft(Result):
    """Exactly what would leave. `hidden_characters` counts those that show as nothing."""

    channel: str
    sender: str
    reply_to: str
    recipient: str
    cc: tuple[str, ...]
    language: str
    wording: str
    subject: str
    body: str
    hidden_characters: int
    documents: tuple[Enclosure, ...] = ()


class RuleLine(Result):
    """A rule that sent the request to a person."""

    id: str
    says: str
    unless: str


class PersonLine(Result):
    """Somebody who decides."""

    id: str
    name: str
    roles: tuple[str, ...]


class AuthorityLine(Result):
    """Whose yes is needed: one role of every set, none of them the author."""

    needed: tuple[tuple[str, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    amount: MoneyOut | None
    approved_by: tuple[PersonLine, ...]
    may_approve: tuple[PersonLine, ...]


class OptionLine(Result):
    """Something else the reviewer may do."""

    verb: str
    means: str


class WayLine(Result):
    """One of several ways to do it; `number` is what `--choose` takes."""

    number: int
    says: str
    does: str


class DecisionLine(Result):
    """What somebody said earlier."""

    verb: str
    by: str
    name: str
    at: datetime
    reason: str


class Card(Result):
    """One reviewable request, complete on its own.

    Attributes:
        ways: Where there are several, all of them, the request itself first.
        changed: What moved in the books since it was drafted.
        now: What approving would do at this moment.
        cost: What a wrong yes would cost.
    """

    id: str
    digest: str
    state: str
    account_id: str
    action_type: str
    action: dict[str, Any]
    action_words: str
    ways: tuple[WayLine, ...]
    value: MoneyOut | None
    author: str
    role: str
    run_id: str | None
    assignee: str | None
    age_days: int
    created_on: date
    expires_on: date
    snoozed_until: date | None
    brief: AccountPage
    draft: Draft | None
    said: Quote | None
    why: str
    counterfactual: str
    rules: tuple[RuleLine, ...]
    changed: tuple[str, ...]
    now: Literal["carried_out", "delayed", "asks_again", "refused", "closed"]
    now_because: str
    cost: tuple[str, ...]
    authority: AuthorityLine
    options: tuple[OptionLine, ...]
    decisions: tuple[DecisionLine, ...]
    outcome: str
    supersedes_id: str | None
    replaced_by: str | None


def queue_line(proposal: Proposal, number: str, name: str, as_of: date) -> QueueLine:
    """A proposal as a line of the queue."""
    return QueueLine(
        account_number=number,
        name=name_of(name),
        value=_value(proposal),
        why=shown_text(proposal.why, MAX_WHY),
        rule_ids=_rule_ids(proposal),
        needs=decode_roles(proposal.approver_roles),
        age_days=(as_of - proposal.created_on).days,
        **proposal.model_dump(include=_SHARED),
    )


_SHARED = {
    "id",
    "digest",
    "state",
    "account_id",
    "action_type",
    "assignee",
    "created_on",
    "expires_on",
    "snoozed_until",
}


def build_card(
    session: Session, proposal: Proposal, policy: Policy, as_of: date, now: datetime
) -> Card:
    """Read everything a person needs to decide a proposal."""
    action = read_action(proposal.action)
    before = recorded_facts(session, proposal.facts_hash)
    after = current_facts(session, proposal, as_of)
    effect, because = _effect_now(session, proposal, action, after, policy, now)
    return Card(
        action=action.model_dump(mode="json"),
        action_words=action_words(action, before),
        ways=_ways(session, proposal.id, action, as_of),
        value=_value(proposal),
        age_days=(as_of - proposal.created_on).days,
        brief=account_page(session, proposal.account_id, as_of),
        draft=_draft(action, before, policy, as_of),
        said=_said(action, proposal),
        why=shown_text(proposal.why, MAX_WHY),
        counterfactual=proposal.counterfactual,
        rules=_rules(proposal, policy),
        changed=tuple(shown_text(line, MAX_WHY) for line in what_moved(before, after)),
        now=effect,
        now_because=shown_text(because, MAX_WHY),
        cost=cost_of_being_wrong(action, _value(proposal), policy.approval.reviewing.undo_seconds),
        authority=_authority(session, proposal, policy),
        options=_options(action, proposal),
        decisions=_decisions(session, proposal),
        outcome=shown_text(proposal.outcome, MAX_WHY),
        replaced_by=successor_of(session, proposal.id),
        **proposal.model_dump(include=_SHARED | {"author", "role", "run_id", "supersedes_id"}),
    )


def _ways(
    session: Session, proposal_id: str, action: ProposedAction, as_of: date
) -> tuple[WayLine, ...]:
    """All ways of a request that has several, as the books stand."""
    others, words = offered(session, proposal_id)
    if not others:
        return ()
    actions = [action, *others]
    told = [
        action_words(each, facts_for(session, as_of, [each])[each.account_id]) for each in actions
    ]
    return tuple(
        WayLine(number=number, says=shown_text(says, MAX_WHY), does=does)
        for number, (says, does) in enumerate(zip(words, told, strict=False), start=1)
    )


def _value(proposal: Proposal) -> Money | None:
    return Money(proposal.priority_minor, proposal.currency) if proposal.currency else None


def _rule_ids(proposal: Proposal) -> tuple[str, ...]:
    return tuple(rule_id for rule_id in proposal.rule_ids.split(",") if rule_id)


def _effect_now(
    session: Session,
    proposal: Proposal,
    action: ProposedAction,
    facts: AccountFacts,
    policy: Policy,
    now: datetime,
) -> tuple[Literal["carried_out", "delayed", "asks_again", "refused", "closed"], str]:
    """What an approval would lead to at this moment, and why."""
    if proposal.state not in OPEN_PROPOSAL_STATES:
        return "closed", proposal.outcome
    verdict, judged = judge_action(action, facts, policy, now)
    if isinstance(verdict, Deny):
        later = may_leave_later(verdict)
        return ("delayed", later) if later else ("refused", explain(verdict))
    moved = asks_again_because(session, proposal, facts, policy, verdict, judged)
    return ("asks_again", moved) if moved else ("carried_out", "")


def _draft(
    action: ProposedAction, facts: AccountFacts, policy: Policy, as_of: date
) -> Draft | None:
    if not isinstance(action, MessageAction):
        return None
    letter = shown_letter(action, facts, policy, as_of)
    if letter is None:
        return None
    text = f"{letter.subject}{letter.body}".replace("\n", "")
    return Draft(
        channel=action.channel,
        sender=f"{policy.company.name} <{policy.company.sender_email}>",
        reply_to=policy.company.reply_to,
        recipient=letter.recipient,
        cc=letter.cc,
        language=letter.language,
        wording=action.wording,
        subject=letter.subject,
        body=letter.body,
        hidden_characters=sum(map(hides, text)),
        documents=tuple(
            Enclosure(name=d.name, digest=d.file_digest, text=shown_text(d.text, MAX_DOCUMENT))
            for d in letter.documents
        ),
    )


def _said(action: ProposedAction, proposal: Proposal) -> Quote | None:
    """The free text of an action that is not a letter: a summary, a note, a customer's words."""
    for field in ("summary", "note", "quote"):
        text = getattr(action, field, "")
        if text:
            source = "the customer" if field == "quote" else proposal.author
            return Quote(source=source, on=proposal.created_on, text=shown_text(text, 2000))
    return None


def _rules(proposal: Proposal, policy: Policy) -> tuple[RuleLine, ...]:
    known = policy.approval.by_id
    return tuple(
        RuleLine(id=rule_id, says=known[rule_id].says, unless=known[rule_id].unless)
        if rule_id in known
        else RuleLine(id=rule_id, says="A rule of an earlier policy.", unless="")
        for rule_id in _rule_ids(proposal)
    )


def _authority(session: Session, proposal: Proposal, policy: Policy) -> AuthorityLine:
    standing = standing_of(session, proposal)
    waits = proposal.state in OPEN_PROPOSAL_STATES
    able = who_may_approve(session, standing, policy, proposal.account_id) if waits else ()
    return AuthorityLine(
        needed=standing.needed,
        missing=standing.missing(policy),
        amount=standing.value,
        approved_by=tuple(map(_person, standing.approved_by)),
        may_approve=tuple(map(_person, able)),
    )


def _person(decider: Decider) -> PersonLine:
    return PersonLine(id=decider.person_id, name=name_of(decider.name), roles=decider.roles)


def _options(action: ProposedAction, proposal: Proposal) -> tuple[OptionLine, ...]:
    if proposal.state not in OPEN_PROPOSAL_STATES:
        return ()
    words = "words, recipient, stage or items" if isinstance(action, MessageAction) else "details"
    told = {
        "edit": f"change {words}; it is judged again and waits for somebody other than you",
        "reject": "say no with a reason; it is not carried out",
        "answer": f"send it back to the {proposal.role} with a note; the case is prepared again",
        "snooze": f"put it aside until a date, at the latest {proposal.expires_on}",
        "assign": "give it to a colleague",
    }
    return tuple(OptionLine(verb=verb, means=means) for verb, means in told.items())


def _decisions(session: Session, proposal: Proposal) -> tuple[DecisionLine, ...]:
    return tuple(
        DecisionLine(
            verb=decision.verb,
            by=decision.decided_by,
            name=name_of(name or decision.decided_by),
            at=decision.decided_at,
            reason=shown_text(decision.reason),
        )
        for decision, name in decisions_on(session, proposal.id)
    )
