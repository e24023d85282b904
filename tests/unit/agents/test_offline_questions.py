"""Which role answers which question, and what is said when none does."""

import pytest
from langchain_core.messages import HumanMessage

from agents.model_faults import ModelUnavailable
from agents.offline_kinds import KINDS
from agents.offline_model import OfflineModel
from agents.offline_questions import _HELP, OFFLINE_NOTE, route_question
from agents.offline_wishes import WISHES, note_wanted
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


@pytest.mark.parametrize(
    "question", ["Highest overdue accounts?", "History of Acme", "Hillside Ltd: what is open?"]
)
def test_word_that_begins_like_a_greeting__is_no_call_for_help(question: str) -> None:
    assert not _HELP.search(question)


@pytest.mark.parametrize("question", ["Hi", "help", "hello there", "what can you do?"])
def test_greeting__is_told_what_can_be_asked(question: str) -> None:
    assert _HELP.search(question)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("who do I need to chase today?", "worklist"),
        ("how much does Acme owe us", "open_items"),
        ("any news on disputes?", "disputes"),
        ("can I phone Acme", "may_contact"),
        ("How often may I call a customer?", "contact_rules"),
        ("Who can I call today?", "worklist"),
        ("who signs off a credit note of 500 EUR", "who_approves"),
        ("when did Acme last pay", "payments"),
        ("show me the biggest debtors", "top_overdue"),
        ("total receivables", "metrics"),
        ("is Acme a good payer?", "credit_standing"),
        ("what's the email of Acme", "contacts"),
        ("give me a summary of the book", "metrics"),
        ("what happened overnight", "night"),
        ("Is Acme on hold?", "holds"),
        ("why is Acme on hold?", "why"),
        ("Show invoice 100311", "invoice"),
        ("Which invoices of Acme are overdue?", "overdue_items"),
        ("Acme vs Sundial", "compare"),
        ("does Acme keep its word", "promise_record"),
    ],
)
def test_wording__is_of_a_kind(question: str, kind: str) -> None:
    assert next(each.id for each in KINDS if each.fits(question)) == kind
    assert not [wish for wish in WISHES if wish.fits(question)]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Log a call with Acme: Pat checks", ("call", "Log a call with Acme", "Pat checks")),
        ("save note for Acme: 9:30 is fine", ("note", "save note for Acme", "9:30 is fine")),
        (
            "Please record a phone call with Acme",
            ("call", "Please record a phone call with Acme", ""),
        ),
        ("log a call task for Acme", None),
        ("What calls did we log?", None),
    ],
)
def test_note__is_told_from_its_words(said: str, kept: tuple[str, str, str] | None) -> None:
    assert note_wanted(said) == kept


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
