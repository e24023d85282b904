"""Every kind of question of the manual is answered offline, each figure from a row of the books."""

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from sqlalchemy import select

from agents.offline_kinds import KINDS
from agents.offline_questions import CANNOT, OFFLINE_NOTE
from graph.chat import build_chat_graph, thread_of
from ledger.tables.notes import AccountNote
from ledger.tables.work import CallTask, ChatMessage, Proposal
from tests.support.asked_book import SAYS, furnish
from tests.support.case_book import CaseBook
from tests.support.shared_data import ROOT

Ask = Callable[..., dict[str, Any]]
MANUAL = ROOT / "docs" / "howto" / "ask.md"


@pytest.fixture
def ids(book: CaseBook) -> dict[str, str]:
    return furnish(book)


@pytest.fixture
def ask(book: CaseBook, ids: dict[str, str]) -> Ask:
    graph = build_chat_graph(InMemorySaver())

    def turn(question: str, user: str = "cora", session: str = "1", **options: Any) -> Any:
        config = {"configurable": {"thread_id": thread_of(user, session)}}
        deps = book.deps(options.pop("model", None))
        return graph.invoke({"user": user, "question": question} | options, config, context=deps)

    return turn


def asked_of(example: str, ids: dict[str, str]) -> str:
    """An example with the id of a dispute where it wants one."""
    named = {"routed here": ("Acme", "Northgate")}
    for words, (old, new) in named.items():
        if words in example:
            example = example.replace(old, new)
    return example.replace("DISPUTE", ids["dispute"])


def test_at_least_forty_kinds__each_by_its_own_name() -> None:
    assert len(KINDS) >= 40
    assert len({kind.id for kind in KINDS}) == len(KINDS)
    assert {kind.id for kind in KINDS} == set(SAYS)


@pytest.mark.parametrize("part", range(4))
def test_every_example__is_answered_with_the_figures_of_the_ledger(
    ask: Ask, ids: dict[str, str], part: int
) -> None:
    wrong = []
    for kind in KINDS[part::4]:
        result = ask(asked_of(kind.example, ids), session=kind.id)
        said, text = result["answer"], result["blocks"][0]
        missing = [words for words in SAYS[kind.id] if words not in said]
        called = [call["tool"] for call in result["calls"] if call["outcome"] == "ok"]
        if missing or called != [kind.tool] or result["role"] != kind.role:
            wrong.append((kind.id, result["role"], called, missing, said))
        if text["untraced"] or (re.search(r"\d", said) and not text["citations"]):
            wrong.append((kind.id, "untraced", text["untraced"], said))
    assert wrong == []


def test_manual__names_every_kind_with_its_example() -> None:
    manual = MANUAL.read_text("utf-8")
    assert [kind.id for kind in KINDS if kind.example not in manual] == []


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ("Mark the task of C-300 as done", "`dunwell tasks done`"),
        ("Lift the hold on C-200", "`dunwell hold lift`"),
    ],
)
def test_deed_that_is_a_persons__is_not_done_but_said_where(
    book: CaseBook, ask: Ask, wish: str, where: str
) -> None:
    result = ask(wish)
    assert where in result["answer"]
    with book.ledger.read() as session:
        assert session.scalars(select(Proposal)).all() == []
        assert session.scalars(select(CallTask.state)).all() == ["open"]


class TestWhatCannotBeAnswered:
    def test_close_kinds__are_named(self, ask: Ask) -> None:
        said = ask("Please plot the aging of Acme as a bubble")["answer"]
        assert CANNOT not in said
        said = ask("How many elephants has the largest customer's zoo?")["answer"]
        assert said.startswith(CANNOT)
        assert "whom to work today" in said
        assert OFFLINE_NOTE in said


class TestCitations:
    def test_amount__stands_on_its_invoice(self, ask: Ask, book: CaseBook) -> None:
        text = ask("open items of Acme")["blocks"][0]
        by_figure = {each["figure"]: each for each in text["citations"]}
        assert by_figure["250.00"]["kind"] == "invoice"
        assert by_figure["250.00"]["id"].startswith("inv_")
        assert by_figure["C-100"] == {"kind": "account", "id": "acc_c100", "figure": "C-100"}

    def test_sum_over_the_book__stands_on_the_book(self, ask: Ask) -> None:
        text = ask("What are DSO, CEI and ADD?")["blocks"][0]
        assert {"book"} == {each["kind"] for each in text["citations"]}
        assert text["citations"][0]["id"] == "book_metrics:2026-03-18"

    def test_blocks__are_kept_with_the_line(self, ask: Ask, book: CaseBook) -> None:
        result = ask("aging of Acme")
        with book.ledger.read() as session:
            row = session.scalars(select(ChatMessage).order_by(ChatMessage.seq.desc())).first()
            assert row is not None
            assert (row.seq, row.person_id) == (result["line"], "cora")
            assert orjson.loads(row.blocks) == result["blocks"]
        assert [each["kind"] for each in result["blocks"]] == ["text", "aging_table"]


class Says:
    """A model that reads one account and then says what it likes."""

    def __init__(self, *said: str) -> None:
        self.said = list(said)
        self.heard: list[str] = []

    def invoke(self, messages: Any, tools: Any = None, prompt_id: str = "") -> AIMessage:
        self.heard.append(str(messages[-1].text))
        if len(self.heard) == 1:
            call = {"name": "get_account_brief", "args": {"account": "C-100"}, "id": "1"}
            return AIMessage("", tool_calls=[call | {"type": "tool_call"}])
        return AIMessage(self.said.pop(0))

    def structured(self, messages: Any, schema: Any, prompt_id: str = "") -> Any:
        return schema.model_validate({"role": "collector"})


class TestFiguresOfAModel:
    def test_true_figures__stand_with_their_rows(self, ask: Ask) -> None:
        model = Says("Acme owes $750.00, of it 500.00 USD overdue since 95 days.")
        text = ask("Acme?", model=model)["blocks"][0]
        assert text["untraced"] == []
        assert {each["kind"] for each in text["citations"]} == {"account"}
        assert len(model.heard) == 2

    @pytest.mark.parametrize(
        ("said", "loose"),
        [
            ("They owe 751.00 USD.", "751.00"),
            ("They owe about twelve hundred dollars.", "twelve hundred dollars"),
            ("Invoice INV-99 is the problem.", "INV-99"),
            ("They will pay on 5 May 2026.", "5"),
            ("They pay 63% of what they promise.", "63"),
        ],
    )
    def test_invented_figure__is_asked_about_once_then_marked(
        self, ask: Ask, said: str, loose: str
    ) -> None:
        model = Says(said, said)
        result = ask("What about Acme?", model=model)
        assert "No tool result holds these figures" in model.heard[2]
        assert loose in result["blocks"][0]["untraced"]
        assert "[not in the books]" in result["answer"]

    def test_model_that_corrects_itself__is_believed(self, ask: Ask) -> None:
        result = ask("What about Acme?", model=Says("751.00 USD", "They owe 750.00 USD."))
        assert result["answer"] == "They owe 750.00 USD."


class TestNotes:
    def test_logged_call__is_kept_in_the_persons_words(self, ask: Ask, book: CaseBook) -> None:
        result = ask("Log a call with Sundial: Kim will pay the rest after the audit")
        assert "kept as a call" in result["answer"]
        assert result["proposal_ids"] == []
        with book.ledger.read() as session:
            (row,) = session.scalars(select(AccountNote).where(AccountNote.id != "not_1"))
            assert (row.kind, row.noted_by) == ("call", "cora")
            assert row.body == "Kim will pay the rest after the audit"
            assert row.account_id == "acc_c300"

    def test_note_that_names_a_promise__says_it_is_not_recorded(self, ask: Ask) -> None:
        said = ask("Save a note for Sundial: they promised to pay on Friday")["answer"]
        assert "ask for it as well" in said

    def test_reader__keeps_nothing(self, ask: Ask, book: CaseBook) -> None:
        assert "You may read here" in ask("Log a call with Sundial: hello", may_ask=False)["answer"]
        with book.ledger.read() as session:
            assert len(list(session.scalars(select(AccountNote)))) == 1

    def test_words_of_a_model__are_refused(self, ask: Ask, book: CaseBook) -> None:
        class Writes(Says):
            def invoke(self, messages: Any, tools: Any = None, prompt_id: str = "") -> AIMessage:
                self.heard.append(str(messages[-1].text))
                args = {"account": "C-100", "words": "They owe us nothing", "kind": "note"}
                call = {"name": "log_note", "args": args, "id": "1", "type": "tool_call"}
                return AIMessage("", tool_calls=[call]) if len(self.heard) < 3 else AIMessage("x")

            def structured(self, messages: Any, schema: Any, prompt_id: str = "") -> Any:
                return schema.model_validate({"role": "account_clerk"})

        ask("log something", model=Writes())
        with book.ledger.read() as session:
            assert len(list(session.scalars(select(AccountNote)))) == 1


class TestPlanWish:
    def test_plan__becomes_a_request_with_the_options_it_was_compared_with(
        self, ask: Ask, book: CaseBook
    ) -> None:
        result = ask("prepare a plan for Sundial")
        with book.ledger.read() as session:
            (row,) = session.scalars(select(Proposal))
        assert (row.action_type, row.author, row.state) == ("propose_plan", "cora", "pending")
        assert result["proposal_ids"] == [row.id]
        link = result["blocks"][-1]
        assert (link["kind"], link["proposal_id"]) == ("inbox_link", row.id)

    def test_reminder__shows_its_draft_and_where_it_waits(self, ask: Ask) -> None:
        result = ask("draft a reminder for Sundial")
        draft, link = result["blocks"][-2:]
        assert (draft["kind"], link["kind"]) == ("draft", "inbox_link")
        assert "800.00" in draft["body"]
        assert draft["proposal_id"] == link["proposal_id"] == result["proposal_ids"][0]
