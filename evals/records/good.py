"""Good message records: every fact in order, filled from a seed, so that each must be let pass."""

import copy
import functools
import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, cast

from evals.records.context import base_context, house_of, people_of
from guardrails.formats import format_day, format_money
from ledger.money import currency_digits

Record = dict[str, Any]
SENT = datetime(2026, 11, 24, 10, 30)  # noqa: DTZ001 - a record writes local time without a zone
_ROWS = Path(__file__).with_name("good.toml")
_PERCENT = 2
_INSTALMENTS = 2


class Sum(NamedTuple):
    """An amount a message states."""

    minor: int
    currency: str


Value = Sum | date | int | str


@dataclass(frozen=True, slots=True)
class Good:
    """A message every rule lets pass.

    Attributes:
        row: What kind of message it is, as `good.toml` holds it.
        values: What fills the slots of its words, typed.
        context: The facts beside the words.
        coded: Amounts are written with the code of the currency and not its sign.
    """

    row: Mapping[str, Any]
    values: Mapping[str, Value]
    context: Mapping[str, Any]
    coded: bool = False

    @property
    def name(self) -> str:
        """Name of its row."""
        return self.row["id"]

    @property
    def language(self) -> str:
        """Language of its words."""
        return self.row["lang"]

    @property
    def slots(self) -> tuple[str, ...]:
        """Slots its words fill."""
        whole = self.row["subject"] + self.row["text"]
        return tuple(name for name in self.values if f"{{{name}}}" in whole)

    def record(self, **values: Value) -> Record:
        """The record, with some of the words' values put in place of the true ones."""
        words = {name: self._written(value) for name, value in {**self.values, **values}.items()}
        return {
            "id": self.name,
            "jurisdiction": self.row["place"],
            "channel": self.row["channel"],
            "lang": self.language,
            "subject": " ".join(self.row["subject"].format_map(words).split(" ")).strip(),
            "text": " ".join(
                part for part in self.row["text"].format_map(words).split(" ") if part
            ),
            "context": copy.deepcopy(dict(self.context)),
        }

    def _written(self, value: Value) -> str:
        if isinstance(value, Sum):
            return self._money(value)
        if isinstance(value, date):
            return format_day(value, self.language)
        return str(value)

    def _money(self, value: Sum) -> str:
        text = format_money(value.minor, value.currency, self.language)
        if not self.coded:
            return text
        digits = "".join(char for char in text if char.isdigit() or char in ".,\u202f")
        written = digits.strip(".,\u202f")
        if self.language == "en":
            return f"{value.currency} {written}"
        return f"{written} {value.currency}"


def good_records(seed: int = 0, sent: datetime = SENT) -> Iterator[Good]:
    """Every row of `good.toml`, filled from a seed, as if sent at that local time."""
    rows = _rows()
    for number, row in enumerate(rows["record"]):
        chance = random.Random(f"{seed}/{number}")  # noqa: S311 - reproducible by design
        yield _filled(row, rows["phrases"], chance, sent)


def resent(good: Good, sent: datetime, seed: int = 0) -> Good:
    """The same kind of message, sent at another time: its days move along."""
    return next(each for each in good_records(seed, sent) if each.name == good.name)


@functools.cache
def _rows() -> dict[str, Any]:
    return tomllib.loads(_ROWS.read_text("utf-8"))


def _filled(
    row: Mapping[str, Any], phrases: Mapping[str, Any], chance: random.Random, sent: datetime
) -> Good:
    defaults = {"lang": "en", "channel": "email", "debtor": "business", "role": "first_party"}
    defaults |= {"kind": "reminder", "stage": "reminder_1", "subject": ""}
    whole = defaults | dict(row)
    house = house_of(whole["place"], chance)
    values: dict[str, Value] = dict(phrases[whole["lang"]])
    if whole["channel"] == "sms":
        values["opt_out"] = values["opt_out_sms"]
    values |= {"creditor": house.creditor, "client": house.client, "link": house.link}
    values |= people_of(whole, chance)
    values |= _invoices(whole, house.currency, chance, sent.date())
    values |= _promises(values, chance, sent.date())
    good = Good(whole, values, {}, chance.random() < 1 / 3)
    context = base_context(whole, values, good.slots, house, sent)
    return replace(good, context=context)


def _invoices(
    row: Mapping[str, Any], currency: str, chance: random.Random, today: date
) -> dict[str, Value]:
    """Two invoices, the first perhaps paid in part."""
    unit = 10 ** currency_digits(currency)
    full = chance.randrange(200 * unit, 9_000 * unit)
    paid = full // chance.randrange(3, 7)
    other = chance.randrange(100 * unit, 5_000 * unit)
    late, later = chance.randrange(3, 28), chance.randrange(2, 20)
    due = today + timedelta(days=5) if row.get("ahead") else today - timedelta(days=late)
    kept = full - paid if "{paid1}" in row["text"] else full
    series = chance.choice(("INV-", "R-", "A", "2026/", "SI-"))
    first = chance.randrange(20_000, 80_000)
    return {
        "inv1": f"{series}{first}",
        "inv2": f"{series}{first + chance.randrange(1, 900)}",
        "full1": Sum(full, currency),
        "paid1": Sum(paid, currency),
        "amt1": Sum(kept, currency),
        "settled": Sum(full, currency),
        "amt2": Sum(other, currency),
        "total": Sum(kept + other, currency),
        "due1": due,
        "issued1": due - timedelta(days=30),
        "days1": (today - due).days,
        "due2": today - timedelta(days=later),
    }


def _promises(values: Mapping[str, Value], chance: random.Random, today: date) -> dict[str, Value]:
    """What was asked for, said before or approved."""
    amount = cast(Sum, values["amt1"])
    part = amount.minor // chance.randrange(2, 4)
    return {
        "pay_by": today + timedelta(days=chance.randrange(5, 9)),
        "promise": today + timedelta(days=chance.randrange(2, 5)),
        "wrote": today - timedelta(days=8),
        "called": today - timedelta(days=4),
        "percent": _PERCENT,
        "off": Sum(amount.minor * _PERCENT // 100, amount.currency),
        "until": today + timedelta(days=6),
        "count": _INSTALMENTS,
        "part1": Sum(part, amount.currency),
        "part2": Sum(amount.minor - part, amount.currency),
        "first": today + timedelta(days=10),
        "second": today + timedelta(days=40),
        "fee": Sum(chance.randrange(1_500, 4_500), amount.currency),
    }
