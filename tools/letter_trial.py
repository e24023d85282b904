"""How a template reads in real cases, before it is kept: its words, and what the gate says of them.

The accounts are those of the home. What a template is about and an account does not have, such as
a promise or a plan, is supposed for the trial; nothing of it is written or sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import get_args

from engines.dunning import choose_contact
from guardrails.message_kinds import OFF_LADDER
from guardrails.verdict import Verdict, findings_of
from ledger.actions import AnswerQuery, AnswerTemplate, MessageAction, SendReminder, SendStatement
from ledger.facts import (
    AccountFacts,
    ActivePlan,
    ContactFact,
    OpenItem,
    PendingPromise,
    PlannedPart,
    ReceivedPayment,
)
from policies.letter_template import LetterTemplate
from policies.load import with_changes
from policies.schema import Policy
from tools.letters import Letter, LetterError, render_letter
from tools.outgoing import judge_message

WANTED = 3
"""Cases a template must pass before it is saved."""
# Rules of the gate about the words of a message; those of the packs say themselves that they are.
_ABOUT_WORDS = frozenset(
    {"every_number_traced", "approved_template_in_language", "compliance_packs"}
)
_SUPPOSED = "supposed"


@dataclass(frozen=True, slots=True)
class Trial:
    """A template in one case.

    Attributes:
        shape: What the case stands for, such as "several invoices".
        letter: The finished words; None where they could not be written.
        verdict: What the gate says of sending it today; None without words.
        faults: What is wrong with the words; empty when the template passes here.
    """

    account_number: str
    name: str
    shape: str
    letter: Letter | None
    verdict: Verdict | None
    faults: tuple[str, ...]


def try_template(
    template: LetterTemplate, cases: Sequence[tuple[str, AccountFacts]], policy: Policy
) -> tuple[Trial, ...]:
    """Write and judge a letter in each case, as if the template were the only one.

    Args:
        template: What is tried.
        cases: (shape, account), each with something open.
        policy: The policy of the home.
    """
    company = policy.company
    voice = {"voice": template.voice or company.voice, "formal_segments": ()}
    alone = with_changes(policy, letters=(template,), company=company.model_copy(update=voice))
    return tuple(_try(template, shape, facts, alone) for shape, facts in cases)


def _try(template: LetterTemplate, shape: str, facts: AccountFacts, policy: Policy) -> Trial:
    facts = _as_supposed(template, facts)
    now = datetime.combine(facts.as_of, time.min, UTC)
    told = (facts.account_number, facts.name, shape)
    try:
        action = trial_action(template, facts)
        letter = render_letter(action, facts, policy)
    except LetterError as error:
        return Trial(*told, None, None, (error.message,))
    verdict = judge_message(action, facts, policy, now).verdict
    faults = tuple(
        f"{finding.says} {finding.detail}".strip()
        for finding in findings_of(verdict)
        if finding.effect == "deny" and _is_about_words(finding.rule_id, policy)
    )
    return Trial(*told, letter, verdict, faults)


def _is_about_words(rule_id: str, policy: Policy) -> bool:
    rule = policy.packs.by_id.get(rule_id)
    return rule_id in _ABOUT_WORDS or (rule is not None and rule.stage == "content")


def trial_action(template: LetterTemplate, facts: AccountFacts) -> MessageAction:
    """The action that sends a template to an account.

    Raises:
        LetterError: The account has nobody to write to, or nothing the template is about.
    """
    to = {
        "account_id": facts.account_id,
        "contact_id": _contact(facts).contact_id,
        "channel": template.channel or "email",
        "language": template.language,
    }
    items = _items(template, facts)
    currency = items[0].currency
    ids = tuple(item.invoice_id for item in items)
    if template.id == "statement":
        return SendStatement(currency=currency, **to)
    if template.id in get_args(AnswerTemplate):
        wants_row = template.id in ("receipt", "promise_confirmation", "plan_proposal")
        named = ids if template.id == "copy_answer" else ()
        about = _SUPPOSED if wants_row else None
        return AnswerQuery(template_id=template.id, about=about, invoice_ids=named, **to)
    return SendReminder(
        currency=currency,
        stage=0 if template.id in OFF_LADDER else template.stage or 1,
        template_id=template.id,
        invoice_ids=ids,
        promise_id=_SUPPOSED if template.id == "broken_promise" else None,
        **to,
    )


def is_reminder(template: LetterTemplate) -> bool:
    """Whether it asks for payment of items, late or soon due."""
    return template.id != "statement" and template.id not in get_args(AnswerTemplate)


def _contact(facts: AccountFacts) -> ContactFact:
    contact = choose_contact(facts)
    if contact is None:
        raise LetterError(f"account {facts.account_number} has no contact: name another account")
    return contact


def _items(template: LetterTemplate, facts: AccountFacts) -> list[OpenItem]:
    """What is open in the first currency: late, or for the note ahead not yet late."""
    ahead = template.id == "pre_due"
    found = [
        item
        for item in facts.open_items
        if not is_reminder(template) or (item.due_on >= facts.as_of) == ahead
    ]
    if not found:
        when = "due later" if ahead else "overdue"
        raise LetterError(f"account {facts.account_number} has nothing {when}: name another")
    return [item for item in found if item.currency == found[0].currency]


def _as_supposed(template: LetterTemplate, facts: AccountFacts) -> AccountFacts:
    """The account with what the template is about, and in the segment it is for."""
    if not facts.open_items:
        return facts
    first = facts.open_items[0]
    soon, lately = (facts.as_of + timedelta(days=days) for days in (7, -7))
    promise = PendingPromise(
        _SUPPOSED, "theirs", "payment", soon, first.open_minor, first.currency, ()
    )
    half = first.open_minor // 2
    parts = (PlannedPart(soon, half), PlannedPart(soon, first.open_minor - half))
    paid = ReceivedPayment(
        _SUPPOSED, f"RC-{first.invoice_number}", lately, first.open_minor, first.currency
    )
    changes: dict[str, object] = {
        "promise_confirmation": {"promises": (promise,)},
        "broken_promise": {"broken_lately": (replace(promise, due_on=lately),)},
        "receipt": {"payments": (paid,)},
        "plan_proposal": {
            "plans": (ActivePlan(_SUPPOSED, "proposed", (first.invoice_id,), soon, parts),)
        },
        "opt_out_confirmation": {
            "contacts": tuple(replace(each, opted_out=True) for each in facts.contacts)
        },
    }.get(template.id, {})
    return replace(facts, segment=template.segment or facts.segment, **changes)
