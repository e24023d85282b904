"""Whether what a message concedes is what was approved: rate, amount, instalments and days."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from guardrails.tracing.facts import Known
from guardrails.tracing.report import Money, Stated
from ledger.money import currency_digits

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_RATE = re.compile(r"percent|rate|pct|discount_percent", re.IGNORECASE)
_PARTS = re.compile(r"instal|installment|count|parts|payments$|number_of", re.IGNORECASE)
_COUNTED = frozenset({"instalments"})


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of an approval.

    Attributes:
        rates: Percentages.
        amounts: In whole units of the account's currency.
        days: Its end, or the days of its instalments.
        parts: How many instalments.
    """

    rates: frozenset[Decimal]
    amounts: frozenset[Decimal]
    days: frozenset[date]
    parts: frozenset[int]


def read_terms(terms: Mapping[str, Any]) -> Terms:
    """Sort the values of an approval by what they are.

    Args:
        terms: Flat or nested, such as {"percent": "2", "until": "2026-11-30"} or a list of
            instalments under one name; what is no number and no day is left to other rules.
    """
    rates, amounts, days, parts = set(), set(), set(), set()
    for name, value in _values("", terms):
        written = str(value).strip().rstrip("%")
        if _DAY.match(written):
            days.add(date.fromisoformat(written))
            continue
        number = _number(written)
        if number is None:
            continue
        if _RATE.search(name):
            rates.add(number)
        elif _PARTS.search(name) and number == number.to_integral_value():
            parts.add(int(number))
        else:
            amounts.add(number)
    return Terms(frozenset(rates), frozenset(amounts), frozenset(days), frozenset(parts))


def _values(name: str, terms: object) -> Iterable[tuple[str, object]]:
    if isinstance(terms, Mapping):
        for key, value in terms.items():
            yield from _values(str(key), value)
    elif isinstance(terms, list | tuple):
        if name and all(isinstance(each, Mapping) for each in terms):
            yield "instalments", len(terms)
        for value in terms:
            # The rows of a schedule are its amounts and days, whatever the list is called.
            yield from _values("", value)
    else:
        yield name, terms


def _number(written: str) -> Decimal | None:
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def keeps_terms(said: Iterable[Stated], terms: Mapping[str, Any], known: Known) -> bool:
    """Whether a message states the terms of an approval, all of them that matter and no others.

    Every rate and number of instalments must be approved; every amount and day must be approved
    or a fact of the account anyway. The rate, amount or schedule must be stated, and the end of
    the offer too where the approval has one.

    Args:
        said: What the message states.
        terms: The terms of the approval.
        known: The facts of the account.
    """
    approved, said = read_terms(terms), tuple(said)
    rates = {each.value for each in said if each.kind in ("percentage", "fee") and _is_rate(each)}
    parts = {each.value for each in said if each.kind in _COUNTED}
    amounts = [e.value for e in said if isinstance(e.value, Money)]
    days = [e.value for e in said if e.kind in ("date", "deadline")]
    if not rates <= approved.rates or not parts <= approved.parts:
        return False
    if not all(_is_known(each, known) or each.value in approved.amounts for each in amounts):
        return False
    named = [each for each in days if isinstance(each, frozenset) and each & approved.days]
    known_days = known.days | approved.days
    if not all(isinstance(each, frozenset) and each & known_days for each in days):
        return False
    stated_value = rates or parts or any(each.value in approved.amounts for each in amounts)
    return bool(stated_value) and (bool(named) or not approved.days)


def _is_rate(said: Stated) -> bool:
    return isinstance(said.value, Decimal)


def _is_known(money: Money, known: Known) -> bool:
    return money.value is not None and any(
        money.value.scaleb(currency_digits(currency)) == minor
        and (not money.currencies or currency in money.currencies)
        for minor, currency in known.amounts
    )
