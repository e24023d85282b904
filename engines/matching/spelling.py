"""Numbers as they are spelled: folded, without prefix, read as digits, one slip away."""

import re
import unicodedata
from collections.abc import Iterator

PIECE = re.compile(r"[A-Z0-9]+")
_NUMBERED = re.compile(r"([A-Z]*?)0*([1-9]\d*)")
_LETTERS_FIRST = re.compile(r"([A-Z]+)(\d[A-Z0-9]*)")
LOOK_ALIKES = str.maketrans("OQILSBZ", "0011582")
STRUCTURED = re.compile(r"(?<![A-Z0-9])(?:RF\d\d[A-Z0-9 ]{1,26}|[\d ]{20,35}|\+{3}[\d/]{14}\+{3})")


def normalise(text: str) -> str:
    """Upper case letters and digits only; accents and width folded."""
    return "".join(PIECE.findall(folded(text)))


def folded(text: str) -> str:
    """Upper case without accents or width."""
    if text.isascii():
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()


def read_as_digits(token: str) -> str:
    """A token of digits with the letters in it read as the digits they resemble."""
    digits = sum(char.isdigit() for char in token)
    return token.translate(LOOK_ALIKES) if digits * 2 > len(token) else token


def core_of(key: str) -> str:
    """The digits of a number without its prefix of letters and leading zeros, or nothing."""
    found = _NUMBERED.fullmatch(key)
    return found[2] if found else ""


def split_letters(key: str) -> tuple[str, str]:
    """The letters a number begins with, and the rest."""
    found = _LETTERS_FIRST.fullmatch(key)
    return (found[1], found[2]) if found else ("", key)


def payload_of(written: str) -> str:
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


def slips_of(token: str) -> Iterator[str]:
    """Numbers one swapped, lost or wrong digit away."""
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
