"""`dunwell plan` and `dunwell promises` as they are typed."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from cli.main import main
from ledger.tables.case import Plan, Promise
from ledger.tables.work import Proposal
from tests.support.desk import AS_OF, Desk

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def home(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A customer who owes a thousand dollars and paid two hundred a month for half a year."""
    monkeypatch.setenv("DUNWELL_DATABASE_URL", database_url)
    desk.account("acc_a", (600_00, 400_00))
    for month in range(1, 7):
        on = AS_OF.replace(day=5) - timedelta(days=28 * month)
        values = {"account_id": "acc_a", "currency": "USD", "received_on": on}
        desk.books.receipt(f"R{month}", 200_00, unapplied_minor=0, **values)
    return desk


def typed(desk: Desk, capsys: Captured, *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in (*words, "--home", desk.house.home)])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def approve_all(desk: Desk, person: str = "felix") -> None:
    with desk.house.ledger.read() as session:
        ids = session.scalars(select(Proposal.id).where(Proposal.state == "pending")).all()
    for each in ids:
        desk.inbox(person, desk.house.business_date()).approve(each, desk.proposal(each).digest)


def test_options__compare_three_ways_with_their_cost_and_its_source(home, capsys):
    code, out, _err = typed(home, capsys, "plan", "options", "acc_a", "--as-of", AS_OF)
    assert code == 0
    assert "1,000.00 USD; they pay 200.00 USD in a usual month" in out
    assert "section 4.16(d)" in out
    code, out, _err = typed(home, capsys, "plan", "options", "acc_a", "--as-of", AS_OF, "--json")
    found = json.loads(out)
    assert found["total"] == {"amount": "1000.00", "currency": "USD"}
    names = [option["name"] for option in found["options"]]
    assert "fitting" in names
    assert len(names) == 3
    for option in found["options"]:
        assert sum(Decimal(part["amount"]["amount"]) for part in option["parts"]) == 1000


def test_disputed_account__is_refused_in_one_line(home, capsys):
    home.books.add(
        "dispute",
        id="dsp_1",
        account_id="acc_a",
        reason="PRICE",
        opened_on=AS_OF,
        state="open",
        quote="",
        resolved_by="",
        level="account",
    )
    code, out, err = typed(home, capsys, "plan", "options", "acc_a")
    assert (code, out) == (2, "")
    assert err == "dunwell: no plan while the whole account is disputed\n"


def test_plan__is_asked_for_by_one_and_decided_by_another(home, capsys):
    words = ("plan", "propose", "acc_a", "--option", "shorter", "--as", "cora")
    code, out, _err = typed(home, capsys, *words)
    assert code == 0
    assert "waits for approval" in out
    assert typed(home, capsys, "plan", "show")[1] == "No plan is offered or running.\n"
    approve_all(home)
    with home.house.ledger.read() as session:
        plan_id = session.scalars(select(Plan.id)).one()
    assert plan_id in typed(home, capsys, "plan", "show", "acc_a")[1]
    code, _out, _err = typed(home, capsys, "plan", "accept", plan_id, "--as", "cora")
    assert code == 0
    approve_all(home)
    code, out, _err = typed(home, capsys, "plan", "show", "--json")
    (line,) = json.loads(out)
    assert (line["state"], line["approved_by"]) == ("active", "felix")


def test_unknown_plan__says_where_plans_are(home, capsys):
    code, _out, err = typed(home, capsys, "plan", "end", "pln_x", "--as", "cora")
    assert (code, err) == (
        2,
        "dunwell: no plan pln_x; `dunwell plan show` lists those there are\n",
    )


def test_promise_of_ours__is_listed_as_overdue_and_kept_by_two_people(home, capsys):
    row = {"account_id": "acc_a", "promised_on": AS_OF, "due_on": AS_OF, "kind": "callback"}
    state = {"direction": "ours", "state": "pending", "invoice_ids": "", "source": "call"}
    rest = {"method_days": 0, "kept_minor": 0, "settled_by": "", "owner": "cora"}
    home.books.add("promise", id="prm_1", **(row | state | rest))
    as_of = AS_OF + timedelta(days=4)
    _code, out, _err = typed(home, capsys, "promises", "list", "--as-of", as_of)
    assert "4 days overdue, cora" in out
    code, out, _err = typed(home, capsys, "promises", "keep", "prm_1", "--as", "cora")
    assert (code, "waits for approval" in out) == (0, True)
    approve_all(home, "milo")
    with home.house.ledger.read() as session:
        assert session.scalars(select(Promise.state)).all() == ["kept"]
    assert typed(home, capsys, "promises", "list")[1] == "Nothing is promised.\n"


def test_account_asked_for__shows_how_often_it_keeps_its_word(home, capsys):
    base = {"account_id": "acc_a", "direction": "theirs", "kind": "payment", "source": "call"}
    base |= {"promised_on": AS_OF, "invoice_ids": "", "method_days": 0, "settled_by": "ledger"}
    base |= {"amount_minor": 100_00, "currency": "USD", "kept_minor": 100_00}
    late = AS_OF + timedelta(days=2)
    home.books.add("promise", id="p1", due_on=AS_OF, state="kept", kept_on=late, **base)
    home.books.add("promise", id="p2", due_on=AS_OF, state="broken", **(base | {"kept_minor": 0}))
    words = ("promises", "list", "--account", "acc_a", "--settled", "--as-of", late)
    _code, out, _err = typed(home, capsys, *words)
    assert "1 of 2 promises kept; reckon with 50% (27% to 73%)" in out
    assert "2 days late" in out
    assert "1 of 2 promises kept" in typed(home, capsys, "account", "acc_a")[1]


def test_account_without_promises__says_nothing_of_them(home, capsys):
    assert "promises kept" not in typed(home, capsys, "account", "acc_a")[1]
