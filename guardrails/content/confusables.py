"""Letters that look like Latin ones, from the Unicode list of confusables; read when first met."""

import functools
import unicodedata

_LETTER_LIKE_MARKS = frozenset("ªº™№℠ℓ…€")


@functools.cache
def latin_likeness() -> dict[str, str]:
    """What each look-alike of one or two ASCII letters or digits looks like."""
    import json
    from importlib.resources import files

    source = files("confusable_homoglyphs").joinpath("confusables.json")
    listed = json.loads(source.read_text(encoding="utf-8"))
    table: dict[str, str] = {}
    for char, likenesses in listed.items():
        if len(char) != 1 or char.isascii():
            continue
        for each in likenesses:
            plain = each["c"]
            if plain.isascii() and plain.isalnum() and len(plain) <= 2:
                table[char] = plain
                break
    table.update(_MORE)
    return table


# Small letters the list gives only by their capitals, or not at all.
_MORE = {
    "в": "b", "к": "k", "м": "m", "н": "h", "т": "t", "г": "r", "п": "n", "и": "u", "я": "r",
    "ԁ": "d", "ѕ": "s", "і": "i", "ј": "j", "һ": "h", "ӏ": "l", "ԛ": "q", "ԝ": "w", "ө": "o",
    "α": "a", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v", "ο": "o", "ρ": "p",
    "τ": "t", "υ": "u", "χ": "x", "ω": "w", "β": "b", "γ": "y", "σ": "o",
}  # fmt: skip


def looks_latin(char: str) -> bool:
    """Whether a character that is not Latin is taken for a Latin letter or digit."""
    return not char.isascii() and char in latin_likeness()


@functools.lru_cache(maxsize=8192)
def is_letter_form(char: str) -> bool:
    """Whether a character is another form of a plain letter or digit (fullwidth, circled)."""
    if char in _LETTER_LIKE_MARKS or char.isascii():
        return False
    plain = unicodedata.normalize("NFKC", char)
    return plain != char and any(each.isascii() and each.isalnum() for each in plain)


@functools.lru_cache(maxsize=8192)
def script_of(char: str) -> str:
    """The script of a letter by its Unicode name; ordinal marks and signs belong to none."""
    if char in _LETTER_LIKE_MARKS or char in "µ":
        return ""
    name = unicodedata.name(char, "UNNAMED")
    if name.startswith(("MATHEMATICAL", "FULLWIDTH", "CIRCLED", "PARENTHESIZED", "SQUARED")):
        return ""
    return name.split(" ", 1)[0].split("-", 1)[0]


def skeleton(text: str) -> str:
    """Put for every look-alike the Latin letter it looks like."""
    table = latin_likeness()
    return "".join(table.get(char, char) if ord(char) > 127 else char for char in text)
