"""Which labelled texts are near copies of each other, so that none is judged by its twin."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

Tokens = tuple[str, ...]
_RUN = 3
# A run of words in so many sentences is a phrase of the trade and ties nothing.
_COMMON = 60
_FEWEST_RUNS = 4
_ALIKE = 0.4


def near_copies(sentences: Sequence[Tokens]) -> Iterator[tuple[int, int]]:
    """The places of every two sentences that share two fifths of their runs of three words.

    Numbers and names are one token each, so a skeleton filled in anew is a copy.
    """
    runs = [_runs_of(each) for each in sentences]
    holders: defaultdict[Tokens, list[int]] = defaultdict(list)
    for at, held in enumerate(runs):
        if len(held) >= _FEWEST_RUNS:
            for run in held:
                holders[run].append(at)
    shared = Counter(
        two
        for places in holders.values()
        if len(places) <= _COMMON
        for two in combinations(places, 2)
    )
    for (one, two), number in shared.items():
        if number >= _ALIKE * len(runs[one] | runs[two]):
            yield one, two


def _runs_of(tokens: Tokens) -> set[Tokens]:
    return {tokens[at : at + _RUN] for at in range(len(tokens) - _RUN + 1)}
