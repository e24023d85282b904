"""What is taken out of a text before it leaves for a model endpoint.

Bank accounts, card numbers, access keys and passwords have no business in a prompt: a model
needs none of them to word a draft or read a reply. A marker stays where each one stood.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_GAP = r"[ \-\u00a0\u202f]"

# ISO 13616: country, two check digits, up to 30 letters or digits, often printed in fours.
# RF opens a creditor reference (ISO 11649) instead, which cash application reads.
_IBAN = re.compile(
    rf"(?P<label>\biban\b\W{{0,3}})?(?<!\w)(?P<run>(?!rf)[a-z]{{2}}\d{{2}}(?:{_GAP}?[a-z0-9]){{11,30}})",
    re.IGNORECASE | re.ASCII,
)
_IBAN_LENGTHS = range(34, 14, -1)

_CARD = re.compile(
    rf"(?<![\w.,])(?P<run>\d{{13,19}}|\d{{4}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}?\d{{1,3}})?"
    rf"|\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{4,5}})(?!\w|[.,]\d)"
)
# Issuer ranges and lengths (ISO/IEC 7812); without them one bank reference in ten looks like one.
_CARD_ISSUER = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|(?:5\d|2[2-7]|35|6\d)\d{14,17}|3[47]\d{13}|3[0689]\d{12}"
)

_ACCESS_KEY = re.compile(
    r"(?<![\w-])(?:(?:sk|pk|rk|ark)[-_][\w-]{12,}|gh[pousr]_\w{20,}|xox[abprs]-[\w-]{10,}"
    r"|AKIA[0-9A-Z]{16})|(?<=\bBearer )[\w.~+/-]{12,}=*"
)

_LABELS = (
    r"pass(?:word|wd|code|phrase)|pwd|passwort|kennwort|mot de passe|contrase(?:ñ|n)a|wachtwoord"
)
_PASSWORD = re.compile(
    rf"(?P<label>\b(?:{_LABELS})\b[\"']?\s*(?:[:=]|\b(?:is|ist|est|es)\b)\s*[\"']?)"
    r"(?P<secret>[^\s\"',;]+)",
    re.IGNORECASE,
)
_PASSWORD_KEY = re.compile(rf"(?:\w*_)?(?:{_LABELS}|api_?key|secret)", re.IGNORECASE)


def redact_text(text: str, known_secrets: Iterable[str] = ()) -> str:
    """Replace bank accounts, card numbers, access keys and passwords by a marker.

    Args:
        text: Any text that is about to leave.
        known_secrets: Exact strings that may not leave whatever they look like.
    """
    for secret in known_secrets:
        text = text.replace(secret, "[redacted key]")
    text = _ACCESS_KEY.sub("[redacted key]", text)
    text = _PASSWORD.sub(r"\g<label>[redacted password]", text)
    text = _mask_runs(_IBAN, "[redacted iban]", _iban_length, text)
    return _mask_runs(_CARD, "[redacted card]", _card_length, text)


def redact_messages(
    messages: Sequence["BaseMessage"], known_secrets: Iterable[str] = ()
) -> list["BaseMessage"]:
    """Copies of the messages with every text in them redacted, tool arguments included."""
    secrets = tuple(known_secrets)
    return [_redact_message(message, secrets) for message in messages]


def _redact_message(message: "BaseMessage", secrets: tuple[str, ...]) -> "BaseMessage":
    spoken = ("content", "name", "tool_calls", "invalid_tool_calls", "additional_kwargs")
    clean = {
        field: _redact_value(getattr(message, field), secrets)
        for field in spoken
        if getattr(message, field, None)
    }
    return message.model_copy(update=clean)


def _redact_value(value: Any, secrets: tuple[str, ...]) -> Any:
    match value:
        case str():
            return redact_text(value, secrets)
        case list() | tuple():
            return [_redact_value(item, secrets) for item in value]
        case dict():
            return {key: _redact_entry(key, item, secrets) for key, item in value.items()}
        case _:
            return value


def _redact_entry(key: Any, value: Any, secrets: tuple[str, ...]) -> Any:
    if key in ("id", "type"):  # these tie a tool's answer to its call
        return value
    if isinstance(value, str) and _PASSWORD_KEY.fullmatch(str(key)):
        return "[redacted password]"
    return _redact_value(value, secrets)


def _mask_runs(
    pattern: re.Pattern[str], marker: str, length_of: Callable[[re.Match[str]], int], text: str
) -> str:
    """Mask what `length_of` accepts at the start of each run.

    A run that is refused is searched again from its second sign, since the number may begin in
    the middle of it, after an invoice number say.
    """
    kept: list[str] = []
    copied = searched = 0
    while found := pattern.search(text, searched):
        start, length = found.start("run"), length_of(found)
        searched = start + (length or 1)
        if length:
            kept += [text[copied:start], marker]
            copied = searched
    return "".join([*kept, text[copied:]])


def _iban_length(found: re.Match[str]) -> int:
    """Signs of the longest valid IBAN at the start, or of the whole run after the word IBAN.

    Valid means that the check digits hold (ISO 7064 mod 97-10).
    """
    run = found["run"]
    ends = [end for end, sign in enumerate(run, 1) if sign.isalnum()]
    values = [str(int(run[end - 1], 36)) for end in ends]
    for length in _IBAN_LENGTHS:
        if length <= len(ends) and int("".join(values[4:length] + values[:4])) % 97 == 1:
            return ends[length - 1]
    return len(run) if found["label"] else 0


def _card_length(found: re.Match[str]) -> int:
    digits = re.sub(r"\D", "", found["run"])
    is_card = _CARD_ISSUER.fullmatch(digits) and _luhn_holds(digits)
    return len(found["run"]) if is_card else 0


def _luhn_holds(digits: str) -> bool:
    """True when the check digit holds (ISO/IEC 7812-1 annex B)."""
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits[::-1]))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
