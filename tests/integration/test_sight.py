"""A person with a limited sight: other accounts do not exist, behind any door."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from agents.offline_kinds import KINDS
from cli.main import main
from graph.seen import seen_by, whole_of
from ledger.errors import BadInput
from ledger.queries.inbox import QueueFilter
from ledger.sight import BY_PARENT, OF_NO_ACCOUNT, WHOLE_BOOK, Sight, read_sight
from ledger.tables import all_tables
from ledger.tables.account import Account, Contact
from ledger.tables.receivable import Invoice
from ledger.tables.work import Person, Proposal, Run
from tests.support.api_client import signed
from tests.support.desk import AS_OF, Desk
from tests.support.endpoints import ANYONE, LINK, entries
from tests.support.pages import signed_in
from tools.people import SCOPES

OURS, THEIRS = "acc_ours", "acc_canary"
CANARIES = ("Canary Feathers", "CANARY", "7,654.32", "7654.32", "765432", "acc_canary")
CONTACTS, INVOICES = (all_tables.metadata.tables[name] for name in ("contact", "invoice"))
OTHERS = INVOICES.alias("others")
BALANCES = (
    select(INVOICES.c.account_id, func.sum(INVOICES.c.open_minor).label("open"))
    .group_by(INVOICES.c.account_id)
    .subquery()
)
CORAS = Sight("cora", own=True)


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Cora owns one customer; another is somebody else's, and its request waits too."""
    desk.waiting_reminder(OURS, owner="cora", segment="smb")
    desk.account(THEIRS, (765432,), owner="milo", segment="mid", name="Canary Feathers")
    desk.ask(desk.reminder(THEIRS))
    desk.books.change("run", "id", "run_a", counts='{"sums": {"open": 765432}}')
    theirs = {"account_id": THEIRS, "currency": "USD"}
    desk.books.receipt("rcp_canary", 765432, **theirs)
    desk.books.credit("crd_canary", 765432, **theirs)
    desk.books.add(
        "dispute",
        id="dsp_canary",
        account_id=THEIRS,
        invoice_id=f"inv_{THEIRS}_1",
        reason="price",
        quote="CANARY says the price is wrong",
        opened_on=AS_OF,
    )
    for days in (0, 1):
        desk.books.add(
            "contract_note",
            id=f"cnn_canary{days}",
            account_id=THEIRS,
            noted_on=AS_OF,
            body="CANARY note",
        )
    _give_sight(desk, "cora", "own")
    return desk


def _give_sight(desk: Desk, person: str, sees: str) -> None:
    with desk.house.ledger.write() as session:
        session.execute(update(Person).where(Person.id == person).values(sees=sees))


class TestLedger:
    @pytest.mark.parametrize(
        "query",
        [
            select(Account.id),
            select(Contact.account_id),
            select(func.count()).select_from(Invoice),
            select(func.max(Invoice.open_minor)),
            select(aliased(Contact).account_id),
            select(func.count()).select_from(select(Contact.id).subquery()),
            select(select(func.sum(Invoice.open_minor)).scalar_subquery()),
            select(Proposal.account_id).join(Account, Account.id == Proposal.account_id),
            select(CONTACTS),
            select(func.sum(INVOICES.c.open_minor)),
            select(INVOICES.alias().c.account_id),
            select(select(INVOICES.c.open_minor).cte().c.open_minor),
            select(INVOICES.c.id, OTHERS.c.open_minor).where(INVOICES.c.id != OTHERS.c.id),
            select(CONTACTS.c.id).union_all(select(INVOICES.c.id)),
            select(CONTACTS.c.id).join(INVOICES, CONTACTS.c.account_id == INVOICES.c.account_id),
            select(Account.id, BALANCES.c.open).outerjoin(
                BALANCES, BALANCES.c.account_id != Account.id
            ),
            select(select(func.sum(INVOICES.c.open_minor)).scalar_subquery(), Contact.account_id),
        ],
        ids=str,
    )
    def test_any_read__holds_nothing_of_others(self, two: Desk, query: Any) -> None:
        with two.house.ledger.read() as session:
            everything = list(session.execute(query))
        with two.house.ledger.seen_by(CORAS).read() as session:
            seen = list(session.execute(query))
        assert seen != everything
        assert THEIRS not in str(seen)
        assert "765432" not in str(seen)

    def test_read_by_key__is_nothing(self, two: Desk) -> None:
        with two.house.ledger.seen_by(CORAS).read() as session:
            assert session.get(Account, THEIRS) is None
            assert session.get(Account, OURS) is not None

    def test_night__loses_the_sums_of_the_whole_book(self, two: Desk) -> None:
        with two.house.ledger.seen_by(CORAS).read() as session:
            run = session.get(Run, "run_a")
            assert run is not None
            assert run.counts == "{}"

    def test_segments__show_those(self, two: Desk) -> None:
        with two.house.ledger.seen_by(Sight("cora", segments=("mid",))).read() as session:
            assert list(session.scalars(select(Account.id))) == [THEIRS]

    def test_journal_written_under_it__stays_one_chain(self, two: Desk) -> None:
        from ledger.checks import check_ledger
        from ledger.journal import audit

        with two.house.ledger.seen_by(CORAS).write() as session:
            audit(session, two.deps.now, "tried", "x", "cora")
        with two.house.ledger.read() as session:
            assert not check_ledger(session, two.as_of)


def test_every_table__is_classed() -> None:
    """A new table must say how its rows belong to an account, or that they do not."""
    known = set(BY_PARENT) | WHOLE_BOOK | OF_NO_ACCOUNT | {"account"}
    loose = {
        name
        for name, table in all_tables.metadata.tables.items()
        if "account_id" not in table.c and name not in known
    }
    assert not loose


class TestWord:
    @pytest.mark.parametrize(
        ("word", "says"),
        [
            ("all", "every account"),
            ("own", "own accounts"),
            ("segments:smb,mid", "smb and mid accounts"),
        ],
    )
    def test_known__reads(self, word: str, says: str) -> None:
        assert read_sight("cora", word).says == says

    @pytest.mark.parametrize("word", ["", "some", "segments:", "segments:huge", "smb"])
    def test_unknown__is_refused_and_not_everything(self, word: str) -> None:
        with pytest.raises(BadInput, match="no sight"):
            read_sight("cora", word)


class TestHouse:
    def test_seen_house__shares_everything_but_the_books(self, two: Desk) -> None:
        seen = seen_by(two.house, CORAS)
        assert seen.action_graph is two.house.action_graph
        assert seen.deps().ledger is seen.ledger is not two.house.ledger
        assert whole_of(seen) is two.house
        assert seen_by(seen, Sight("amara")) is two.house

    def test_decision_of_a_limited_person__is_carried_out(
        self, two: Desk, client: TestClient
    ) -> None:
        header = signed(two, "cora")
        line = client.get("/inbox", headers=header).json()["lines"][0]
        body = {"digest": line["digest"]}
        answer = client.post(f"/inbox/{line['id']}/approve", headers=header, json=body)
        assert answer.json()["state"] == "executed", answer.text
        assert len(two.queued()) == 1

    def test_card__names_and_takes_only_people_who_see_the_account(self, two: Desk) -> None:
        _give_sight(two, "milo", "own")
        inbox = two.inbox("felix")
        for line in inbox.list_waiting(QueueFilter()).lines:
            able = {person.id for person in inbox.show(line.id).authority.may_approve}
            sees, blind = ("cora", "milo") if line.account_id == OURS else ("milo", "cora")
            assert sees in able
            assert blind not in able
            with pytest.raises(BadInput, match=f"{blind} does not see this account"):
                inbox.assign(line.id, blind)
            assert inbox.assign(line.id, sees).says.startswith(f"assigned to {sees}")

    def test_decision_on_the_command_line__is_not_found_either(
        self,
        two: Desk,
        database_url: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("DUNWELL_DATABASE_URL", database_url)
        before = two.inbox().list_waiting(QueueFilter(account_id=THEIRS)).lines[0]
        typed = ["inbox", "reject", before.id, "--reason", "no", "--as", "cora"]
        with pytest.raises(SystemExit):
            main([*typed, "--home", str(two.house.home)])
        assert f"no proposal {before.id!r}" in capsys.readouterr().err
        assert two.proposal(before.id).state == "pending"


class TestApi:
    def test_other_account__is_not_found(self, two: Desk, client: TestClient) -> None:
        header = signed(two, "cora")
        theirs = next(
            line
            for line in client.get("/inbox", headers=signed(two, "felix")).json()["lines"]
            if line["account_id"] == THEIRS
        )
        for address in (f"/accounts/{THEIRS}", f"/inbox/{theirs['id']}", "/accounts/Canary"):
            answer = client.get(address, headers=header)
            assert answer.status_code == 404
            assert not _canaries(answer.text, asked=address)
        for verb, body in (("approve", {"digest": theirs["digest"]}), ("reject", {"reason": "x"})):
            answer = client.post(f"/inbox/{theirs['id']}/{verb}", headers=header, json=body)
            assert answer.status_code == 404

    @pytest.mark.parametrize("named", ["Company acc_ours", "Canary Feathers"])
    def test_every_kind_of_question__tells_nothing_of_others(
        self, two: Desk, client: TestClient, named: str
    ) -> None:
        header = signed(two, "cora")
        for kind in KINDS:
            question = kind.example.replace("Acme", named).replace("DISPUTE", "dsp_canary")
            sent = {"text": question}
            answer = client.post(f"/chat/{kind.id}/messages", headers=header, json=sent)
            assert answer.status_code == 200, (question, answer.text)
            assert not _canaries(answer.text, question), (question, answer.text)

    def test_every_address_that_reads__tells_nothing_of_others(
        self, two: Desk, client: TestClient
    ) -> None:
        header = signed(two, "cora", *SCOPES)
        browser = signed_in(two, client, "cora")
        told = 0
        for name, door in entries().items():
            method, path = name.split(" ")
            if method != "GET" or door in (ANYONE, LINK):
                continue
            for address in _addresses(two, path):
                answer = browser.get(address, headers=header)
                assert answer.status_code in (200, 403, 404, 422), (address, answer.text[:300])
                assert not _canaries(answer.text, address), (address, answer.text)
                told += answer.status_code == 200
        assert told > 30

    def test_unlimited_person__is_told(self, two: Desk, client: TestClient) -> None:
        """The control: what the two tests above look for is there to be found."""
        header = signed(two, "felix")
        assert _canaries(client.get("/accounts", headers=header).text, "")
        browser = signed_in(two, client, "felix")
        for address in ("/desk", "/desk/inbox", "/desk/accounts", "/desk/disputes"):
            assert _canaries(browser.get(address).text, ""), address


def _addresses(desk: Desk, path: str) -> list[str]:
    """An address for our account's records and one for theirs; lists are also searched."""
    with desk.house.ledger.read() as session:
        waiting = {row.account_id: row.id for row in session.scalars(select(Proposal))}
    ours = {"named": OURS, "proposal_id": waiting[OURS], "run_id": "run_a"}
    theirs = ours | {"named": THEIRS, "proposal_id": waiting[THEIRS]}
    if "{" in path:
        return [_filled(path, ids) for ids in (ours, theirs)]
    return [path, *(f"{path}?{word}=canary" for word in ("words", "q", "search", "account"))]


def _filled(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: ids.get(name[1], "dsp_canary"), path)


def _canaries(told: str, asked: str) -> list[str]:
    """What an answer tells of the other account beyond the words of the question itself."""
    return [each for each in CANARIES if each in told and each.split()[0] not in asked]
