"""What confirmed answers taught: whose account, whose name, which pattern of evidence is right.

Plain data with counts, so that it can be shown, revoked and built again from the answers.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from engines.matching.names import normalise_name
from engines.matching.spelling import normalise


class Learned(StrEnum):
    """What kind of thing was learned."""

    ACCOUNT = "account"
    ALIAS = "alias"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer about one fact; a revoked answer stays on record and counts nothing."""

    kind: Learned
    key: str
    customer_no: str
    was_right: bool
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Learning:
    """A learned fact with its evidence."""

    kind: Learned
    key: str
    customer_no: str
    right: int
    wrong: int


@dataclass(frozen=True)
class Memory:
    """Counts per fact; the same answers in any order give the same memory."""

    learned: tuple[Learning, ...] = ()
    revoked_patterns: frozenset[str] = field(default_factory=frozenset)

    def accounts(self, least: int = 1) -> list[tuple[str, str]]:
        """Bank accounts and whom they paid for, confirmed more often than refused."""
        return self._pairs(Learned.ACCOUNT, least)

    def aliases(self, least: int = 1) -> list[tuple[str, str]]:
        """Payer names and whom they stand for."""
        return self._pairs(Learned.ALIAS, least)

    def _pairs(self, kind: Learned, least: int) -> list[tuple[str, str]]:
        return [
            (each.key, each.customer_no)
            for each in self.learned
            if each.kind is kind and each.right >= least and each.right > each.wrong
        ]

    def pattern(self, name: str) -> tuple[int, int]:
        """How often a pattern was confirmed and refused."""
        for each in self.learned:
            if each.kind is Learned.PATTERN and each.key == name:
                return each.right, each.wrong
        return 0, 0


def remember(answers: Iterable[Answer], revoked_patterns: Iterable[str] = ()) -> Memory:
    """Build a memory from every answer ever given."""
    counts: Counter[tuple[Learned, str, str, bool]] = Counter()
    for answer in answers:
        if not answer.revoked:
            key = _key(answer.kind, answer.key)
            counts[answer.kind, key, answer.customer_no, answer.was_right] += 1
    facts = sorted({(kind, key, number) for kind, key, number, _right in counts})
    learned = tuple(
        Learning(
            kind, key, number, counts[kind, key, number, True], counts[kind, key, number, False]
        )
        for kind, key, number in facts
    )
    return Memory(learned, frozenset(revoked_patterns))


def _key(kind: Learned, key: str) -> str:
    if kind is Learned.ACCOUNT:
        return normalise(key)
    return normalise_name(key) if kind is Learned.ALIAS else key
