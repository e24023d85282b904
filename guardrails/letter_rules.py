"""Rules for the words of a message and for who must have read them first."""

from guardrails.case import Case, concerns
from guardrails.message_kinds import OFF_LADDER, message_kind, subject_of
from guardrails.tone.score import score_tone
from guardrails.tone.verdict import judge_tone
from guardrails.tracing.letters import untraced
from guardrails.verdict import Hit
from ledger.actions import AnswerQuery, SendReminder, SendStatement
from ledger.states import DebtorType, Segment, TicketState


def only_open_items(case: Case) -> Hit | None:
    """A reminder names open, due items of this account and currency, each once.

    The note before the due date names items that are not late yet.
    """
    reminder = case.reminder
    if reminder is None:
        return None
    if not reminder.invoice_ids or len(set(reminder.invoice_ids)) != len(reminder.invoice_ids):
        return Hit("no item, or one named twice")
    ahead = reminder.stage == 0 and reminder.template_id == "pre_due"
    for invoice_id in reminder.invoice_ids:
        item = case.items.get(invoice_id)
        if item is None or item.open_minor <= 0:
            return Hit(f"{item.invoice_number if item else invoice_id} is not open")
        if item.currency != reminder.currency or (item.due_on < case.as_of) == ahead:
            return Hit(f"{item.invoice_number} is in {item.currency}, due {item.due_on}")
    return None


def no_stage_skipped(case: Case) -> Hit | None:
    """The stage is one that the state of an item named leads to, and its days have passed.

    A person may choose a lower stage; nobody may skip one. Its letter is that of the ladder, or
    the one an experiment tries on this account.
    """
    reminder = case.reminder
    if reminder is None:
        return None
    if reminder.stage == 0 and reminder.template_id in OFF_LADDER:
        return _before_the_ladder(case, reminder)
    stage = case.policy.dunning.stage(reminder.stage)
    tried = case.policy.experiments.treatment(case.facts.arms, case.as_of).letters
    usual = stage.template if stage else ""
    if stage is None or reminder.template_id not in (usual, tried.get(usual)):
        return Hit(f"stage {reminder.stage} does not use {reminder.template_id}")
    reached = [
        item
        for item in case.named_items
        if item.dunning_level + 1 >= reminder.stage
        and (case.as_of - item.due_on).days >= stage.days_past_due
        and (item.dunned_on is None or (case.as_of - item.dunned_on).days >= stage.days_since_last)
    ]
    return None if reached else Hit(f"no item has reached stage {reminder.stage}")


def _before_the_ladder(case: Case, reminder: SendReminder) -> Hit | None:
    """Off the ladder only with its reason: items due soon, or a promise that was not kept."""
    if reminder.template_id == "broken_promise":
        kept = subject_of(reminder, case.facts) is None
        return Hit("no promise of this account was broken lately") if kept else None
    days = case.policy.dunning.pre_due_days
    early = [item for item in case.named_items if (item.due_on - case.as_of).days > days]
    return Hit(f"not due within {days} days") if early or not days else None


def approved_template_in_language(case: Case) -> Hit | None:
    """The template exists in the language and for the channel and segment of the message."""
    message = case.message
    if message is None or message.wording != "template":
        return None
    there = case.policy.letter_for(
        message.template_id, message.language, message.channel, case.facts.segment
    )
    if there is not None:
        return None
    by = " by SMS" if message.channel == "sms" else ""
    return Hit(f"{message.template_id} in {message.language}{by}")


def every_number_traced(case: Case) -> Hit | None:
    """Every amount, date, number, link and bank detail of the text equals the ledger's."""
    if case.draft is None:
        return None
    strays = untraced(
        case.draft.subject,
        case.draft.body,
        case.facts,
        case.policy,
        case.draft.language,
        case.action,
    )
    return Hit(", ".join(repr(stray.span) for stray in strays[:3])) if strays else None


def strategic_account_needs_owner(case: Case) -> Hit | None:
    """Not a strategic or enterprise account; a segment nobody knows may be either."""
    facts = case.facts
    if facts.strategic or facts.segment not in (Segment.SMB, Segment.MID):
        return Hit(facts.segment)
    return None


@concerns(SendReminder, SendStatement)
def high_value_needs_finance_lead(case: Case) -> Hit | None:
    """The total is below the threshold of its currency; no threshold means ask."""
    if case.message is None or isinstance(case.message, AnswerQuery):
        return None
    currency = case.message.currency
    total = case.facts.open_in(currency)
    limit = case.policy.high_value_minor.get(currency)
    if limit is None:
        return Hit(f"no threshold for {currency}")
    return Hit(str(total)) if total.minor >= limit else None


def renewal_needs_review(case: Case) -> Hit | None:
    """No renewal is active."""
    return Hit(f"renews {case.facts.renewal_on}") if case.facts.renewal_on else None


def open_escalation_needs_review(case: Case) -> Hit | None:
    """No ticket is escalated or of severity 1."""
    hits = [
        ticket.ticket_number
        for ticket in case.facts.tickets
        if ticket.state == TicketState.ESCALATED or ticket.severity == 1
    ]
    return Hit(", ".join(hits)) if hits else None


def sensitive_contract_needs_review(case: Case) -> Hit | None:
    """No contract note marks the terms as sensitive."""
    return Hit() if case.facts.sensitive_contract else None


def natural_person_needs_review(case: Case) -> Hit | None:
    """The debtor is a business."""
    kind = case.facts.debtor_type
    return Hit(kind) if kind != DebtorType.BUSINESS else None


def broken_promises_need_person(case: Case) -> Hit | None:
    """Fewer than two promises to pay were broken."""
    broken = case.facts.broken_promises
    return Hit(f"{broken} broken") if broken >= 2 else None


def no_free_text_unattended(case: Case) -> Hit | None:
    """The words are an approved template."""
    message = case.message
    return (
        Hit(f"worded by a {message.wording}") if message and message.wording != "template" else None
    )


def tone_fits_the_stage(case: Case) -> Hit | None:
    """Words of their own are courteous and no firmer than their stage; templates are approved."""
    message, draft = case.message, case.draft
    if message is None or draft is None or message.wording == "template" or not draft.body:
        return None
    content = case.content
    tone = score_tone(draft.body, language=content.language, claims=content.claims)
    judged = judge_tone(tone, _tone_stage(case), case.policy.tone)
    return Hit(", ".join(judged.tags)) if judged.tags else None


def _tone_stage(case: Case) -> str | None:
    """The band of a message: that of its dunning stage, or of an answer."""
    if case.reminder is None:
        return "reply" if isinstance(case.action, AnswerQuery) else None
    stage = case.policy.dunning.stage(case.reminder.stage)
    return stage.tone if stage else "pre_due"


def final_stages_need_person(case: Case) -> Hit | None:
    """The stage may leave without a person; plans, and what follows the last stage, never do."""
    if case.message is not None and message_kind(case.message) == "plan_proposal":
        return Hit("a payment plan")
    if isinstance(case.action, SendStatement) and _had_every_letter(case, case.action.currency):
        return Hit("after the last stage")
    if case.reminder is None or case.reminder.stage == 0:
        return None
    stage = case.policy.dunning.stage(case.reminder.stage)
    return Hit(f"stage {case.reminder.stage}") if stage is None or stage.needs_approval else None


def _had_every_letter(case: Case, currency: str) -> bool:
    """Whether an item is past the last stage, so that the account is a person's."""
    last = max(stage.level for stage in case.policy.dunning.stages)
    items = case.facts.open_items
    return any(each.dunning_level >= last for each in items if each.currency == currency)


@concerns(SendReminder)
def undisputed_rest_needs_review(case: Case) -> Hit | None:
    """No item of the account is disputed."""
    return Hit() if case.facts.disputes else None


def autonomy_waits(case: Case) -> Hit | None:
    """Autonomy is not draft for the segment and stage."""
    return Hit() if _mode(case) == "draft" else None


def autonomy_stays_in_shadow(case: Case) -> Hit | None:
    """Autonomy is not shadow for the segment and stage."""
    return Hit() if _mode(case) == "shadow" else None


def _mode(case: Case) -> str:
    stage = case.reminder.stage if case.reminder else 0
    return case.policy.autonomy.mode_for(case.facts.segment, stage)


LETTER_RULES = (
    only_open_items,
    no_stage_skipped,
    approved_template_in_language,
    every_number_traced,
    strategic_account_needs_owner,
    high_value_needs_finance_lead,
    renewal_needs_review,
    open_escalation_needs_review,
    sensitive_contract_needs_review,
    natural_person_needs_review,
    broken_promises_need_person,
    no_free_text_unattended,
    tone_fits_the_stage,
    final_stages_need_person,
    undisputed_rest_needs_review,
    autonomy_waits,
    autonomy_stays_in_shadow,
)
