"""The shape of the compliance packs: rules as dated records with their sources and examples."""

from datetime import date
from functools import cached_property
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ledger.ids import digest

Severity = Literal["block", "require_approval", "warn"]
Status = Literal["active", "pending", "retired"]
STRICTNESS: dict[str, int] = {"allow": 0, "warn": 1, "require_approval": 2, "block": 3}
VERSION = r"^\d{4}\.\d{2}\.\d{2}(\.\d+)?$"


def version_order(version: str) -> tuple[int, ...]:
    """A ruleset version such as 2026.11.21 or 2026.11.21.2, comparable."""
    return tuple(int(part) for part in version.split("."))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class InputSpec(_Part):
    """A fact rules may ask for, and what follows while it is not known."""

    type: Literal["str", "bool", "int", "set", "time"]
    missing: Literal[
        "block",
        "require_approval",
        "warn",
        "treat_as_consumer",
        "treat_as_third_party",
        "treat_as_true",
    ]
    note: str = ""


class Exemption(_Part):
    """Rules one kind of message is spared, where `only_if` holds."""

    skip: tuple[str, ...]
    terms: str
    only_if: str


class Vocabulary(_Part):
    """The words rules are written in."""

    ruleset_version: str = Field(pattern=VERSION)
    severity: tuple[str, ...]
    debtor: tuple[str, ...]
    creditor_role: tuple[str, ...]
    channel: tuple[str, ...]
    stage: tuple[str, ...]
    approver_role: tuple[str, ...]
    basis: dict[str, str]
    claims: dict[str, str]
    elements: dict[str, str]
    helpers: dict[str, str]
    inputs: dict[str, InputSpec]
    approval_matrix: dict[str, tuple[str, ...]]
    both_required: tuple[str, ...]
    message_kind_exemptions: dict[str, Exemption]


class AppliesTo(_Part):
    """Whom and what a rule binds."""

    debtor: tuple[str, ...] = Field(min_length=1)
    creditor_role: tuple[str, ...] = Field(min_length=1)
    channel: tuple[str, ...] = Field(min_length=1)


class Effective(_Part):
    """Days of legal force; no `from` means always, `to` is the last day."""

    from_: date | None = Field(alias="from")
    to: date | None

    @model_validator(mode="after")
    def _in_order(self) -> "Effective":
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError("effective ends before it begins")
        return self

    def overlaps(self, other: "Effective") -> bool:
        """Whether a day belongs to both."""
        return (self.from_ or date.min) <= (other.to or date.max) and (other.from_ or date.min) <= (
            self.to or date.max
        )


class Source(_Part):
    """Where a rule comes from, how sure that is, and when the page was read."""

    cite: str
    basis: str
    url: str | None = None
    read_on: date


class Example(_Part):
    """A text that breaks the rule or keeps it; judged against this rule alone."""

    label: Literal["violating", "ok"]
    text: str
    when: str = ""


class PackRule(_Part):
    """One dated record of a rule.

    Attributes:
        since: The ruleset version that brought the record (knowledge time).
        until: The ruleset version from which it is no longer known, if it was closed.
        only_when: `approval_used` where the rule asks only after another rule needed an approval
            and got it.
    """

    id: str
    family: str
    title: str
    status: Status
    since: str = Field(pattern=VERSION)
    until: str | None = Field(default=None, pattern=VERSION)
    jurisdiction: tuple[str, ...] = Field(min_length=1)
    applies_to: AppliesTo
    stage: str
    trigger: str
    must: str
    how: str
    inputs: tuple[str, ...]
    pass_when: str
    only_when: Literal["approval_used"] | None = None
    on_missing: Severity
    severity: Severity
    effective: Effective
    params: dict[str, Any] = Field(default_factory=dict)
    source: tuple[Source, ...] = Field(min_length=1)
    note: str = ""
    examples: tuple[Example, ...]

    @cached_property
    def hash(self) -> str:
        """Digest of everything the record says."""
        said = self.model_dump(mode="json", by_alias=True)
        return digest(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))

    @property
    def reviewed_on(self) -> date:
        """The day its oldest source was read."""
        return min(each.read_on for each in self.source)

    def known_at(self, version: str) -> bool:
        """Whether a ruleset of this version held the record."""
        order = version_order(version)
        begun = version_order(self.since) <= order
        return begun and (self.until is None or order < version_order(self.until))


class Packs(_Part):
    """Every pack of a home: vocabulary, rules and their digest."""

    vocabulary: Vocabulary
    rules: tuple[PackRule, ...]
    hash: str

    @property
    def ruleset_version(self) -> str:
        """The version of the rules, a date."""
        return self.vocabulary.ruleset_version

    @cached_property
    def by_id(self) -> dict[str, PackRule]:
        """The record of each id known now; of several the one in force last."""
        known = self.rules_known_at(self.ruleset_version)
        last = sorted(known, key=lambda rule: rule.effective.from_ or date.min)
        return {rule.id: rule for rule in last}

    def rules_known_at(self, version: str | None = None) -> tuple[PackRule, ...]:
        """The records a ruleset version held; without one, this version."""
        wanted = version or self.ruleset_version
        return tuple(rule for rule in self.rules if rule.known_at(wanted))
