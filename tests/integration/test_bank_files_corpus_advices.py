"""Real exports, ACH files and remittance advices: what trusted readers, or a look by hand, found.

Where a file's own balances contradict the figure of its reader, the balances are right and the
figure stands here with its reason.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.bank_files.csv_profiles import profiles
from adapters.bank_files.model import BankFile, RemittanceLine
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput
from tests.support.bank_files import corpus_faults
from tests.support.shared_data import shared

Expected = dict[str, Any]

# Refused by what they are: two columns of amounts, or one without a sign, and no header says which
# is money in; a flag that is neither debit nor credit; a list of statements; an amount "12..34".
REFUSED = {
    "csv": {
        "b2y_statement_1.csv",
        "b2y_test_delimiter_tab.csv",
        "b2y_test_row_format_CD_flag.csv",
        "b2y_test_row_format_default.csv",
        "bsp_camt_file.csv",
        "bsp_csv_garbled_amount.csv",
        "oca_sheet_original_currency_no_header.csv",
    }
}
# The reader behind this figure left the D/C column out; the running balance proves 1,500.00.
RIGHT_NET = {"oca_sheet_debit_credit.csv": Decimal("1500.00")}
# Readable by hand only: lines and their sum, as the rows of the file say.
BY_HAND = {
    "b2y_20171001-20171106.csv": (1, "-59.99"),
    "b2y_CSV_A_20180414_112204.csv": (3, "-1037.49"),
    "b2y_TH_20180101-20180523_page_1.csv": (9, "-2599.99"),
    "b2y_test_headers.csv": (73, "-4580.70"),
    "b2y_test_row_format_neg_inflow.csv": (73, "-4580.70"),
    "b2y_umsatz-1234________1234-20180227.CSV": (1, "-5.00"),
    "oca_paypal_empty_activity.csv": (0, "0"),
    "oca_sheet_empty_lines_statement.csv": (3, "2291.50"),
    "oca_sheet_meta_data_separated_credit_debit.csv": (4, "1069.32"),
}


def total(file: BankFile) -> Decimal:
    return sum((Decimal(line.amount_minor).scaleb(-2) for line in file.lines), Decimal(0))


def rows(file: BankFile) -> int:
    return sum(len({line.entry_no for line in each.lines}) for each in file.statements)


def csv_faults(name: str, file: BankFile, expected: Expected) -> Iterator[str]:
    count, net = BY_HAND.get(name, (expected.get("rows"), expected.get("net", "0")))
    if count is not None and rows(file) != count:
        yield f"{rows(file)} lines, not {count}"
    if count is not None and total(file) != RIGHT_NET.get(name, Decimal(net)):
        yield f"sum {total(file)}, not {net}"
    if count is None and "paypal" not in name:
        yield "nothing says what is right"


def nacha_faults(name: str, file: BankFile, expected: Expected) -> Iterator[str]:
    credit = sum(line.amount_minor for line in file.lines if line.amount_minor > 0)
    debit = -sum(line.amount_minor for line in file.lines if line.amount_minor < 0)
    told = (len(file.lines), credit, debit, file.balances)
    right = (
        expected["entries"],
        expected["control_credit"],
        expected["control_debit"],
        "tie",
    )
    if told != right:
        yield f"{told}, not {right}"
    if sorted({line.code.split()[0] for line in file.lines}) != expected["sec"]:
        yield f"classes are not {expected['sec']}"


def minor(amount: str) -> int:
    return int(Decimal(amount).scaleb(2))


def edi820_faults(name: str, file: BankFile, expected: Expected) -> Iterator[str]:
    named = [line for line in file.remittances if line.reference]
    refs = [f"IV:{line.reference}" for line in named]
    if refs != expected["refs"]:
        yield f"documents {refs}, not {expected['refs']}"
    if {line.total_minor for line in file.remittances} != {minor(expected["bpr_amount"])}:
        yield "the payment is another"
    if named and sum(line.net_minor or 0 for line in named) != minor(expected["bpr_amount"]):
        yield "the documents do not sum to the payment"
    told = (
        {line.payer for line in file.remittances},
        {line.remittance_id for line in file.remittances},
    )
    if told != (set(expected["payer"]), set(expected["trace"])):
        yield f"payer and trace {told}"
    stated, found = expected["segment_count_declared"][0], expected["segment_count_found"][0]
    if (str(found) == stated) == any("segments" in each for each in file.warnings):
        yield "the count of segments is not told as it is"


def remadv_faults(name: str, file: BankFile, expected: Expected) -> Iterator[str]:
    for line, right in zip(file.remittances, expected["lines"], strict=True):
        if line.reference != right["doc"]:
            yield f"{line.reference}, not {right['doc']}"
        if line.net_minor != (minor(right["moa12"]) if "moa12" in right else None):
            yield f"{line.reference}: paid {line.net_minor}"
        if "moa9" in right and line.gross_minor != minor(right["moa9"]):
            yield f"{line.reference}: due {line.gross_minor}"
        if "moa19" in right and line.deduction_minor != minor(right["moa19"]):
            yield f"{line.reference}: taken off {line.deduction_minor}"
        if not all(code.split("+")[-1] in line.reason for code in right.get("adjust", [])):
            yield f"{line.reference}: reason {line.reason!r}"
    if file.totals != "tie":
        yield f"control amounts {file.totals}"


def shown(line: RemittanceLine) -> tuple[object, ...]:
    return (line.reference, line.net_minor, line.deduction_minor, line.payer)


BY_HAND_ADVICES = {
    "stub_exact.txt": ("INV-10481", 425000, 0, "NORTHWIND RETAIL CO"),
    "stub_overpayment.txt": ("INV-10550", 610000, 0, "PINNACLE GROCERS INC."),
    "stub_unknown_payer.txt": ("", 200000, 0, "APEX SURPLUS LIQUIDATORS"),
    "short_pay_damaged.txt": ("INV-10510", 1124000, 124000, "Cascade Health Systems"),
}


def keyed_faults(name: str, file: BankFile, expected: Expected) -> Iterator[str]:
    told = [shown(line) for line in file.remittances]
    if told != [BY_HAND_ADVICES[name]]:
        yield f"read as {told}"


def v11_faults(name: str, file: BankFile, expected: Expected) -> Iterator[str]:
    told = ([line.customer_ref for line in file.lines], total(file))
    if told != (expected["references"], Decimal(expected["amount"])):
        yield f"read as {told}"
    # The total record of the second file states another amount than its one payment.
    if file.balances != ("differ" if name == "oca_ch_test1.v11" else "tie"):
        yield f"total {file.balances}"


FORMATS: dict[str, Callable[[str, BankFile, Expected], Iterator[str]]] = {
    "csv": csv_faults,
    "nacha": nacha_faults,
    "edi820": edi820_faults,
    "remadv": remadv_faults,
    "lockbox": keyed_faults,
    "remit_email": keyed_faults,
    "ch_v11": v11_faults,
}


@pytest.mark.parametrize("format_name", FORMATS)
def test_corpus_of_a_format__is_read_right_or_refused_right(format_name: str) -> None:
    faults, refused = corpus_faults(format_name, FORMATS[format_name])
    assert faults == []
    assert refused == REFUSED.get(format_name, set())


def test_payment_service_export__ties_in_every_currency_with_its_fees() -> None:
    folder = shared("bank/csv")
    for name, count in (("oca_paypal_activity_en.csv", 76), ("oca_paypal_statement_en.csv", 19)):
        file = read_bank_file(name, (folder / name).read_bytes())
        assert rows(file) == count
        assert {each.balances for each in file.statements} == {"tie"}
        assert any(line.code == "fee" for line in file.lines)


PROFILES = [
    ("b2y_test_delimiter_tab.csv", "date_text_value_in_out", 73, "-4580.70"),
    ("b2y_test_row_format_default.csv", "date_text_value_in_out", 73, "-4580.70"),
    ("b2y_statement_1.csv", "card_seven_columns_in_out", 1, "-20.59"),
    ("oca_sheet_original_currency_no_header.csv", "date_text_currency_amount_mdy", 1, "1525.00"),
]


@pytest.mark.parametrize(("name", "profile", "count", "net"), PROFILES)
def test_export_without_a_header__is_read_once_its_layout_is_named(
    name: str, profile: str, count: int, net: str
) -> None:
    file = read_bank_file(name, (shared("bank/csv") / name).read_bytes(), profile=profile)
    assert (rows(file), total(file)) == (count, Decimal(net))


@pytest.mark.parametrize("name", sorted(REFUSED["csv"] - {name for name, *_ in PROFILES}))
def test_export_that_no_layout_explains__is_refused_with_any_of_them(name: str) -> None:
    data = (shared("bank/csv") / name).read_bytes()
    for profile in profiles().values():
        if not profile.header:
            with pytest.raises(BadInput, match=f"^{name}"):
                read_bank_file(name, data, profile=profile.name)
