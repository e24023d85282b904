"""A model is trained, waits, is let in by another person, and used only as it was approved."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from batch.night import run_night
from batch.proof import CounterExample, prove
from batch.report import stored_report
from graph.bootstrap import House, create_home, open_house
from graph.settings import Settings
from ledger.clock import SystemClock
from ledger.journal import audit
from ledger.queries.risk_models import APPROVED, SUBJECT, USED
from ledger.tables.account import Account
from ledger.tables.receivable import Application, Invoice, Receipt
from ledger.tables.work import Person
from tests.integration.test_cli import Captured, typed
from tests.integration.test_report import quietly
from tests.support.ledgers import invented_ledger
from tools.risk_models import approved_model, in_use

AS_OF = date(2024, 10, 15)
PEOPLE = {"fay": "finance_lead", "flo": "finance_lead", "cora": "collector"}


def fill(house: House, accounts: int = 8, invoices: int = 500) -> None:
    """People, and a ledger of customers who keep to habits."""
    ledger = invented_ledger(invoices=invoices, accounts=accounts)
    with house.ledger.write() as session:
        for person, role in PEOPLE.items():
            session.add(Person(id=person, name=person.title(), roles=role))
        for code in range(accounts):
            name = f"A{code}"
            session.add(Account(id=name, account_number=name, name=name, currency="EUR"))
        session.flush()
        rows = [row_of(ledger, place) for place in range(len(ledger))]
        for part in zip(*rows, strict=True):
            session.add_all(row for row in part if row is not None)
            session.flush()


def row_of(ledger: Any, place: int) -> tuple[Any, Any, Any]:
    """An invoice, and the receipt and application of one that was paid."""
    name, account = str(ledger.invoice_id[place]), str(ledger.account_id[place])
    minor, cleared = int(ledger.amount[place]), ledger.cleared_on[place]
    paid = not np.isnat(cleared)
    common = {"account_id": account, "amount_minor": minor, "currency": "EUR"}
    invoice = Invoice(
        id=name,
        invoice_number=name,
        issued_on=ledger.issued_on[place].item(),
        due_on=ledger.due_on[place].item(),
        open_minor=0 if paid else minor,
        **common,
    )
    if not paid:
        return invoice, None, None
    day = cleared.item()
    receipt = Receipt(
        id=f"R{name}", receipt_number=f"R{name}", received_on=day, unapplied_minor=0, **common
    )
    application = Application(
        id=f"P{name}",
        invoice_id=name,
        receipt_id=receipt.id,
        kind="cash",
        applied_on=day,
        **common,
    )
    return invoice, receipt, application


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with one candidate, trained by nobody in particular."""
    home = tmp_path_factory.mktemp("trained") / "home"
    house = create_home(settings=Settings(home=home))
    fill(house)
    house.close()
    from cli.main import main

    words = ["risk", "train", "--as-of", str(AS_OF), "--test-days", "60", "--as", "flo"]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--home", str(home)])
    assert not ended.value.code
    (folder,) = (each for each in (home / "risk").iterdir())
    return home, folder.name


@pytest.fixture
def candidate(trained: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A home of its own with the candidate."""
    home, version = trained
    return Path(shutil.copytree(home, tmp_path / "home")), version


def opened(home: Path) -> House:
    return open_house(settings=Settings(home=home))


def approve(capsys: Captured, home: Path, version: str, person: str) -> tuple[int, str, str]:
    return typed(capsys, "risk", "approve", version, "--as", person, "--home", home)


class TestTrain:
    def test_trained__is_only_a_candidate(self, candidate, capsys: Captured) -> None:
        home, version = candidate
        house = opened(home)
        with house.ledger.read() as session:
            assert in_use(session) is None
            assert approved_model(session, home) is None
        house.close()
        (told,) = json.loads(typed(capsys, "risk", "list", "--json", "--home", home)[1])
        assert (told["version"], told["state"], told["trained_by"]) == (version, "candidate", "flo")
        test = told["record"]["back_test"]
        assert test["invoices"] >= 30
        assert test["last_on"] < str(AS_OF)
        assert set(test["candidate"]) == set(test["no_model"])
        assert test["in_use"] is None
        assert told["record"]["learnt"]["invoices"] > 400
        assert "days_late" in told["record"]["features"]

    def test_same_again__is_told(self, candidate, capsys: Captured) -> None:
        home, version = candidate
        words = ("risk", "train", "--as-of", AS_OF, "--test-days", 60, "--as", "fay")
        code, _out, err = typed(capsys, *words, "--home", home)
        assert (code, err.count(version)) == (2, 1)
        assert "nothing is new" in err

    def test_files__hold_no_pickle_and_no_customer(self, candidate) -> None:
        home, version = candidate
        names = {each.name for each in (home / "risk" / version).iterdir()}
        assert names == {"record.json", "calibration.npy", "curve.txt", "late.txt", "late7.txt"}
        for each in (home / "risk" / version).iterdir():
            assert b"I00012" not in each.read_bytes()

    @pytest.mark.parametrize(
        ("as_of", "says"),
        [
            ("2023-12-01", "nothing to learn from"),
            ("2024-02-10", "too few to compare"),
        ],
    )
    def test_too_little__one_line_and_nothing_is_kept(
        self, candidate, capsys: Captured, as_of: str, says: str
    ) -> None:
        home, version = candidate
        code, _out, err = typed(capsys, "risk", "train", "--as-of", as_of, "--home", home)
        assert code == 2
        assert says in err
        assert [each.name for each in (home / "risk").iterdir()] == [version]

    def test_one_customer__is_learnt_like_any(self, tmp_path: Path, capsys: Captured) -> None:
        house = create_home(settings=Settings(home=tmp_path / "one"))
        fill(house, accounts=1, invoices=300)
        house.close()
        words = ("risk", "train", "--as-of", AS_OF, "--test-days", 45, "--json")
        code, out, err = typed(capsys, *words, "--home", tmp_path / "one")
        assert code == 0, err
        assert json.loads(out)["learnt"]["accounts"] == 1


class TestApprove:
    def test_another_finance_lead__brings_it_into_use(self, candidate, capsys: Captured) -> None:
        home, version = candidate
        code, out, err = approve(capsys, home, version, "fay")
        assert code == 0, err
        assert "in use, by fay" in out
        house = opened(home)
        with house.ledger.read() as session:
            found = approved_model(session, home)
        house.close()
        assert found is not None
        assert found.model is not None
        assert found.model.as_of == AS_OF

    @pytest.mark.parametrize(
        ("person", "says"),
        [("flo", "never approves it"), ("cora", "takes a finance_lead"), ("nix", "nix")],
    )
    def test_trainer_other_role_or_nobody__is_refused(
        self, candidate, capsys: Captured, person: str, says: str
    ) -> None:
        code, _out, err = approve(capsys, *candidate, person)
        assert code == 2
        assert says in err

    def test_twice__is_told(self, candidate, capsys: Captured) -> None:
        approve(capsys, *candidate, "fay")
        code, _out, err = approve(capsys, *candidate, "fay")
        assert (code, "in use already" in err) == (2, True)

    @pytest.mark.parametrize("name", ["2024-10-15-00000000", "../../etc", ""])
    def test_unknown_version__is_told(self, candidate, capsys: Captured, name: str) -> None:
        code, _out, err = approve(capsys, candidate[0], name, "fay")
        assert (code, "dunwell risk list" in err) == (2, True)

    @pytest.mark.parametrize("name", ["curve.txt", "calibration.npy", "record.json"])
    def test_tampered_file__is_refused(self, candidate, capsys: Captured, name: str) -> None:
        home, version = candidate
        tamper(home / "risk" / version / name)
        code, _out, err = approve(capsys, home, version, "fay")
        assert (code, "its hash differs" in err, err.count("\n")) == (2, True, 1)

    def test_compared_with_another__has_to_be_trained_again(
        self, candidate, capsys: Captured
    ) -> None:
        home, version = candidate
        words = ("risk", "train", "--as-of", AS_OF - timedelta(days=1), "--test-days", 60)
        assert typed(capsys, *words, "--as", "flo", "--home", home)[0] == 0
        approve(capsys, home, version, "fay")
        told = json.loads(typed(capsys, "risk", "list", "--json", "--home", home)[1])
        assert {each["version"]: each["state"] for each in told}[version] == "in use"
        (other,) = (each["version"] for each in told if each["version"] != version)
        code, _out, err = approve(capsys, home, other, "fay")
        assert (code, "replaced already" in err) == (2, True)

    def test_next_one__is_compared_with_the_one_in_use_and_takes_its_place(
        self, candidate, capsys: Captured
    ) -> None:
        home, version = candidate
        approve(capsys, home, version, "fay")
        words = ("risk", "train", "--as-of", AS_OF + timedelta(days=32), "--as", "flo", "--json")
        code, out, err = typed(capsys, *words, "--home", home)
        assert code == 0, err
        told = json.loads(out)
        test = told["back_test"]
        assert (test["in_use_version"], test["first_on"]) == (version, str(AS_OF))
        assert set(test["in_use"]) == set(test["candidate"])
        assert approve(capsys, home, told["version"], "fay")[0] == 0
        shown = typed(capsys, "risk", "list", "--home", home)[1]
        assert f"{version}, in use then" in shown
        assert f"{version}: replaced" in shown
        assert f"{told['version']}: in use" in shown
        assert faults(home) == []

    def test_rejected__cannot_be_approved(self, candidate, capsys: Captured) -> None:
        home, version = candidate
        words = ("risk", "reject", version, "--reason", "worse", "--as", "fay", "--home", home)
        assert typed(capsys, *words)[0] == 0
        assert typed(capsys, *words)[0] == 2
        code, _out, err = approve(capsys, home, version, "fay")
        assert (code, "rejected already" in err) == (2, True)


class TestNight:
    def test_approved__is_what_the_forecast_rests_on(self, candidate, capsys: Captured) -> None:
        home, version = candidate
        approve(capsys, home, version, "fay")
        assert f"model {version}, approved by fay" in method_of_night(home)
        assert faults(home) == []

    def test_candidate__is_not_used_and_waits_in_the_report(self, candidate) -> None:
        home, version = candidate
        assert "own habit" in method_of_night(home)
        assert any(f"approve or reject {version}" in line for line in tasks(home, AS_OF))

    def test_tampered__night_goes_on_without_it_and_says_so(
        self, candidate, capsys: Captured
    ) -> None:
        home, version = candidate
        approve(capsys, home, version, "fay")
        tamper(home / "risk" / version / "curve.txt")
        told = method_of_night(home)
        assert "own habit" in told
        assert "its hash differs" in told
        assert any("forecast without its model" in line for line in tasks(home, AS_OF))
        assert [each.promise for each in faults(home)] == ["no_silent_learning"]

    def test_taken_out_of_use__habits_again(self, candidate, capsys: Captured) -> None:
        home, version = candidate
        approve(capsys, home, version, "fay")
        words = ("risk", "reject", version, "--reason", "odd", "--as", "flo", "--home", home)
        assert typed(capsys, *words)[0] == 0
        assert "own habit" in method_of_night(home)

    def test_old_model__report_asks_to_learn_again(self, candidate, capsys: Captured) -> None:
        home, version = candidate
        approve(capsys, home, version, "fay")
        later = AS_OF + timedelta(days=32)
        method_of_night(home, AS_OF + timedelta(days=31))
        assert not any("has learnt nothing" in line for line in tasks(home, later - timedelta(1)))
        method_of_night(home, later)
        assert any("has learnt nothing for 32 days" in line for line in tasks(home, later))


class TestProof:
    @pytest.mark.parametrize(
        ("kind", "actor", "said", "expected"),
        [
            (USED, "night", {"run_id": "run_1"}, "before it was used"),
            (APPROVED, "flo", {"as_role": "finance_lead"}, "did not train it"),
            (APPROVED, "fay", {"as_role": "collector"}, "by a finance_lead"),
            (APPROVED, "fay", {"as_role": "finance_lead", "digest": "0"}, "an approval of"),
        ],
    )
    def test_use_or_approval_that_should_not_be__breaks_no_silent_learning(
        self, candidate, kind: str, actor: str, said: dict[str, str], expected: str
    ) -> None:
        home, version = candidate
        house = opened(home)
        with house.ledger.write() as session:
            record = home / "risk" / version / "record.json"
            bound = {"version": version, "digest": digest_of(record)} | said
            audit(session, SystemClock().now(), kind, SUBJECT, actor, **bound)
        house.close()
        (fault,) = faults(home)
        assert fault.promise == "no_silent_learning"
        assert expected in fault.expected


def digest_of(path: Path) -> str:
    from tools.model_files import digest

    return digest(path.read_bytes())


def tamper(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(bytes(content))


def method_of_night(home: Path, as_of: date = AS_OF) -> str:
    """Run the night; what its forecast says it rests on."""
    house = opened(home)
    night = run_night(house, as_of, quietly)
    house.close()
    return night.counts["forecast"]["method"]


def tasks(home: Path, as_of: date) -> list[str]:
    house = opened(home)
    report = stored_report(house, as_of)
    house.close()
    return [task.why for task in report.tasks]


def faults(home: Path) -> list[CounterExample]:
    house = opened(home)
    found = prove(house, quietly)
    house.close()
    return [each for each in found if isinstance(each, CounterExample)]
