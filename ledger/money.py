"""Money as integer minor units with its currency."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self

from ledger.errors import BadInput


class CurrencyMismatch(BadInput):
    """Two currencies met in one sum."""

    code = "currency_mismatch"


# CLDR, which babel follows, says how many digits people write; ISO 4217, how many are counted.
_TWO = ("AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER")
_COUNTED = dict.fromkeys(_TWO, 2) | {"IQD": 3}


@functools.lru_cache(maxsize=512)
def currency_digits(currency: str) -> int:
    """Number of minor-unit digits of a currency (ISO 4217: EUR 2, JPY 0, KWD 3).

    Raises:
        BadInput: The code is not an ISO 4217 currency.
    """
    from babel.numbers import get_currency_precision, is_currency

    if not is_currency(currency):
        raise BadInput(f"unknown currency {currency!r}: use an ISO 4217 code such as EUR")
    return _COUNTED.get(currency, get_currency_precision(currency))


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency; refuses to mix currencies or to round silently."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Self:
        """Read a decimal amount such as "12.50".

        Raises:
            BadInput: Not a number, or more digits than the currency has.
        """
        digits = currency_digits(currency)
        try:
            scaled = Decimal(amount).scaleb(digits)
        except InvalidOperation:
            raise BadInput(f"{amount!r} is not an amount") from None
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise BadInput(f"{amount} has more decimals than {currency} allows ({digits})")
        return cls(int(scaled), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in a currency."""
        return cls(0, currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"cannot combine {self.currency} with {other.currency}")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    @property
    def amount(self) -> Decimal:
        """The decimal amount, exact."""
        return Decimal(self.minor).scaleb(-currency_digits(self.currency))

    def __str__(self) -> str:
        return f"{self.amount:,f} {self.currency}"

    def as_json(self) -> dict[str, str]:
        """The wire form: {"amount": "12.50", "currency": "EUR"}."""
        return {"amount": f"{self.amount:f}", "currency": self.currency}

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Share out by weights so that the parts sum to the whole (largest remainder).

        Args:
            weights: Non-negative integers, at least one above zero.

        Raises:
            BadInput: No positive weight.
        """
        total = sum(weights)
        if total <= 0 or any(weight < 0 for weight in weights):
            raise BadInput("a split needs non-negative weights, at least one above zero")
        sign = -1 if self.minor < 0 else 1
        whole = abs(self.minor)
        floors = [whole * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for index in by_remainder[: whole - sum(floors)]:
            floors[index] += 1
        return [Money(sign * part, self.currency) for part in floors]
