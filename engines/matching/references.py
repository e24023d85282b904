"""Document numbers in what payers write: whole tokens looked up, never substrings of raw text.

A number is looked up as written first, then without its prefix and leading zeros, with letters
read as the digits they resemble, by the last digits, and by one slip of the finger. What the
check digit of a structured reference vouches for counts as written.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from engines.matching.model import OpenDocument
from engines.matching.words import plain


class Certainty(IntEnum):
    """How a number was recognised, weakest first."""

    SLIP = 1  # one digit swapped, lost or wrong
    TAIL = 2  # only the last digits
    SHORTHAND = 3  # the digits that differ from the number before
    READ = 4  # letters taken for digits
    EXACT = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """Documents a token may mean; several owners or documents are for the caller to settle."""

    token: str
    doc_ids: tuple[str, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Found:
    """What a text names.

    Attributes:
        hits: Open documents in the order of the text.
        closed: Tokens that are the number of a closed document.
        strangers: Tokens that look like a document number but are none that is open.
        loose: Tokens with digits that were not recognised at all.
    """

    hits: tuple[Hit, ...]
    closed: tuple[str, ...]
    strangers: tuple[str, ...]
    loose: tuple[str, ...]


_PIECE = re.compile(r"[A-Z0-9]+")
_AMOUNT = re.compile(r"(?<![\w.,/-])[-+$€£]?\d{1,3}(?:[.,' ]?\d{3})*[.,]\d{2}(?![\d/-]|[.,]\d)")
_DATE = re.compile(
    r"(?<![\w./-])(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d)(?![\w/-]|\.\d)"
)
_NUMBERED = re.compile(r"([A-Z]*?)0*([1-9]\d*)")
_LETTERS_FIRST = re.compile(r"([A-Z]+)(\d[A-Z0-9]*)")
_LOOK_ALIKES = str.maketrans("OQILSBZ", "0011582")
_WORDS = plain("references", "ours")
_FOREIGN = plain("references", "foreign")
_OTHER_NUMBERS = plain("references", "others") | _FOREIGN
_LONGEST_FOREIGN = 7
_STRUCTURED = re.compile(r"(?<![A-Z0-9])(?:RF\d\d[A-Z0-9 ]{1,26}|[\d ]{20,35}|\+{3}[\d/]{14}\+{3})")
_MOST_PIECES = 4
_LONGEST_TAIL = 8
# Digits from which on a number is hardly ever an amount by chance.
_SURE = 6
_SHORTEST = 4
_TAIL = 4


def normalise(text: str) -> str:
    """Upper case letters and digits only; accents and width folded."""
    return "".join(_PIECE.findall(_folded(text)))


def _folded(text: str) -> str:
    if text.isascii():
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()


def read_as_digits(token: str) -> str:
    """A token of digits with the letters in it read as the digits they resemble."""
    digits = sum(char.isdigit() for char in token)
    return token.translate(_LOOK_ALIKES) if digits * 2 > len(token) else token


def core_of(key: str) -> str:
    """The digits of a number without its prefix of letters and leading zeros, or nothing."""
    found = _NUMBERED.fullmatch(key)
    return found[2] if found else ""


class ReferenceIndex:
    """Numbers of a book, ready to be found in text."""

    def __init__(self, documents: Iterable[OpenDocument], closed: Mapping[str, str]) -> None:
        self._keys: dict[str, list[str]] = defaultdict(list)
        self._cores: dict[str, list[str]] = defaultdict(list)
        self._read: dict[str, list[str]] = defaultdict(list)
        self._tails: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._shapes: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._lengths: set[int] = set()
        self._closed = {normalise(number) for number in closed}
        self._closed |= {core for number in self._closed if len(core := core_of(number)) > 4}
        for document in documents:
            for number in (document.doc_id, *document.references):
                self._add(document.doc_id, normalise(number))

    def _add(self, doc_id: str, key: str) -> None:
        if not key or key.isalpha():
            return
        self._keys[key].append(doc_id)
        core = core_of(key)
        if core and len(core) >= _SHORTEST:
            if core != key:
                self._cores[core].append(doc_id)
            if len(core) > _TAIL:
                self._tails[core[-_TAIL:]].append((core, doc_id))
        read = key.translate(_LOOK_ALIKES)
        if read != key:
            self._read[read].append(doc_id)
        letters, digits = _split(key)
        self._lengths.add(len(digits))
        self._shapes[letters, len(digits)].add(digits[: max(2, len(digits) - 6)])

    def find(self, text: str) -> Found:
        """Find the documents a text names."""
        text = _folded(text)
        hits = list(self._structured(text))
        pieces = self._pieces(text)
        closed: list[str] = []
        loose: list[str] = []
        strangers: list[str] = []
        at = 0
        while at < len(pieces):
            hit, used = self._at(pieces, at, hits)
            if hit:
                hits.append(hit)
            elif shut := self._closed_at(pieces, at):
                closed.append(shut[0])
                used = shut[1]
            elif any(char.isdigit() for char in pieces[at].text):
                loose.append(pieces[at].text)
                strangers.extend(self._strange(pieces, at))
            at += used
        return Found(_distinct(hits), tuple(closed), tuple(strangers), tuple(loose))

    def _strange(self, pieces: list["_Piece"], at: int) -> list[str]:
        """The token, alone or with its followers, if it is shaped like a number of ours."""
        if pieces[at].after_other:
            return []
        for text, _used, _spaced in _joins(pieces, at):
            for read in (text, text.translate(_LOOK_ALIKES)):
                if self._looks_like_ours(read, pieces[at].after_word):
                    return [read]
        return []

    def _pieces(self, text: str) -> list["_Piece"]:
        text = _AMOUNT.sub(self._kept, _DATE.sub(self._kept, text))
        found: list[_Piece] = []
        end, after_word, after_other, foreign = 0, False, False, False
        for match in _PIECE.finditer(text):
            gap, token = text[end : match.start()], match[0]
            end = match.end()
            if not any(char.isdigit() for char in token):
                after_word = token in _WORDS
                after_other = token in _OTHER_NUMBERS or (after_other and after_word)
                foreign = token in _FOREIGN or (foreign and after_word)
                found.append(_Piece(token, gap, False, False, False))
                continue
            strange = foreign and token.isdigit() and len(token) <= _LONGEST_FOREIGN
            found.append(_Piece(token, gap, after_word, after_other, strange))
            after_other = foreign = False
        return found

    def _kept(self, match: re.Match[str]) -> str:
        """Amounts and dates are no references, unless one is exactly a number of ours."""
        written = match[0]
        parts = [part for part in _PIECE.findall(written) if len(part) >= _SURE]
        whole = normalise(re.split(r"[.,]\d\d$", written)[0])
        ours = normalise(written) in self._keys or any(
            self._is_number(each) for each in (whole, *parts) if len(each) >= _SURE
        )
        return written if ours else " "

    def _is_number(self, key: str) -> bool:
        return key in self._keys or core_of(key) in self._cores

    def _at(self, pieces: list["_Piece"], at: int, before: list[Hit]) -> tuple[Hit | None, int]:
        if pieces[at].is_foreign:
            return None, 1
        joined = _joins(pieces, at)
        for text, used, spaced in joined:
            # A join over blanks needs length: two short numbers beside each other are two.
            if (not spaced or len(text) >= 6) and (ids := self._exact(text, pieces[at])):
                return Hit(text, ids, Certainty.EXACT), used
        for text, used, spaced in joined:
            if not spaced and (ids := self._as_digits(text)):
                return Hit(text, ids, Certainty.READ), used
        piece = pieces[at]
        listed = bool(piece.gap.strip())
        if (
            before
            and listed
            and piece.text.isdigit()
            and (ids := self._continued(piece, before[-1]))
        ):
            return Hit(piece.text, ids, Certainty.SHORTHAND), 1
        return None, 1

    def _exact(self, text: str, piece: "_Piece") -> tuple[str, ...]:
        if len(text) < _SHORTEST and not piece.after_word and text.isdigit():
            return ()
        if text in self._keys:
            return tuple(self._keys[text])
        letters, _digits = _split(text)
        core = core_of(text)
        # A short number without our prefix needs a word before it that says what it is.
        least = _SHORTEST if piece.after_word or letters in _WORDS else _SHORTEST + 1
        if len(core) < least or not (not letters or letters in _WORDS or len(core) > 5):
            return ()
        # The bare number after another prefix, or our prefix left out.
        return tuple(self._keys.get(core) or self._cores.get(core, ()))

    def _as_digits(self, text: str) -> tuple[str, ...]:
        if len(text) < 5 or sum(char.isdigit() for char in text) * 2 < len(text):
            return ()
        read = text.translate(_LOOK_ALIKES)
        if read == text:
            return ()
        ids = self._read.get(read) or self._keys.get(read) or self._cores.get(core_of(read))
        return tuple(ids or ())

    def _continued(self, piece: "_Piece", before: Hit) -> tuple[str, ...]:
        whole = normalise(before.doc_ids[0])
        if len(before.doc_ids) != 1 or not 2 <= len(piece.text) < len(core_of(whole) or ""):
            return ()
        return tuple(self._keys.get(whole[: -len(piece.text)] + piece.text, ()))

    def _structured(self, text: str) -> Iterator[Hit]:
        """RF, QR and OGM references whose check digit holds carry a number in their payload."""
        for match in _STRUCTURED.finditer(text):
            payload = _payload(match[0])
            if not payload:
                continue
            whole = payload.lstrip("0")
            for length in range(len(whole), _SHORTEST, -1):
                tail = whole[-length:]
                ids = self._keys.get(tail) or self._cores.get(tail)
                if ids and (length == len(whole) or length >= 6):
                    yield Hit(match[0], tuple(ids), Certainty.EXACT)
                    break

    def _closed_at(self, pieces: list["_Piece"], at: int) -> tuple[str, int] | None:
        for text, used, spaced in _joins(pieces, at):
            if (not spaced or len(text) >= 6) and self._is_closed(text):
                return text, used
        return None

    def _is_closed(self, token: str) -> bool:
        return token in self._closed or (len(c := core_of(token)) > 4 and c in self._closed)

    def _looks_like_ours(self, token: str, after_word: bool) -> bool:
        letters, digits = _split(token)
        if not letters and ("", len(digits)) not in self._shapes:
            digits = digits.lstrip("0")
        if letters in _WORDS and (letters, len(digits)) not in self._shapes:
            letters, after_word = "", True
        if after_word and not letters and len(digits) in self._lengths:
            return True
        starts = self._shapes.get((letters, len(digits)))
        if not starts or len(digits) < 4:
            return False
        if letters:
            return True
        return len(digits) >= 5 and digits[: max(2, len(digits) - 6)] in starts

    def tails(self, token: str) -> tuple[str, ...]:
        """Documents whose number ends in a token of four to eight digits."""
        token = core_of(token) if not token.isdigit() else token
        if not _TAIL <= len(token) <= _LONGEST_TAIL:
            return ()
        near = self._tails.get(token[-_TAIL:], ())
        return tuple(i for core, i in near if core != token and core.endswith(token))

    def slips(self, token: str) -> tuple[str, ...]:
        """Documents one swapped, lost or wrong digit away."""
        found: dict[str, None] = {}
        for variant in _variants(token):
            for doc_id in self._keys.get(variant, ()):
                found[doc_id] = None
            for doc_id in self._cores.get(variant, ()):
                found[doc_id] = None
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    gap: str
    after_word: bool
    after_other: bool
    is_foreign: bool


def _joins(pieces: list[_Piece], at: int) -> list[tuple[str, int, bool]]:
    """The piece alone and with its followers: joined by marks first, then alone, then by blanks."""
    by_marks, by_blanks, text, spaced = [], [], pieces[at].text, False
    for used in range(2, _MOST_PIECES + 1):
        if at + used > len(pieces):
            break
        piece = pieces[at + used - 1]
        if len(piece.gap) > 2 or any(mark not in " ./_-" for mark in piece.gap):
            break
        spaced = spaced or " " in piece.gap
        text += piece.text
        if any(char.isdigit() for char in text):
            (by_blanks if spaced else by_marks).append((text, used, spaced))
    alone = [(pieces[at].text, 1, False)] if any(c.isdigit() for c in pieces[at].text) else []
    return [*reversed(by_marks), *alone, *by_blanks]


def _split(key: str) -> tuple[str, str]:
    found = _LETTERS_FIRST.fullmatch(key)
    return (found[1], found[2]) if found else ("", key)


def _payload(written: str) -> str:
    """What a structured reference says once its check digit holds, else nothing."""
    from stdnum import iso11649
    from stdnum.be import ogm_vcs
    from stdnum.ch import esr

    text = normalise(written)
    if text.startswith("RF"):
        return text[4:] if iso11649.is_valid(text) else ""
    if written.startswith("+"):
        return text[:-2] if ogm_vcs.is_valid(text) else ""
    return text[:-1] if len(text) in (26, 27) and esr.is_valid(text) else ""


def _variants(token: str) -> Iterator[str]:
    core = core_of(token)
    for text in {token, core} - {""}:
        if sum(char.isdigit() for char in text) < 5:
            continue
        for at in range(len(text) - 1):
            if text[at] != text[at + 1]:
                yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        for digit in "0123456789":
            yield text + digit
        for at, char in enumerate(text):
            if char.isdigit():
                for digit in "0123456789":
                    if digit != char:
                        yield text[:at] + digit + text[at + 1 :]
        yield text[:-1]


def _distinct(hits: list[Hit]) -> tuple[Hit, ...]:
    best: dict[tuple[str, ...], Hit] = {}
    for hit in hits:
        old = best.get(hit.doc_ids)
        if old is None or hit.certainty > old.certainty:
            best[hit.doc_ids] = hit
    return tuple(best.values())
