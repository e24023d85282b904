"""Reads a message token by token and finds what it states that is no fact.

Facts are taken out of the text as they are recognised; a token with a digit, a currency, a link or
letters of two scripts that is left at the end is untraced. Nothing is guessed: what can be read in
two ways, of which one is wrong, is untraced too.
"""

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace

from guardrails.formats import floats, format_day, format_money, hides
from guardrails.known import IBAN
from guardrails.tracing.facts import Known, KnownCompany
from guardrails.tracing.report import Untraced
from guardrails.tracing.written import (
    CHANGES,
    CLOSES,
    NUMBER,
    OPENS,
    SIGN,
    SPANS,
    currencies_of,
    currency_patterns,
    date_pattern,
    read_amount,
    read_date,
)
from ledger.money import currency_digits

# Stands where a fact was; a control character, so no accepted text holds it.
MARK = "\x01"

_SPACES = str.maketrans("\u00a0\u202f\u2007\u2008\u2009\u200a", " " * 6)
_EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+")
_LINK = re.compile(
    r"(?i:[a-z][a-z0-9+.-]*://|www\.|mailto:|tel:)\S+"
    # A bare domain; "Co.KG" is a legal form written without its space.
    r"|(?<![\w@.])(?!Co\.KG)[^\W_][\w-]*(?:\.[\w-]+)*\.[^\W\d_]{2,}(?:[/?#:]\S*)?"
)
_IBAN = re.compile(rf"(?<!\w){IBAN}(?!\w)")
_PHONE = re.compile(rf"{OPENS}\+?\(?\d[\d ()./-]{{5,}}\d{CLOSES}")
_BARE = re.compile(rf"{OPENS}(?P<sign>{SIGN}?)(?P<number>{NUMBER}){CLOSES}|\S*\d\S*")
_CHANGED = re.compile(rf" ?(?i:{CHANGES})")
_SPANNED = re.compile(rf" ?(?i:{SPANS})")
# Digits of one number, in groups that no line break may part.
_GROUP_BEFORE = re.compile(r"\d[\u00a0\u202f]$")
_GROUP_AFTER = re.compile(r"[\u00a0\u202f]\d")
_STARTS = re.compile(OPENS)
_ENDS = re.compile(CLOSES)
_WORD = re.compile(r"\w+")
_NOT_PLAIN = re.compile(r"[^\n\x20-\x7e]")
_ENDING = '.,;:!?)»”"“'
_LETTER_LIKE_MARKS = frozenset("ªº™№")
_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_MOST_HINTS = 4

_Judge = Callable[[re.Match[str]], bool | None]


def read_closely(
    subject: str, body: str, known: Known, company: KnownCompany, language: str
) -> tuple[Untraced, ...]:
    """Find every statement of a message that is no fact, in the order of the text."""
    subject, body = (
        unicodedata.normalize("NFC", part).replace("\r\n", "\n") for part in (subject, body)
    )
    found = _Reader(f"{subject}\n{body}", known, company, language).read()
    body_starts = len(subject) + 1
    return tuple(
        replace(each, part="subject")
        if each.start < body_starts
        else replace(each, start=each.start - body_starts)
        for each in sorted(found, key=lambda each: (each.start, each.kind))
    )


class _Reader:
    """One reading of one message; `text` loses to marks what has been dealt with."""

    def __init__(self, text: str, known: Known, company: KnownCompany, language: str) -> None:
        self.original = text
        self.text = text.translate(_SPACES)
        self.known = known
        self.company = company
        self.language = language
        self.found: list[Untraced] = []

    def read(self) -> list[Untraced]:
        self._find_hidden()
        for line in self.company.lines:
            self._cover(line)
        for number in sorted(self.known.numbers, key=len, reverse=True):
            self._cover(number, number_like=True)
        self._take(_EMAIL, "email", self._is_ours)
        self._take(_LINK, "link", self._is_ours)
        self._take(_IBAN, "bank_account", self._is_our_account)
        self._take(date_pattern(), "date", self._is_known_day)
        self._take(_amount_pattern(), "amount", self._is_known_amount)
        for name in sorted(self.known.names, key=len, reverse=True):
            self._cover(name)
        self._find_look_alikes()
        self._take(_PHONE, None, self._is_our_phone)
        self._take(_BARE, "number", self._is_known_number)
        return self.found

    def _cover(self, fact: str, *, number_like: bool = False) -> None:
        """Take out a fact wherever it stands alone as written in the ledger."""
        fact = unicodedata.normalize("NFC", fact).translate(_SPACES)
        at = self.text.find(fact)
        while at >= 0:
            end = at + len(fact)
            alone = _STARTS.match(self.text, at) and _ENDS.match(self.text, end)
            if alone and not (number_like and self._is_part_of_amount(at, end)):
                self.text = f"{self.text[:at]}{MARK * len(fact)}{self.text[end:]}"
            at = self.text.find(fact, end)

    def _take(self, pattern: re.Pattern[str], kind: str | None, is_fact: _Judge) -> None:
        """Take out what a pattern finds, and note what is no fact.

        A judge answers None where the pattern found something it is not about.
        """

        def settle(match: re.Match[str]) -> str:
            verdict = is_fact(match)
            if verdict is None or (kind is None and not verdict):
                return match[0]
            if not verdict and kind is not None:
                self._note(match.start(), match.end(), kind)
            return MARK * len(match[0])

        self.text = pattern.sub(settle, self.text)

    def _note(self, start: int, end: int, kind: str) -> None:
        hint = _expected(kind, self.known, self.company, self.language)
        self.found.append(Untraced(self.original[start:end], start, kind, hint))

    def _find_hidden(self) -> None:
        for match in _NOT_PLAIN.finditer(self.original):
            char, before = match[0], self.original[: match.start()][-1:]
            if char != "\t" and (hides(char) or floats(char, before)):
                self._note(match.start(), match.end(), "hidden_character")

    def _find_look_alikes(self) -> None:
        for match in _NOT_PLAIN.finditer(self.text):
            if match[0] != MARK and _imitates(match[0]):
                self._note(match.start(), match.end(), "look_alike")
        for match in _WORD.finditer(self.text):
            if not match[0].isascii() and len(_scripts(match[0])) > 1:
                self._note(match.start(), match.end(), "look_alike")

    def _is_ours(self, match: re.Match[str]) -> bool:
        return match[0].rstrip(_ENDING) in self.company.lines

    def _is_our_account(self, match: re.Match[str]) -> bool:
        return match[0].replace(" ", "") in self.company.ibans

    def _is_our_phone(self, match: re.Match[str]) -> bool:
        return "".join(re.findall(r"\d", match[0])) == self.company.phone

    def _is_known_day(self, match: re.Match[str]) -> bool:
        meant = read_date(match, self.known.as_of)
        return len(meant) == 1 and meant <= self.known.days

    def _is_known_amount(self, match: re.Match[str]) -> bool | None:
        words = [*_currencies_before().findall(match["before"] or ""), match["after"] or ""]
        named = [currencies_of(word.strip()) for word in words if word.strip()]
        if not named:
            return None
        if _CHANGED.match(self.text, match.end()):
            return False
        signed = bool(match["sign"] or match["inner_sign"])
        return self._is_amount(match["number"], frozenset.intersection(*named), signed=signed)

    def _is_amount(self, written: str, currencies: Iterable[str], *, signed: bool) -> bool:
        for currency in currencies:
            minor = read_amount(written, currency_digits(currency), self.language)
            if minor is not None and (-minor if signed else minor, currency) in self.known.amounts:
                return True
        return False

    def _is_known_number(self, match: re.Match[str]) -> bool:
        written = match["number"]
        if not written or self._is_part_of_amount(match.start("number"), match.end("number")):
            return False
        if not match["sign"] and written == str(self.known.count):
            return not _SPANNED.match(self.text, match.end())
        currencies = {currency for _minor, currency in self.known.amounts}
        # A bare number says no currency, so it is an amount only where there is one to mean.
        return len(currencies) == 1 and self._is_amount(
            written, currencies, signed=bool(match["sign"])
        )

    def _is_part_of_amount(self, start: int, end: int) -> bool:
        """Whether a currency or a word such as "million" stands next to a number."""
        before, after = _beside_number()
        return bool(
            _GROUP_BEFORE.search(self.original, max(0, start - 2), start)
            or _GROUP_AFTER.match(self.original, end)
            or before.search(self.text, max(0, start - 8), start)
            or after.match(self.text, end)
            or _CHANGED.match(self.text, end)
        )


@functools.cache
def _amount_pattern() -> re.Pattern[str]:
    before, after = currency_patterns()
    return re.compile(
        rf"{OPENS}(?P<sign>{SIGN})?(?P<before>(?:{before} ?){{1,2}})?(?P<inner_sign>{SIGN})?"
        rf"(?P<number>{NUMBER})(?P<after> ?{after})?{CLOSES}"
    )


@functools.cache
def _currencies_before() -> re.Pattern[str]:
    return re.compile(currency_patterns()[0])


@functools.cache
def _beside_number() -> tuple[re.Pattern[str], re.Pattern[str]]:
    before, after = currency_patterns()
    return re.compile(rf"{before} ?\Z"), re.compile(rf" ?{after}")


@functools.lru_cache(maxsize=4096)
def _imitates(char: str) -> bool:
    """Whether a character is a digit or letter that stands in for a plain one."""
    if unicodedata.category(char)[0] == "N":
        return True
    plain = unicodedata.normalize("NFKC", char)
    return (
        plain != char and char not in _LETTER_LIKE_MARKS and any(each.isalnum() for each in plain)
    )


def _scripts(word: str) -> set[str]:
    return {script for char in word if char.isalpha() and (script := _script(char))}


@functools.lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """The script of a letter by its Unicode name; ordinal marks belong to none."""
    if char in _LETTER_LIKE_MARKS:
        return ""
    first = unicodedata.name(char, "UNNAMED").split(" ", 1)[0].split("-", 1)[0]
    return "EAST_ASIAN" if first in _EAST_ASIAN else first


def _expected(kind: str, known: Known, company: KnownCompany, language: str) -> str:
    """What the writer may put instead."""
    match kind:
        case "amount":
            return _one_of(format_money(*amount, language) for amount in sorted(known.amounts))
        case "date":
            return _one_of(format_day(day, language) for day in sorted(known.days))
        case "number":
            return _one_of(known.numbers)
        case "email" | "link":
            return _one_of(line for line in company.lines if "@" in line or "." in line)
        case "bank_account":
            return _one_of(sorted(company.ibans))
        case "hidden_character":
            return "nothing here"
        case _:
            return "plain letters and digits of one alphabet"


def _one_of(facts: Iterable[str]) -> str:
    listed = list(facts)
    more = ", ..." if len(listed) > _MOST_HINTS else ""
    return f"one of {', '.join(listed[:_MOST_HINTS])}{more}" if listed else "none in this message"
