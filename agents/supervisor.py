"""The supervisor: passes a colleague's question to the one role that answers it."""

from collections.abc import Sequence
from typing import Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict

from agents import (
    account_clerk,
    book_analyst,
    cash_applier,
    collector,
    credit_analyst,
    dispute_analyst,
    forecaster,
    policy_adviser,
)
from agents.chat_model import ChatPort
from agents.model_faults import ModelError
from agents.offline_questions import route_question
from agents.spec import AgentSpec
from agents.task import PERSON
from policies.schema import Policy
from prompts.loader import load_prompt

ROLES: dict[str, AgentSpec] = {
    role.SPEC.name: role.SPEC
    for role in (
        collector,
        cash_applier,
        dispute_analyst,
        credit_analyst,
        forecaster,
        book_analyst,
        account_clerk,
        policy_adviser,
    )
}


class Routed(BaseModel):
    """Which role answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal[
        "collector",
        "cash_applier",
        "dispute_analyst",
        "credit_analyst",
        "forecaster",
        "book_analyst",
        "account_clerk",
        "policy_adviser",
    ]


def choose_role(
    question: str, history: Sequence[tuple[str, str]], policy: Policy, model: ChatPort
) -> AgentSpec:
    """The role that answers a question; where a model cannot say, word lists decide."""
    prompt = load_prompt("supervisor")
    messages: list[BaseMessage] = [SystemMessage(prompt.render(policy))]
    messages += [HumanMessage(t) if who == PERSON else AIMessage(t) for who, t in history]
    messages.append(HumanMessage(question, name=PERSON))
    try:
        return ROLES[model.structured(messages, Routed, prompt.reference).role]
    except ModelError:
        return ROLES[route_question(question)]
