"""Characters and markup that hide words from a reader or from the checkers (Unicode UTS 39).

Text in plain Latin letters with ordinary typography is waved through by one search; only text with
something else in it is looked at character by character.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator

from guardrails.content.confusables import is_letter_form, looks_latin, script_of
from guardrails.content.report import IntegrityFinding, Part

# Latin letters with the marks of European languages, and the typography of ordinary letters.
_ORDINARY = (
    "\t\n\r\x20-\x7e\xa0-\xac\xae-\u017f\u0218-\u021b\u1e9e\u2009\u200a\u2002\u2003\u2007\u202f"
    "\u2010-\u2015\u2018-\u201f\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u2044\u20a0-\u20bf"
    "\u2116\u2122\u2190-\u2193\u21d2\u2212\u2248\u2260\u2264\u2265\u2500-\u257f\u25a0-\u25cf"
    "\u2600-\u2604\u260e\u2611\u2709\u2713\u2714"
)
_ODD = re.compile(f"[^{_ORDINARY}]")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKS_OF_WRITING = frozenset("\xad\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u034f")
_WORD = re.compile(r"\w+")

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*[;\"'}]"
    r"|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*[;\"'!}]"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}px|(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*[;\"'}]"
    r"|clip-path\s*:|<[^>]*\shidden[\s>=]|<!--(?!\[if)",
    re.IGNORECASE,
)
_PALE = re.compile(
    r"(?<!-)color\s*:\s*(?:#fff(?:fff)?\b|white\b|transparent\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)",
    re.IGNORECASE,
)
_TINY = re.compile(
    r"font-size\s*:\s*(?:0?\.\d+|[1-5](?:\.\d+)?)\s*(?:px|pt)\b"
    r"|font-size\s*:\s*0?\.[0-4]\d*\s*r?em\b|<font[^>]*\ssize\s*=\s*[\"']?(?:-\d|1)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<[a-zA-Z!/]")
_ENCODED = re.compile(
    r"data:[\w/+.-]+;base64,|(?:%[0-9A-Fa-f]{2}){6,}|(?:\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}){4,}"
    r"|(?:&#x?[0-9A-Fa-f]{2,6};){3,}|(?<![\w/+])[A-Za-z0-9+/]{40,}={0,2}(?![\w/+])"
    r"|\b(?:[0-9A-Fa-f]{2}[ :]?){24,}\b|(?:\b[01]{8}\b\s*){8,}"
)
# Below these no run is long enough to carry a sentence.
_LONG_WORD, _MANY_PAIRS, _MANY_OCTETS, _MANY_ESCAPES = 24, 24, 8, 6
_LINK = re.compile(r"https?://\S+")
_PAIRS = re.compile(r"(?:[0-9A-Fa-f]{2} ){12}")
_BASE64_MARKS = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9+/=])")


def check_integrity(text: str, part: Part) -> Iterator[IntegrityFinding]:
    """Find what hides words in one part of a message, in no order."""
    if not text.isascii():
        if _ODD.search(text):
            yield from _odd_characters(text, part)
        if "\xad" in text:
            yield from _each(re.compile("\xad"), "zero_width", text, part)
    if "<" in text and _MARKUP.search(text):
        yield from _each(_HIDDEN_STYLE, "hidden_html", text, part)
        yield from _each(_PALE, "hidden_html", text, part)
        yield from _each(_TINY, "tiny_text", text, part)
    if _may_be_encoded(text):
        for match in _ENCODED.finditer(text):
            if _is_encoded(match, text):
                yield IntegrityFinding("encoded_blob", match[0][:80], match.start(), part)


def _may_be_encoded(text: str) -> bool:
    """Whether a text has a word too long for a word, or pairs of characters in a long row."""
    if text.count("%") >= _MANY_ESCAPES or "\\" in text or "&#" in text:
        return True
    lengths = list(map(len, text.split()))
    return max(lengths, default=0) >= _LONG_WORD or (
        (lengths.count(2) >= _MANY_PAIRS and _PAIRS.search(text) is not None)
        or lengths.count(8) >= _MANY_OCTETS
    )


def _each(pattern: re.Pattern[str], kind: str, text: str, part: Part) -> Iterator[IntegrityFinding]:
    for match in pattern.finditer(text):
        yield IntegrityFinding(kind, match[0], match.start(), part)


def _is_encoded(match: re.Match[str], text: str) -> bool:
    """Whether a long run is encoded and no path of a link or row of a table."""
    run = match[0]
    if run.startswith(("data:", "%", "\\", "&#")) or len(run.rstrip("=")) < len(run):
        return True
    if any(link.start() <= match.start() < link.end() for link in _LINK.finditer(text)):
        return False
    if re.fullmatch(r"[0-9A-Fa-f :]+", run) or re.fullmatch(r"[01\s]+", run):
        return not run.replace(" ", "").isdecimal() or set(run) <= set("01 \n")
    return bool(_BASE64_MARKS.match(run))


def _odd_characters(text: str, part: Part) -> Iterator[IntegrityFinding]:
    for match in _ODD.finditer(text):
        kind = _kind_of(match[0], text, match.start())
        if kind:
            yield IntegrityFinding(kind, match[0], match.start(), part)
    for match in _WORD.finditer(text):
        if not match[0].isascii():
            kind = _kind_of_word(match[0])
            if kind:
                yield IntegrityFinding(kind, match[0], match.start(), part)


def _kind_of(char: str, text: str, at: int) -> str | None:
    if char in _BIDI:
        return "bidi"
    if char in _MARKS_OF_WRITING or char in "\u115f\u1160\u3164\uffa0\u2800\u180e":
        # A joiner between two pictures makes one picture of them.
        return None if char == "\u200d" and _is_picture(text[at - 1 : at]) else "zero_width"
    if char == "\ufe0f":
        return None if _is_picture(text[at - 1 : at]) else "zero_width"
    category = unicodedata.category(char)
    if category in ("Cf", "Cc", "Cn", "Co", "Cs") or "\ufe00" <= char <= "\ufe0e":
        return "zero_width"
    if category in ("Zl", "Zp"):
        return "zero_width"
    return "confusable" if is_letter_form(char) else None


def _is_picture(char: str) -> bool:
    return bool(char) and (unicodedata.category(char) in ("So", "Sk", "Mn") or char == "\u200d")


@functools.lru_cache(maxsize=4096)
def _kind_of_word(word: str) -> str | None:
    """`mixed_script` for letters of two alphabets, `confusable` for a word that imitates Latin."""
    scripts = {script_of(char) for char in word if char.isalpha()} - {""}
    if len(scripts) > 1 and not scripts <= _EAST_ASIAN:
        return "mixed_script"
    if scripts and "LATIN" not in scripts and all(looks_latin(char) for char in word):
        return "confusable"
    if "LATIN" in scripts and any(_ODD.match(c) and looks_latin(c) for c in word):
        return "confusable"
    return None


_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "LATIN"})
