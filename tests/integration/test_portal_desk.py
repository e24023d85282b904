"""The desk's page of links, `dunwell portal`, and what `dunwell doctor` says of payments."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from cli.doctor import _payments
from cli.main import _run
from policies.load import with_changes
from tests.support.desk import Desk
from tests.support.pages import post, signed_in
from tests.support.portal import browser_of


@pytest.fixture
def staff(desk: Desk, client: TestClient) -> TestClient:
    desk.account("acc_a")
    return signed_in(desk, client, "cora")


class TestPage:
    def test_link_made__opens_the_page_and_is_shown_once(self, staff: TestClient) -> None:
        made = post(staff, "/desk/portal/acc_a", "/desk/portal/acc_a/links", contact="con_acc_a")
        address = made.text.partition("<code>")[2].partition("</code>")[0]
        assert staff.get(address).status_code == 200
        assert address.rpartition("/")[2] not in staff.get("/desk/portal/acc_a").text

    def test_link_revoked__opens_nothing(self, desk: Desk, staff: TestClient) -> None:
        browser = browser_of(desk, staff, "acc_a")
        staff = signed_in(desk, staff, "cora")
        action = f"/desk/portal/acc_a/links/{browser.link.link_id}/revoke"
        assert post(staff, "/desk/portal/acc_a", action).status_code == 303
        assert browser.get().status_code == 404

    def test_only_reads__makes_none(self, desk: Desk, client: TestClient) -> None:
        desk.account("acc_a")
        auditor = signed_in(desk, client, "ines")
        action = "/desk/portal/acc_a/links"
        answer = post(auditor, "/desk/portal/acc_a", action, contact="con_acc_a")
        assert answer.status_code == 403

    def test_contact_of_another_account__is_refused(self, desk: Desk, staff: TestClient) -> None:
        desk.account("acc_b")
        action = "/desk/portal/acc_a/links"
        answer = post(staff, "/desk/portal/acc_a", action, contact="con_acc_b")
        assert answer.status_code == 404

    def test_file__is_saved_and_never_shown(self, desk: Desk, staff: TestClient) -> None:
        browser = browser_of(desk, staff, "acc_a")
        told = ("<b>x</b>.txt", b"<script>alert(1)</script>", "text/html")
        browser.send("/dispute", files={"file": told}, item="inv_acc_a_1", reason="price")
        staff = signed_in(desk, staff, "cora")
        text = staff.get("/desk/portal/acc_a").text
        assert "<b>x</b>" not in text
        place = text.partition("/files/")[2].partition('"')[0]
        answer = staff.get(f"/desk/portal/acc_a/files/{place}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]
        assert staff.get(f"/desk/portal/acc_a/files/{place}x").status_code == 404


class TestCommands:
    def run(self, desk: Desk, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
        capsys.readouterr()  # what the pages said before
        code = _run(["portal", *words, "--home", str(desk.house.home), "--json"], debug=True)
        assert code == 0
        out = capsys.readouterr().out
        return json.loads(out) if out else None

    @pytest.fixture(autouse=True)
    def same_database(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DUNWELL_PUBLIC_URL", "https://pay.example/")
        if desk.house.settings.database_url:
            monkeypatch.setenv("DUNWELL_DATABASE_URL", desk.house.settings.database_url)

    def test_link__is_made_listed_and_revoked(
        self, desk: Desk, client: TestClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        desk.account("acc_a")
        made = self.run(desk, capsys, "link", "acc_a")
        assert made["address"].startswith("https://pay.example/p/")
        place = made["address"].removeprefix("https://pay.example")
        assert client.get(place).status_code == 200
        (listed,) = self.run(desk, capsys, "list", "--account", "acc_a")
        assert listed["id"] == made["id"]
        assert made["address"].rpartition("/")[2] not in json.dumps(listed)
        home = str(desk.house.home)
        assert _run(["portal", "revoke", made["id"], "--home", home], debug=True) == 0
        assert client.get(place).status_code == 404

    def test_files_and_payments__are_listed(
        self,
        desk: Desk,
        client: TestClient,
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
    ) -> None:
        desk.account("acc_a")
        browser = browser_of(desk, client, "acc_a")
        told = ("../../wet.txt", b"wet", "text/plain")
        browser.send("/dispute", files={"file": told}, item="inv_acc_a_1", reason="price")
        (listed,) = self.run(desk, capsys, "files")
        out = tmp_path / "wet.txt"
        home = str(desk.house.home)
        write = ["portal", "files", listed["id"], "--out", str(out), "--home", home]
        assert _run(write, debug=True) == 0
        assert out.read_bytes() == b"wet"
        assert _run(write, debug=False) == 2
        capsys.readouterr()
        assert self.run(desk, capsys, "payments") == []


class TestDoctor:
    def test_nothing_set__says_what_to_name(self, desk: Desk) -> None:
        check = _payments(desk.house)
        assert check.state == "ok"
        assert "company.payment_details" in check.says

    def test_half_set__warns_with_what_is_missing(self, desk: Desk) -> None:
        settings = desk.house.settings.model_copy(update={"stripe_key": SecretStr("sk")})
        desk.house.settings = settings
        check = _payments(desk.house)
        assert check.state == "warn"
        assert "DUNWELL_STRIPE_WEBHOOK_SECRET" in check.says
        assert "DUNWELL_STRIPE_KEY" not in check.says

    def test_account_named__says_transfer(self, desk: Desk) -> None:
        details = {"payment_details": "IBAN DE89 3704 0044 0532 0130 00"}
        company = desk.house.policy.company.model_copy(update=details)
        desk.house.policy = with_changes(desk.house.policy, company=company)
        assert _payments(desk.house).says == "transfer"
