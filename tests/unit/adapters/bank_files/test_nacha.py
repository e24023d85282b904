"""NACHA files: signs, addenda, returns, changes, and totals that prove nothing was lost."""

import re

import pytest

from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput
from tests.unit.adapters.bank_files.ach_files import ach_file, batch, entry


def return_addendum(code: str, trace: str = "076401250000099", words: str = "") -> str:
    return f"799{code}{trace}      07640125{words}"


@pytest.mark.parametrize(
    ("code", "cents"),
    [("22", 500), ("32", 500), ("27", -500), ("37", -500), ("21", 500), ("26", -500), ("52", 500)],
)
def test_transaction_code__says_which_way_the_money_went(code: str, cents: int) -> None:
    (line,) = read_bank_file("f", ach_file(batch(entry(code, 500)))).lines
    assert (line.amount_minor, line.currency, line.kind) == (cents, "USD", "booked")


def test_entry_of_a_company__names_the_company_and_the_reference() -> None:
    (line,) = read_bank_file("f", ach_file(batch(entry("22", 500)))).lines
    assert (line.payer_name, line.customer_ref) == ("ACME", "INV-1")
    assert (line.bank_ref, line.code) == ("076401250000001", "CCD 22")
    assert f"{line.booked_on}" == "2026-02-21"


def test_ctx_entry__keeps_its_count_of_addenda_out_of_the_name() -> None:
    paid = entry("22", 500, name="0001RECEIVER", addenda=["705words that run on"])
    (line,) = read_bank_file("f", ach_file(batch(paid, sec="CTX"))).lines
    assert line.memo == "PAYMENT RECEIVER words that run on"


def test_820_across_addenda__becomes_remittance_lines() -> None:
    text = (
        "RMR*IV*INV-1**750.00*800.00*50.00\\RMR*IV*INV-2**250.00\\REF*PO*4711\\"
        + "N1*PR*LONG NAME\\"
    )
    pieces = [f"705{text[at : at + 80]}" for at in range(0, len(text), 80)]
    paid = entry("22", 100000, addenda=pieces)
    file = read_bank_file("f", ach_file(batch(paid, sec="CTX")))
    assert [(each.reference, each.net_minor) for each in file.remittances] == [
        ("INV-1", 75000),
        ("INV-2", 25000),
    ]
    first, second = file.remittances
    assert (first.gross_minor, first.discount_minor) == (80000, 5000)
    assert (second.memo, second.total_minor) == ("PO 4711", 100000)
    assert {each.remittance_id for each in file.remittances} == {"076401250000001"}


def test_820_that_does_not_sum_to_its_entry__is_said() -> None:
    paid = entry("22", 100000, addenda=["705RMR*IV*INV-1**750.00\\"])
    file = read_bank_file("f", ach_file(batch(paid, sec="CCD")))
    assert "miss 25000 of it" in file.warnings[0]


def test_return__is_a_reversal_with_its_reason_and_the_entry_it_returns() -> None:
    back = entry("26", 500, name="CUSTOMER", addenda=[return_addendum("R01", words="NO FUNDS")])
    (line,) = read_bank_file("f", ach_file(batch(back))).lines
    assert line.is_reversal
    assert (line.amount_minor, line.payer_name) == (-500, "CUSTOMER")
    assert line.return_of == "R01 076401250000099"
    assert line.code == "CCD 26 R01"
    assert "NO FUNDS" in line.memo


def test_notification_of_change__is_no_money_and_changes_nothing_by_itself() -> None:
    addendum = "798C01076401250000099      076401251918171614"
    file = read_bank_file("f", ach_file(batch(entry("21", 0, addenda=[addendum]), sec="COR")))
    (line,) = file.lines
    assert (line.kind, line.is_reversal, line.return_of) == ("info", False, "C01 076401250000099")
    assert "1918171614" in line.memo


def test_equal_entries_of_two_batches__are_two_payments() -> None:
    data = ach_file(batch(entry("22", 500)), batch(entry("22", 500), number=2))
    keys = [key for each in read_bank_file("f", data).line_keys() for key in each]
    assert len(set(keys)) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_records_with_any_line_end__are_the_same_file(end: str) -> None:
    file = read_bank_file("f", ach_file(batch(entry("22", 500)), end=end))
    assert (len(file.lines), file.balances) == (1, "tie")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (r"(?m)^6.*\n", "", "0 were found"),
        (r"(?m)^8.*\n", "", "control (8) is missing"),
        (r"(?m)^9(?!9{93}).*\n", "", "file control (record 9) is missing"),
        (r"(?m)^1.*\n", "", "not a bank file"),
        (r"0000000500INV", "0000000501INV", "501 were found"),
        (r"0000000500INV", "00000005x0INV", "is no amount"),
        (r"(?m)^5.*\n", "", "outside a batch"),
    ],
)
def test_file_that_lost_something__is_refused(old: str, new: str, reason: str) -> None:
    data = re.sub(old, new, ach_file(batch(entry("22", 500))).decode()).encode()
    with pytest.raises(BadInput) as refused:
        read_bank_file("f.ach", data)
    assert reason in refused.value.message
    assert refused.value.message.startswith("f.ach")


def test_routing_hash_that_is_off__is_flagged() -> None:
    data = ach_file(batch(entry("22", 500))).replace(b"607640125", b"607640126")
    data = data.replace(b"62207640125", b"62207640126")
    file = read_bank_file("f", data)
    assert file.balances == "differ"
    assert "hash of routing numbers" in file.warnings[0]


def test_batch_of_advices__has_its_wider_sums() -> None:
    first = f"681{'07640125'}1{'12345':<15}{500:012d}{'':<39}0{'07640125'}{'0520001'}"
    head = f"5280{'BANK':<16}{'':<20}1234567890ADV{'ADVICE':<10}260220260221   107640125{1:07d}"
    control = f"8280{1:06d}{7640125:010d}{0:020d}{500:020d}{'':<19}07640125{1:07d}"
    file_control = f"9{1:06d}{1:06d}{1:08d}{7640125:010d}{0:020d}{500:020d}"
    top = ach_file().decode().splitlines()[0]
    data = "\n".join([top, head, first, control, file_control]).encode()
    file = read_bank_file("f", data)
    assert ([line.amount_minor for line in file.lines], file.balances) == ([500], "tie")
