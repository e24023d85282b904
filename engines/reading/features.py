"""What the trained parts see of a message and of a date, amount or number in it.

A feature is a string with its kind in front. Training and reading share this page, so that both
see the same.
"""

import functools
import math
from collections.abc import Sequence
from itertools import combinations, pairwise

from engines.reading.amounts import AmountMention
from engines.reading.dates import DateMention
from engines.reading.documents import DocumentMention
from engines.reading.page import Line, Page
from engines.reading.sentences import Token

DATE, MONEY, INVOICE, OTHER, NUMBER = "<date>", "<money>", "<invoice>", "<paper>", "<number>"
# A kind of features counts by how many of them there are, to this power.
_DAMPING = {"w": 0.2, "b": 0.3, "c": 0.4, "q": 0.1, "y": 0.3, "s": 0.2}
_DAMPING_OF_PARTS = 0.4
_LENGTH = 6.0
_PIECES = (4, 5)
_MOST_WORDS = 400
_SIDE = 3
Features = dict[str, float]
AnyMention = DateMention | AmountMention | DocumentMention


@functools.lru_cache(maxsize=50_000)
def pieces_of(word: str) -> tuple[str, ...]:
    """The pieces of one word, its borders marked."""
    if len(word) < _PIECES[0] or word[0] == "<":
        return ()
    marked = f" {word} "
    return tuple(
        "c" + marked[at : at + size] for size in _PIECES for at in range(len(marked) - size + 1)
    )


def words_of(line: Line, page: Page) -> tuple[list[str], list[int]]:
    """The words of a sentence, its dates, amounts and numbers named by kind.

    Returns:
        The words, and where each starts.
    """
    marks = [(each.start, each.end, DATE) for each in line.dates]
    marks += [(each.start, each.end, _kind_of(each, page)) for each in line.documents]
    marks += [(each.start, each.end, MONEY if each.sure else NUMBER) for each in line.amounts]
    marks.sort()
    words: list[str] = []
    places: list[int] = []
    at = 0
    for token in line.sentence.tokens:
        while at < len(marks) and marks[at][1] <= token.start:
            at += 1
        if at < len(marks) and marks[at][0] <= token.start:
            if not places or places[-1] != marks[at][0]:
                words.append(marks[at][2])
                places.append(marks[at][0])
            continue
        words.append(_word_of(token))
        places.append(token.start)
    return words, places


@functools.lru_cache(maxsize=512)
def _words_at(page: Page, at: int) -> tuple[list[str], list[int]]:
    """The words of one sentence, which each mention in it asks for."""
    return words_of(page.lines[at], page)


@functools.lru_cache(maxsize=8)
def _concepts_by_line(page: Page) -> tuple[frozenset[str], ...]:
    return tuple(each.concepts for each in page.lines)


@functools.lru_cache(maxsize=8)
def _concepts_of_all(page: Page) -> tuple[str, ...]:
    held = {each for concepts in _concepts_by_line(page) for each in concepts}
    return tuple("m" + each for each in sorted(held))


def _word_of(token: Token) -> str:
    return "0" if token.word[0].isdigit() else token.word


def _kind_of(each: DocumentMention, page: Page) -> str:
    if each.number.upper() in page.invoices:
        return INVOICE
    if each.cue == "other" or each.shape == "foreign":
        return OTHER
    return NUMBER


def message_features(page: Page, language: str) -> Features:
    """What a whole message shows."""
    kinds: dict[str, list[str]] = {"w": [], "b": [], "c": [], "q": [], "y": [], "s": []}
    seen = 0
    for at, line in enumerate(page.lines):
        words, _places = _words_at(page, at)
        seen += len(words)
        if seen > _MOST_WORDS:
            break
        kinds["w"] += ["w" + each for each in words]
        kinds["b"] += [f"b{one} {two}" for one, two in pairwise(["<", *words, ">"])]
        for each in words:
            kinds["c"] += pieces_of(each)
        _add_concepts(kinds, line, words)
    found: Features = {}
    for kind, features in kinds.items():
        _add(found, features, _DAMPING[kind])
    for each in _look(page, language):
        found[each] = 1.0
    return _evened(found)


def _evened(found: Features) -> Features:
    """The features weighed so that a long message says no more in all than a short one."""
    length = math.sqrt(sum(each * each for each in found.values()))
    return {name: each * _LENGTH / length for name, each in found.items()}


def _add_concepts(kinds: dict[str, list[str]], line: Line, words: Sequence[str]) -> None:
    concepts = sorted(line.concepts | {each for each in words if each[0] == "<"})
    kinds["q"] += ["q" + each for each in concepts]
    kinds["y"] += [f"y{one} {two}" for one, two in combinations(concepts, 2)]
    if line.sentence.part == "subject":
        kinds["s"] += ["s" + each for each in [*concepts, *words]]


def _add(found: Features, features: Sequence[str], damping: float = _DAMPING_OF_PARTS) -> None:
    """Count a kind of features, damped by how many of it there are."""
    if not features:
        return
    distinct = dict.fromkeys(features)  # in order: sums of the same numbers are then the same
    share = 1 / len(distinct) ** damping
    for each in distinct:
        found[each] = found.get(each, 0.0) + share


def _look(page: Page, language: str) -> list[str]:
    own = page.own
    letters = sum(map(str.isupper, own[:2000])) / max(1, sum(map(str.isalpha, own[:2000])))
    dates = [each for line in page.lines for each in line.dates]
    found = [f"lcarrier={page.message.carrier[:20]}", f"llanguage={language}"]
    found += [f"llong{min(len(own.split()) // 15, 8)}", f"lmarks{min(own.count('!'), 3)}"]
    found += [f"lquestions{min(own.count('?'), 2)}", f"lcaps{min(int(letters * 5), 3)}"]
    found += [f"lmoney{min(sum(len(each.amounts) for each in page.lines), 3)}"]
    found += [f"linvoices{min(len(page.invoices), 3)}", f"ldates{min(len(dates), 3)}"]
    if any(each.ahead and not each.behind for each in dates):
        found.append("lahead")
    if any(each.behind and not each.ahead for each in dates):
        found.append("lbehind")
    local = page.message.sender.lower().partition("@")[0]
    found += [f"lfrom={each}" for each in local.replace("-", ".").replace("_", ".").split(".")[:3]]
    return found


def sentence_features(page: Page, at: int) -> Features:
    """What a sentence shows, with its neighbours."""
    line = page.lines[at]
    words, _places = _words_at(page, at)
    found: Features = {}
    _add(found, ["w" + each for each in words])
    _add(found, [f"b{one} {two}" for one, two in pairwise(["<", *words, ">"])])
    _add(found, [piece for each in words for piece in pieces_of(each)])
    concepts = sorted(_concepts_by_line(page)[at] | {each for each in words if each[0] == "<"})
    _add(found, ["q" + each for each in concepts])
    _add(found, [f"y{one} {two}" for one, two in combinations(concepts, 2)])
    _add(found, _around(page, at))
    found[f"lpart={line.sentence.part}"] = 1.0
    return found


def _around(page: Page, at: int) -> list[str]:
    found = []
    for name, other in (("p", at - 1), ("n", at + 1)):
        if 0 <= other < len(page.lines):
            found += [name + each for each in sorted(_concepts_by_line(page)[other])]
    return found


def mention_features(page: Page, at: int, mention: AnyMention) -> Features:
    """What a date, amount or number shows, in its sentence."""
    line = page.lines[at]
    words, places = _words_at(page, at)
    here = max((i for i, place in enumerate(places) if place <= mention.start), default=0)
    found: Features = {}
    _add(found, _sides(words, here))
    _add(found, ["w" + each for each in words])
    hits = [(line.sentence.tokens[each.first].start, each.concept) for each in line.hits]
    _add(found, ["q" + each for _place, each in hits])
    _add(found, ["<" + each for place, each in hits if place < mention.start])
    _add(found, [">" + each for place, each in hits if place >= mention.start])
    near = sorted(hits, key=lambda each: abs(each[0] - mention.start))[:4]
    _add(found, ["~" + each for _place, each in near])
    _add(found, _around(page, at))
    _add(found, _concepts_of_all(page))
    for each in _own_look(page, line, mention):
        found[each] = 1.0
    return found


def _sides(words: Sequence[str], here: int) -> list[str]:
    marked = ["<", "<", "<", *words, ">", ">", ">"]
    middle = here + _SIDE
    left, right = marked[middle - _SIDE : middle], marked[middle + 1 : middle + 1 + _SIDE]
    found = [f"L{_SIDE - at}{each}" for at, each in enumerate(left)]
    found += [f"R{at + 1}{each}" for at, each in enumerate(right)]
    found += [f"LL{left[1]} {left[2]}", f"RR{right[0]} {right[1]}", f"LR{left[2]} {right[0]}"]
    return found + [f"l{each}" for each in left] + [f"r{each}" for each in right]


def _own_look(page: Page, line: Line, mention: AnyMention) -> list[str]:
    day = page.message.received_on
    found = [f"apart={line.sentence.part}", f"acarrier={page.message.carrier[:20]}"]
    if isinstance(mention, DateMention):
        found.append(f"aform={mention.form}")
        for name, each in (("ahead", mention.ahead), ("behind", mention.behind)):
            found.append(f"a{name}={_distance((each - day).days) if each else 'none'}")
        found.append(f"anumber={min(len(line.dates), 3)}")
    elif isinstance(mention, AmountMention):
        found += [f"asure={mention.sure}", f"acurrency={mention.currency is not None}"]
        found.append(f"anumber={min(len(line.amounts), 3)}")
        found.append(f"around={mention.value % 50 == 0}")
    else:
        found += [f"acue={mention.cue}", f"ashape={mention.shape}", f"along={len(mention.number)}"]
        found.append(f"aboth={mention.cue}/{mention.shape}")
        found.append(f"aknown={mention.number.upper() in page.invoices}")
        found.append(f"anumber={min(len(line.documents), 3)}")
        found.append(f"around={mention.number.endswith('00')}")
    return found


def _distance(days: int) -> str:
    limits = ((-60, "long gone"), (-1, "gone"), (0, "today"), (14, "soon"), (75, "ahead"))
    return next((name for limit, name in limits if days <= limit), "far")
