"""What must hold between the records of the packs before any of them is used."""

from collections.abc import Iterator

from policies.packs_expression import HELPER_ARGUMENTS, Unreadable, mentions, read_expression
from policies.packs_schema import PackRule, Vocabulary, version_order


def vocabulary_faults(vocabulary: Vocabulary, rules: tuple[PackRule, ...]) -> Iterator[str]:
    """One line per word of the vocabulary that leads nowhere."""
    ids = {rule.id for rule in rules}
    for helper in sorted(set(vocabulary.helpers) ^ set(HELPER_ARGUMENTS)):
        yield f"helpers: {helper} is told in one place and missing in the other"
    for scope, roles in vocabulary.approval_matrix.items():
        for role in sorted(set(roles) - set(vocabulary.approver_role)):
            yield f"approval_matrix: {scope} names {role}, which is no approver_role"
    for scope in sorted(set(vocabulary.both_required) - set(vocabulary.approval_matrix)):
        yield f"both_required: {scope} is no scope of approval_matrix"
    for kind, exemption in vocabulary.message_kind_exemptions.items():
        for rule_id in sorted(set(exemption.skip) - ids):
            yield f"message_kind_exemptions: {kind} skips {rule_id}, which is no rule"
        for fault in _expression_faults(exemption.only_if, vocabulary, None):
            yield f"message_kind_exemptions: {kind}: only_if {fault}"


def rule_faults(rule: PackRule, vocabulary: Vocabulary) -> Iterator[str]:
    """One line per thing that is wrong with one record."""
    applies = rule.applies_to
    for field, used, known in (
        ("applies_to.debtor", applies.debtor, vocabulary.debtor),
        ("applies_to.creditor_role", applies.creditor_role, vocabulary.creditor_role),
        ("applies_to.channel", applies.channel, vocabulary.channel),
        ("stage", (rule.stage,), vocabulary.stage),
        ("source.basis", tuple(s.basis for s in rule.source), tuple(vocabulary.basis)),
        ("inputs", rule.inputs, tuple(vocabulary.inputs)),
    ):
        for word in sorted(set(used) - set(known)):
            yield f"{field}: {word} is not in the vocabulary"
    for label in sorted({"violating", "ok"} - {each.label for each in rule.examples}):
        yield f"examples: there is none labelled {label}"
    if rule.status == "pending" and rule.effective.from_ is None:
        yield "effective.from: a pending rule says from when it would hold"
    if rule.status == "retired" and rule.effective.to is None:
        yield "effective.to: a retired rule says until when it held"
    for fault in _expression_faults(rule.pass_when, vocabulary, rule.inputs):
        yield f"pass_when {fault}"


def record_clashes(rules: tuple[PackRule, ...]) -> Iterator[tuple[PackRule, str]]:
    """Records of one id that hold on the same day in the same ruleset version."""
    seen: dict[str, list[PackRule]] = {}
    for rule in rules:
        for earlier in seen.get(rule.id, []):
            if _known_together(earlier, rule) and _clash(earlier, rule):
                yield rule, "a record of this id for the same days is there already"
        seen.setdefault(rule.id, []).append(rule)


def _clash(one: PackRule, other: PackRule) -> bool:
    # A pending record waits for the day somebody closes the active one and activates it.
    waits = (one.status == "pending") != (other.status == "pending")
    return not waits and one.effective.overlaps(other.effective)


def _known_together(one: PackRule, other: PackRule) -> bool:
    first, second = sorted((one, other), key=lambda rule: version_order(rule.since))
    return first.until is None or version_order(first.until) > version_order(second.since)


def _expression_faults(
    text: str, vocabulary: Vocabulary, listed: tuple[str, ...] | None
) -> Iterator[str]:
    try:
        named = mentions(read_expression(text))
    except Unreadable as fault:
        yield str(fault)
        return
    for word, known in (
        *((name, vocabulary.inputs) for name in named.inputs),
        *((name, vocabulary.claims) for name in named.claims),
        *((name, vocabulary.elements) for name in named.elements),
        *((name, vocabulary.approval_matrix) for name in named.scopes),
    ):
        if word not in known:
            yield f"names {word}, which is not in the vocabulary"
    for name in sorted(named.inputs - set(listed if listed is not None else named.inputs)):
        yield f"reads {name}, which is not listed under inputs"
