"""One record of a file before the whole gate: packs, content and tracing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from guardrails.compliance.facts import Instead, MessageFacts
from guardrails.compliance.judge import PackFinding, decision, judge_packs
from guardrails.compliance.scope import CompiledPacks
from guardrails.content.read import read_content
from guardrails.content.report import ContentReport
from guardrails.records.facts import record_facts
from guardrails.records.known import known_of
from guardrails.records.shape import MessageRecord
from guardrails.tracing.message import stated_and_untraced
from guardrails.tracing.report import Untraced


@dataclass(frozen=True)
class RecordJudgement:
    """What the gate says of a record.

    Attributes:
        decision: allow, warn, require_approval or block.
        facts: What the rules were told.
        missing_elements: Elements that a rule asked for and the text lacks.
    """

    record_id: str
    decision: str
    findings: tuple[PackFinding, ...]
    content: ContentReport
    untraced: tuple[Untraced, ...]
    missing_elements: tuple[str, ...]
    facts: MessageFacts

    def as_json(self) -> dict[str, Any]:
        """The judgement as one line of output."""
        return {
            "id": self.record_id,
            "decision": self.decision,
            "rule_ids": [each.rule_id for each in self.findings],
            "claims": sorted(self.content.claim_classes),
            "missing_elements": list(self.missing_elements),
            "spans": list(_spans(self.content, self.untraced)),
            "why": [each.why for each in self.findings],
        }


def judge_record(
    record: MessageRecord, packs: CompiledPacks, known_at: str | None = None
) -> RecordJudgement:
    """Judge one message by everything that is known of it.

    Args:
        record: The message and its facts.
        packs: The compliance packs in force.
        known_at: The ruleset version to apply, for replay; today's without one.

    Raises:
        BadInput: The record states something that cannot be, such as a tenth of a cent.
        PolicyError: The packs know no such ruleset version.
    """
    facts, content, untraced = _facts(record, packs)
    findings = judge_packs(facts, packs, known_at)
    return RecordJudgement(
        record.id,
        decision(findings),
        findings,
        content,
        untraced,
        _missing_elements(facts, findings, packs, known_at),
        facts,
    )


def _facts(
    record: MessageRecord, packs: CompiledPacks
) -> tuple[MessageFacts, ContentReport, tuple[Untraced, ...]]:
    context = record.context
    as_of = context.sent.date()
    names = tuple(filter(None, (context.creditor, context.debtor, context.recipient.name)))
    senders = (context.creditor,) if context.creditor else ()
    content = read_content(record.subject, record.text, names=names, senders=senders, as_of=as_of)
    known = known_of(record)
    said, untraced = stated_and_untraced(record.subject, record.text, known, content.language)
    return record_facts(record, content, said, untraced, packs.packs), content, untraced


def _missing_elements(
    facts: MessageFacts,
    findings: Iterable[PackFinding],
    packs: CompiledPacks,
    known_at: str | None,
) -> tuple[str, ...]:
    """Elements whose absence makes a rule object even where every other one is there."""
    objecting = {each.rule_id for each in findings}
    vocabulary = packs.packs.vocabulary
    every = frozenset(vocabulary.elements)
    lacking = every - (facts.elements or frozenset())
    tests = [
        each.test
        for each in packs.rulebook(known_at).scope_of(facts).rules
        if each.rule.id in objecting and "elements" in each.rule.inputs
    ]
    if not tests:
        return ()
    return tuple(
        element
        for element in vocabulary.elements
        if element in lacking
        and any(
            test(Instead(facts, elements=every - {element})) is not True
            and test(Instead(facts, elements=every)) is True
            for test in tests
        )
    )


def _spans(content: ContentReport, untraced: Iterable[Untraced]) -> Iterable[dict[str, Any]]:
    for claim in content.claims:
        yield {
            "claim": claim.claim,
            "text": claim.span,
            "start": claim.start,
            "part": claim.part,
            "found_by": claim.found_by,
        }
    for each in content.integrity:
        yield {"integrity": each.kind, "text": each.span, "start": each.start, "part": each.part}
    for each in untraced:
        yield {
            "untraced": each.kind,
            "text": each.span,
            "start": each.start,
            "part": each.part,
            "expected": each.expected,
        }
