"""Payer names after a bank had them."""

import pytest

from engines.matching.model import Customer
from engines.matching.names import NameIndex, normalise_name

INDEX = NameIndex(
    [
        Customer("C1", "Northwind Retail Co."),
        Customer("C2", "Pinnacle Grocers, Inc."),
        Customer("C3", "Pinnacle Growers LLC"),
        Customer("C4", "Müller & Söhne GmbH"),
        Customer("C5", "SA corp"),
        Customer("C6", "Harborview Continental Foods Inc"),
    ],
    [("AF Treasury Services", "C1")],
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("NORTHWIND RETAIL CO", "northwind retail"),
        ("ORIG CO NAME:Northwind Retail Company, LLC", "northwind retail"),
        ("VON MUELLER AG", "mueller"),
        ("Société Générale S.A.", "societe generale"),
        ("SA us", "sa"),
        ("", ""),
    ],
)
def test_name_as_a_bank_writes_it__is_stripped(written: str, plain: str) -> None:
    assert normalise_name(written) == plain


@pytest.mark.parametrize(
    ("written", "owner"),
    [
        ("NORTHWIND RETAIL", "C1"),
        ("RETAIL NORTHWIND INC", "C1"),
        ("AF TREASURY SERVICES LTD", "C1"),
        ("HARBORVIEW CONTIN", "C6"),
        ("SA SYSTEMS", "C5"),
        ("MULLER SOHNE", "C4"),
    ],
)
def test_name_near_one_customer__is_strong(written: str, owner: str) -> None:
    found = INDEX.find(written)
    assert found.customers == {owner}
    assert found.is_strong


@pytest.mark.parametrize("written", ["PINNACLE GROERS", "PINNACLE", "QUIXOTE TRADING", ""])
def test_name_near_two_or_none__is_not_strong(written: str) -> None:
    assert not INDEX.find(written).is_strong


def test_worn_name__is_still_like_its_owner_and_not_like_others() -> None:
    assert INDEX.is_like("PINNACLE GROC", "C2")
    assert not INDEX.is_like("NORTHWIND", "C2")
