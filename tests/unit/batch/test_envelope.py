"""The headers of a message follow from its row, the policy and the key of the home."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from batch.envelope import envelope
from ledger.actions import AnswerQuery, action_json
from policies.letters.words import REQUIRED
from policies.load import load_policy, with_changes
from policies.schema import Policy
from tools.reply_address import read_reply_address, seal_of

KEY = b"k" * 32
AT = datetime(2026, 3, 17, 14, tzinfo=UTC)
OUT = "out_abcdefghabcdefgh"
LINK = "https://pay.ours.example/stop/{token}"
OFFER = REQUIRED["de"].opt_out_email


@dataclass
class Row:
    id: str = OUT
    message_id: str = f"<{OUT}@ours.example>"
    recipient: str = "pat@one.example"
    cc: str = ""
    subject: str = "s"
    body: str = "Dear Pat,\n"
    channel: str = "email"
    action: str = ""
    proposal_id: str | None = None
    in_reply_to: str = ""


def policy_with(unsubscribe: str = "offered", **company: Any) -> Policy:
    policy = load_policy()
    return with_changes(
        policy,
        contact=policy.contact.model_copy(update={"list_unsubscribe": unsubscribe}),
        company=policy.company.model_copy(update=company),
    )


@pytest.mark.parametrize(
    ("wanted", "body", "offers"),
    [
        ("offered", "Dear Pat,", 0),
        ("offered", f"Guten Tag\n\n{OFFER}\n", 2),
        ("always", "Dear Pat,", 2),
        ("never", f"Guten Tag\n\n{OFFER}\n", 0),
    ],
)
def test_unsubscribe__is_offered_where_policy_and_words_do(
    wanted: str, body: str, offers: int
) -> None:
    mail = envelope(policy_with(wanted, unsubscribe_link=LINK), KEY, Row(body=body), AT)
    both = (
        f"mailto:{mail.reply_to}?subject=unsubscribe",
        f"https://pay.ours.example/stop/{OUT}.{seal_of(OUT, KEY)}",
    )
    assert mail.unsubscribe == both[:offers]
    without = envelope(policy_with(wanted), KEY, Row(body=body), AT)
    assert without.unsubscribe == both[: min(offers, 1)]


@pytest.mark.parametrize(
    ("proposal_id", "in_reply_to", "says"),
    [
        (None, "", "auto-generated"),
        (None, "<his@c.example>", "auto-replied"),
        ("prp_1", "", ""),
        ("prp_1", "<his@c.example>", ""),
    ],
)
def test_what_nobody_approved__says_that_it_is_automatic(
    proposal_id: str | None, in_reply_to: str, says: str
) -> None:
    row = Row(proposal_id=proposal_id, in_reply_to=in_reply_to)
    mail = envelope(policy_with(), KEY, row, AT)
    assert (mail.automatic, mail.answers) == (says, in_reply_to)


def test_reply__comes_back_to_the_message_unless_policy_says_otherwise() -> None:
    tagged = envelope(policy_with(reply_to="ar@ours.example"), KEY, Row(), AT)
    assert read_reply_address(tagged.reply_to, KEY) == OUT
    plain = envelope(policy_with(reply_to="ar@ours.example", reply_tag=False), KEY, Row(), AT)
    assert plain.reply_to == "ar@ours.example"


def test_text_message__has_no_headers_of_mail_and_the_language_of_its_words() -> None:
    action = AnswerQuery(account_id="a", contact_id="c", channel="sms", language="de")
    text = envelope(
        policy_with("always", unsubscribe_link=LINK),
        KEY,
        Row(channel="sms", action=action_json(action)),
        AT,
    )
    assert (text.automatic, text.unsubscribe, text.language) == ("", (), "de")
    assert text.reply_to == policy_with().company.reply_to
