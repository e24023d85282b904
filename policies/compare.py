"""What differs between two policies, and whether it lets more happen without a person."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from policies.schema import Policy

_KEYS = ("id", "level", "role")
_ABOUT_THE_FILE = re.compile(r"^(?:\w+\.(?:id|version|effective_from)|hash)$")
_MODES = ("shadow", "draft", "auto")
_SCOPES = ("account", "item")
_EFFECTS = ("deny", "approve")
# Which way a value must move to let more happen without, or with less of, a person. A value that
# is listed nowhere is neither looser nor stricter, such as a sentence or our own address.
_HIGHER = re.compile(
    r"contact\.(?:high_value\.\w+|max_contacts_per_\w+|proposal_expires_days|feed_max_age_days\.\w+"
    r"|window_closes)|approval\.authority\[\S+\]\.up_to\.\w+"
    r"|credit\.\w+|autonomy\.exceptions\[\S+\]\.max_stage|dispute\.answer_within_days"
)
_LOWER = re.compile(
    r"contact\.(?:min_days_between|promise_grace_days|window_opens)|dunning\.minimum_total\.\w+"
    r"|dunning\.stages\[\S+\]\.(?:days_past_due|days_since_last)"
)
_TO_FALSE = re.compile(r"contact\.business_days_only|dunning\.stages\[\S+\]\.needs_approval")
_TO_TRUE = re.compile(r"cash\.post_named_part_payments")
_MORE = re.compile(
    r"approval\.(?:rules\[\S+\]\.roles|stands_for\.\w+|authority\[\S+\]\.actions)"
    r"|cash\.unattended_evidence"
)
_FEWER = re.compile(r"contact\.channels_needing_consent")
_LADDERS = (
    (re.compile(r"autonomy(?:\.exceptions\[\S+\])?\.mode"), _MODES),
    (re.compile(r"contact\.dispute_scope"), _SCOPES),
    (re.compile(r"approval\.rules\[\S+\]\.effect"), _EFFECTS),
)
# What loosens by coming or by going.
_NEW_IS_LOOSER = re.compile(r"approval\.(?:authority\[|stands_for\.)\S*")
_NEW_MODE = re.compile(r"autonomy\.exceptions\[\S+\]\.mode")
_GONE_IS_LOOSER = re.compile(
    r"approval\.rules\S*|contact\.(?:high_value|feed_max_age_days)\.\w+"
    r"|approval\.authority\[\S+\]\.up_to\.\w+"
)
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
    changes = [
        Change(where, before.get(where), after.get(where), _loosens(where, before, after))
        for where in sorted(before.keys() | after.keys())
        if before.get(where) != after.get(where) and not _ABOUT_THE_FILE.match(where)
    ]
    return sorted(changes, key=lambda change: (not change.loosens, change.where))


def _flat(where: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Leaves of a policy by path; entries of a list go by what names them, not by position."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{where}.{key}" if where else key, inner)
    elif isinstance(value, list | tuple) and value and isinstance(value[0], dict):
        for position, inner in enumerate(value):
            yield from _flat(f"{where}[{_name(inner, position)}]", inner)
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
        return False
    steps = _STRICTER.get(where.rpartition(".")[2])
    if steps and before.get(where) in steps and after.get(where) in steps:
        return steps.index(after[where]) > steps.index(before[where])
    return True


def _loosens(where: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    if where.startswith(_PACKS):
        return _pack_loosens(where, before, after)
    if where not in before:
        if _NEW_MODE.fullmatch(where):
            return _MODES.index(after[where]) > _MODES.index(before["autonomy.mode"])
        return bool(_NEW_IS_LOOSER.fullmatch(where))
    if where not in after:
        return bool(_GONE_IS_LOOSER.fullmatch(where))
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
