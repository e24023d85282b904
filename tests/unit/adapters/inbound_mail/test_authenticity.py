"""Only our own server says whether a sender is proven, and the topmost word of it counts."""

import pytest

from adapters.inbound_mail.message import Authentic
from adapters.inbound_mail.parsing import MailReader
from tests.support.mails import NOW, mail

OURS = "mx.northwind.example"


def found(*results: str, our_server: str | None = OURS) -> Authentic:
    head = "".join(f"Authentication-Results: {each}\r\n" for each in results)
    with MailReader(our_server) as reader:
        return reader.read(head.encode() + mail(), NOW).authentic


class TestAuthenticity:
    @pytest.mark.parametrize(
        ("result", "expected"),
        [
            (f"{OURS}; dmarc=pass header.from=harbor.example", "pass"),
            (f"{OURS}; dmarc=fail (p=NONE) header.from=harbor.example; spf=pass", "fail"),
            (f"{OURS}; dkim=pass header.d=harbor.example", "pass"),
            (f"{OURS}; dkim=pass header.d=mail.harbor.example", "pass"),
            (f"{OURS}; dkim=pass header.d=spammer.example", "none"),
            (f"{OURS}; spf=pass smtp.mailfrom=ap@harbor.example", "pass"),
            (f"{OURS}; spf=pass smtp.mailfrom=x@spammer.example; dkim=fail", "fail"),
            (f"{OURS}; spf=softfail smtp.mailfrom=harbor.example", "fail"),
            (f"{OURS}; none", "none"),
            (f"{OURS} 1; (dmarc=pass) spf=fail smtp.mailfrom=harbor.example", "fail"),
            (f'{OURS}; spf=fail reason="dmarc=pass; dkim=pass"', "fail"),
            ("mx.other.example; dmarc=pass", "none"),
        ],
    )
    def test_result__is_judged_for_the_claimed_domain(self, result: str, expected: str) -> None:
        assert found(result) == expected

    def test_two_of_ours__the_topmost_counts(self) -> None:
        assert found(f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass") == "fail"

    def test_others_above_ours__ours_counts(self) -> None:
        assert found("mx.other.example; dmarc=pass", f"{OURS}; dmarc=fail") == "fail"

    def test_no_server_named__nothing_is_proven(self) -> None:
        assert found(f"{OURS}; dmarc=pass", our_server=None) == "none"
