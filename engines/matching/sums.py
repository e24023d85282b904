"""Which sets of open amounts make a sum, and in which order a clerk would try them.

Amounts are integers, sums exact. Speed is not the problem, ambiguity is: beyond about two dozen
items most sums can be reached in several ways, so a set found there is only ever a suggestion.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

MOST_IN_POOL = 24
_PAIRS = 2500
_TRIPLES = 260
_QUADS = 90
_LESS_ONE = 400


def exact_sets(amounts: Sequence[int], target: int, most: int = 4) -> list[tuple[int, ...]]:
    """Find up to `most` sets of positions that make the target, by meeting in the middle.

    Args:
        amounts: At most MOST_IN_POOL amounts, of either sign.
        target: The sum.
        most: Stop after so many; two are enough to know that it is ambiguous.
    """
    half = len(amounts) // 2
    left = _all_sums(amounts[:half], 0)
    found: list[tuple[int, ...]] = []
    for total, sets in _all_sums(amounts[half:], half).items():
        for other in left.get(target - total, ()):
            for one in sets:
                if other or one:
                    found.append((*other, *one))
                if len(found) >= most:
                    return found
    return found


def _all_sums(amounts: Sequence[int], start: int) -> dict[int, list[tuple[int, ...]]]:
    sums: dict[int, list[tuple[int, ...]]] = {0: [()]}
    for offset, amount in enumerate(amounts):
        grown = [
            (total + amount, [(*s, start + offset) for s in sets]) for total, sets in sums.items()
        ]
        for total, sets in grown:
            sums.setdefault(total, []).extend(sets)
    return sums


def runs(amounts: Sequence[int], target: int, most: int = 3) -> list[tuple[int, ...]]:
    """Find gap-free runs that make the target, oldest start first; amounts are positive."""
    found: list[tuple[int, ...]] = []
    first = total = 0
    for last, amount in enumerate(amounts):
        total += amount
        while total > target and first <= last:
            total -= amounts[first]
            first += 1
        if total == target and last > first:
            found.append(tuple(range(first, last + 1)))
            if len(found) >= most:
                break
    return found


def runs_less_one(amounts: Sequence[int], target: int, most: int = 2) -> list[tuple[int, ...]]:
    """Find runs with one item left out inside, as after a dispute; short books only."""
    found: list[tuple[int, ...]] = []
    if len(amounts) > _LESS_ONE:
        return found
    for first in range(len(amounts)):
        total, inside = 0, defaultdict(list)
        for last in range(first, len(amounts)):
            total += amounts[last]
            if first < last and total > target and inside.get(total - target):
                out = inside[total - target][0]
                found.append(tuple(n for n in range(first, last + 1) if n != out))
                if len(found) >= most:
                    return found
            if last > first:
                inside[amounts[last]].append(last)
            if total > 3 * target:
                break
    return found


def few(amounts: Sequence[int], target: int) -> Iterator[tuple[int, ...]]:
    """Yield sets of two, three and four by hash, fewest first; larger books try fewer."""
    if len(amounts) > _PAIRS:
        return
    places: dict[int, list[int]] = defaultdict(list)
    for at, amount in enumerate(amounts):
        for other in places.get(target - amount, ()):
            yield (other, at)
        places[amount].append(at)
    if len(amounts) > _TRIPLES:
        return
    for first, second in combinations(range(len(amounts)), 2):
        rest = target - amounts[first] - amounts[second]
        for third in places.get(rest, ()):
            if third > second:
                yield (first, second, third)
    if len(amounts) > _QUADS:
        return
    yield from _quads(amounts, target)


def _quads(amounts: Sequence[int], target: int) -> Iterator[tuple[int, ...]]:
    """Pairs that end before the other pair begins are met through a table of pair sums."""
    pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for third in range(len(amounts)):
        for fourth in range(third + 1, len(amounts)):
            rest = target - amounts[third] - amounts[fourth]
            for first, second in pairs.get(rest, ()):
                yield (first, second, third, fourth)
        for second in range(third):
            pairs[amounts[second] + amounts[third]].append((second, third))
