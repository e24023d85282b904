"""The fields of a form as a wish; what cannot be used is told by a sentence of the page."""

from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import NumberFormatError, parse_decimal
from starlette.datastructures import FormData

from api.pages.forms import word, words
from ledger.errors import ArError, BadInput
from ledger.money import Money
from tools.outside_text import without_controls
from tools.portal_page import CustomerPage
from tools.portal_wishes import LONGEST_REFERENCE, LONGEST_WORDS, REASONS, Kind, Wish

_LONGEST_AMOUNT = 30
_FARTHEST = timedelta(days=400)
_MOST_PARTS = 60
_EVERY = ("weekly", "fortnightly", "monthly")


class Refill(ArError):
    """A field cannot be used; `key` names the sentence that says why."""

    code = "bad_input"
    status_code = 422

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_wish(kind: Kind, form: FormData, account: CustomerPage, language: str) -> Wish:
    """Read the form of one wish.

    Raises:
        Refill: Something is missing or cannot be used.
    """
    items = account.chosen(words(form, "item"))
    numbers = tuple(item.number for item in items)
    said = without_controls(word(form, "words"))[:LONGEST_WORDS]
    amount = _amount(form, account, language)
    match kind:
        case "paid":
            reference = without_controls(word(form, "reference"))[:LONGEST_REFERENCE]
            on = _day(form, latest=account.as_of)
            return Wish(
                kind=kind, numbers=numbers, amount=amount, on=on, reference=reference, words=said
            )
        case "dispute":
            return _dispute(form, numbers, amount, said)
        case "promise":
            on = _day(form, earliest=account.as_of, latest=account.as_of + _FARTHEST)
            if on is None:
                raise Refill("missing_day")
            if amount is None:
                raise Refill("missing_amount")
            return Wish(kind=kind, numbers=numbers, amount=amount, on=on, words=said)
        case "plan":
            return _plan(form, account, numbers, amount, said)
        case "copies" if not numbers:
            raise Refill("missing_items")
        case "message" if not said:
            raise Refill("missing_words")
        case _:
            return Wish(kind=kind, numbers=numbers, words=said)


def _dispute(form: FormData, numbers: tuple[str, ...], amount: Money | None, said: str) -> Wish:
    reason = word(form, "reason")
    if reason not in REASONS:
        raise Refill("missing_reason")
    if not numbers:
        raise Refill("missing_items")
    return Wish(kind="dispute", numbers=numbers, amount=amount, reason=reason, words=said)


def _plan(
    form: FormData, account: CustomerPage, numbers: tuple[str, ...], amount: Money | None, said: str
) -> Wish:
    told = word(form, "parts")
    parts = int(told) if told.isascii() and told.isdigit() and len(told) < 4 else 0
    every = word(form, "every", "monthly")
    if not 2 <= parts <= _MOST_PARTS or every not in _EVERY:
        raise Refill("missing_parts")
    on = _day(form, earliest=account.as_of, latest=account.as_of + _FARTHEST)
    return Wish(
        kind="plan", numbers=numbers, amount=amount, on=on, parts=parts, every=every, words=said
    )


def _day(form: FormData, earliest: date | None = None, latest: date | None = None) -> date | None:
    told = word(form, "on")
    if not told:
        return None
    try:
        on = date.fromisoformat(told)
    except ValueError:
        raise Refill("wrong_day") from None
    if (earliest and on < earliest) or (latest and on > latest):
        raise Refill("wrong_day")
    return on


def _amount(form: FormData, account: CustomerPage, language: str) -> Money | None:
    """An amount as their language writes it, else as English does; never guessed."""
    told = "".join(word(form, "amount").split()).replace("\u2019", "").replace("'", "")
    if not told:
        return None
    known = {each.currency for each in account.totals}
    currency = word(form, "currency") or next(iter(known), "")
    if len(told) > _LONGEST_AMOUNT or (known and currency not in known):
        raise Refill("wrong_amount")
    for locale in (language, "en"):
        try:
            amount = Money.of(_decimal(told, locale), currency)
        except (NumberFormatError, BadInput):
            continue
        if 0 < amount.minor < 10**15:
            return amount
    raise Refill("wrong_amount")


def _decimal(told: str, locale: str) -> Decimal:
    return parse_decimal(told, locale=locale, strict=True)
