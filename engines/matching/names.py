"""Payer names against customer names: folded, stripped of legal forms, with a lead."""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from engines.matching.model import Customer
from engines.matching.words import pattern, plain

_EMPTY_WORDS = plain("names", "empty")
_BANK_WORDS = pattern("names", "before", r"^(?:{})[\s:]+")
_MARKS = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile(r"['’`]")
_SHORTEST_PREFIX = 7
_FULL_SCAN = 1500
_RARE_WORDS = 2


@lru_cache(maxsize=65_536)
def normalise_name(name: str) -> str:
    """A name as it is compared: lower case, no accents, no legal form, no bank words."""
    from cleanco import basename

    folded = unicodedata.normalize("NFKD", name)
    text = "".join(c for c in folded if not unicodedata.combining(c)).lower()
    text = _APOSTROPHES.sub("", _BANK_WORDS.sub("", text.strip()))
    words = _MARKS.sub(" ", basename(text).lower()).split()
    kept = [word for word in words if word not in _EMPTY_WORDS]
    # A name of nothing but such words still begins with its own.
    return " ".join(kept or _MARKS.sub(" ", text).split()[:1])


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Customers whose name is nearest.

    Attributes:
        score: Likeness of the nearest name, from 0 to 100.
        lead: Points before the nearest other name.
    """

    customers: frozenset[str]
    score: float
    lead: float

    @property
    def is_strong(self) -> bool:
        """Near enough and far enough from anybody else: 100 % right when it was measured."""
        return self.score >= 90 and self.lead >= 5


NOBODY = NameMatch(frozenset(), 0.0, 0.0)


class NameIndex:
    """Names of customers and confirmed aliases, searched with a lead over the runner-up."""

    def __init__(self, customers: Iterable[Customer], aliases: Iterable[tuple[str, str]]) -> None:
        owners: dict[str, set[str]] = defaultdict(set)
        self._of: dict[str, str] = {}
        for customer in customers:
            self._of[customer.customer_no] = normalise_name(customer.name)
            owners[normalise_name(customer.name)].add(customer.customer_no)
        for alias, customer_no in aliases:
            owners[normalise_name(alias)].add(customer_no)
        owners.pop("", None)
        self._owners = {name: frozenset(found) for name, found in owners.items()}
        self._names = sorted(self._owners)
        self._by_word: dict[str, list[str]] = defaultdict(list)
        for name in self._names:
            for word in set(name.split()):
                self._by_word[word[:4]].append(name)
        self._known: dict[str, NameMatch] = {}

    def find(self, name: str) -> NameMatch:
        """Find whose name this is."""
        if name not in self._known:
            self._known[name] = self._find(normalise_name(name))
        return self._known[name]

    def is_like(self, name: str, customer_no: str) -> bool:
        """Whether a payer's name could be this customer's after a bank had it."""
        given, own = normalise_name(name), self._of.get(customer_no, "")
        if not given or not own:
            return not given
        return given.split()[0] == own.split()[0] or fuzz.token_sort_ratio(given, own) >= 75

    def _find(self, name: str) -> NameMatch:
        if not name:
            return NOBODY
        if name in self._owners:
            return NameMatch(self._owners[name], 100.0, self._lead(name, 100.0, name))
        cut = self._cut_short(name)
        if cut:
            return cut
        found = process.extract(
            name, self._near(name), scorer=fuzz.token_sort_ratio, limit=2, score_cutoff=70
        )
        if not found:
            return NOBODY
        best, score, _at = found[0]
        second = found[1][1] if len(found) > 1 else 70.0
        return NameMatch(self._owners[best], score, score - second)

    def _cut_short(self, name: str) -> NameMatch | None:
        """A name a bank cut off, where only one customer's name begins so."""
        if len(name) < _SHORTEST_PREFIX:
            return None
        at = bisect_left(self._names, name)
        begins = [n for n in self._names[at : at + 2] if n.startswith(name)]
        if len(begins) != 1:
            return None
        return NameMatch(self._owners[begins[0]], 95.0, 10.0)

    def _lead(self, name: str, score: float, best: str) -> float:
        others = [other for other in self._near(name) if other != best]
        found = process.extractOne(name, others, scorer=fuzz.token_sort_ratio, score_cutoff=70)
        return score - (found[1] if found else 70.0)

    def _near(self, name: str) -> list[str]:
        """Names worth comparing; in a large book, those that share the start of a rare word."""
        if len(self._names) <= _FULL_SCAN:
            return self._names
        found: dict[str, None] = {}
        blocks = [self._by_word[word[:4]] for word in name.split() if word[:4] in self._by_word]
        for block in sorted(blocks, key=len)[:_RARE_WORDS]:
            if len(block) <= _FULL_SCAN:
                found.update(dict.fromkeys(block))
        return list(found)
