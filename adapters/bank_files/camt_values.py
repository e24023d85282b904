"""Texts, amounts and dates out of CAMT elements."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from typing import TypeAlias

from adapters.bank_files.values import day_of, minor_units, shown
from ledger.errors import BadInput

Element: TypeAlias = ElementTree.Element

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_NOTHING = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF"})


def said(element: Element, path: str) -> str:
    """The text at a path, on one line, or ""."""
    found = element if path == "." else element.find(path)
    return " ".join((found.text or "").split()) if found is not None else ""


def given(element: Element, path: str) -> str:
    """The text at a path, where the bank did not write that there is none."""
    text = said(element, path)
    return "" if text.upper() in _NOTHING else text


def currency_of(amount: Element | None) -> str:
    """The currency an amount names, or ""."""
    return (amount.get("Ccy") or "").strip() if amount is not None else ""


def sign_of(element: Element, where: str) -> int:
    """1 for a credit, -1 for a debit.

    Raises:
        BadInput: Neither.
    """
    word = said(element, "CdtDbtInd")
    if word not in ("CRDT", "DBIT"):
        raise BadInput(f"{where}: {shown(word)} is neither CRDT nor DBIT; ask the bank")
    return 1 if word == "CRDT" else -1


def amount_of(element: Element, currency: str, where: str) -> int:
    """The signed amount of an entry or balance in minor units.

    Raises:
        BadInput: No amount, no direction, or a currency other than the expected one.
    """
    amount = element.find("Amt")
    if amount is None:
        raise BadInput(f"{where}: no amount; ask the bank for the file again")
    named = currency_of(amount) or currency
    return sign_of(element, where) * abs(minor_units(said(amount, "."), named, where))


def day_at(element: Element, path: str, where: str) -> date | None:
    """The day at a path, written as a date or as a moment; None where there is none.

    Raises:
        BadInput: Something that is not a date.
    """
    text = said(element, f"{path}/Dt") or said(element, f"{path}/DtTm")
    if not text:
        return None
    found = _DAY.match(text)
    if found is None:
        raise BadInput(f"{where}: {shown(text)} is not a date")
    return day_of(int(found[1]), int(found[2]), int(found[3]), where)
