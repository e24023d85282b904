"""Conversations over HTTP: kept, listed, searched, exported, streamed, and one person's own."""

from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from graph.chat import thread_of
from graph.threads import MAX_LINES
from ledger.clock import SystemClock
from ledger.tables.work import ChatMessage
from tests.support.api_client import assert_problem, signed
from tests.support.desk import Desk
from tools.narrowing import is_narrower
from tools.people import save_person


@pytest.fixture
def cora(desk: Desk) -> dict[str, str]:
    desk.account("acc_a")
    desk.account("acc_b", (99_00,))
    return signed(desk, "cora", "chat")


def ask(client: TestClient, key: dict[str, str], session: str, text: str) -> Any:
    answer = client.post(f"/chat/{session}/messages", json={"text": text}, headers=key)
    assert answer.status_code == 200, answer.text
    return answer.json()


def events(answer: Any) -> list[tuple[str, str, Any]]:
    found = []
    for part in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in part.splitlines() if ": " in line[:8])
        if "event" in fields:
            found.append((fields["event"], fields.get("id", ""), orjson.loads(fields["data"])))
    return found


def _said(desk: Desk, session: str, lines: int, speaker: str = "person") -> None:
    """Keep a conversation of Cora's that long."""
    now = SystemClock().now()
    with desk.house.ledger.write() as writing:
        writing.add_all(
            ChatMessage(
                thread_id=thread_of("cora", session),
                role=speaker,
                body=f"word {number}",
                said_at=now,
                person_id="cora",
            )
            for number in range(lines)
        )


class TestThreads:
    def test_list__is_newest_first_with_titles_and_pages(
        self, client: TestClient, cora: dict[str, str]
    ) -> None:
        for name in ("one", "two", "three"):
            ask(client, cora, name, f"aging of Company acc_a please, {name}")
        first = client.get("/chat", params={"limit": 2}, headers=cora).json()
        assert [each["session"] for each in first["threads"]] == ["three", "two"]
        assert first["threads"][0]["title"] == "aging of Company acc_a please, three"
        assert first["threads"][0]["lines"] == 2
        params = {"limit": 2, "cursor": first["next"]}
        rest = client.get("/chat", params=params, headers=cora).json()
        assert [each["session"] for each in rest["threads"]] == ["one"]
        assert rest["next"] is None

    def test_search__finds_what_either_side_said(
        self, client: TestClient, cora: dict[str, str]
    ) -> None:
        ask(client, cora, "a", 'story of "ACCA-1"')
        ask(client, cora, "b", "help")
        found = client.get("/chat", params={"words": "OVERDUE 200.50"}, headers=cora).json()
        assert [each["session"] for each in found["threads"]] == ["a"]
        none = client.get("/chat", params={"words": "100%"}, headers=cora).json()
        assert none["threads"] == []

    def test_thread__keeps_blocks_and_says_how_long(
        self, client: TestClient, cora: dict[str, str]
    ) -> None:
        said = ask(client, cora, "a", 'aging of "ACCA-1"')
        thread = client.get("/chat/a", headers=cora).json()
        assert [each["speaker"] for each in thread["lines"]] == ["person", "assistant"]
        assert thread["lines"][1]["blocks"] == said["blocks"]
        assert thread["lines"][1]["line"] == said["line"]
        assert "nothing removes them" in thread["retention"]

    def test_export__is_a_file_in_either_form(
        self, client: TestClient, cora: dict[str, str]
    ) -> None:
        ask(client, cora, "a", 'aging of "ACCA-1"')
        words = client.get("/chat/a/export", headers=cora)
        assert words.headers["content-type"].startswith("text/markdown")
        assert 'filename="a.md"' in words.headers["content-disposition"]
        assert "## Cora Lind" in words.text
        assert "| Currency |" in words.text
        assert "(account acc_a)" in words.text
        data = client.get("/chat/a/export", params={"as": "json"}, headers=cora)
        assert data.json() == client.get("/chat/a", headers=cora).json()

    def test_full_page_of_many__leads_to_the_rest(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        for number in range(101):
            _said(desk, f"t{number}", 1)
        first = client.get("/chat", params={"limit": 100}, headers=cora).json()
        params = {"limit": 100, "cursor": first["next"]}
        rest = client.get("/chat", params=params, headers=cora).json()
        assert [each["session"] for each in rest["threads"]] == ["t0"]
        assert (len(first["threads"]), rest["next"]) == (100, None)

    def test_long_thread__is_read_back_to_its_beginning(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        _said(desk, "a", 2 * MAX_LINES + 1)
        shown, before = [], None
        for expected in (MAX_LINES, MAX_LINES, 1):
            params = {} if before is None else {"before": before}
            part = client.get("/chat/a", params=params, headers=cora).json()
            assert len(part["lines"]) == expected
            shown, before = part["lines"] + shown, part["before"]
        assert before is None
        assert [each["text"] for each in shown] == [f"word {n}" for n in range(2 * MAX_LINES + 1)]

    def test_long_thread__is_exported_and_repeated_whole(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        _said(desk, "a", MAX_LINES + 1, speaker="assistant")
        words = client.get("/chat/a/export", headers=cora).text
        assert ("word 0\n" in words, f"word {MAX_LINES}\n" in words) == (True, True)
        data = client.get("/chat/a/export", params={"as": "json"}, headers=cora).json()
        assert (len(data["lines"]), data["before"]) == (MAX_LINES + 1, None)
        told = events(client.get("/chat/a/events", headers=cora))
        assert len([kind for kind, _id, _data in told if kind == "done"]) == MAX_LINES + 1

    def test_somebody_else__finds_nothing_of_it(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        ask(client, cora, "a", "help")
        milo = signed(desk, "milo", "chat")
        assert client.get("/chat", headers=milo).json()["threads"] == []
        assert_problem(client.get("/chat/a", headers=milo), 404, "not-found")
        assert_problem(client.get("/chat/a/export", headers=milo), 404, "not-found")

    def test_sees_less_from_now_on__what_was_said_before_is_not_read_again(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        once = cora | {"Idempotency-Key": "one-question-of-cora"}
        told = client.post("/chat/a/messages", json={"text": "story of ACCA-1"}, headers=once)
        assert told.status_code == 200, told.text
        with desk.house.ledger.write() as session:
            who = ("cora", "Cora Lind", ("collector",), desk.house.policy, "otto")
            save_person(session, *who, SystemClock().now(), "own")
        assert client.get("/chat", headers=cora).json()["threads"] == []
        words = {"words": "200.50"}
        assert client.get("/chat", params=words, headers=cora).json()["threads"] == []
        assert_problem(client.get("/chat/a", headers=cora), 404, "not-found")
        assert_problem(client.get("/chat/a/export", headers=cora), 404, "not-found")
        again = client.post("/chat/a/messages", json={"text": "story of ACCA-1"}, headers=once)
        assert_problem(again, 409, "conflict", "before you saw less")
        ask(client, cora, "a", "help")
        lines = client.get("/chat/a", headers=cora).json()["lines"]
        assert [each["speaker"] for each in lines] == ["person", "assistant"]

    @pytest.mark.parametrize(
        ("before", "after", "narrower"),
        [
            ("all", "own", True),
            ("all", "segments:smb", True),
            ("segments:smb,mid", "segments:smb", True),
            ("own", "segments:smb", True),
            ("segments:smb", "segments:smb,mid", False),
            ("own", "all", False),
            ("own", "own", False),
        ],
    )
    def test_sight_changes__only_a_narrower_one_hides(
        self, before: str, after: str, narrower: bool
    ) -> None:
        assert is_narrower("cora", before, after) is narrower

    def test_key_without_the_scope__is_refused(self, client: TestClient, desk: Desk) -> None:
        key = signed(desk, "cora", "read")
        assert_problem(client.get("/chat", headers=key), 403, "refused")

    @pytest.mark.parametrize("cursor", ["x", "YWJj", "LTE"])
    def test_foreign_cursor__is_refused(
        self, client: TestClient, cora: dict[str, str], cursor: str
    ) -> None:
        assert_problem(
            client.get("/chat", params={"cursor": cursor}, headers=cora), 422, "bad-input"
        )


class TestStream:
    def test_answer__comes_as_tokens_blocks_citations_done(
        self, client: TestClient, cora: dict[str, str]
    ) -> None:
        answer = client.post("/chat/a/stream", json={"text": 'aging of "ACCA-1"'}, headers=cora)
        assert answer.headers["content-type"].startswith("text/event-stream")
        found = events(answer)
        kinds = list(dict.fromkeys(kind for kind, _id, _data in found))
        assert kinds == ["token", "block", "citation", "done"]
        words = "".join(data["text"] for kind, _id, data in found if kind == "token")
        done = found[-1][2]
        assert words == done["text"]
        thread = client.get("/chat/a", headers=cora).json()
        assert thread["lines"][1]["text"] == done["text"]
        assert len({key for _kind, key, _data in found}) == len(found)

    def test_lost_connection__goes_on_behind_the_last_event(
        self, client: TestClient, cora: dict[str, str]
    ) -> None:
        whole = events(client.post("/chat/a/stream", json={"text": "help"}, headers=cora))
        again = client.get("/chat/a/events", headers=cora | {"Last-Event-ID": whole[3][1]})
        assert events(again) == whole[4:]
        more = events(client.post("/chat/a/stream", json={"text": "help"}, headers=cora))
        both = client.get("/chat/a/events", headers=cora | {"Last-Event-ID": whole[-1][1]})
        assert events(both) == more
        everything = client.get("/chat/a/events", headers=cora | {"Last-Event-ID": "nonsense"})
        assert events(everything) == whole + more

    def test_error__is_an_event(self, client: TestClient, cora: dict[str, str]) -> None:
        answer = client.post("/chat/a/stream", json={"text": "   "}, headers=cora)
        ((kind, _id, told),) = events(answer)
        assert (kind, told["status"]) == ("error", 422)
        ((kind, _id, told),) = events(client.get("/chat/none/events", headers=cora))
        assert (kind, told["status"]) == ("error", 404)


def test_who_sees_a_part__gets_answers_about_that_part(client: TestClient, desk: Desk) -> None:
    desk.account("acc_mine", (55_00,), owner="milo")
    desk.account("acc_theirs", (77_00,), owner="cora")
    desk.books.change("person", "id", "milo", sees="own")
    milo = signed(desk, "milo", "chat")
    shown = ask(client, milo, "a", "Who are the top overdue accounts?")
    assert "55.00 USD" in shown["answer"]
    assert "77.00" not in str(shown)
    assert "No account is called" in ask(client, milo, "a", 'story of "ACCTHEIRS-1"')["answer"]


def test_running_turn__makes_the_conversation_busy(
    client: TestClient, desk: Desk, cora: dict[str, str]
) -> None:
    from graph.conversation import _alone

    with _alone(desk.house, "chat:cora:a"):
        answer = client.post("/chat/a/messages", json={"text": "help"}, headers=cora)
        assert_problem(answer, 409, "conversation-busy")
        ask(client, cora, "b", "help")
    ask(client, cora, "a", "help")


def test_busy_under_a_key__is_answered_later_under_the_same_key(
    client: TestClient, desk: Desk, cora: dict[str, str]
) -> None:
    from graph.conversation import _alone

    once = cora | {"Idempotency-Key": "one-question"}
    with _alone(desk.house, "chat:cora:a"):
        answer = client.post("/chat/a/messages", json={"text": "help"}, headers=once)
        assert_problem(answer, 409, "conversation-busy")
    ask(client, once, "a", "help")
