"""The small language the lexicon is written in, and what it compiles to.

A line of a lexicon is one pattern, read on folded text (small letters, no accents):

    word        the word itself; `word*` any word it begins, `*word` any word it ends
    (a|b c)     one of these; `(a|b)?` or none
    ..  ...     up to two, up to six other words
    @set        one of a named set of the same file
    <n>  *      a number; any one word
    ^           the start of the sentence, `$` its end
    A & B       both somewhere in the sentence; `A &! B` the first without the second

Every pattern has trigger words, at least one of which must be in a sentence for it to match, so a
sentence is searched only with the few patterns that one of its words calls up.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from guardrails.content.folding import fold

_APART = r"[\W_]{1,4}"
_GAPS = {"..": 2, "...": 6}
_TOKEN = re.compile(r"\(|\)\??|\||\.{2,3}|@\w+|<n>|\^|\$|[^\s()|@]+")
_NUMBER = r"\d[\d.,]*"
_UMLAUTS = str.maketrans({"ä": "ae?", "ö": "oe?", "ü": "ue?", "ß": "ss?"})
_MIN_STEM = 3
LONGEST_STEM = 14
# How often a word of one letter would be met if its length were all that counted.
_RARE = 0.3


class BadPattern(ValueError):
    """A line of a lexicon that cannot be read."""


@dataclass(frozen=True)
class Pattern:
    """One line of a lexicon, to search a sentence with.

    Its expressions are compiled when a sentence first calls it up: most lines of a lexicon are
    never called up in the life of a process, and compiling them was most of its start.

    Attributes:
        wanted: Expressions that must all be found.
        unwanted: Expressions of which none may be.
        line: As it is written in the lexicon.
        needs: Sets of words (or, with a final `*`, beginnings of words), of each of which one must
            be in the sentence; the rarest first.
    """

    label: str
    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    needs: tuple[frozenset[str], ...]
    line: str = ""

    @functools.cached_property
    def positive(self) -> tuple[re.Pattern[str], ...]:
        """The expressions of which all must be found."""
        return tuple(map(re.compile, self.wanted))

    @functools.cached_property
    def negative(self) -> tuple[re.Pattern[str], ...]:
        """The expressions of which none may be found."""
        return tuple(map(re.compile, self.unwanted))

    @property
    def triggers(self) -> frozenset[str]:
        """The words that call up the pattern."""
        return self.needs[0]

    def find(self, folded: str) -> re.Match[str] | None:
        """Search a folded sentence; the match is that of the first part of the pattern."""
        first = self.positive[0].search(folded)
        if first is None:
            return None
        if not all(each.search(folded) for each in self.positive[1:]):
            return None
        return None if any(each.search(folded) for each in self.negative) else first


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a pattern: its expression, the words it needs, and whether it may be absent."""

    regex: str
    needs: tuple[frozenset[str], ...] = ()
    optional: bool = False
    gap: bool = False
    edge: bool = False


def compile_pattern(
    label: str, line: str, sets: Mapping[str, str], common: Mapping[str, float]
) -> Pattern:
    """Read one line.

    Args:
        label: What a match means.
        line: One line of a lexicon.
        sets: The named sets of the file, each written as alternatives.
        common: How often the commonest words are met; a pattern is better called up by others.

    Raises:
        BadPattern: The line cannot be read, or no word in it can call it up.
    """
    wanted, unwanted, needs = [], [], []
    for piece in re.split(r"\s&(?=!?\s)", line):
        is_negative = piece.startswith("! ")
        part = _Reader(piece.removeprefix("!").strip(), line, sets, common).read()
        regex = rf"(?<!\w)(?:{part.regex})(?!\w)"
        (unwanted if is_negative else wanted).append(regex)
        if not is_negative:
            needs.extend(part.needs)
    if not needs:
        raise BadPattern(f"no word of {line!r} can call it up")
    needs.sort(key=lambda each: -_rarity(each, common))
    return Pattern(label, tuple(wanted), tuple(unwanted), tuple(dict.fromkeys(needs)), line)


def _rarity(words: frozenset[str], common: Mapping[str, float]) -> float:
    """How seldom one of the words is met: short ones and those of every letter often."""
    return -sum(common.get(each) or _RARE / len(each) ** 2 for each in words)


class _Reader:
    """Reads one piece of a pattern, left to right."""

    def __init__(
        self, piece: str, line: str, sets: Mapping[str, str], common: Mapping[str, float]
    ) -> None:
        self.tokens = _TOKEN.findall(piece.replace("'", " ").replace("’", " "))
        self.line, self.sets, self.common = line, sets, common
        self.at = 0
        self.depth = 0

    def read(self) -> _Part:
        part = self._alternatives()
        if self.at != len(self.tokens):
            raise BadPattern(f"a bracket too many in {self.line!r}")
        return part

    def _alternatives(self) -> _Part:
        options = [self._sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            options.append(self._sequence())
        regex = f"(?:{'|'.join(option.regex for option in options)})"
        if len(options) == 1:
            return _Part(regex, options[0].needs)
        if not all(option.needs for option in options):
            return _Part(regex)
        rarest = (
            max(option.needs, key=lambda each: _rarity(each, self.common)) for option in options
        )
        return _Part(regex, (frozenset().union(*rarest),))

    def _sequence(self) -> _Part:
        parts: list[_Part] = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")", ")?"):
            parts.append(self._element())
        # What may be absent at the very end changes nothing but would want a space after it.
        while self.depth == 0 and len(parts) > 1 and (parts[-1].gap or parts[-1].optional):
            parts.pop()
        if not parts:
            raise BadPattern(f"an empty alternative in {self.line!r}")
        needs = (need for part in parts if not part.optional for need in part.needs)
        return _Part(_join(parts), tuple(needs))

    def _element(self) -> _Part:
        piece = self.tokens[self.at]
        self.at += 1
        match piece:
            case "(":
                self.depth += 1
                inner = self._alternatives()
                self.depth -= 1
                if self.at >= len(self.tokens):
                    raise BadPattern(f"a bracket is not closed in {self.line!r}")
                optional = self.tokens[self.at] == ")?"
                self.at += 1
                return _Part(inner.regex, inner.needs, optional)
            case ".." | "...":
                return _Part(rf"(?:\w+{_APART}){{0,{_GAPS[piece]}}}?", gap=True)
            case "<n>" | "*":
                return _Part(_NUMBER if piece == "<n>" else r"\w+")
            case "^" | "$":
                return _Part(r"\A\W*" if piece == "^" else r"\W*\Z", edge=True)
            case _ if piece.startswith("@"):
                return self._named_set(piece[1:])
            case _:
                return _word(piece)

    def _named_set(self, name: str) -> _Part:
        if name not in self.sets:
            raise BadPattern(f"no set {name!r} for {self.line!r}")
        return _Reader(self.sets[name], self.line, self.sets, self.common).read()


def _join(parts: list[_Part]) -> str:
    """Put parts after one another, with what stands between words where it must."""
    regex = ""
    owed = False
    for part in parts:
        before = _APART if owed and not part.edge else ""
        if part.optional:
            # An optional part brings the gap that only it needs.
            regex += f"(?:{before}{part.regex}{'' if before else _APART})?"
            continue
        regex += before + part.regex
        owed = not (part.gap or part.edge)
    return regex


@functools.cache
def _word(token: str) -> _Part:
    if re.search(r"[^\w*-]", token) or "*" in token[1:-1]:
        raise BadPattern(f"{token!r} is no word")
    stem = token.strip("*").lower()
    regex = _APART.join(fold(each, keep_umlauts=True) for each in stem.split("-") if each)
    regex = regex.translate(_UMLAUTS)
    if token.startswith("*"):
        return _Part(rf"\w*{regex}" + (r"\w*" if token.endswith("*") else ""))
    ends = "*" if token.endswith("*") else ""
    first = re.split("-", stem)[0]
    spellings = _spellings(first)
    if ends and "-" not in stem:
        if len(stem) < _MIN_STEM:
            raise BadPattern(f"{token!r} begins too many words")
        return _Part(rf"{regex}\w*", (frozenset(each[:LONGEST_STEM] + "*" for each in spellings),))
    return _Part(regex + (r"\w*" if ends else ""), (frozenset(spellings),))


def _spellings(stem: str) -> set[str]:
    """A word with and without the letter that an umlaut may be written with."""
    short = fold(stem)
    long = fold(stem.translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})))
    return {short, long}
