"""The forecast over the API: the newest night's, its record, scenarios; problems where it fails."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from tests.support.api_client import assert_problem, signed
from tests.support.desk import Desk
from tools.forecast_record import KeptForecast, keep

AS_OF = date(2025, 3, 12)
SPAN = {"starts_on": "2025-03-12", "p10": 100, "p50": 200, "p90": 300, "mean": 210}
SERIES = {
    "kind": "open_book",
    "dimension": "currency",
    "value": "",
    "currency": "USD",
    "weeks": [SPAN],
    "days": [],
}
MOVED = {
    "currency": "USD",
    "weeks": 4,
    "since": "2025-03-11",
    "before": 100,
    "after": 150,
    "parts": {"new": 50},
    "most": {},
}


@pytest.fixture
def forecast(desk: Desk) -> None:
    part = SERIES | {"dimension": "segment", "value": "smb"}
    ours = SERIES | {"dimension": "entity", "value": "DE01"}
    found = KeptForecast(AS_OF, "by hand", [SERIES, part, ours], [SERIES], [MOVED], b"")
    with desk.house.ledger.write() as session:
        keep(session, "run_1", found)


class TestForecast:
    def test_no_night_yet__is_404(self, desk: Desk, client: TestClient) -> None:
        answer = client.get("/forecast", headers=signed(desk, "cora"))
        assert_problem(answer, 404, "not-found", "no night has forecast yet")

    @pytest.mark.usefixtures("forecast")
    def test_newest_night__is_shown_with_its_bands(self, desk: Desk, client: TestClient) -> None:
        headers = signed(desk, "cora")
        page = client.get("/forecast", headers=headers).json()
        assert [each["dimension"] for each in page["series"]] == ["currency"]
        assert page["series"][0]["weeks"][0]["p90"] == {"amount": "3.00", "currency": "USD"}
        assert page["moved"][0]["parts"] == {"new": {"amount": "0.50", "currency": "USD"}}
        parts = client.get("/forecast", headers=headers, params={"segments": True}).json()
        assert [each["value"] for each in parts["series"]] == ["", "smb"]
        parts = client.get("/forecast", headers=headers, params={"entities": True}).json()
        assert [each["value"] for each in parts["series"]] == ["", "DE01"]

    def test_calibration__has_no_line_before_a_week_is_over(
        self, desk: Desk, client: TestClient
    ) -> None:
        record = client.get("/forecast/calibration", headers=signed(desk, "cora")).json()
        assert record["lines"] == []

    @pytest.mark.usefixtures("forecast")
    def test_limited_sight__sums_of_the_whole_book_are_refused(
        self, desk: Desk, client: TestClient
    ) -> None:
        headers = signed(desk, "cora")
        desk.books.change("person", "id", "cora", sees="own")
        for path in ("/forecast", "/forecast/calibration"):
            assert_problem(client.get(path, headers=headers), 403, "refused", "see all of it")


class TestScenarios:
    def test_customer_slips__posted_or_linked__the_same(
        self, desk: Desk, client: TestClient
    ) -> None:
        desk.account("acc_a")
        headers, asked = signed(desk, "cora"), {"slips": "acc_a", "days": 21}
        posted = client.post("/forecast/scenarios", headers=headers, json=asked)
        assert posted.status_code == 200
        assert posted.json()["what"] == "pays 21 days later"
        assert posted.json()["weeks"]
        assert client.get("/forecast/scenarios", headers=headers, params=asked).json() == (
            posted.json()
        )

    @pytest.mark.parametrize(
        ("asked", "status", "kind", "detail"),
        [
            ({}, 422, "bad-input", "name one thing"),
            ({"slips": "acc_a", "accepts": "pln_1"}, 422, "bad-input", "name one thing"),
            ({"slips": "nobody"}, 404, "not-found", "no account is called"),
            ({"resolves": "dsp_none"}, 404, "not-found", "no open dispute"),
            ({"accepts": "pln_none"}, 404, "not-found", "no proposed plan"),
        ],
    )
    def test_what_cannot_be_played__is_a_problem(
        self,
        desk: Desk,
        client: TestClient,
        asked: dict[str, str],
        status: int,
        kind: str,
        detail: str,
    ) -> None:
        desk.account("acc_a")
        headers = signed(desk, "cora")
        for answer in (
            client.post("/forecast/scenarios", headers=headers, json=asked),
            client.get("/forecast/scenarios", headers=headers, params=asked),
        ):
            assert_problem(answer, status, kind, detail)

    def test_days_out_of_range__is_422(self, desk: Desk, client: TestClient) -> None:
        asked = {"slips": "acc_a", "days": 9_999}
        answer = client.post("/forecast/scenarios", headers=signed(desk, "cora"), json=asked)
        assert_problem(answer, 422, "bad-input")
