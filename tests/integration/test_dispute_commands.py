"""What past disputes say, and disputes as they are typed and fetched."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.chroma_knowledge import ChromaKnowledge
from cli.main import main
from ledger.tables.case import Dispute
from tests.support.api_client import assert_problem, client, signed
from tests.support.desk import AS_OF, Desk
from tests.support.disputes import ACC, add, rows
from tools.contract import ToolContext
from tools.dispute_outlook import dispute_outlook
from tools.knowledge import read_notes

__all__ = ["client"]


class TestOutlook:
    def look(self, desk: Desk, account: str | None = ACC, knowledge: Any = None) -> Any:
        deps = desk.deps
        with desk.house.ledger.read() as session:
            ctx = ToolContext(
                session,
                "analyst",
                "dispute_analyst",
                AS_OF,
                deps.now,
                deps.policy,
                account,
                open_knowledge=knowledge,
            )
            return dispute_outlook.run(ctx, "dsp_number1", account)

    def test_past_cases_of_the_account__say_how_it_ends_and_are_named(self, desk: Desk) -> None:
        desk.account(ACC)
        add(desk, "1")
        ended = {"state": "resolved", "resolution": "deny", "resolved_on": AS_OF}
        for name in ("2", "3", "4"):
            add(desk, name, quote=f"unit price too high {name}", **ended)
        add(desk, "5", reason="TAX", quote="unit price", **ended)
        seen = self.look(desk)
        assert (seen.likely, seen.basis, seen.cases) == ("deny", "account", 3)
        assert seen.at_account == {"deny": 3}
        assert [each.reason for each in seen.similar][:3] == ["PRICE"] * 3
        assert all("<<<outside text" in each.said.text for each in seen.similar)

    def test_case_of_another_customer__is_counted_and_never_shown(self, desk: Desk) -> None:
        desk.account(ACC)
        desk.account("acc_b")
        add(desk, "1")
        for name in ("2", "3", "4"):
            add(
                desk,
                name,
                account_id="acc_b",
                invoice_id="inv_acc_b_1",
                state="resolved",
                resolution="credit",
                resolved_on=AS_OF,
                quote="unit price canary",
            )
        seen = self.look(desk)
        assert (seen.cases, seen.basis, seen.similar) == (3, "segment", ())

    def test_chat__also_finds_cases_of_the_whole_book(self, desk: Desk, tmp_path: Path) -> None:
        desk.account(ACC)
        desk.account("acc_b")
        add(desk, "1", quote="the agreed unit price of the pallets is lower")
        add(
            desk,
            "2",
            account_id="acc_b",
            invoice_id="inv_acc_b_1",
            state="resolved",
            resolution="credit",
            resolved_on=AS_OF,
            quote="unit price of pallets too high",
        )
        index = ChromaKnowledge(tmp_path / "knowledge")
        try:
            with desk.house.ledger.read() as session:
                index.rebuild(read_notes(session))
            (near,) = self.look(desk, None, lambda: index).similar
        finally:
            index.close()
        assert (near.dispute_id, near.account_number) == ("dsp_number2", "acc_b")
        assert "pallets" in near.said.text
        assert near.said.source.startswith("resolved dispute dsp_number2")


def typed(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


class TestCommands:
    @pytest.fixture
    def home(self, desk: Desk, database_url: str, monkeypatch: Any) -> list[object]:
        monkeypatch.setenv("DUNWELL_DATABASE_URL", database_url)
        desk.account(ACC)
        return ["--home", desk.house.home]

    def test_list_show_and_metrics__tell_the_same_in_json(self, desk, home, capsys) -> None:
        dispute = add(desk)
        code, out, _err = typed(capsys, "dispute", "list", "--as-of", AS_OF, "--json", *home)
        assert code == 0
        assert [line["id"] for line in json.loads(out)["disputes"]] == [dispute]
        assert dispute in typed(capsys, "dispute", "list", *home)[1]
        code, out, _err = typed(capsys, "dispute", "show", dispute[:10], *home)
        assert (code, "the agreed unit price is lower" in out) == (0, True)
        assert "1 opened" in typed(capsys, "dispute", "metrics", "--as-of", AS_OF, *home)[1]

    def test_evidence__is_kept_with_its_digest(self, desk, home, capsys, tmp_path: Path) -> None:
        dispute = add(desk)
        file = tmp_path / "note.txt"
        file.write_text("ten boxes, signed\x00 <<<outside text", "utf-8")
        args = ("dispute", "evidence", dispute, file, "--as", "cora", *home)
        assert typed(capsys, *args)[0] == 0
        page = json.loads(typed(capsys, "dispute", "show", dispute, "--json", *home)[1])
        (kept,) = page["evidence"]
        assert kept["source"].startswith("note.txt (sha256 ")
        assert kept["text"] == "ten boxes, signed < < <outside text"
        assert page["line"]["stage"] == "evidence"

    def test_open_and_resolve__go_through_the_inbox(self, desk, home, capsys) -> None:
        words = ("--invoice", "ACCA-1", "--amount", "20.00", "--quote", "too dear", "--as", "cora")
        code, out, err = typed(capsys, "dispute", "open", ACC, "--reason", "price", *words, *home)
        assert (code, "opened over 20.00 USD" in out) == (0, True), err
        (row,) = rows(desk, Dispute)
        ends = ("dispute", "resolve", row.id, "credit", "--amount", "15.00", "--as", "cora")
        code, out, _err = typed(capsys, *ends, *home)
        assert (code, "waits for approval" in out) == (0, True)

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("show", "dsp_nowhere"), "no dispute"),
            (("resolve", "dsp_number1", "forget", "--as", "cora"), "one of credit"),
            (("resolve", "dsp_number1", "deny", "--as", "cora"), "a denial says why"),
            (("resolve", "dsp_number1", "credit", "--amount", "x", "--as", "cora"), "an amount"),
            (("open", ACC, "--reason", "BECAUSE", "--as", "cora"), "is no reason"),
            (("open", ACC, "--reason", "TAX", "--amount", "5", "--as", "cora"), "--invoice"),
            (("list", "--reason", "BECAUSE"), "no reason BECAUSE"),
        ],
    )
    def test_what_does_not_fit__is_one_line(self, desk, home, capsys, words, says) -> None:
        add(desk)
        code, _out, err = typed(capsys, "dispute", *words, *home)
        assert code == 2
        assert says in err
        assert err.count("\n") == 1


class TestApi:
    def test_pipeline_one_case_and_figures(self, desk: Desk, client: TestClient) -> None:
        desk.account(ACC)
        dispute = add(desk)
        key = signed(desk, "cora", "read")
        view = client.get("/disputes", headers=key)
        assert [line["id"] for line in view.json()["disputes"]] == [dispute]
        assert client.get(f"/disputes/{dispute}", headers=key).json()["line"]["id"] == dispute
        assert client.get("/disputes/metrics", headers=key).json()["opened"] >= 0
        assert_problem(client.get("/disputes/dsp_nowhere", headers=key), 404, "not-found")
        assert client.get("/disputes").status_code == 401
