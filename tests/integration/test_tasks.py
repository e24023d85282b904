"""Tasks for people: closed with what came of them, given on, and gone from every list after."""

import json
from datetime import timedelta
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from cli.main import _run
from graph.inbox import decider_of
from ledger.errors import BadInput, Conflict, NotFound, Refused
from ledger.queries.report import open_tasks as tasks_of_report
from ledger.tables.account import Account
from ledger.tables.notes import AccountNote
from ledger.tables.work import Audit, CallTask
from tests.support.desk import AS_OF, Desk
from tests.support.pages import post, signed_in
from tools.account_timeline import timeline
from tools.colleagues import takers
from tools.contract import CHAT_SCOPES, ToolContext
from tools.tasks import TaskFilter, close_task, give_task, open_tasks
from tools.worklist import list_accounts_to_work

WORDS = "Spoke to Pat, the credit note is on its way"


@pytest.fixture
def task(desk: Desk) -> str:
    """A call that is due at one of two customers."""
    for account in ("acc_a", "acc_b"):
        desk.account(account)
    add(desk, "tsk_1")
    return "tsk_1"


def add(desk: Desk, task_id: str, **values: Any) -> None:
    values = {
        "account_id": "acc_a",
        "kind": "call",
        "summary": "Call back: where is our credit?",
        "due_on": AS_OF,
        "state": "open",
        "created_by": "reply_desk",
    } | values
    desk.books.add("call_task", id=task_id, **values)


def close(desk: Desk, task_id: str, by: str = "cora", words: str = WORDS, **more: Any) -> None:
    outcome = more.get("outcome", "done")
    with desk.house.ledger.write() as session:
        who = decider_of(desk.house, by)
        now = desk.house.clock_at(AS_OF).now()
        close_task(session, task_id, who, outcome, words, desk.house.policy, AS_OF, now)


def give(desk: Desk, task_id: str, to: str, by: str = "cora") -> None:
    with desk.house.ledger.write() as session:
        now = desk.house.clock_at(AS_OF).now()
        give_task(session, task_id, decider_of(desk.house, by), to, desk.house.policy, now)


def row(desk: Desk, task_id: str) -> CallTask:
    with desk.house.ledger.read() as session:
        found = session.get_one(CallTask, task_id)
        session.expunge(found)
        return found


def notes(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.house.ledger.read() as session:
        rows = session.scalars(select(AccountNote)).all()
        return [(each.kind, each.body, each.noted_by) for each in rows]


def listed(desk: Desk, **wanted: Any) -> list[str]:
    with desk.house.ledger.read() as session:
        found = open_tasks(session, AS_OF, TaskFilter(**wanted), 50)
    assert found.count == len(found.tasks)
    return [each.task_id for each in found.tasks]


class TestClose:
    def test_done__is_told_in_their_words_audited_and_looked_at_again(
        self, desk: Desk, task: str
    ) -> None:
        desk.books.change("account", "id", "acc_a", next_action_on=AS_OF + timedelta(days=9))
        close(desk, task)
        assert row(desk, task).state == "done"
        assert notes(desk) == [("call", WORDS, "cora")]
        with desk.house.ledger.read() as session:
            (said,) = session.scalars(select(Audit).where(Audit.kind == "task_done"))
            assert (said.subject_id, said.actor) == (task, "cora")
            assert orjson.loads(said.payload)["account"] == "acc_a"
            assert session.get_one(Account, "acc_a").next_action_on is None
            told = [each.says for each in timeline(session, "acc_a").entries]
        assert "Call by Cora Lind" in told
        assert "Call for anybody (done)" in told

    @pytest.mark.parametrize(
        ("kind", "outcome", "kept_as"),
        [("call", "done", "call"), ("call", "dropped", "note"), ("review", "done", "note")],
    )
    def test_only_a_call_that_was_made__is_kept_as_a_call(
        self, desk: Desk, task: str, kind: str, outcome: str, kept_as: str
    ) -> None:
        add(desk, "tsk_2", kind=kind)
        close(desk, "tsk_2", outcome=outcome)
        assert [each[0] for each in notes(desk)] == [kept_as]
        assert row(desk, "tsk_2").state == outcome

    @pytest.mark.parametrize("words", ["", "  \n ", "\u200b\u202e"])
    def test_nothing_said__stays_open(self, desk: Desk, task: str, words: str) -> None:
        with pytest.raises(BadInput, match="what came of it"):
            close(desk, task, words=words)
        assert row(desk, task).state == "open"

    def test_second_who_closes_it__hears_that_it_is(self, desk: Desk, task: str) -> None:
        close(desk, task)
        with pytest.raises(Conflict, match="done already"):
            close(desk, task, by="milo")
        assert len(notes(desk)) == 1

    def test_who_only_reads__closes_none(self, desk: Desk, task: str) -> None:
        with pytest.raises(Refused):
            close(desk, task, by="ines")
        assert row(desk, task).state == "open"

    def test_done__leaves_every_list_and_the_report(self, desk: Desk, task: str) -> None:
        def seen() -> tuple[list[str], int]:
            with desk.house.ledger.read() as session:
                return listed(desk), sum(each.tasks for each in tasks_of_report(session, AS_OF))

        assert seen() == ([task], 1)
        close(desk, task)
        assert seen() == ([], 0)

    def test_done__is_no_reason_to_work_the_account_any_more(self, desk: Desk, task: str) -> None:
        def reasons() -> list[str]:
            with desk.house.ledger.read() as session:
                ctx = ToolContext(
                    session=session,
                    actor="cora",
                    role="collector",
                    as_of=AS_OF,
                    now=desk.deps.now,
                    policy=desk.house.policy,
                    scopes=CHAT_SCOPES,
                )
                found = orjson.loads(list_accounts_to_work.call(ctx, {}))["accounts"]
            return [why for each in found for why in each["reasons"]]

        assert "a task is due" in reasons()
        close(desk, task)
        assert "a task is due" not in reasons()


class TestGive:
    def test_given__is_theirs_and_leaves_the_list_of_others(self, desk: Desk, task: str) -> None:
        add(desk, "tsk_2", account_id="acc_b", due_on=AS_OF + timedelta(days=3))
        give(desk, task, "milo")
        assert row(desk, task).assignee == "milo"
        milo, cora = (decider_of(desk.house, each) for each in ("milo", "cora"))
        assert listed(desk, mine=milo) == [task, "tsk_2"]
        assert listed(desk, mine=cora) == ["tsk_2"]
        assert listed(desk, mine=milo, due_by=AS_OF) == [task]
        assert listed(desk, account_id="acc_b") == ["tsk_2"]

    def test_of_their_role__is_theirs_too(self, desk: Desk, task: str) -> None:
        desk.books.change("call_task", "id", task, assignee="finance_lead")
        assert listed(desk, mine=decider_of(desk.house, "felix")) == [task]
        assert listed(desk, mine=decider_of(desk.house, "cora")) == []

    @pytest.mark.parametrize(
        ("to", "says"), [("nobody", "nobody is called"), ("ines", "works no accounts")]
    )
    def test_whoever_works_no_accounts__takes_none(
        self, desk: Desk, task: str, to: str, says: str
    ) -> None:
        with pytest.raises(BadInput, match=says):
            give(desk, task, to)
        assert row(desk, task).assignee is None

    def test_who_left_or_does_not_see_it__takes_none(self, desk: Desk, task: str) -> None:
        desk.books.change("person", "id", "milo", roles="")
        desk.books.change("person", "id", "amara", sees="own")
        with desk.house.ledger.read() as session:
            able = {each.person_id for each in takers(session, desk.house.policy)}
        assert able == {"cora", "felix", "amara", "lena"}
        for name in ("milo", "amara"):
            with pytest.raises(BadInput):
                give(desk, task, name)

    def test_closed__is_given_to_nobody(self, desk: Desk, task: str) -> None:
        close(desk, task)
        with pytest.raises(Conflict):
            give(desk, task, "milo")


class TestPages:
    @pytest.mark.parametrize("page", ["/desk", "/desk/tasks", "/desk/accounts/acc_a"])
    def test_due__stands_with_its_button_where_people_look(
        self, desk: Desk, client: TestClient, task: str, page: str
    ) -> None:
        browser = signed_in(desk, client, "cora")
        assert f'action="/desk/tasks/{task}/done"' in browser.get(page).text
        back = {"/desk": "today", "/desk/tasks": "tasks"}.get(page, "account")
        done = post(browser, page, f"/desk/tasks/{task}/done", words=WORDS, back=back)
        assert (done.status_code, done.headers["location"]) == (303, page)
        assert row(desk, task).state == "done"
        assert f"/desk/tasks/{task}" not in browser.get(page).text
        assert WORDS in browser.get("/desk/accounts/acc_a").text

    def test_back_elsewhere__leads_to_the_account(
        self, desk: Desk, client: TestClient, task: str
    ) -> None:
        browser = signed_in(desk, client, "cora")
        deed = f"/desk/tasks/{task}/done"
        done = post(browser, "/desk", deed, words=WORDS, back="//evil.example")
        assert done.headers["location"] == "/desk/accounts/acc_a"

    def test_given_on_the_page__is_theirs(self, desk: Desk, client: TestClient, task: str) -> None:
        browser = signed_in(desk, client, "cora")
        deed = f"/desk/tasks/{task}/assign"
        assert post(browser, "/desk", deed, person="milo", back="today").status_code == 303
        assert row(desk, task).assignee == "milo"
        assert f"/desk/tasks/{task}" not in browser.get("/desk").text

    def test_who_only_reads__sees_no_button_and_moves_nothing(
        self, desk: Desk, client: TestClient, task: str
    ) -> None:
        browser = signed_in(desk, client, "ines")
        assert "Call back" in browser.get("/desk/accounts/acc_a").text
        assert f"/desk/tasks/{task}" not in browser.get("/desk/accounts/acc_a").text
        for deed, fields in (("done", {"words": WORDS}), ("assign", {"person": "milo"})):
            sent = post(browser, "/desk/me", f"/desk/tasks/{task}/{deed}", **fields)
            assert sent.status_code == 403
        assert (row(desk, task).state, row(desk, task).assignee, notes(desk)) == ("open", None, [])

    def test_who_sees_own_accounts__knows_of_no_other_task(
        self, desk: Desk, client: TestClient, task: str
    ) -> None:
        desk.books.change("person", "id", "cora", sees="own")
        browser = signed_in(desk, client, "cora")
        assert "0 tasks are open" in browser.get("/desk/tasks").text
        for deed, fields in (("done", {"words": WORDS}), ("assign", {"person": "milo"})):
            sent = post(browser, "/desk/me", f"/desk/tasks/{task}/{deed}", **fields)
            assert sent.status_code == 404
        assert row(desk, task).state == "open"
        desk.books.change("account", "id", "acc_a", owner="cora")
        assert "Call back" in browser.get("/desk/tasks").text

    def test_customers_words_in_a_task__are_text(
        self, desk: Desk, client: TestClient, task: str
    ) -> None:
        add(desk, "tsk_2", summary="<img src=x onerror=alert(1)> \u202ehidden")
        browser = signed_in(desk, client, "cora")
        for page in ("/desk", "/desk/tasks", "/desk/accounts/acc_a"):
            text = browser.get(page).text
            assert "&lt;img src=x" in text
            assert "<img src=x" not in text
            assert "\u202e" not in text


class TestCommand:
    def run(self, desk: Desk, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
        code = _run(["tasks", *words, "--home", str(desk.house.home), "--json"], debug=True)
        assert code == 0
        return json.loads(capsys.readouterr().out)

    def test_list_assign_done__from_the_command_line(
        self,
        desk: Desk,
        task: str,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        if desk.house.settings.database_url:
            monkeypatch.setenv("DUNWELL_DATABASE_URL", desk.house.settings.database_url)
        found = self.run(desk, capsys, "list", "--account", "acc_a", "--of", "cora")
        assert [each["task_id"] for each in found["tasks"]] == [task]
        self.run(desk, capsys, "assign", task, "milo", "--as", "cora")
        assert self.run(desk, capsys, "list", "--of", "cora")["count"] == 0
        told = self.run(desk, capsys, "done", task, "--note", WORDS, "--as", "milo")
        assert told == {"task_id": task, "state": "done"}
        assert self.run(desk, capsys, "list")["tasks"] == []

    def test_unknown__says_where_they_stand(self, desk: Desk, task: str) -> None:
        with pytest.raises(NotFound, match="dunwell tasks list"):
            close(desk, "tsk_none")
