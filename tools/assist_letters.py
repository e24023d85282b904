"""Read tool that shows the words of a stage without asking for anything."""

from typing import Annotated

from pydantic import Field

from engines.dunning import choose_contact, plan_contact
from guardrails.verdict import Allow, Deny
from ledger.actions import SendReminder
from ledger.facts import AccountFacts
from policies.describe import describe_stage
from tools.assist_rules import RuleNote, answer_of, note_of
from tools.contract import AccountRef, Result, ToolContext, ToolRetry, read_tool
from tools.letters import LetterError, render_letter
from tools.outgoing import judge_message

Stage = Annotated[int, Field(ge=1, le=20, description="A stage of the ladder.")]


class LetterPreview(Result):
    """The words of a stage as they would be filled today; nothing is asked for by this."""

    account_id: str
    account_number: str
    name: str
    stage: int
    stage_words: str
    subject: str
    body: str
    language: str
    recipient: str
    answer: str
    rules: tuple[RuleNote, ...]


@read_tool()
def preview_letter(
    ctx: ToolContext, account: AccountRef, stage: Stage | None = None
) -> LetterPreview:
    """Show the letter of a stage, filled from the ledger, and whether it might leave today.

    Args:
        ctx: Who asks, on which ledger.
        account: The account.
        stage: A stage of the ladder; the one that is due if left out.
    """
    facts = ctx.facts(account)
    action = _reminder(ctx, facts, stage)
    judged = judge_message(action, facts, ctx.policy, ctx.now)
    try:
        letter = judged.letter or render_letter(action, facts, ctx.policy)
    except LetterError as error:
        raise ToolRetry(error.message) from None
    found = () if isinstance(judged.verdict, Allow) else judged.verdict.findings
    return LetterPreview(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=facts.name,
        stage=action.stage,
        stage_words=describe_stage(ctx.policy, action.stage),
        subject=letter.subject,
        body=letter.body,
        language=letter.language,
        recipient=letter.recipient,
        answer="no" if isinstance(judged.verdict, Deny) else answer_of(found),
        rules=tuple(note_of(each) for each in found),
    )


def _reminder(ctx: ToolContext, facts: AccountFacts, stage: int | None) -> SendReminder:
    """The reminder of a stage over what is past due in one currency."""
    planned = plan_contact(facts, ctx.policy).reminders
    if planned and stage in (None, planned[0].stage):
        return planned[0]
    level = stage or 1
    known = ctx.policy.dunning.stage(level)
    contact = choose_contact(facts)
    late = [item for item in facts.open_items if item.due_on < ctx.as_of]
    if known is None:
        raise ToolRetry(f"the ladder has stages 1 to {len(ctx.policy.dunning.stages)}")
    if contact is None or not late:
        raise ToolRetry("nothing is past due, or nobody can be written to")
    if planned:
        return planned[0].model_copy(update={"stage": level, "template_id": known.template})
    currency = late[0].currency
    return SendReminder(
        account_id=facts.account_id,
        contact_id=contact.contact_id,
        language=contact.language or facts.language,
        currency=currency,
        stage=level,
        template_id=known.template,
        invoice_ids=tuple(i.invoice_id for i in late if i.currency == currency),
    )
