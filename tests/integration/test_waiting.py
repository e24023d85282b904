"""What waits is one question: inbox, assistant and list of work answer it alike."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from ledger.queries.inbox import QueueFilter
from tests.support.desk import AS_OF, Desk
from tools.catalog import READ_TOOLS
from tools.contract import CHAT_SCOPES, ToolContext

UNTIL = AS_OF + timedelta(days=7)
WAITS = "a request waits for approval"


def ask(desk: Desk, tool: str, as_of: date, /, **given: Any) -> Any:
    with desk.house.ledger.read() as session:
        ctx = ToolContext(
            session=session,
            actor="cora",
            role="collector",
            as_of=as_of,
            now=desk.deps.now,
            policy=desk.house.policy,
            account_id=None,
            scopes=CHAT_SCOPES,
        )
        return orjson.loads(READ_TOOLS[tool].call(ctx, given))


def listed(desk: Desk, as_of: date) -> list[list[str]]:
    """The requests that wait, in order: of the inbox, mine, of the book, and of the account."""
    lines = desk.inbox("cora", as_of=as_of).list_waiting(QueueFilter()).lines
    told = [
        ask(desk, "waits_for_me", as_of),
        ask(desk, "list_waiting_approvals", as_of),
        ask(desk, "list_waiting_approvals", as_of, account="acc_a"),
    ]
    for each in told:
        assert each["count"] == len(each["requests"])
    return [
        [line.id for line in lines],
        *([line["proposal_id"] for line in each["requests"]] for each in told),
    ]


def reasons(desk: Desk, as_of: date) -> list[str]:
    (line,) = ask(desk, "list_accounts_to_work", as_of)["accounts"]
    return line["reasons"]


class TestSnoozed:
    def test_before_its_day__waits_nowhere(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        assert listed(desk, AS_OF) == [[waiting]] * 4
        assert WAITS in reasons(desk, AS_OF)
        desk.inbox("cora").snooze(waiting, UNTIL)
        assert listed(desk, AS_OF) == [[]] * 4
        assert WAITS not in reasons(desk, AS_OF)

    def test_on_its_day__waits_everywhere(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.inbox("cora").snooze(waiting, UNTIL)
        assert listed(desk, UNTIL) == [[waiting]] * 4
        assert WAITS in reasons(desk, UNTIL)

    def test_why__still_names_it(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.inbox("cora").snooze(waiting, UNTIL)
        (told,) = ask(desk, "why_routed", AS_OF, account="acc_a")["waiting"]
        assert told.startswith(waiting)


@pytest.mark.parametrize("state", ["pending", "question"])
def test_same_value__is_told_in_the_order_of_the_inbox(desk: Desk, state: str) -> None:
    first, second = (desk.waiting_reminder(account) for account in ("acc_a", "acc_b"))
    for waiting in (first, second):
        desk.books.change("proposal", "id", waiting, state=state)
    inbox, mine, book, _account = listed(desk, AS_OF)
    assert inbox == mine == book == sorted((first, second), reverse=True)
