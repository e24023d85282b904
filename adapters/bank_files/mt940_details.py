"""The :86: of a SWIFT statement: numbered subfields, slash codes, or plain words."""

import re
from dataclasses import dataclass

from adapters.bank_files.values import iban_or_empty

_NUMBERED = re.compile(r"\s*(\d{3})([^\w\s/])(?=\d\d)", re.ASCII)
_SLASHED = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|PREF|KREF|CNTP|ORDP|BENM|MARF|CSID|RTRN|TRCD|ISDT|ADDR"
    r"|ULTD|ULTB|PURP|OCMT|CHGS|SVCL)(?=/)",
    re.ASCII,
)
_KEYWORD = re.compile(
    r"(?<![A-Za-z])(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|OAMT|COAM|IBAN|BIC)(?:\+|: )",
    re.ASCII,
)
_LINE_CHARS, _FIELD_CHARS = 65, 27
_WORDS = {*range(20, 30), *range(60, 64)}
# Returns and rejects in the list of German transaction codes (DK, appendix of MT940).
_RETURN_CODES = frozenset({"108", "109", "159", "181", "182", "183", "184"})
_NOTHING = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF"})


@dataclass(frozen=True, slots=True)
class Details:
    """What a description says of a payment."""

    code: str = ""
    name: str = ""
    account: str = ""
    reference: str = ""
    memo: str = ""
    is_return: bool = False
    return_of: str = ""


def read_details(lines: list[str]) -> Details:
    """Read a description in whichever of its forms it is."""
    while lines and lines[-1].strip() in ("-", ""):
        lines = lines[:-1]
    if not lines:
        return Details()
    numbered = _NUMBERED.match(lines[0])
    if numbered:
        return _from_numbered("".join(lines)[numbered.end(1) :], numbered[1], numbered[2])
    text = "".join(line.rstrip() for line in lines)
    marks = list(_SLASHED.finditer(text))
    if marks:
        return _from_slashed(text, marks)
    memo = " ".join(_joined(lines, _LINE_CHARS).split())
    told = _keywords(memo)
    return Details(memo=memo, reference=told.get("EREF", ""), account=told.get("IBAN", ""))


def _joined(parts: list[str], full: int) -> str:
    """Join pieces; one that fills its field goes on without a space in the next."""
    out = ""
    for part in parts:
        out += part if len(part) >= full or part.endswith(" ") else f"{part} "
    return out.strip()


def _from_numbered(text: str, code: str, mark: str) -> Details:
    """Subfields such as ?00 text, ?20-29 words, ?31 account, ?32 name, behind a code."""
    pieces = re.split(re.escape(mark) + r"(\d\d)", text)
    fields: list[tuple[int, str]] = list(zip(map(int, pieces[1::2]), pieces[2::2], strict=True))
    first = {number: text.strip() for number, text in reversed(fields)}
    named = _name_fields(mark, first)
    words = _joined([each for at, each in fields if at in _WORDS - named], _FIELD_CHARS)
    told = _keywords(words)
    name = _joined([each for at, each in fields if at in named], _FIELD_CHARS)
    reference = told.get("EREF", "")
    is_return = code in _RETURN_CODES
    memo = " ".join(filter(None, (told.get("", ""), told.get("SVWZ", ""), told.get("ABWA", ""))))
    return Details(
        code=code,
        name=" ".join(name.split()) or told.get("ABWA", ""),
        account=first.get(38, "") or first.get(31, "") or told.get("IBAN", ""),
        reference=reference,
        memo=memo or first.get(0, ""),
        is_return=is_return,
        return_of=(reference or first.get(0, "")) if is_return else "",
    )


def _name_fields(mark: str, first: dict[int, str]) -> set[int]:
    """Which subfields hold the name; only German banks go on with it in the second one.

    Polish ones put the address there, or the name behind the words.
    """
    if mark == "?":
        return {32, 33}
    return {32} if first.get(32) or 27 not in first else {27}


def _keywords(words: str) -> dict[str, str]:
    """Split SEPA words at EREF+, SVWZ+ and the like; what comes first has the key "" ."""
    marks = list(_KEYWORD.finditer(words))
    told = {"": " ".join(words[: marks[0].start()].split()) if marks else " ".join(words.split())}
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(words)
        text = " ".join(words[mark.end() : end].split())
        if text.upper() not in _NOTHING:
            told.setdefault(mark[1], text)
    return told


def _from_slashed(text: str, marks: list[re.Match[str]]) -> Details:
    """Codes between slashes, as Dutch and international banks write them."""
    told: dict[str, str] = {}
    for at, mark in enumerate(marks):
        end = marks[at + 1].start() if at + 1 < len(marks) else len(text)
        value = text[mark.end() + 1 : end].strip()
        told.setdefault(mark[1], value if mark[1] == "CNTP" else value.strip("/ "))
    party = told.get("CNTP", "").split("/")
    reference = told.get("EREF", "")
    memo = told.get("REMI", "")
    structured = ""
    if memo.startswith("USTD//"):
        memo = memo[6:]
    elif memo.startswith("STRD/"):
        structured = memo.rpartition("/")[2].strip()
    account = told.get("IBAN", "") or iban_or_empty(party[0])
    return Details(
        code=told.get("TRCD", ""),
        name=told.get("NAME", "") or (party[2].strip() if len(party) > 2 else ""),
        account=account,
        reference=structured or ("" if reference.upper() in _NOTHING else reference),
        memo=" ".join((memo or text).split()),
        is_return="RTRN" in told,
        return_of=told.get("RTRN", ""),
    )
