"""Words of the trade, kept as data beside the engine."""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("engines.matching").joinpath("words.toml").read_text("utf-8"))


def plain(subject: str, kind: str) -> frozenset[str]:
    """Words to compare with."""
    return frozenset(_all()[subject][kind])


def pattern(subject: str, kind: str, around: str = r"\b(?:{})\b") -> re.Pattern[str]:
    """One expression for all patterns of a kind."""
    return re.compile(around.format("|".join(_all()[subject][kind])), re.IGNORECASE)
