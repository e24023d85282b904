"""Outgoing webhooks: written with the fact, told after it, signed, and only where they may go."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from adapters.webhooks import Told, check_address, send
from batch.dispatch import dispatch
from batch.night import run_night
from batch.webhooks import PAUSES, Tellings, tell_webhooks
from cli.main import main
from ledger.clock import FixedClock, SystemClock
from ledger.errors import BadInput
from ledger.identities import Identity
from ledger.tables.webhooks import WebhookDelivery
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tests.support.webhook_receiver import Receiver, receiver
from tools.webhooks import (
    EVENTS,
    NewEndpoint,
    add_endpoint,
    judge_endpoint,
    remove_endpoint,
    replay,
)


@pytest.fixture
def heard() -> Iterator[Receiver]:
    with receiver() as state:
        yield state


def added(desk: Desk, url: str, *events: str) -> NewEndpoint:
    wanted = judge_endpoint(url, events, at_the_machine=True)
    with desk.house.ledger.write() as session:
        return add_endpoint(session, wanted, "operator", SystemClock().now())


def standing(desk: Desk) -> list[WebhookDelivery]:
    with desk.house.ledger.read() as session:
        return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.seq)))


def a_receipt(desk: Desk, number: int = 1, **values: Any) -> None:
    desk.books.receipt(f"rcp_{number}", 12_34, **({"account_id": None} | values))


class TestEvents:
    def test_each_fact__is_told_once_verified_and_without_a_word_of_the_customer(
        self, desk: Desk, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        waiting = desk.waiting_reminder("acc_a", name="Canary Feathers")
        desk.inbox("cora").approve(waiting)
        assert dispatch(desk.house, AS_OF, None).sent == 1
        desk.books.add(
            "dispute", id="dsp_1", account_id="acc_a", reason="PRICE", opened_on=AS_OF,
            state="open", level="account", quote="canary says no", resolved_by="",
        )  # fmt: skip
        desk.books.add(
            "promise", id="prm_1", account_id="acc_a", direction="theirs", kind="payment",
            promised_on=AS_OF, due_on=AS_OF, state="pending", invoice_ids="", source="",
            method_days=0, kept_minor=0, settled_by="",
        )  # fmt: skip
        for _twice in range(2):
            desk.books.change("promise", "id", "prm_1", state="broken")
        a_receipt(desk, memo="canary memo", payer_name="Canary")
        assert heard.taken == []
        following = AS_OF + timedelta(days=1)
        for feed in desk.house.policy.contact.feed_max_age_days:
            desk.books.change("feed", "name", feed, read_through=following, read_at=NOON)
        run_night(desk.house, following, lambda *_: None)
        told = heard.verified(end.secret)
        about = {each["type"]: each["data"] for each in told}
        assert set(about) == set(EVENTS)
        assert about["proposal.decided"] == {
            "id": waiting, "kind": "approve", "on": about["proposal.decided"]["on"],
            "account_id": "acc_a",
        }  # fmt: skip
        assert about["promise.broken"]["id"] == "prm_1"
        assert about["payment.received"] == {"id": "rcp_1", "kind": "receipt", "on": "2025-02-01"}
        kinds = [each["type"] for each in told]
        assert all(kinds.count(each) == 1 for each in EVENTS if each != "proposal.waiting")
        assert len(set(heard.ids())) == len(told)
        assert b"canary" not in b"".join(body for _headers, body in heard.taken).lower()

    def test_fact_that_is_rolled_back__was_never_written_down(
        self, desk: Desk, heard: Receiver
    ) -> None:
        added(desk, heard.url)
        with desk.house.ledger.write() as session:
            session.connection().exec_driver_sql(
                "INSERT INTO receipt (id, receipt_number, received_on, amount_minor, currency, "
                "unapplied_minor, payer_name, memo, advice_key) "
                "VALUES ('r', 'r', '2026-03-01', 1, 'EUR', 1, '', '', '')"
            )
            assert session.scalar(select(WebhookDelivery.subject_id)) == "r"
            session.rollback()
        assert standing(desk) == []

    def test_nobody_asked__nothing_is_written_down(self, desk: Desk, heard: Receiver) -> None:
        end = added(desk, heard.url, "run.finished")
        a_receipt(desk)
        with desk.house.ledger.write() as session:
            remove_endpoint(session, end.id, "operator", NOON)
        assert standing(desk) == []

    @pytest.mark.parametrize("identity", [Identity.AGENT, Identity.POSTER, Identity.DISPATCHER])
    def test_identity_that_may_not_see_endpoints__still_has_its_facts_told(
        self, desk: Desk, heard: Receiver, identity: Identity
    ) -> None:
        added(desk, heard.url)
        table = {
            Identity.AGENT: "proposal", Identity.POSTER: "receipt", Identity.DISPATCHER: "message"
        }[identity]  # fmt: skip
        desk.waiting_reminder()
        before = len(standing(desk))
        if table == "receipt":
            values: dict[str, Any] = {
                "id": "r", "receipt_number": "r", "received_on": AS_OF, "amount_minor": 1,
                "currency": "EUR", "unapplied_minor": 1,
            }  # fmt: skip
        elif table == "message":
            values = {
                "id": "m", "account_id": "acc_a", "sent_on": AS_OF, "outbox_id": "o",
                "direction": "out", "channel": "email",
            }  # fmt: skip
        else:
            values = _another_proposal(desk)
        _insert(desk, identity, table, values)
        assert len(standing(desk)) == before + 1


def _another_proposal(desk: Desk) -> dict[str, Any]:
    from ledger.tables.work import Proposal

    with desk.house.ledger.read() as session:
        row = session.scalars(select(Proposal)).one()
        return row.model_dump() | {"id": "prp_other", "digest": "d", "state": "pending"}


def _insert(desk: Desk, identity: Identity, table: str, values: dict[str, Any]) -> None:
    from ledger.tables import all_tables

    defaults = {
        "receipt": {"payer_name": "", "memo": "", "advice_key": ""},
        "message": {"purpose": "", "stage": 0, "subject": "", "body": "", "answered": True,
                    "invoice_ids": ""},
    }.get(table, {})  # fmt: skip
    with desk.house.ledger.write(as_=identity) as session:
        session.execute(all_tables.metadata.tables[table].insert(), [defaults | values])


class TestDelivery:
    def test_signature_of_another_secret__is_refused_by_the_library(
        self, desk: Desk, heard: Receiver
    ) -> None:
        added(desk, heard.url)
        a_receipt(desk)
        tell_webhooks(desk.house)
        with pytest.raises(WebhookVerificationError):
            heard.verified("whsec_" + "A" * 44)

    def test_receiver_is_ill__same_id_goes_again_later_and_nothing_else_meanwhile(
        self, desk: Desk, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        a_receipt(desk, 1)
        a_receipt(desk, 2)
        heard.answers = [503]
        assert tell_webhooks(desk.house) == Tellings(later=1)
        assert len(heard.taken) == 1
        first = standing(desk)[0]
        assert (first.state, first.attempts, first.says) == ("waiting", 1, "status 503")
        _pass_time(desk, PAUSES[0])
        assert tell_webhooks(desk.house) == Tellings(delivered=2)
        assert heard.ids()[0] == heard.ids()[1] != heard.ids()[2]
        assert len({*heard.ids()}) == 2
        assert tell_webhooks(desk.house) == Tellings()
        assert len(heard.verified(end.secret)) == 3

    def test_redirect__is_a_failure_and_never_followed(self, desk: Desk, heard: Receiver) -> None:
        added(desk, heard.url)
        a_receipt(desk)
        heard.answers = [307]
        assert tell_webhooks(desk.house) == Tellings(later=1)
        assert len(heard.taken) == 1

    def test_gives_up_after_the_last_pause__until_replayed(
        self, desk: Desk, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        a_receipt(desk)
        refused = lambda *_: Told(False, "status 500", unwell=True)  # noqa: E731
        for pause in PAUSES:
            assert tell_webhooks(desk.house, refused) == Tellings(later=1)
            _pass_time(desk, pause)
        assert tell_webhooks(desk.house, refused) == Tellings(dead=1)
        assert tell_webhooks(desk.house) == Tellings()
        with desk.house.ledger.write() as session:
            assert replay(session, end.id, "operator", NOON) == 1
        assert tell_webhooks(desk.house) == Tellings(delivered=1)
        assert len(heard.taken) == 1

    def test_receiver_says_gone__hears_nothing_more(self, desk: Desk, heard: Receiver) -> None:
        added(desk, heard.url)
        a_receipt(desk, 1)
        a_receipt(desk, 2)
        heard.answers = [410]
        assert tell_webhooks(desk.house) == Tellings(dead=1)
        a_receipt(desk, 3)
        assert [each.state for each in standing(desk)] == ["dead", "dead"]

    def test_nobody_listens__the_night_ends_all_the_same(self, desk: Desk) -> None:
        added(desk, "http://127.0.0.1:9/hook")
        a_receipt(desk)
        assert tell_webhooks(desk.house) == Tellings(later=1)
        assert standing(desk)[0].says == "ConnectError"


def _pass_time(desk: Desk, by: timedelta) -> None:
    now = desk.house.system_clock.now()
    desk.house.system_clock = FixedClock(now + by + timedelta(seconds=1))


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/hook",
            "ftp://example.com/",
            "https://",
            "https://ann:secret@example.com/",
            "https://10.0.0.8/hook",
            "https://169.254.169.254/latest",
            "https://192.168.1.1:8443/",
            "https://0.0.0.0/",
            "https://[fd00::1]/",
            "https://[::ffff:10.0.0.8]/",
            "https://[64:ff9b::a00:8]/",
            "https://100.64.0.1/",
            "https://2130706434.0.0.0/",
        ],
    )
    @pytest.mark.parametrize("at_the_machine", [False, True])
    def test_anything_but_https_outside__is_refused(self, url: str, at_the_machine: bool) -> None:
        with pytest.raises(BadInput):
            check_address(url, at_the_machine=at_the_machine)

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1:9/", "https://localhost/x", "http://[::1]:9/", "https://127.8.8.8/"],
    )
    def test_this_machine__only_at_its_command_line(self, url: str) -> None:
        check_address(url, at_the_machine=True)
        with pytest.raises(BadInput, match="this machine itself; add it there"):
            check_address(url)

    @pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0"])
    def test_name_that_leads_inside__is_refused_when_added_and_at_every_try(
        self, monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        found = [(socket.AF_INET, 1, 6, "", (address, 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
        with pytest.raises(BadInput, match="private address"):
            check_address("https://hooks.example/x")
        told = send("https://hooks.example/x", "whsec_AAAA", "evt_1", "{}", NOON)
        assert not told.delivered
        assert "private" in told.says

    def test_one_private_among_public_addresses__is_refused(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = [(socket.AF_INET, 1, 6, "", (each, 443)) for each in ("8.8.8.8", "10.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
        with pytest.raises(BadInput, match="private address"):
            check_address("https://hooks.example/x")

    def test_unknown_event__is_refused(self, desk: Desk) -> None:
        with pytest.raises(BadInput, match="no event"):
            added(desk, "http://127.0.0.1:9/", "nothing.happened")


def test_commands__add_test_list_replay_and_remove(
    desk: Desk,
    heard: Receiver,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DUNWELL_DATABASE_URL", desk.house.settings.database_url or "")
    home = ["--home", str(desk.house.home)]

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["webhooks", *words, *home])
        assert ended.value.code == 0
        return capsys.readouterr().out

    made = json.loads(run("add", heard.url, "--event", "payment.received", "--json"))
    assert "took it" in run("test", made["id"])
    headers, body = heard.taken[0]
    assert Webhook(made["secret"]).verify(body, headers)["type"] == "webhook.test"
    a_receipt(desk)
    tell_webhooks(desk.house)
    listed = run("list", "--json")
    assert json.loads(listed)[0]["delivered"] == 1
    assert made["secret"] not in listed
    (told,) = json.loads(run("deliveries", made["id"], "--state", "delivered", "--json"))
    assert (told["id"], told["says"]) == (heard.ids()[1], "status 204")
    assert "1 to be sent again: 1 taken" in run("replay", made["id"], "--since", "2020-01-01")
    assert heard.ids()[1] == heard.ids()[2]
    assert "sent nothing until" in run("pause", made["id"])
    a_receipt(desk, 2)
    assert "told again: 1 taken" in run("resume", made["id"])
    run("remove", made["id"])
    with desk.house.ledger.read() as session:
        assert session.connection().exec_driver_sql(
            "SELECT secret FROM webhook_endpoint"
        ).scalar() == ""  # fmt: skip
