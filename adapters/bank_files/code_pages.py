"""Which letters the bytes of a text are: two-byte text told by its zeros, code pages by languages.

Amounts, dates and references are ASCII in every code page; what a guess decides is names and words.
"""

import re
from functools import lru_cache

from ledger.errors import BadInput

_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_SMALLEST = 4
_ZEROS, _STRAY_ZEROS, _MOST_ZEROS = 0.3, 0.005, 0.2
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
_SPOILED = 1 / 3
_SIGNS = frozenset("’–—“”„€§°")
# The letters beyond ASCII of each language, so that a page is judged by one language at a time.
_LATIN = (
    "äöüßÄÖÜ", "éèêëàâçîïôùûœæÉÈÀÇ", "áéíóúñüÁÉÍÓÚÑ", "ãáàâçéêíóôúÃÇÁÉ", "àèéìòù", "åäöæøéÅÄÖÆØ",
    "áéíóúýðþæöÁÍÓÚÞ", "ëïéèüö",
)  # fmt: skip
_EASTERN = (
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ", "áäčďéíĺľňóôŕšťúýžÁČĎÉÍĽŇÓŠŤÚÝŽ",
    "áéíóöőúüűÁÉÍÓÖŐÚÜŰ", "ăâîşţĂÂÎŞŢ", "čćđšžČĆĐŠŽ", "äöüßÄÖÜ",
)  # fmt: skip
_CYRILLIC = ("".join(map(chr, range(0x410, 0x450))) + "ёЁіІїЇєЄґҐђѓѕјљњћќўџЂЃЅЈЉЊЋЌЎЏ",)
_GREEK = ("".join(map(chr, range(0x386, 0x3CF))),)
_PAGES: dict[str, tuple[str, ...]] = {
    "cp1252": _LATIN,
    "cp1250": _EASTERN,
    "iso8859_2": _EASTERN,
    "cp850": _LATIN,
    "cp852": _EASTERN,
    "cp1251": _CYRILLIC,
    "cp1253": _GREEK,
}
_EAST = {"cp1250", "iso8859_2", "cp852"}
_OF_THE_EAST = re.compile(
    rb"(?<![A-Z])(?:PLN|CZK|HUF|RON|(?:PL|CZ|SK|HU|RO|SI|HR)\d\d(?=[ A-Z]?\d))"
)
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_MOST_WORDS, _LONGEST_WORD = 2_000, 40


def plain_bytes(data: bytes, name: str) -> bytes:
    """A text of two or four bytes a letter as UTF-8; everything else as it is.

    XML says itself how it is encoded and stays as it is.

    Raises:
        BadInput: Two-byte text that lost or gained a byte.
    """
    text = wide_text(data, name)
    if text is None or text.lstrip().startswith("<?xml"):
        return data
    return text.encode("utf-8", "replace")


def wide_text(data: bytes, name: str) -> str | None:
    """A text of two or four bytes a letter, marked or not; None for any other.

    Raises:
        BadInput: Two-byte text that lost or gained a byte, so that what follows is no text.
    """
    if data.startswith(_BINARY):
        return None
    mark, code = next((each for each in _MARKS if data.startswith(each[0])), (b"", ""))
    body = data[len(mark) :]
    code = code or (_unmarked(body) if b"\0" in body else "")
    if not code and body.rstrip(b"\0").count(0) <= _MOST_ZEROS * len(body):
        return None
    if not code or (code.startswith("utf-16") and _is_shifted(body, code)):
        raise BadInput(
            f"{name}: two-byte text that lost or gained a byte on the way; fetch the file again"
        )
    width = 2 if code.startswith("utf-16") else 4
    return body[: len(body) // width * width].decode(code, "replace")


def _unmarked(data: bytes) -> str:
    """The encoding of two-byte text without a mark, by where its zeros stand; "" for none."""
    half = len(data) // 2
    if half < _SMALLEST:
        return ""
    even, odd = data[0::2].count(0) / half, data[1::2].count(0) / half
    if even >= _ZEROS and odd >= _ZEROS:
        return _unmarked_wide(data)
    if max(even, odd) < _ZEROS:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _unmarked_wide(data: bytes) -> str:
    """Four bytes a letter: the first or the last of them, never both, is the letter."""
    for code in ("utf-32-le", "utf-32-be"):
        try:
            data.decode(code)
        except UnicodeDecodeError:
            continue
        return code
    return ""


def _is_shifted(body: bytes, code: str) -> bool:
    """Whether zeros stand where letters should: after a lost byte every pair is cut wrongly."""
    letters = body[0::2] if code == "utf-16-le" else body[1::2]
    return letters.count(0) > max(1, int(len(letters) * _STRAY_ZEROS))


def text_of(data: bytes) -> str:
    """Decode a text by its UTF-8, if it is that or nearly so, or by its likeliest code page."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(code_page(data), "replace")


def code_page(data: bytes) -> str:
    """The likeliest encoding of a text that is not wholly UTF-8; Windows-1252 where in doubt."""
    if _is_spoiled_utf8(data):
        return "utf-8-sig"
    words = []
    for found in _WORD.finditer(data):
        words.append(found[0][:_LONGEST_WORD])
        if len(words) == _MOST_WORDS:
            break
    sample = b" ".join(words)
    east = bool(_OF_THE_EAST.search(data))
    scores = {
        page: (_score(sample.decode(page, "replace"), languages), east and page in _EAST)
        for page, languages in _PAGES.items()
    }
    return max(scores, key=scores.__getitem__)


def _is_spoiled_utf8(data: bytes) -> bool:
    """Whether only a few of many letters beyond ASCII are not UTF-8: bytes that flipped."""
    text = data.decode("utf-8", "replace")
    spoiled = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", "ignore"))
    return spoiled <= _SPOILED * beyond


def _score(text: str, languages: tuple[str, ...]) -> int:
    """How many letters one language explains, less what no word of any language holds."""
    beyond = [(at, char) for at, char in enumerate(text) if char > "\x7f"]
    known = max(sum(char in _letters(each) for _, char in beyond) for each in languages)
    known += sum(char in _SIGNS for _, char in beyond)
    odd = sum(_is_odd(text[at - 1 : at], char, text[at + 1 : at + 2]) for at, char in beyond)
    return known - 2 * odd


@lru_cache(maxsize=32)
def _letters(language: str) -> frozenset[str]:
    return frozenset(language)


def _is_odd(before: str, char: str, after: str) -> bool:
    """A sign inside a word, a small letter among capitals, a capital after a small letter."""
    if char == "\ufffd" or "\x80" <= char <= "\x9f":
        return True
    if not char.isalpha():
        return char != "’" and before.isalpha() and after.isalpha()
    if "\u0370" <= char <= "\u04ff" and (before + after).isascii() and (before + after).strip():
        return True
    if char.islower():
        return before.isupper() and after.isupper()
    return before.islower()
