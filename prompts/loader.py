"""Reads prompts: front matter, sections in their order, strict variables, version and hash.

Numbers and rules never stand in a prompt: `{{limits}}` or `{{rule.never_chase_disputed}}` are
filled from the policy in force, so a prompt cannot say anything else than the gate does.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from engines.reading.model import INTENTS, REASONS
from ledger.errors import BadInput
from ledger.ids import digest
from ledger.states import HoldReason
from policies.describe import describe_limits, describe_stage
from policies.schema import Policy

SECTIONS = (
    "Role",
    "What you decide",
    "What is already decided",
    "What you will see",
    "Output",
    "Examples",
)
_KEYS = {"id", "version", "role", "inputs", "policies", "output"}
_VARIABLE = re.compile(r"\{\{\s*(rule\.)?(\w+)\s*\}\}")
_PARTIAL = re.compile(r"\{\{>\s*(\w+)\s*\}\}")


class PromptError(BadInput):
    """A prompt file cannot be used as it stands."""

    code = "prompt"


@dataclass(frozen=True, slots=True)
class _PolicyValue:
    """A value a prompt may ask for: the policy file it comes from, and its words."""

    file: str
    words: Callable[[Policy], str]


POLICY_VALUES: dict[str, _PolicyValue] = {
    "company": _PolicyValue("company", lambda policy: policy.company.name),
    "limits": _PolicyValue("contact", lambda policy: _bullets(describe_limits(policy))),
    "stages": _PolicyValue("dunning", lambda policy: _bullets(_stages(policy))),
    "people": _PolicyValue(
        "approval", lambda policy: ", ".join(sorted(policy.approval.stands_for))
    ),
    "dispute_reasons": _PolicyValue("dispute", lambda policy: ", ".join(policy.dispute.reasons)),
    "answer_days": _PolicyValue("dispute", lambda policy: str(policy.dispute.answer_within_days)),
    "credit_thresholds": _PolicyValue("credit", lambda policy: _credit(policy)),
    "claim_classes": _PolicyValue("compliance", lambda policy: _bullets(_claims(policy))),
    "forecast_method": _PolicyValue("forecast", lambda policy: _forecast(policy)),
}
_FREE_VALUES = {
    "hold_reasons": ", ".join(HoldReason),
    "message_intents": ", ".join(INTENTS),
    "dispute_claims": ", ".join(REASONS),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt as written, not yet filled."""

    id: str
    version: int
    role: str
    inputs: tuple[str, ...]
    policies: tuple[str, ...]
    output: str
    text: str
    hash: str

    @property
    def reference(self) -> str:
        """What a call or a proposal records about the prompt it came from."""
        return f"{self.id}@{self.version}#{self.hash[:8]}"

    def render(self, policy: Policy) -> str:
        """The prompt with the policy's own numbers and sentences.

        Raises:
            PromptError: It quotes a rule the policy does not have.
        """

        def fill(found: re.Match[str]) -> str:
            if not found[1]:
                name = found[2]
                value = POLICY_VALUES.get(name)
                return value.words(policy) if value else _FREE_VALUES[name]
            rule = policy.approval.by_id.get(found[2])
            if rule is None:
                raise PromptError(f"{self.id}.md: the policy has no rule {found[2]}")
            return rule.says

        return _VARIABLE.sub(fill, self.text)


@functools.cache
def load_prompt(prompt_id: str) -> Prompt:
    """Read a prompt of this room by its id.

    Raises:
        PromptError: No such file, or it breaks the form every prompt has.
    """
    raw = _read(f"{prompt_id}.md")
    return read_prompt(raw, f"{prompt_id}.md")


def prompt_ids() -> tuple[str, ...]:
    """Every prompt there is, sorted."""
    files = resources.files("prompts").iterdir()
    return tuple(sorted(f.name.removesuffix(".md") for f in files if f.name.endswith(".md")))


def read_prompt(raw: str, name: str) -> Prompt:
    """Check a prompt's text and make it a prompt.

    Raises:
        PromptError: Front matter, sections or variables are not as they must be.
    """
    matched = re.match(r"---\n(.*?)\n---\n(.*)", raw, re.DOTALL)
    if matched is None:
        raise PromptError(f"{name}: a prompt starts with front matter between --- lines")
    try:
        head = yaml.safe_load(matched[1])
    except yaml.YAMLError as error:
        raise PromptError(f"{name}: front matter is not YAML: {error}") from None
    if not isinstance(head, dict) or set(head) != _KEYS:
        raise PromptError(f"{name}: front matter holds exactly {', '.join(sorted(_KEYS))}")
    text = _PARTIAL.sub(lambda found: _read(f"partials/{found[1]}.md").strip(), matched[2]).strip()
    _check_sections(text, name)
    _check_variables(text, head, name)
    return Prompt(
        id=head["id"],
        version=head["version"],
        role=head["role"],
        inputs=tuple(head["inputs"]),
        policies=tuple(head["policies"]),
        output=head["output"],
        text=text + "\n",
        hash=digest(text.encode()),
    )


def _check_sections(text: str, name: str) -> None:
    found = tuple(re.findall(r"^# (.+)$", text, re.MULTILINE))
    if found != SECTIONS:
        raise PromptError(f"{name}: sections are {', '.join(SECTIONS)}, in this order")


def _check_variables(text: str, head: dict[str, Any], name: str) -> None:
    found = _VARIABLE.findall(text)
    used = {variable for is_rule, variable in found if not is_rule}
    declared, known = set(head["inputs"]), POLICY_VALUES.keys() | _FREE_VALUES.keys()
    if undefined := sorted(used - declared | declared - known):
        raise PromptError(f"{name}: undefined variable {undefined[0]}")
    if unused := sorted(declared - used):
        raise PromptError(f"{name}: input {unused[0]} is never used")
    files = {POLICY_VALUES[variable].file for variable in used & POLICY_VALUES.keys()}
    files |= {"approval"} if any(is_rule for is_rule, _ in found) else set()
    if files != set(head["policies"]):
        raise PromptError(f"{name}: policies must be exactly {', '.join(sorted(files)) or 'none'}")


def _read(path: str) -> str:
    found = resources.files("prompts").joinpath(path)
    if not found.is_file():
        raise PromptError(f"there is no prompts/{path}")
    return found.read_text("utf-8")


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _stages(policy: Policy) -> list[str]:
    return [describe_stage(policy, stage.level) for stage in policy.dunning.stages]


def _credit(policy: Policy) -> str:
    rule = policy.credit
    return (
        f"Watch at {rule.warn_at_limit_percent}% of the limit; propose a hold at "
        f"{rule.propose_hold_at_limit_percent}% with an item {rule.propose_hold_oldest_days} days "
        "past due."
    )


def _claims(policy: Policy) -> list[str]:
    return [f"{name}: {told}" for name, told in policy.packs.vocabulary.claims.items()]


def _forecast(policy: Policy) -> str:
    rule = policy.forecast
    return (
        f"Each open item has a chance of being paid on each day, from its payer's own habit over "
        f"{rule.history_days} days; P10, P50 and P90 over {rule.weeks} weeks are drawn from these."
    )
