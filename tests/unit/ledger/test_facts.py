"""A snapshot comes back from its bytes as it was, and equal snapshots have equal hashes."""

from dataclasses import fields, replace

import orjson
import pytest

from ledger.facts import DuePart, ReceivedPayment, facts_bytes, facts_hash, pack, unpack_facts
from ledger.ids import digest
from ledger.money import Money
from tests.support.facts import (
    AS_OF,
    account,
    candidate,
    contact,
    credit,
    day,
    dispute,
    hold,
    in_parts,
    item,
    moving,
    past,
    plan,
    promise,
    receipt,
    ticket,
)

EVERYTHING = account(
    item("1", dunned_on=day(-3), dunning_level=1, po_number="PO-1"),
    in_parts("2", (3, 10_00), (-9, 20_00)),
    credits=(credit(),),
    receipts=(receipt(),),
    disputes=(dispute(), dispute(None, "dsp_2")),
    promises=(promise(3, "inv_1"),),
    plans=(plan((3, 5_00), (9, 5_00)),),
    holds=(hold(), hold("inv_1", ends=3)),
    tickets=(ticket(),),
    contacts=(contact(consents=("sms",)),),
    contact_history=(past(3), past(4, None)),
    in_flight=(moving(),),
    payments=(ReceivedPayment("rcp_7", "RC-7", day(-2), 50_00, "USD"),),
    broken_lately=(promise(-9, "inv_1"),),
    renewal_on=day(40),
    places=("US-OR",),
)


def test_everything_an_account_can_have__comes_back() -> None:
    back = unpack_facts(pack(facts_bytes(EVERYTHING)))
    assert back == EVERYTHING
    assert facts_hash(back) == facts_hash(EVERYTHING) == digest(facts_bytes(EVERYTHING))


def test_record_of_before_a_fact_was_kept__reads_without_it() -> None:
    old = orjson.loads(facts_bytes(EVERYTHING))
    del old["payments"], old["broken_lately"]
    assert unpack_facts(pack(orjson.dumps(old))) == replace(
        EVERYTHING, payments=(), broken_lately=()
    )
    del old["account_number"]
    with pytest.raises(ValueError, match="no recorded facts"):
        unpack_facts(pack(orjson.dumps(old)))


def test_record_of_before_its_currency_was_kept__pays_in_its_own() -> None:
    old = orjson.loads(facts_bytes(replace(EVERYTHING, suggested=(candidate(1, "EUR", "USD"),))))
    del old["suggested"][0]["against"]
    (money,) = unpack_facts(pack(orjson.dumps(old))).suggested
    assert (money.unapplied_minor, money.pays_in) == (1, "EUR")


def test_any_field_changed__changes_the_hash() -> None:
    bare = account()
    for each in fields(bare):
        if each.name != "as_of" and getattr(EVERYTHING, each.name) != getattr(bare, each.name):
            changed = replace(bare, **{each.name: getattr(EVERYTHING, each.name)})
            assert facts_hash(changed) != facts_hash(bare), each.name


@pytest.mark.parametrize("broken", [b"", b"no facts", pack(b"{")])
def test_bytes_that_are_no_snapshot__are_refused(broken) -> None:
    with pytest.raises(ValueError, match="no recorded facts"):
        unpack_facts(broken)


class TestOpenItem:
    def test_in_one_sum__has_one_part(self) -> None:
        assert item(late=5).parts == (DuePart(day(-5), 100_00),)
        assert item(late=5).asked(AS_OF) == item(late=5).parts

    @pytest.mark.parametrize(("first", "second", "asked"), [(5, 1, 2), (5, 0, 1), (0, -9, 1)])
    def test_in_instalments__asks_for_those_past_due_or_the_first(self, first, second, asked):
        found = in_parts("1", (first, 10_00), (second, 20_00))
        assert found.asked(AS_OF) == found.instalments[:asked]


def test_open_in__adds_one_currency_only() -> None:
    facts = account(item("1"), item("2", currency="EUR"), item("3", minor=1))
    assert facts.open_in("USD") == Money(100_01, "USD")
    assert facts.open_in("GBP") == Money(0, "GBP")
    assert facts.currencies == ("EUR", "USD")
