"""The sentences of the page in four languages; amounts and days are written as in letters."""

import tomllib
from datetime import date
from functools import cache
from importlib import resources

from guardrails.formats import LANGUAGES, format_day, format_money
from ledger.money import Money

NAMES = {"de": "Deutsch", "en": "English", "es": "Español", "fr": "Français"}


@cache
def _catalogue(language: str) -> dict[str, str]:
    folder = resources.files("api.portal") / "words"
    return tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))


class Sentences:
    """Everything a page says in one language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._told = _catalogue(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """A sentence with what belongs into it; a page escapes the whole of it."""
        return self._told[key].format(**values)

    def money(self, amount: Money) -> str:
        """An amount."""
        return format_money(amount.minor, amount.currency, self.language)

    def day(self, on: date) -> str:
        """A date."""
        return format_day(on, self.language)

    def all_money(self, amounts: tuple[Money, ...]) -> str:
        """Amounts of several currencies, or nothing at all."""
        return " + ".join(map(self.money, amounts)) or "0"
