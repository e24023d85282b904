"""What differs between two policies, and whether it lets more happen without a person."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.states import Segment
from policies.schema import AutonomyPolicy, Policy

_KEYS = ("id", "level", "role")
_MODES = ("shadow", "draft", "auto")
_SCOPES = ("account", "item")
_EFFECTS = ("deny", "approve")
_ROLES = ("third_party", "first_party")
_TONES = ("friendly", "neutral", "firm", "final")
_UNSUBSCRIBE = ("always", "offered", "never")
_BAND = r"tone\.(?:otherwise|stages\..+)"
# Which way a value must move to let more happen without, or with less of, a person. A value that
# is listed nowhere is neither looser nor stricter, such as a sentence or our own address.
_HIGHER = re.compile(
    r"contact\.(?:high_value\.\w+|max_contacts_per_\w+|proposal_expires_days|feed_max_age_days\.\w+"
    r"|(?:sms_)?window_closes|delivery_attempts)|approval\.authority\[.+\]\.up_to\.\w+"
    rf"|credit\.\w+|dispute\.(?:.+\.)?\w+_within_days|dunning\.pre_due_days|{_BAND}\.firmness_max"
    r"|cash\.(?:fee_most_permille|fee_most\.\w+|earned_discount_permille|set_most_documents|advice_days)"
    r"|cash\.new_account_most\.\w+|replies\.(?:promise_longest_days|repeats_before_person"
    r"|most_invoices_per_message)|promises\.plans\.(?:most_\w+|first_within_days|bearable_percent"
    r"|long_plan_months|cure_business_days|answer_days)"
    r"|approval\.reviewing\.(?:warn_after|stop_after|pace_of|training_every)"
    r"|portal\.(?:link_days|proven_minutes|wrong_facts_per_link|\w+_per_hour)"
)
_LOWER = re.compile(
    r"contact\.(?:min_days_between|promise_grace_days|(?:sms_)?window_opens)|dunning\.minimum_total\.\w+"
    rf"|dunning\.stages\[.+\]\.(?:days_past_due|days_since_last)|{_BAND}\.courtesy_min"
    r"|cash\.(?:discount_days_early|duplicate_days)"
    r"|replies\.(?:already_paid_pause_days|repeat_window_days)"
    r"|promises\.(?:wait_for_unidentified_days|plans\.(?:minimum_total|smallest_part)\.\w+)"
    r"|approval\.reviewing\.(?:undo_seconds|pace_seconds|pause_minutes)"
)
_TO_FALSE = re.compile(
    r"contact\.business_days_only|portal\.asks_fact|approval\.reviewing\.training"
    rf"|dunning\.stages\[.+\]\.needs_approval|{_BAND}\.asks"
)
_TO_TRUE = re.compile(r"cash\.post_named_part_payments")
_MORE = re.compile(
    r"approval\.(?:rules\[.+\]\.(?:roles|covers)|stands_for\..+|authority\[.+\]\.actions)"
    rf"|cash\.unattended_evidence|{_BAND}\.allows|replies\.(?:handled_alone|needs_no_answer)"
    r"|contact\.(?:channels|fallback_channels|sms_roles)"
)
_FEWER = re.compile(r"contact\.(?:channels_needing_consent|sms_never_for)")
_LADDERS = (
    (re.compile(r"contact\.dispute_scope"), _SCOPES),
    (re.compile(r"approval\.rules\[.+\]\.effect"), _EFFECTS),
    (re.compile(r"company\.creditor_role"), _ROLES),
    (re.compile(r"contact\.list_unsubscribe"), _UNSUBSCRIBE),
    (re.compile(r"dunning\.stages\[.+\]\.tone"), _TONES),
)
# What loosens by coming or by going; without a threshold of its currency a total always asks.
_NEW_IS_LOOSER = re.compile(
    r"approval\.(?:authority\[|stands_for\.).*|contact\.high_value\.\w+|tone\.stages\..+"
    r"|promises\.plans\.minimum_total\.\w+"
    r"|cash\.fee_most\.\w+"
)
_GONE_IS_LOOSER = re.compile(
    r"approval\.rules.*|contact\.feed_max_age_days\.\w+|approval\.authority\[.+\]\.up_to\.\w+"
    r"|dunning\.minimum_total\.\w+|tone\.stages\..+|cash\.new_account_most\.\w+"
    r"|replies\.holds\.\w+|promises\.plans\.smallest_part\.\w+"
)
# Other law, other days, other hours, another letter: nobody can tell by machine that it is no less.
_NOT_TO_BE_TOLD = re.compile(
    r"company\.(?:place|calendar|time_zone)|dunning\.stages\[.+\]\.template"
)
_AUTONOMY = "autonomy."
# The compliance packs: their words say nothing new, a rule that comes binds more, and of any other
# change nobody can tell by machine that it does not loosen.
_PACKS = "packs."
_PACK_WORDS = re.compile(
    r"packs\.(?:hash|vocabulary\.(?:claims|elements|helpers|basis)\b\S*"
    r"|rules\[[^\]]+\]\.(?:title|trigger|must|how|note|stage|family|source|examples)\b\S*)"
)
_PACK_RULE = re.compile(r"packs\.rules\[[^\]]+\]")
_STRICTER = {
    "severity": ("block", "require_approval", "warn"),
    "on_missing": ("block", "require_approval", "warn"),
    "status": ("active", "pending", "retired"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; None stands for absent."""

    where: str
    old: Any
    new: Any
    loosens: bool


def compare(old: Policy, new: Policy) -> list[Change]:
    """Every difference between two policies, loosening ones first."""
    before = dict(_flat("", old.model_dump()))
    after = dict(_flat("", new.model_dump()))
    more_leaves = _more_leaves(old.autonomy, new.autonomy)
    changes = [
        Change(
            where,
            before.get(where),
            after.get(where),
            more_leaves if where.startswith(_AUTONOMY) else _loosens(where, before, after),
        )
        for where in sorted(before.keys() | after.keys())
        if before.get(where) != after.get(where) and where != "hash"
    ]
    return sorted(changes, key=lambda change: (not change.loosens, change.where))


def _more_leaves(old: AutonomyPolicy, new: AutonomyPolicy) -> bool:
    """Whether some segment and stage has a looser mode; the entries only count together."""
    named = (entry.max_stage for each in (old, new) for entry in each.exceptions)
    last = max((stage for stage in named if stage is not None), default=0) + 1
    return any(
        _MODES.index(new.mode_for(segment, stage)) > _MODES.index(old.mode_for(segment, stage))
        for segment in Segment
        for stage in range(last + 1)
    )


def _flat(where: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Leaves of a policy by path; entries of a list go by what names them, not by position."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{where}.{key}" if where else key, inner)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
        seen: Counter[str] = Counter()
        for position, inner in enumerate(value):
            name = _name(inner, position)
            seen[name] += 1
            again = f"#{seen[name]}" if seen[name] > 1 else ""  # none may hide behind another
            yield from _flat(f"{where}[{name}{again}]", inner)
    elif value is not None:
        yield where, tuple(value) if isinstance(value, list) else value


def _name(entry: dict[str, Any], position: int) -> str:
    if "language" in entry:
        variant = filter(None, (entry.get(key) for key in ("channel", "segment", "voice")))
        return f"{entry['language']}/{'.'.join([entry['id'], *variant])}"
    named = next((str(entry[key]) for key in _KEYS if key in entry), str(position))
    if "since" in entry:  # a compliance rule may have a record for each time it changed
        return f"{named}@{entry['since']}"
    # Several authority entries may be of one role: what they cover tells them apart.
    return f"{named}:{'|'.join(entry['actions'])}" if "actions" in entry else named


def _pack_loosens(where: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    if _PACK_WORDS.fullmatch(where):
        return False
    rule = _PACK_RULE.match(where)
    if rule and not any(each.startswith(f"{rule[0]}.") for each in before):
        return where.endswith(".jurisdiction") and _names_a_new_place(after[where], before)
    steps = _STRICTER.get(where.rpartition(".")[2])
    if steps and before.get(where) in steps and after.get(where) in steps:
        return steps.index(after[where]) > steps.index(before[where])
    return True


def _names_a_new_place(places: tuple[str, ...], before: dict[str, Any]) -> bool:
    """Whether messages to a place pass for covered by rules that were stopped for want of any."""
    named = {
        place
        for where, value in before.items()
        if where.startswith("packs.rules[") and where.endswith(".jurisdiction")
        for place in value
    }
    return not named.issuperset(places)


def _loosens(where: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    if where.startswith(_PACKS):
        return _pack_loosens(where, before, after)
    if where not in before:
        unasked = _TO_FALSE.fullmatch(where) and after[where] is False
        return bool(unasked or _NEW_IS_LOOSER.fullmatch(where))
    if where not in after:
        return bool(_GONE_IS_LOOSER.fullmatch(where))
    if _NOT_TO_BE_TOLD.fullmatch(where):
        return True
    old, new = before[where], after[where]
    for pattern, steps in _LADDERS:
        if pattern.fullmatch(where):
            return steps.index(new) > steps.index(old)
    return any(
        pattern.fullmatch(where) and moved
        for pattern, moved in (
            (_HIGHER, _above(new, old)),
            (_LOWER, _above(old, new)),
            (_TO_FALSE, old is True and new is False),
            (_TO_TRUE, old is False and new is True),
            (_MORE, _has_more(new, old)),
            (_FEWER, _has_more(old, new)),
        )
    )


def _above(one: Any, other: Any) -> bool:
    return isinstance(one, type(other)) and not isinstance(one, str | tuple) and one > other


def _has_more(one: Any, other: Any) -> bool:
    return isinstance(one, tuple) and isinstance(other, tuple) and bool(set(one) - set(other))
