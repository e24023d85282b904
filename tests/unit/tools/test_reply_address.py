"""The address of a reply names a message of ours only with the right seal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.ids import make_id
from tools.reply_address import make_reply_address, read_reply_address

KEY, OTHER = b"k" * 32, b"o" * 32
OUT = make_id("out", "a")


@given(st.text(), st.binary(min_size=16, max_size=64))
def test_made__reads_back_in_any_case(content: str, key: bytes) -> None:
    outbox_id = make_id("out", content)
    address = make_reply_address("AR@ours.example", outbox_id, key)
    local = address.partition("@")[0]
    assert len(local) <= 64  # of RFC 5321
    for written in (address, address.upper(), f"<{address}>", f" {address} "):
        assert read_reply_address(written, key) == outbox_id


def test_other_key__is_not_ours() -> None:
    assert read_reply_address(make_reply_address("ar@ours.example", OUT, OTHER), KEY) is None


def test_seal_of_one_message_on_another__is_not_ours() -> None:
    mine = make_reply_address("ar@ours.example", OUT, KEY)
    theirs = make_id("out", "b")
    assert read_reply_address(mine.replace(OUT, theirs), KEY) is None


@pytest.mark.parametrize(
    "address",
    ["", "ar@ours.example", "ar+@ours.example", f"ar+{OUT}@ours.example", f"ar+{OUT}.x@a@b", "+.@"],
)
def test_anything_else__names_nothing(address: str) -> None:
    assert read_reply_address(address, KEY) is None


def test_changed_character__is_not_ours() -> None:
    address = make_reply_address("ar@ours.example", OUT, KEY)
    for place in range(3, address.index("@")):
        other = "a" if address[place] != "a" else "b"
        assert read_reply_address(f"{address[:place]}{other}{address[place + 1 :]}", KEY) is None


def test_no_address_of_ours__is_left_as_it_is() -> None:
    assert make_reply_address("", OUT, KEY) == ""
