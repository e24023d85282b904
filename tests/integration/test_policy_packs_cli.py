"""`dunwell policy list`, `pending` and `explain` as they are typed."""

import json
import shutil
from pathlib import Path

import pytest

from batch.night import run_night
from cli.main import main
from tests.integration.test_report import quietly
from tests.support.played_home import AS_OF, Homes
from tests.support.shared_data import ROOT

Captured = pytest.CaptureFixture[str]
PACKS = ROOT / "policies" / "compliance"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUNWELL_HOME", str(tmp_path / "none"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / "policies" / "compliance").mkdir(parents=True)
    return tmp_path / "home"


def typed(capsys: Captured, *words: object) -> tuple[int, str, str]:
    """Type a command; returns the exit code, stdout and stderr."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main(["policy", *(str(word) for word in words)])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def said(capsys: Captured, *words: object) -> dict:
    code, out, _err = typed(capsys, *words, "--json")
    assert code == 0
    return json.loads(out)


class TestList:
    def test_message__its_rules_and_what_they_come_to(self, capsys: Captured) -> None:
        where = ["--place", "US-NY-NYC", "--debtor", "consumer", "--role", "third_party"]
        found = said(capsys, "list", *where, "--channel", "email", "--at", "2026-11-24")
        ids = {rule["id"] for rule in found["rules"]}
        assert {"UNI-18", "US-REGF-08", "US-NYC-02", "HITL-16"} <= ids
        assert not {"US-NYC-01", "US-TCPA-01", "EU-DE-01"} & ids
        limits = found["limits"]
        assert limits["windows"]["monday"] == ["08:00-21:00"]
        assert limits["caps"]["contacts_7d"] == 2
        assert "opt_out" in limits["required_elements"]

    def test_day__decides_what_is_in_force(self, capsys: Captured) -> None:
        def of(day: str) -> set[str]:
            found = said(capsys, "list", "--at", day)
            return {rule["id"] for rule in found["rules"]}

        assert of("2026-08-31") - of("2026-09-01") == {"US-NYC-01"}
        assert of("2026-09-01") - of("2026-08-31") == {"US-NYC-02"}

    def test_table__names_severity_day_and_source(self, capsys: Captured) -> None:
        words = ["--place", "US-FL", "--channel", "sms", "--at", "2026-11-24"]
        code, out, err = typed(capsys, "list", *words)
        row = next(line for line in out.splitlines() if line.startswith("US-FL-01"))
        assert code == 0
        assert "block" in row
        assert "2025-05-16" in row
        assert "559.72(17)" in row
        assert "weekday: 08:00-21:00" in out
        assert "Not legal advice" in err

    @pytest.mark.parametrize(
        ("words", "finding"),
        [
            (["--debtor", "firm"], "--debtor firm: say one of consumer, sole_trader"),
            (["--role", "agency"], "--role agency: say one of first_party"),
            (["--channel", "fax"], "--channel fax: say one of email"),
            (["--purpose", "fun"], "--purpose fun: say one of consumer"),
            (["--at", "soon"], "'soon' is not a date"),
        ],
    )
    def test_unknown_word__one_line(self, capsys: Captured, words: list[str], finding: str) -> None:
        code, out, err = typed(capsys, "list", *words)
        assert (code, out) == (2, "")
        assert finding in err

    def test_home_that_is_not_there__says_so(self, capsys: Captured, tmp_path: Path) -> None:
        code, _out, err = typed(capsys, "list", "--home", tmp_path / "other")
        assert (code, "is no policies folder" in err) == (2, True)

    def test_faulty_pack_of_the_home__one_line(self, capsys: Captured, home: Path) -> None:
        pack = home / "policies" / "compliance" / "au.yaml"
        text = (PACKS / "au.yaml").read_text("utf-8")
        pack.write_text(text.replace("contacts_30d <= 10", "os.system('x')"), "utf-8")
        code, out, err = typed(capsys, "list", "--home", home)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "compliance/au.yaml: AU-RG96-01: pass_when" in err


class TestPending:
    def test_soon_to_start__is_marked(self, capsys: Captured) -> None:
        found = said(capsys, "pending", "--at", "2026-11-24")["rules"]
        assert [(rule["id"], rule["days"], rule["alert"]) for rule in found] == [
            ("UK-LPA-02", 38, True),
            ("US-TCPA-03", 68, False),
            ("EU-AIA-02", 373, False),
        ]
        _code, out, _err = typed(capsys, "pending", "--at", "2026-12-02")
        assert out.splitlines()[-1] == "3 pending rule(s), 2 to be activated within 60 days"
        assert "SOON" in out

    def test_start_has_come__asks_for_activation(self, capsys: Captured) -> None:
        _code, out, _err = typed(capsys, "pending", "--at", "2027-01-01")
        assert "ACTIVATE" in next(line for line in out.splitlines() if "UK-LPA-02" in line)


class TestWouldHaveStopped:
    def test_nights_have_run__their_messages_are_tried(
        self, capsys: Captured, homes: Homes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = homes.copy()
        if home.url:
            monkeypatch.setenv("DUNWELL_DATABASE_URL", home.url)
        folder = home.folder / "policies" / "compliance"
        folder.mkdir()
        before, rule, after = (
            (PACKS / "us_federal.yaml").read_text("utf-8").partition("- id: US-TCPA-03")
        )
        after = after.replace("channel: [sms]", "channel: [sms, email]", 1)
        after = after.replace("inputs: [revocation_received]", "inputs: [channel]", 1)
        after = after.replace('"not revocation_received"', "\"channel == 'letter'\"", 1)
        (folder / "us_federal.yaml").write_text(f"{before}{rule}{after}", "utf-8")
        with home.opened() as house:
            run_night(house, AS_OF, quietly)
        tried = said(capsys, "pending", "--at", "2026-11-24", "--home", home.folder)
        assert tried["nights"] == 1
        assert tried["messages"] > 0
        stopped = {r["id"]: r["would_have_stopped"]["messages"] for r in tried["rules"]}
        assert stopped["UK-LPA-02"] == 0
        assert 0 < stopped["US-TCPA-03"] <= tried["messages"]


class TestExplain:
    def test_rule__is_told_in_full(self, capsys: Captured) -> None:
        code, out, _err = typed(capsys, "explain", "uni-18", "--at", "2026-11-24")
        assert code == 0
        for part in (
            "UNI-18  Quiet hours",
            "between(local_time, '08:00', '21:00')",
            "12 CFR 1006.6(b)(1)(i)",
            "https://checkoutapi.com",
            "primary: the statute",
            "violating",
            "since ruleset 2026.11.21",
            "review  2026-11-21: sources fresh",
            "weekday: 08:00-21:00",
        ):
            assert part in out

    def test_old_sources__are_a_review_task(self, capsys: Captured) -> None:
        [record] = said(capsys, "explain", "UNI-18", "--at", "2027-11-22")
        assert (record["reviewed_on"], record["review_due"]) == ("2026-11-21", True)
        _code, out, _err = typed(capsys, "explain", "UNI-18", "--at", "2027-11-22")
        assert "REVIEW: a source is older than 12 months" in out

    def test_home__has_the_last_word(self, capsys: Captured, home: Path) -> None:
        shutil.copy(PACKS / "au.yaml", home / "policies" / "compliance" / "nz.yaml")
        pack = home / "policies" / "compliance" / "nz.yaml"
        pack.write_text(pack.read_text("utf-8").replace("AU-", "NZ-").replace("[AU]", "[NZ]"))
        [record] = said(capsys, "explain", "NZ-RG96-01", "--home", home)
        assert (record["jurisdiction"], record["limits"]["caps"]["contacts_7d"]) == (["NZ"], 3)

    def test_no_such_rule__says_where_to_look(self, capsys: Captured) -> None:
        code, out, err = typed(capsys, "explain", "UNI-99")
        assert (code, out) == (2, "")
        assert "no rule UNI-99; `dunwell policy list` shows the rules there are" in err
