"""A good record with one thing spoiled, and the rules of which one at least must stop it."""

import copy
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evals.records.good import Good, Record
from policies.packs import load_packs
from policies.packs_schema import PackRule

REFUSED = "refused"
Sort = Literal["structured", "content"]
_QUIET_KINDS = frozenset({"receipt", "opt_out_confirmation", "auto_reply", "dispute_ack"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """A spoiled record.

    Attributes:
        mutation: What was spoiled.
        good: Name of the row it was made from.
        expected: Rules of which one must object; `refused` where it is no record any more.
        sort: Whether facts or figures were spoiled, or the wording says what it may not.
        detail: The claim class, language or field, for the report.
    """

    mutation: str
    good: str
    record: Record
    expected: frozenset[str]
    sort: Sort = "structured"
    detail: str = ""


def spoiled(
    mutation: str,
    good: Good,
    record: Record,
    rules: Iterable[str],
    *,
    sort: Sort = "structured",
    detail: str = "",
) -> Iterator[Mutant]:
    """The mutant, if one of the rules has a say in such a message and anything has changed."""
    expected = frozenset(rule for rule in rules if rule == REFUSED or has_say(rule, good.record()))
    if expected and record != good.record():
        yield Mutant(mutation, good.name, record, expected, sort, detail)


def changed(record: Record, changes: Mapping[str, Any]) -> Record:
    """A copy with facts of the context set; a path such as `recipient.cc` names one."""
    copied = copy.deepcopy(record)
    for path, value in changes.items():
        *above, last = path.split(".")
        place = copied["context"]
        for name in above:
            place = place[name]
        place[last] = value
    return copied


def flagged(record: Record, *flags: str) -> Record:
    """A copy in which further flags are true."""
    return changed(record, {"flags": [*record["context"]["flags"], *flags]})


def said(record: Record, sentence: str) -> Record:
    """A copy whose text ends with one more sentence."""
    return record | {"text": f"{record['text']} {sentence}"}


def has_say(rule_id: str, record: Record) -> bool:
    """Whether a rule concerns such a message, read off its record and the words of the rule."""
    rule = _rules()[rule_id]
    kind = record["context"]["message_kind"]
    silent = _SILENT.get(rule_id)
    return (
        rule.status == "active"
        and _concerns(rule, record)
        and not (kind == "opt_out_confirmation" and rule_id in _skipped())
        and not (silent is not None and silent(record))
    )


def _concerns(rule: PackRule, record: Record) -> bool:
    context, to = record["context"], rule.applies_to
    parts = record["jurisdiction"].split("-")
    places = {"*", *("-".join(parts[:length]) for length in range(1, len(parts) + 1))}
    return (
        not places.isdisjoint(rule.jurisdiction)
        and context["debtor_type"] in to.debtor
        and context["creditor_role"] in to.creditor_role
        and record["channel"] in to.channel
    )


@functools.cache
def _rules() -> dict[str, PackRule]:
    return {rule.id: rule for rule in load_packs().rules}


@functools.cache
def _skipped() -> frozenset[str]:
    return frozenset(load_packs().vocabulary.message_kind_exemptions["opt_out_confirmation"].skip)


def _is_mail_to_company(record: Record) -> bool:
    return record["channel"] == "email" and record["context"]["debtor_type"] == "business"


def _is_kind(*kinds: str) -> Callable[[Record], bool]:
    return lambda record: record["context"]["message_kind"] in kinds


def _has_yes(scope: str) -> Callable[[Record], bool]:
    return lambda record: any(each["scope"] == scope for each in record["context"]["approvals"])


def _is_answered_dispute(record: Record) -> bool:
    return _is_kind("dispute_ack")(record) or _has_yes("dispute_response")(record)


def _conceded(record: Record) -> bool:
    return _has_yes("payment_plan")(record) or _has_yes("discount_or_credit")(record)


# When a rule that concerns a message is content with it whatever it would else object to.
_SILENT: dict[str, Callable[[Record], bool]] = {
    "UNI-03": _is_kind("receipt", "dispute_ack", "opt_out_confirmation"),
    "UNI-13": _has_yes("discount_or_credit"),
    "UNI-14": _has_yes("payment_plan"),
    "UNI-15": _has_yes("late_fee_or_interest"),
    "UNI-16": _has_yes("suspension"),
    "UNI-17": _is_mail_to_company,
    "UNI-18": _is_mail_to_company,
    "UNI-19": _is_kind(*_QUIET_KINDS),
    "UNI-20": _is_kind("opt_out_confirmation"),
    "HITL-01": _is_answered_dispute,
    "HITL-02": _has_yes("strategic_account"),
    "HITL-03": _conceded,
    "HITL-05": _has_yes("late_fee_or_interest"),
    "HITL-06": _has_yes("suspension"),
    "HITL-19": _is_kind(*_QUIET_KINDS),
    "US-TCPA-02": _is_kind("opt_out_confirmation"),
    "UK-CONC-04": _is_kind("dispute_ack", "opt_out_confirmation"),
    "UK-LPA-01": _has_yes("late_fee_or_interest"),
    "EU-LPD-01": _has_yes("late_fee_or_interest"),
}
