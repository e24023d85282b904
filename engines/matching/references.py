"""Document numbers in what payers write: whole tokens looked up, never substrings of raw text.

A number is looked up as written first, then without its prefix and leading zeros, with letters
read as the digits they resemble, by the last digits, and by one slip of the finger. What the
check digit of a structured reference vouches for counts as written.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from engines.matching.model import OpenDocument
from engines.matching.pieces import OURS, Piece, cut_up, joins
from engines.matching.spelling import (
    LOOK_ALIKES,
    PIECE,
    STRUCTURED,
    core_of,
    folded,
    normalise,
    payload_of,
    slips_of,
    split_letters,
)


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


_SHORTEST = 4
_TAIL = 4
_LONGEST_TAIL = 8
# No document number is longer; a flood of digits must not cost time.
_LONGEST = 35
# Digits from which on a number is hardly ever an amount by chance.
_SURE = 6


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
        read = key.translate(LOOK_ALIKES)
        if read != key:
            self._read[read].append(doc_id)
        letters, digits = split_letters(key)
        self._lengths.add(len(digits))
        self._shapes[letters, len(digits)].add(digits[: max(2, len(digits) - 6)])

    def find(self, text: str) -> Found:
        """Find the documents a text names."""
        text = folded(text)
        hits = list(self._structured(text))
        pieces = cut_up(text, self._kept)
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

    def _strange(self, pieces: list[Piece], at: int) -> list[str]:
        """The token, alone or with its followers, if it is shaped like a number of ours."""
        if pieces[at].after_other:
            return []
        for text, _used, _spaced in joins(pieces, at):
            for read in (text, text.translate(LOOK_ALIKES)):
                if self._looks_like_ours(read, pieces[at].after_word):
                    return [read]
        return []

    def _kept(self, match: re.Match[str]) -> str:
        """Amounts and dates are no references, unless one is exactly a number of ours."""
        written = match[0]
        parts = [part for part in PIECE.findall(written) if len(part) >= _SURE]
        whole = normalise(re.split(r"[.,]\d\d$", written)[0])
        ours = normalise(written) in self._keys or any(
            self._is_number(each) for each in (whole, *parts) if len(each) >= _SURE
        )
        return written if ours else " "

    def _is_number(self, key: str) -> bool:
        return key in self._keys or core_of(key) in self._cores

    def _at(self, pieces: list[Piece], at: int, before: list[Hit]) -> tuple[Hit | None, int]:
        if pieces[at].is_foreign:
            return None, 1
        joined = joins(pieces, at)
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

    def _exact(self, text: str, piece: Piece) -> tuple[str, ...]:
        if len(text) < _SHORTEST and not piece.after_word and text.isdigit():
            return ()
        if text in self._keys:
            return tuple(self._keys[text])
        letters, _digits = split_letters(text)
        core = core_of(text)
        # A short number without our prefix needs a word before it that says what it is.
        least = _SHORTEST if piece.after_word or letters in OURS else _SHORTEST + 1
        if len(core) < least or not (not letters or letters in OURS or len(core) > 5):
            return ()
        # The bare number after another prefix, or our prefix left out.
        return tuple(self._keys.get(core) or self._cores.get(core, ()))

    def _as_digits(self, text: str) -> tuple[str, ...]:
        if len(text) < 5 or sum(char.isdigit() for char in text) * 2 < len(text):
            return ()
        read = text.translate(LOOK_ALIKES)
        if read == text:
            return ()
        ids = self._read.get(read) or self._keys.get(read) or self._cores.get(core_of(read))
        return tuple(ids or ())

    def _continued(self, piece: Piece, before: Hit) -> tuple[str, ...]:
        whole = normalise(before.doc_ids[0])
        if len(before.doc_ids) != 1 or not 2 <= len(piece.text) < len(core_of(whole) or ""):
            return ()
        return tuple(self._keys.get(whole[: -len(piece.text)] + piece.text, ()))

    def _structured(self, text: str) -> Iterator[Hit]:
        """RF, QR and OGM references whose check digit holds carry a number in their payload."""
        for match in STRUCTURED.finditer(text):
            payload = payload_of(match[0])
            if not payload:
                continue
            whole = payload.lstrip("0")
            for length in range(len(whole), _SHORTEST, -1):
                tail = whole[-length:]
                ids = self._keys.get(tail) or self._cores.get(tail)
                if ids and (length == len(whole) or length >= 6):
                    yield Hit(match[0], tuple(ids), Certainty.EXACT)
                    break

    def _closed_at(self, pieces: list[Piece], at: int) -> tuple[str, int] | None:
        for text, used, spaced in joins(pieces, at):
            if (not spaced or len(text) >= 6) and self._is_closed(text):
                return text, used
        return None

    def _is_closed(self, token: str) -> bool:
        return token in self._closed or (len(c := core_of(token)) > 4 and c in self._closed)

    def _looks_like_ours(self, token: str, after_word: bool) -> bool:
        letters, digits = split_letters(token)
        if not letters and ("", len(digits)) not in self._shapes:
            digits = digits.lstrip("0")
        if letters in OURS and (letters, len(digits)) not in self._shapes:
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
        if len(token) > _LONGEST:
            return ()
        for variant in slips_of(token):
            for doc_id in self._keys.get(variant, ()):
                found[doc_id] = None
            for doc_id in self._cores.get(variant, ()):
                found[doc_id] = None
        return tuple(found)


def _distinct(hits: list[Hit]) -> tuple[Hit, ...]:
    best: dict[tuple[str, ...], Hit] = {}
    for hit in hits:
        old = best.get(hit.doc_ids)
        if old is None or hit.certainty > old.certainty:
            best[hit.doc_ids] = hit
    return tuple(best.values())
