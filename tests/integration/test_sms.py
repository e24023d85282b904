"""Text messages by Twilio's own library against a server that speaks its calls."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import RefusalKind
from adapters.outgoing.twilio_sms import TwilioSms, read_sms_url
from ledger.errors import BadInput
from tests.support.sms_server import NUMBER, SID, TOKEN, SmsServer, sms_server

pytest.importorskip("twilio", reason="the extra dunwell[sms] is not installed")

PAT, KIM = "+12025550101", "+12025550102"


def text(recipient: str = PAT, number: int = 1, **more: Any) -> OutgoingMessage:
    values = {
        "outbox_id": f"out_{number}",
        "message_id": "",
        "sender": "ar@ours.example",
        "sender_name": "Ours",
        "reply_to": "",
        "recipient": recipient,
        "cc": (),
        "subject": "",
        "body": f"Invoice {number} is due. Reply STOP to opt out.",
        "sent_at": datetime(2026, 3, 17, 14, tzinfo=UTC),
        "channel": "sms",
    }
    return OutgoingMessage(**(values | more))


def sender(server: SmsServer, folder: Path, token: str = TOKEN) -> TwilioSms:
    url = f"twilio://{SID}:{quote(token, safe='')}@{NUMBER}?api={server.url}"
    return TwilioSms(read_sms_url(url), folder)


def kinds(refused: dict[str, Any]) -> dict[str, RefusalKind]:
    return {outbox_id: no.kind for outbox_id, no in refused.items()}


def test_accepted__arrives_once_and_a_copy_is_kept(tmp_path: Path) -> None:
    with sms_server() as server:
        port = sender(server, tmp_path)
        assert port.deliver([text(PAT, 1), text(KIM, 2)]) == {}
        assert server.said_to(PAT) == [text(PAT, 1).body]
        assert port.was_delivered(text(PAT, 1)) is True
        assert port.was_delivered(text(PAT, 3)) is False
    (copy,) = port.delivered()["out_1"]
    assert copy == tmp_path / "out_1.json"
    assert copy.read_bytes() == port.content(text(PAT, 1))


def test_killed_in_a_batch__nobody_can_tell_of_the_one_under_way_alone(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    class Dying(TwilioSms):
        def _send(self, message: OutgoingMessage) -> Any:
            if message.outbox_id == "out_2":
                raise Killed
            return super()._send(message)

    batch = [text(f"+1202555010{number}", number) for number in (1, 2, 3)]
    with sms_server() as server:
        port = sender(server, tmp_path)
        with pytest.raises(Killed):
            Dying(port.account, tmp_path).deliver(batch)
        assert [port.was_delivered(each) for each in batch] == [True, None, False]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, 21211), RefusalKind.ADDRESS),
        ((400, 21610), RefusalKind.ADDRESS),
        ((400, 21614), RefusalKind.ADDRESS),
        ((400, 21408), RefusalKind.MESSAGE),
        ((429, 20429), RefusalKind.LATER),
        ((500, 20500), RefusalKind.UNCERTAIN),
        ((503, 20503), RefusalKind.UNCERTAIN),
    ],
)
def test_refused__is_told_by_its_code_and_the_others_go(
    tmp_path: Path, answer: tuple[int, int], kind: RefusalKind
) -> None:
    with sms_server(answers={PAT: answer}) as server:
        refused = sender(server, tmp_path).deliver([text(PAT, 1), text(KIM, 2)])
        assert kinds(refused) == {"out_1": kind}
        assert refused["out_1"].code == answer[1]
        assert server.said_to(KIM) == [text(KIM, 2).body]
        assert server.asked == 2  # nothing is repeated by itself


def test_answer_lost__what_twilio_lists_settles_it(tmp_path: Path) -> None:
    with sms_server(answers={PAT: "drop"}) as server:
        port = sender(server, tmp_path)
        assert kinds(port.deliver([text()])) == {"out_1": RefusalKind.UNCERTAIN}
        assert server.asked == 1
        assert port.was_delivered(text()) is True
        assert list(port.delivered()) == ["out_1"]


def test_answer_lost_and_nothing_listed__nobody_can_tell(tmp_path: Path) -> None:
    with sms_server(answers={PAT: "drop"}) as server:
        port = sender(server, tmp_path)
        port.deliver([text()])
        server.sent.clear()
        assert port.was_delivered(text()) is None
        server.sent.append((PAT, "Invoice 9 is due. Reply STOP to opt out."))
        assert port.was_delivered(text()) is None


def test_wrong_token__nothing_leaves_and_nobody_knocks_again(tmp_path: Path) -> None:
    with sms_server() as server:
        refused = sender(server, tmp_path, token="wr0ng").deliver([text(PAT, 1), text(KIM, 2)])
        assert set(kinds(refused).values()) == {RefusalKind.UNREACHABLE}
        assert len(refused) == 2
        assert server.asked == 1
        assert not server.sent
    assert "wr0ng" not in refused["out_1"].says


def test_nobody_there__nothing_was_handed_over(tmp_path: Path) -> None:
    with sms_server() as server:
        port = sender(server, tmp_path)
    assert kinds(port.deliver([text()])) == {"out_1": RefusalKind.UNREACHABLE}
    assert port.was_delivered(text()) is False


class TestUrl:
    def test_read__has_its_parts(self) -> None:
        account = read_sms_url("twilio://AC1:t%2Fk@MGabcDEF")
        assert (account.sid, account.token, account.sender) == ("AC1", "t/k", "MGabcDEF")
        assert account.api is None

    @pytest.mark.parametrize(
        "url", ["", "AC1", "https://AC1:hush@+1", "twilio://AC1@+1", "twilio://AC1:hush@", "a://["]
    )
    def test_unusable__is_refused_in_one_line_without_the_secret(self, url: str) -> None:
        with pytest.raises(BadInput, match="DUNWELL_SMS_URL") as refused:
            read_sms_url(url)
        assert "hush" not in refused.value.message
