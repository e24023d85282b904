"""The shape of every policy file: frozen, closed, checked at load."""

from datetime import date
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from ledger.actions import CashEvidence
from ledger.errors import BadInput
from ledger.money import Money, currency_digits
from ledger.states import Segment
from policies.letter_template import LetterTemplate, Voice
from policies.packs_schema import Packs
from policies.schema_base import Amounts, PolicyFile, minor_amounts
from policies.schema_contact import ContactPolicy
from policies.schema_credit import CreditPolicy, PriorityPolicy
from policies.schema_disputes import DisputePolicy
from policies.schema_experiments import ExperimentsPolicy
from policies.schema_portal import PortalPolicy
from policies.schema_promises import PromisesPolicy
from policies.schema_replies import RepliesPolicy
from policies.schema_reviewing import ReviewPolicy
from policies.tone import TonePolicy

Mode = Literal["shadow", "draft", "auto"]


class CompanyPolicy(PolicyFile):
    """Who writes: the only source of our own names, links and bank details.

    Attributes:
        creditor_role: `third_party` for an agency, a buyer of claims, or another name than the
            creditor's own.
        formal_segments: Segments written to in the formal voice, whatever `voice` is.
        reply_tag: Whether replies come back to a tagged address, such as `ar+out_x.seal@...`.
        unsubscribe_link: Where one click stops our mail; `{token}` stands for the message.
    """

    name: str
    address: str
    sender_email: str
    reply_to: str
    phone: str
    portal_link: str
    payment_details: str
    signature: str
    language: str
    currency: str
    calendar: str
    time_zone: str
    place: str = ""
    creditor_role: Literal["first_party", "third_party"] = "first_party"
    voice: Voice = "plain"
    formal_segments: tuple[Segment, ...] = ()
    reply_tag: bool = True
    unsubscribe_link: str = ""

    @field_validator("unsubscribe_link")
    @classmethod
    def _link_is_safe(cls, value: str) -> str:
        if value and not (value.startswith("https://") and "{token}" in value):
            raise ValueError("unsubscribe_link is an https address that holds {token}")
        return value

    @property
    def seat(self) -> str:
        """Where we are, as a place whose rules may govern a message."""
        return self.place or self.calendar

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{value!r} is no time zone: use one such as Europe/Berlin") from None
        return value

    @field_validator("currency")
    @classmethod
    def _currency_exists(cls, value: str) -> str:
        try:
            currency_digits(value)
        except BadInput as error:
            raise ValueError(error.message) from None
        return value

    @field_validator("calendar")
    @classmethod
    def _calendar_exists(cls, value: str) -> str:
        from holidays import country_holidays

        try:
            country_holidays(value)
        except NotImplementedError:
            raise ValueError(f"{value!r} has no calendar: use a country code such as US") from None
        return value


class Stage(BaseModel):
    """One step of the ladder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: int = Field(ge=1)
    template: str
    tone: Literal["friendly", "neutral", "firm", "final"]
    days_past_due: int = Field(ge=1)
    days_since_last: int = Field(ge=0)
    needs_approval: bool


class DunningPolicy(PolicyFile):
    """The ladder of stages."""

    minimum_total: Amounts
    pre_due_days: int = Field(default=0, ge=0)
    stages: tuple[Stage, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _levels_climb(self) -> "DunningPolicy":
        levels = [stage.level for stage in self.stages]
        days = [stage.days_past_due for stage in self.stages]
        if levels != list(range(1, len(levels) + 1)):
            raise ValueError("stage levels must run 1, 2, 3 ... without a gap")
        if days != sorted(set(days)):
            raise ValueError("days_past_due must rise from stage to stage")
        return self

    def stage(self, level: int) -> Stage | None:
        """The stage of a level, or None beyond the last."""
        return self.stages[level - 1] if 1 <= level <= len(self.stages) else None


class AutonomyException(BaseModel):
    """A mode for a segment, up to a stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode
    segment: str | None = None
    max_stage: int | None = None

    def fits(self, segment: str, stage: int) -> bool:
        """Whether this entry decides for a segment and stage."""
        return (self.segment is None or self.segment == segment) and (
            self.max_stage is None or stage <= self.max_stage
        )


class AutonomyPolicy(PolicyFile):
    """What may leave without a person."""

    mode: Mode
    exceptions: tuple[AutonomyException, ...] = ()

    def mode_for(self, segment: str, stage: int) -> Mode:
        """The mode that holds for a segment and stage."""
        for entry in self.exceptions:
            if entry.fits(segment, stage):
                return entry.mode
        return self.mode


class RuleEntry(BaseModel):
    """What a rule of the gate does; its predicate is the function of the same name."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: str
    effect: Literal["deny", "approve"]
    says: str
    unless: str
    roles: tuple[str, ...] = ()
    disposition: Literal["held", "needs_person", "nothing_due"] | None = None
    account_class: Literal["routine", "exception", "executive_review"] = Field(
        default="routine", alias="class"
    )
    prepared_by: str | None = None
    covers: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _effect_is_complete(self) -> "RuleEntry":
        if self.effect == "approve" and not self.roles:
            raise ValueError(f"{self.id}: an approval rule names the roles that may approve")
        if self.effect == "deny" and self.disposition is None:
            raise ValueError(f"{self.id}: a deny rule names the disposition it leads to")
        return self


class Authority(BaseModel):
    """What a role may approve, up to an amount per currency; no amounts means no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: str
    actions: tuple[str, ...]
    up_to: Amounts | None = None

    def covers(self, action_type: str, value: Money | None) -> bool:
        """Whether the entry reaches an action of a value; an unknown currency is not covered."""
        if "*" not in self.actions and action_type not in self.actions:
            return False
        if self.up_to is None or value is None:
            return True
        limit = self.up_to.get(value.currency)
        return limit is not None and value.amount <= limit


class ApprovalPolicy(PolicyFile):
    """Rules of the gate and the authority matrix."""

    stands_for: dict[str, tuple[str, ...]]
    rules: tuple[RuleEntry, ...]
    authority: tuple[Authority, ...]
    reviewing: ReviewPolicy = ReviewPolicy()

    @model_validator(mode="after")
    def _rules_are_unique(self) -> "ApprovalPolicy":
        ids = [rule.id for rule in self.rules]
        doubled = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
        if doubled:
            raise ValueError(f"rules listed twice: {', '.join(doubled)}")
        known = set(self.stands_for)
        for rule in self.rules:
            if unknown := set(rule.roles) - known:
                raise ValueError(f"{rule.id}: unknown role {sorted(unknown)[0]}")
        return self

    @cached_property
    def by_id(self) -> dict[str, RuleEntry]:
        """Rules by id."""
        return {rule.id: rule for rule in self.rules}

    def roles_of(self, held: tuple[str, ...]) -> frozenset[str]:
        """The roles a person acts in: those held and those they stand in for."""
        return frozenset(held).union(*(self.stands_for.get(role, ()) for role in held))

    def has_authority(self, held: tuple[str, ...], action_type: str, value: Money | None) -> bool:
        """Whether any held role may approve the action at this value."""
        return any(
            entry.role in held and entry.covers(action_type, value) for entry in self.authority
        )


class CashPolicy(PolicyFile):
    """What posts without a person, and what is tolerated, by currency where it is money.

    A currency without a fee tolerates none; one without a limit for new accounts has no limit.
    """

    unattended_evidence: tuple[CashEvidence, ...]
    post_named_part_payments: bool
    fee_most: Amounts = Field(default_factory=dict)
    fee_most_permille: int = Field(default=50, ge=0, le=1000)
    earned_discount_permille: int = Field(default=30, ge=0, le=1000)
    discount_days_early: int = Field(default=5, ge=0)
    short_pay_percent: int = Field(default=15, ge=0, le=100)
    set_most_documents: int = Field(default=4, ge=1, le=6)
    advice_days: int = Field(default=10, ge=0)
    duplicate_days: int = Field(default=45, ge=0)
    new_account_most: Amounts = Field(default_factory=dict)

    @property
    def fees_most_minor(self) -> dict[str, int]:
        """The largest tolerated bank fees in minor units."""
        return minor_amounts(self.fee_most)

    @property
    def new_accounts_most_minor(self) -> dict[str, int]:
        """The largest receipts from unknown accounts in minor units."""
        return minor_amounts(self.new_account_most)


class ForecastPolicy(PolicyFile):
    """How far the forecast looks, ahead and back, how many paths it draws, when a model is old."""

    weeks: int = Field(gt=0, le=52)
    days: int = Field(default=30, gt=0, le=92)
    history_days: int = Field(gt=0)
    paths: int = Field(default=250, ge=50, le=10_000)
    model_days: int = Field(default=31, gt=0)


class Policy(BaseModel):
    """All policy of a home, with its hash."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    company: CompanyPolicy
    contact: ContactPolicy
    dunning: DunningPolicy
    autonomy: AutonomyPolicy
    approval: ApprovalPolicy
    cash: CashPolicy
    credit: CreditPolicy
    dispute: DisputePolicy
    forecast: ForecastPolicy
    priority: PriorityPolicy
    experiments: ExperimentsPolicy
    tone: TonePolicy
    replies: RepliesPolicy
    promises: PromisesPolicy
    # A policy that was recorded before there was a portal has the defaults.
    portal: PortalPolicy = PortalPolicy(effective_from=date(2019, 1, 1))
    letters: tuple[LetterTemplate, ...] = Field(repr=False)
    packs: Packs = Field(repr=False)
    hash: str

    def rule_named(self, rule_id: str) -> RuleEntry | None:
        """What a rule of the house or of the compliance packs does; None where there is none."""
        return self.approval.by_id.get(rule_id) or self._pack_entries.get(rule_id)

    @model_validator(mode="after")
    def _claims_have_codes_and_roles(self) -> "Policy":
        for code in self.replies.dispute_codes.values():
            if code not in self.dispute.reasons:
                raise ValueError(f"replies.dispute_codes: {code} is no reason of dispute.toml")
        if self.dispute.escalates_to not in self.approval.stands_for:
            raise ValueError(
                f"dispute.escalates_to: {self.dispute.escalates_to} is no role of approval.toml"
            )
        for entry in self.replies.handled_by:
            if entry.role not in self.approval.stands_for:
                raise ValueError(f"replies.handled_by: {entry.role} is no role of approval.toml")
        if self.promises.ours_overdue_to not in self.approval.stands_for:
            raise ValueError("promises.ours_overdue_to is no role of approval.toml")
        return self

    @model_validator(mode="after")
    def _tried_letters_exist(self) -> "Policy":
        levels = {stage.template: stage.level for stage in self.dunning.stages}
        there = {(letter.id, letter.stage) for letter in self.letters}
        for each in self.experiments.experiments:
            for usual, other in (pair for arm in each.arms for pair in arm.letters.items()):
                if usual not in levels:
                    raise ValueError(f"experiments: {each.id}: {usual} is the letter of no stage")
                if (other, levels[usual]) not in there:
                    raise ValueError(
                        f"experiments: {each.id}: no letter {other} for stage {levels[usual]}"
                    )
        return self

    @cached_property
    def _pack_entries(self) -> dict[str, RuleEntry]:
        """Rules of the packs as entries; who approves depends on the words they object to."""
        return {
            rule.id: RuleEntry(
                id=rule.id,
                effect="deny",
                says=f"{rule.title} ({rule.id}).",
                unless=f"{rule.id} had nothing to object to",
                disposition="needs_person",
                **{"class": "exception"},
            )
            for rule in self.packs.rules
        }

    def letter_for(
        self, template_id: str, language: str, channel: str, segment: str
    ) -> LetterTemplate | None:
        """The most specific template of an id in a language, None where there is none.

        One for the channel goes before one for any; then one for the segment; then one in the
        voice the company speaks to the segment. What names another channel, segment or voice is
        never used.
        """
        voice = "formal" if segment in self.company.formal_segments else self.company.voice
        best = None
        for letter in self._letters_by_key.get((template_id, language), ()):
            if letter.serves(channel, segment, voice):
                fit = (letter.channel is not None, letter.segment is not None, bool(letter.voice))
                if best is None or fit > best[0]:
                    best = fit, letter
        return best[1] if best else None

    @cached_property
    def _letters_by_key(self) -> dict[tuple[str, str], list[LetterTemplate]]:
        found: dict[tuple[str, str], list[LetterTemplate]] = {}
        for letter in self.letters:
            found.setdefault((letter.id, letter.language), []).append(letter)
        return found

    @cached_property
    def high_value_minor(self) -> dict[str, int]:
        """High-value threshold per currency in minor units."""
        return minor_amounts(self.contact.high_value)

    @cached_property
    def minimum_minor(self) -> dict[str, int]:
        """Smallest total worth a letter, per currency in minor units."""
        return minor_amounts(self.dunning.minimum_total)
