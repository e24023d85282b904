"""Which role answers which question, and what is said when none does."""

import pytest
from langchain_core.messages import HumanMessage

from agents.model_faults import ModelUnavailable
from agents.offline_model import OfflineModel
from agents.offline_questions import OFFLINE_NOTE, route_question
from agents.offline_wishes import WISHES
from agents.supervisor import choose_role
from policies.load import load_policy


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("Who should I work today and why?", "collector"),
        ("Tell me the story of Acme", "collector"),
        ("Which disputes are late?", "dispute_analyst"),
        ("What is unapplied?", "cash_applier"),
        ("Is Acme over its credit limit?", "credit_analyst"),
        ("aging of Acme", "credit_analyst"),
        ("What cash do we expect next week?", "forecaster"),
        ("Why is Acme on hold?", "collector"),
        ("How many elephants?", "collector"),
    ],
)
def test_question__goes_to(question: str, role: str) -> None:
    assert route_question(question) == role
    assert choose_role(question, [], load_policy(), OfflineModel()).name == role


def test_supervisor_without_a_model__routes_by_words() -> None:
    class Gone(OfflineModel):
        def structured(self, *args, **kwargs):
            raise ModelUnavailable("timeout", "gone")

    assert choose_role("What is unapplied?", [], load_policy(), Gone()).name == "cash_applier"


@pytest.mark.parametrize(
    "question",
    [
        "Which disputes are open?",
        "What promises are due today?",
        "Why is Acme on hold?",
        "What letters did we get?",
        "Who called us?",
        "statement of Acme",
    ],
)
def test_question_about_something__is_not_a_wish_to_do_it(question: str) -> None:
    assert not [wish for wish in WISHES if wish.fits(question)]


@pytest.mark.parametrize(
    "question",
    [
        "draft a reminder for Acme",
        "send a statement to Acme",
        "record a promise of Acme",
        "Acme promised to pay on Friday",
        "put Acme on hold",
        "open a dispute for Acme",
        "create a call task for Acme",
        "remind me to call Acme",
    ],
)
def test_wish__is_known_as_one(question: str) -> None:
    assert [wish for wish in WISHES if wish.fits(question)]


def test_unknown_question__says_what_can_be_asked() -> None:
    said = str(OfflineModel().invoke([HumanMessage("How many elephants?", name="person")]).text)
    assert said.startswith("I cannot do that offline.")
    assert "whom to work today" in said
    assert said.endswith(OFFLINE_NOTE)


def test_tool_not_on_offer__is_not_called() -> None:
    said = OfflineModel().invoke([HumanMessage("aging of Acme", name="person")], tools=[])
    assert not said.tool_calls
    assert "may not look that up" in str(said.text)
