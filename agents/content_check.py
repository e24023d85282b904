"""A second reader of words nobody approved as a template: it may add a claim, never take one away.

It sees the words alone, not why or by whom they were written, and only where a model is configured;
without one, or when it fails, the checks of the gate stand by themselves.
"""

from collections.abc import Iterable
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict

from agents.chat_model import ChatPort
from agents.model_faults import ModelError
from ledger.actions import MessageAction, ProposedAction
from policies.schema import Policy
from prompts.loader import load_prompt
from tools.outside_text import CLOSING, OPENING, clean_text


class ReportedClaims(BaseModel):
    """What a text asserts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    claims: tuple[str, ...]


def read_claims(subject: str, body: str, policy: Policy, model: ChatPort) -> tuple[str, ...] | None:
    """Claim classes a configured model finds in words; None where it did not answer."""
    prompt = load_prompt("content_checker")
    words = clean_text(f"{subject}\n\n{body}")
    asked = HumanMessage(f"{OPENING}\n{words}\n{CLOSING}")
    messages = [SystemMessage(prompt.render(policy)), asked]
    try:
        found = model.structured(messages, ReportedClaims, prompt.reference).claims
    except ModelError:
        return None
    known = policy.packs.vocabulary.claims
    return tuple(sorted({claim for claim in found if claim in known}))


def with_claims(
    actions: Iterable[ProposedAction], policy: Policy, model: ChatPort
) -> list[ProposedAction]:
    """The actions, each message in its own words with what a second reader found in it."""
    return [_checked(action, policy, model) for action in actions]


def _checked(action: ProposedAction, policy: Policy, model: ChatPort) -> Any:
    if not isinstance(action, MessageAction) or action.wording == "template":
        return action
    found = read_claims(action.subject or "", action.body or "", policy, model)
    return action if found is None else action.model_copy(update={"reported_claims": found})
