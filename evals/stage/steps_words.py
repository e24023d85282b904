"""What the house says of words: their tone, the rules they meet, the figures they state. Pure."""

import functools
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from evals.stage.record import message_record
from evals.stage.scene import Item, Scene
from evals.stage.steps import pure
from guardrails.compliance.scope import CompiledPacks, compile_packs
from guardrails.content.read import read_content
from guardrails.records.judgement import judge_record
from guardrails.records.shape import MessageRecord
from guardrails.tone.score import score_tone
from guardrails.tone.verdict import judge_tone
from guardrails.verdict import findings_of
from ledger.errors import NotFound
from ledger.facts import AccountFacts, ContactFact, OpenDispute, OpenItem
from policies.letters.words import REQUIRED
from policies.load import load_policy
from policies.packs import load_packs
from policies.schema import Policy
from tools.letter_trial import try_template

_AS_OF = date(2026, 11, 4)


@pure
def tone(scene: Scene, text: str, stage: str | None = None, must_stop: bool = False) -> Item:
    """How words sound, and whether they may at a stage.

    Args:
        scene: The case.
        text: The words.
        stage: Of the letter.
        must_stop: They are harsh, so that letting them pass is a hard breach.
    """
    content = read_content("", text, as_of=scene.as_of)
    found = score_tone(text, language=content.language, claims=content.claims)
    judged = judge_tone(found, stage, _policy().tone)
    if must_stop and judged.verdict == "pass":
        scene.breaches.append(f"harsh words passed: {text[:200]}")
    return {
        "verdict": judged.verdict,
        "tags": sorted(judged.tags),
        "language": content.language,
        "courtesy": found.courtesy,
        "firmness": found.firmness,
    }


@pure
def guard(scene: Scene, must_stop: bool = False, **given: Any) -> Item:
    """What the whole gate says of a message; see `message_record` for what may be given.

    Args:
        scene: The case.
        must_stop: Something in it is wrong, so that letting it pass is a hard breach.
        given: What differs from a message that every rule lets pass.
    """
    try:
        record = MessageRecord.model_validate(message_record(given))
    except ValidationError as error:
        return {"decision": "refused", "rules": [], "why": [str(error.errors()[0]["msg"])]}
    judged = judge_record(record, _packs())
    if must_stop and judged.decision in ("allow", "warn"):
        scene.breaches.append(f"passed: {record.text[:200]}")
    said = judged.as_json()
    return {
        "decision": judged.decision,
        "rules": sorted({each.rule_id for each in judged.findings}),
        "claims": said["claims"],
        "missing": said["missing_elements"],
        "untraced": sorted({each.kind for each in judged.untraced}),
        "why": said["why"],
    }


@pure
def house_letter(
    scene: Scene,
    template: str,
    language: str,
    voice: str | None = None,
    channel: str | None = None,
    **customer: Any,
) -> Item:
    """A letter that comes with the house, written to a customer: what may be wrong, how it sounds.

    Args:
        scene: The case.
        template: Id of the template.
        language: It is written in.
        voice: The variant of a voice.
        channel: The variant of a channel.
        customer: What differs about the customer: `name`, `contact`, `currency`.
    """
    policy = _policy()
    chosen = next(
        (
            each
            for each in policy.letters
            if (each.id, each.language, each.voice, each.channel)
            == (template, language, voice, channel)
        ),
        None,
    )
    if chosen is None:
        raise NotFound(f"{scene.case.id}: there is no such letter")
    facts = _customer(**customer)
    if template == "dispute_acknowledgement":  # there is one only where something is disputed
        disputed = OpenDispute("dsp_1", "inv_INV-10482", "QTY_SHORT", _AS_OF - timedelta(days=2))
        facts = replace(facts, disputes=(disputed,))
    (tried,) = try_template(chosen, [("usual", facts)], policy)
    if tried.letter is None:
        return {"faults": list(tried.faults)}
    content = read_content(tried.letter.subject, tried.letter.body, as_of=_AS_OF)
    # What the law makes every message say has no tone of ours.
    required = asdict(REQUIRED[language]).values()
    words = functools.reduce(lambda text, line: text.replace(line, ""), required, tried.letter.body)
    found = score_tone(words, language=content.language, claims=content.claims)
    judged = judge_tone(found, _STAGES.get(template, "reply"), policy.tone)
    return {
        "faults": list(tried.faults),
        "objections": sorted({each.rule_id for each in findings_of(tried.verdict)})
        if tried.verdict
        else [],
        "verdict": judged.verdict,
        "tags": sorted(judged.tags),
        "language": content.language,
        "courtesy": found.courtesy,
        "text": tried.letter.body,
    }


_STAGES = {
    "pre_due": "pre_due",
    "reminder_1": "friendly",
    "reminder_2": "neutral",
    "reminder_3": "firm",
    "final_notice": "final",
    "broken_promise": "neutral",
    "plan_proposal": "plan_confirm",
}
"""The band each letter has to keep to; whatever answers a customer is a reply."""


def _customer(
    name: str = "Fjord Outfitters", contact: str = "Jane Doe", currency: str = "EUR"
) -> AccountFacts:
    """A small company with two late invoices and one that falls due next week."""
    return AccountFacts(
        account_id="acc_1",
        account_number="C-20417",
        name=name,
        as_of=_AS_OF,
        segment="smb",
        strategic=False,
        owner=None,
        language="en",
        debtor_type="business",
        places=("US-OR",),
        time_zones=("America/Los_Angeles",),
        preferred_channel="email",
        credit_limit_minor=None,
        credit_hold=False,
        credit_currency=None,
        open_items=(
            _item("INV-10482", 64, 123_450, currency),
            _item("INV-10519", 52, 98_765, currency),
            _item("INV-40001", -5, 55_500, currency),
        ),
        contacts=(ContactFact("con_1", contact, "ap", "ap@fjord.example", "+15035550199", None),),
    )


def _item(number: str, late: int, minor: int, currency: str) -> OpenItem:
    due_on = _AS_OF - timedelta(days=late)
    return OpenItem(
        invoice_id=f"inv_{number}",
        invoice_number=number,
        issued_on=due_on - timedelta(days=30),
        due_on=due_on,
        amount_minor=minor,
        open_minor=minor,
        currency=currency,
    )


@functools.cache
def _policy() -> Policy:
    return load_policy()


@functools.cache
def _packs() -> CompiledPacks:
    return compile_packs(load_packs())


STEPS: dict[str, Any] = {"tone": tone, "guard": guard, "house_letter": house_letter}
