"""Pages of people who see a part of the book tell nothing of the whole of it."""

import orjson
from fastapi.testclient import TestClient

from tests.support.desk import Desk
from tests.support.pages import signed_in

CANARY = 98_765_432_10


def test_trend_of_the_whole_book__is_not_shown_to_whoever_sees_a_part(
    desk: Desk, client: TestClient
) -> None:
    line = {"open_minor": CANARY, "overdue_minor": CANARY, "dso": 98765.4, "cei": 1.0}
    counts = orjson.dumps({"numbers": {"currencies": {"EUR": line}}}).decode()
    desk.books.change("run", "id", "run_a", counts=counts)
    desk.books.change("person", "id", "cora", sees="own")
    for person, seen in (("felix", True), ("cora", False)):
        browser = signed_in(desk, client, person)
        told = browser.get("/desk/analytics/data.json").text + browser.get("/desk/analytics").text
        assert ("98765" in told) is seen
        browser.cookies.clear()
