"""Real bank files of many banks: the counts, sums and signs that trusted readers found in them.

A format is added by naming its folder and how its `expected.json` states what is right.
"""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.bank_files.model import BankFile, Statement
from adapters.bank_files.reading import read_bank_file
from ledger.money import currency_digits
from tests.support.bank_files import corpus_faults
from tests.support.shared_data import shared

Expected = dict[str, Any]

# Not statements: a list of numbers, a header of no known record, an amount of "$120".
REFUSED = {
    "mt940": {"wolph_self-provided_invalid_statement.sta"},
    "bai2": {"moov_sample-parseError.bai2"},
    "ofx": {"ofxparse_fail_nice_decimal_error.ofx"},
}


def transactions(statement: Statement) -> int:
    return len({line.entry_no for line in statement.lines})


def sums(*statements: Statement) -> tuple[Decimal, Decimal]:
    """Credits and debits, the second below zero."""
    found = [Decimal(0), Decimal(0)]
    for each in statements:
        for line in each.lines:
            digits = currency_digits(line.currency) if line.currency else 2
            found[line.amount_minor < 0] += Decimal(line.amount_minor).scaleb(-digits)
    return found[0], found[1]


def mt940_faults(file: BankFile, expected: Expected) -> Iterator[str]:
    count = sum(map(transactions, file.statements))
    if count != expected["transactions"]:
        yield f"{count} transactions, not {expected['transactions']}"
    credit, debit = sums(*file.statements)
    net = expected.get("net_bankstatementparser")
    if net is not None and credit + debit != Decimal(net):
        yield f"net {credit + debit}, not {net}"
    # The reader these sums come from has the sign of RC wrong; the net above is right.
    if "credit_sum" in expected and "RC" not in expected["marks"]:
        right = (Decimal(expected["credit_sum"]), Decimal(expected["debit_sum"]))
        if (credit, debit) != right:
            yield f"sums {credit}, {debit}, not {right}"
    currencies = sorted({line.currency or "?" for line in file.lines})
    if currencies != expected.get("currencies", currencies):
        yield f"currencies {currencies}, not {expected['currencies']}"
    both = [
        each for each in file.statements if None not in (each.opening_minor, each.closing_minor)
    ]
    ties = sum(each.balances == "tie" for each in both)
    if (ties, len(both)) != (
        expected["statements_that_balance"],
        expected["statements_with_both_balances"],
    ):
        yield f"{ties} of {len(both)} statements tie"


def camt_faults(file: BankFile, expected: Expected) -> Iterator[str]:
    if len(file.statements) != len(expected["statements"]):
        yield f"{len(file.statements)} statements, not {len(expected['statements'])}"
        return
    words = {True: "tie", False: "differ", None: "none"}
    for found, right in zip(file.statements, expected["statements"], strict=True):
        credit, debit = sums(found)
        told = (transactions(found), credit, -debit, found.balances)
        wanted = (
            right["entries"],
            Decimal(right["credit"]),
            Decimal(right["debit"]),
            words[right["balanced"]],
        )
        if told != wanted:
            yield f"{told}, not {wanted}"


def bai2_faults(file: BankFile, expected: Expected) -> Iterator[str]:
    count = sum(map(transactions, file.statements))
    if count != expected["transactions"]:
        yield f"{count} transactions, not {expected['transactions']}"
    credit, debit = sums(*file.statements)
    if "credit_minor" in expected and (credit * 100, -debit * 100) != (
        expected["credit_minor"],
        expected["debit_minor"],
    ):
        yield f"sums {credit}, {debit}"
    if Decimal(expected.get("net_major_units", credit + debit)) != credit + debit:
        yield f"net {credit + debit}, not {expected['net_major_units']}"
    ties = expected.get("control_totals_ok", True)
    if file.balances != ("tie" if ties else "differ"):
        yield f"control totals {file.balances}"


def ofx_faults(file: BankFile, expected: Expected) -> Iterator[str]:
    count = sum(map(transactions, file.statements))
    if count != expected["transactions"]:
        yield f"{count} transactions, not {expected['transactions']}"
    net = sum(sums(*file.statements))
    if net != Decimal(expected.get("net", 0)):
        yield f"net {net}, not {expected.get('net')}"


def qif_faults(file: BankFile, expected: Expected) -> Iterator[str]:
    """All three say the same five payments, each in another order of day and month."""
    told = [(f"{line.booked_on}", line.amount_minor) for line in file.lines]
    if expected or told != [
        ("2013-08-12", -100000),
        ("2013-08-15", -7546),
        ("2013-03-03", -37900),
        ("2013-03-04", -2028),
        ("2013-03-03", -42135),
    ]:
        yield f"read as {told}"


FORMATS: dict[str, Callable[[BankFile, Expected], Iterator[str]]] = {
    "mt940": mt940_faults,
    "camt052": camt_faults,
    "camt053": camt_faults,
    "camt054": camt_faults,
    "bai2": bai2_faults,
    "ofx": ofx_faults,
    "qif": qif_faults,
}


@pytest.mark.parametrize("format_name", FORMATS)
def test_corpus_of_a_format__is_read_right_or_refused_right(format_name: str) -> None:
    faults, refused = corpus_faults(
        format_name, lambda _name, file, right: FORMATS[format_name](file, right)
    )
    assert faults == []
    assert refused == REFUSED.get(format_name, set())


@pytest.mark.parametrize("format_name", FORMATS)
def test_corpus_of_a_format__is_recognised_by_content_alone(format_name: str) -> None:
    folder = shared(f"bank/{format_name}")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    for name in expected.keys() - REFUSED.get(format_name, set()):
        found = read_bank_file("download", (folder / name).read_bytes()).format
        assert found.replace("mt942", "mt940") == format_name, name
