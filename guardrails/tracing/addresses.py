"""Links, e-mail addresses, phone numbers and bank details."""

import functools
import re

from guardrails.tracing.reading import Reading
from guardrails.tracing.words import each_of

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\w")
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:[/\\]{1,3}|www\.|mailto:|tel:)[^\s<>\"]+"
    r"|(?<![\w@./-])(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:xn--[a-z0-9-]+|[^\W\d_]{2,})"
    r"(?![\w@])(?:[/?#:][^\s<>\"]*)?"
)
_HINT = re.compile(r"\.[^\W\d_]{2}")
_HIDDEN_DOTS = ("[.]", "(.)", "(dot)", "[dot]")
_HIDDEN_DOT = re.compile(r"[\w-]+ ?(?:\[\.\]|\(\.\)|\(dot\)|\[dot\]) ?[^\W\d_]{2,}[^\s<>\"]*")
_ENDING = ".,;:!?)]»”\"“’'"
_FILES = frozenset(
    each_of("pdf xls xlsx csv doc docx zip xml txt png jpg jpeg odt ods html htm eml")
)
_LEGAL = frozenset({"co.kg", "s.l", "s.a", "s.à"})
_PATH = re.compile(r"[/\\?#].*")
_AUTHORITY = re.compile(r"^[a-z][a-z0-9+.-]*:[/\\]*|^(?:mailto|tel):")

_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])"
)
_WALLET = re.compile(
    r"(?<!\w)(?:bc1[a-z0-9]{20,80}|0x[0-9a-fA-F]{40}|[13T][1-9A-HJ-NP-Za-km-z]{25,34})(?!\w)"
)
# A wallet has a digit among its first letters; as many follow it without a space.
_WALLET_TAIL = 22
# Words a bank's number may follow, and how it goes on from there.
_BANK_WORDS = frozenset(
    each_of(
        "sort routing aba blz bankleitzahl bic swift bsb clabe account kontonummer konto kto "
        "número numéro iban c"
    )
)
_ACCOUNT_AFTER = re.compile(
    r"(?:(?<=sort) code|(?<=routing)(?: (?:transit )?(?:number|no\.?))?|(?<=aba)(?: number)?"
    r"|(?<=account) (?:number|no\.?|nr\.?)|(?<=/c)(?: no\.?)?|(?<=konto)-?nr\.?"
    r"|(?<=kto)\.?(?:-?nr\.?)?"
    r"|(?<=número) de cuenta|(?<=numéro) de compte|(?<=blz|bsb)|(?<=iban|zahl)|(?<=clabe)"
    r"|(?<=kontonummer))(?: is| ist| es| est| lautet)?[: #]{0,3}"
    r"(?P<account>[a-z]{0,8}[\d-][a-z0-9 -]{2,30}\d)(?!\w)"
)
_BIC_AFTER = re.compile(
    r"(?:(?<=bic)(?:/swift)?|(?<=swift)(?:/bic)?)(?:[ -]code)?"
    r"(?: is| ist| es| est| lautet)?[: ]{0,3}"
    r"(?P<account>[a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?)(?!\w)"
)
_CARD = re.compile(
    r"\b(?:ending|ends|endend|endziffern|endet|terminad[ao]|termina|acaba|finissant|terminant)"
    r"(?: (?:in|with|on|auf|mit|en|par))? (?P<digits>\d{4})(?!\d)"
    r"|(?:x{4}|\*{4})[ -]?(?P<masked>\d{4})"
)
_CARD_WORDS = frozenset(
    each_of(
        "ending ends endend endziffern endet terminada terminado termina acaba finissant terminant"
    )
)
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d[\d ()./-]{5,}\d(?![\w%]|[.,]\d)")
_PHONE_SHAPE = re.compile(r"\+|00|\(|0\d|\d{3}[ .-]\d{3}[ .-]\d{4}$")
_PHONE_CUE = re.compile(
    r"\b(?:call|phone|tel\w*|text|ring|fax|mobile|dial|anruf\w*|rufen|handy|llam\w+|móvil|appel\w*"
    r"|joindre|whatsapp|sms)\b[^\x01]{0,30}$"
)
_SEPARATORS = re.compile(r"[\W_]+")
_NOT_DIGITS = re.compile(r"\D")


def find_addresses(reading: Reading) -> None:
    """Find links and e-mail addresses, before anything in them is read as a number."""
    if "@" in reading.low:
        for found in _EMAIL.finditer(reading.low):
            before = reading.low[max(0, found.start() - 60) : found.end()]
            if "//" not in before.rpartition(" ")[2]:
                reading.take("email", found[0].removeprefix("mailto:"), *found.span())
    if ":/" in reading.low or ":\\" in reading.low or _HINT.search(reading.low):
        for found in _LINK.finditer(reading.low):
            written = found[0].rstrip(_ENDING)
            if not _is_no_link(reading, found.start(), written):
                reading.take("link", host_of(written), found.start(), found.start() + len(written))
    if any(dot in reading.low for dot in _HIDDEN_DOTS):
        for found in _HIDDEN_DOT.finditer(reading.low):
            reading.take("link", host_of(found[0]), *found.span())


def host_of(link: str) -> str:
    """Where a link leads, in the letters a reader would see.

    A name before "@" is not the host; punycode is decoded.
    """
    rest = _AUTHORITY.sub("", link)
    host = _PATH.sub("", rest).rpartition("@")[2].partition(":")[0]
    host = host.strip(".").casefold()
    if "xn--" not in host:
        return host
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _is_no_link(reading: Reading, start: int, written: str) -> bool:
    """Whether it is the name of a file, a legal form, or two sentences without their space."""
    if "/" in written or written.startswith("www."):
        return False
    if written in _LEGAL or written.rpartition(".")[2] in _FILES:
        return True
    first, _, last = reading.original[start : start + len(written)].rpartition(".")
    if first.isdigit():
        return True
    return last[:1].isupper() and not last.isupper() and first[-1:].islower()


def find_accounts(reading: Reading) -> None:
    """Find bank accounts, codes of banks, wallets and the last digits of cards."""
    for at in reading.digits:
        text = reading.text
        if (text[at - 2 : at].isupper() and (found := _IBAN.match(text, at - 2))) or (
            " " not in text[at : at + _WALLET_TAIL]
            and (found := _WALLET.search(text, max(0, at - 4), at + 90))
        ):
            reading.take("bank_account", bare(found[0]), *found.span())
    for at, word in reading.places(_BANK_WORDS):
        for pattern in (_ACCOUNT_AFTER, _BIC_AFTER):
            if found := pattern.match(reading.low, at + len(word)):
                reading.take("bank_account", bare(found["account"]), *found.span("account"))
    if "xxxx" in reading.low or "****" in reading.low or not reading.words.isdisjoint(_CARD_WORDS):
        for found in _CARD.finditer(reading.low):
            group = "digits" if found["digits"] else "masked"
            reading.take("bank_account", found[group], *found.span(group))


@functools.lru_cache(maxsize=8192)
def bare(written: str) -> str:
    """A number without spaces and separators, in capital letters."""
    return _SEPARATORS.sub("", written).upper()


def find_phones(reading: Reading) -> None:
    """Find numbers that can be dialled, by their form or by the words before them."""
    past = 0
    for at in reading.digits:
        start = at - 1 if reading.low[at - 1 : at] in ("+", "(") else at
        start = start - 1 if reading.low[start - 1 : start] == "+" else start
        if at < past or not (found := _PHONE.match(reading.low, start)):
            continue
        past, digits = found.end(), _NOT_DIGITS.sub("", found[0])
        if 7 <= len(digits) <= 15 and (
            _PHONE_SHAPE.match(found[0]) or _PHONE_CUE.search(reading.before(start, 45))
        ):
            reading.take("phone", digits, start, past)
