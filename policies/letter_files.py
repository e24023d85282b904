"""Reads letter templates: front matter of `key: value` lines, an empty line, the body.

A file lies in the folder of its language and is named after its template: `en/reminder_1.txt`.
Variants add a word of their own to the name, such as `reminder_1.sms.txt`; what they are for stands
in the front matter alone. A home's letter takes the place of the shipped one of the same template,
language, channel, segment and voice.
"""

import functools
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from policies.errors import PolicyError
from policies.letter_template import LetterTemplate

MAX_BYTES = 8_000
_SHIPPED = Path(str(resources.files("policies") / "letters"))


def read_letters(folder: Path | None) -> tuple[LetterTemplate, ...]:
    """Shipped letters, replaced one by one by those in the `letters` folder of a home's policies.

    Raises:
        PolicyError: A file cannot be read, or two of one folder are for the same use.
    """
    found = {letter.use: letter for letter in shipped_letters()}
    if folder is not None:
        found |= {letter.use: letter for letter in _read_folder(folder / "letters")}
    return tuple(letter for _use, letter in sorted(found.items()))


@functools.cache
def shipped_letters() -> frozenset[LetterTemplate]:
    """The letters that come with the program."""
    return frozenset(_read_folder(_SHIPPED))


def find_letter(folder: Path, use: tuple[str, ...]) -> Path | None:
    """The file of a home's policies that holds the letter for a use, None without one."""
    for path in sorted((folder / "letters").glob("*/*.txt")):
        if parse_letter(path.read_bytes(), path.name, path.parent.name).use == use:
            return path
    return None


def parse_letter(said: bytes, name: str, language: str) -> LetterTemplate:
    """Read one letter from the bytes of its file.

    Args:
        said: What the file holds.
        name: Its file name; the part before the first dot is the id of the template.
        language: The language it is written in.

    Raises:
        PolicyError: It is too long, or not a letter with its front matter.
    """
    where = f"letters/{language}/{name}"
    if len(said) > MAX_BYTES:
        raise PolicyError(f"{where}: {len(said)} bytes; a letter has at most {MAX_BYTES}")
    try:
        head, _, body = said.decode("utf-8").replace("\r\n", "\n").partition("\n\n")
        fields = _front_matter(head)
        return LetterTemplate.model_validate(
            {"id": name.partition(".")[0], "language": language, "body": body.strip() + "\n"}
            | fields
        )
    except ValidationError as error:
        first = error.errors()[0]
        told = f"{'.'.join(map(str, first['loc'])) or 'front matter'}: {first['msg']}"
        raise PolicyError(f"{where}: {told}; {_FORM}") from None
    except (KeyError, ValueError) as error:
        raise PolicyError(f"{where}: {error}; {_FORM}") from None


_FORM = "a letter starts with `version: N` and `subject: ...` lines, then an empty line"


def _front_matter(head: str) -> dict[str, object]:
    fields: dict[str, object] = {}
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if not colon or key.strip() in {"id", "language", "body", *fields}:
            raise ValueError(f"line {line!r} is no `key: value`, or one too many")
        fields[key.strip()] = value.strip()
    return fields


def _read_folder(folder: Path) -> list[LetterTemplate]:
    found: dict[tuple[str, ...], str] = {}
    letters = []
    for path in sorted(folder.glob("*/*.txt")) if folder.exists() else ():
        letter = parse_letter(path.read_bytes(), path.name, path.parent.name)
        where = f"letters/{path.parent.name}/{path.name}"
        if letter.use in found:
            raise PolicyError(f"{where}: for the same use as {found[letter.use]}; keep one")
        found[letter.use] = where
        letters.append(letter)
    return letters
