"""What the customer wrote now: quotes, signature, disclaimer and markup are blotted out.

Blots are spaces, so every place in what is left is its place in the body as it came. The headers
of quotes are known by mail-parser-reply, asked about single short windows only: its patterns take
time by the square of what they are given.
"""

import functools
import re

from engines.reading.folding import fold, without_long_words

LONGEST = 20_000  # characters of a body that are read; a person sees the rest
_MOST_LINES = 1_500
_MOST_ASKED = 60
_WINDOW = 4
_WIDTH = 160
_LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "da", "sv", "cs"]
_MARKUP = re.compile(r"<!--.{0,4000}?-->|<(?:style|script)\b.{0,4000}?</(?:style|script)>", re.S)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,400}>")
_HEADER = re.compile(
    r"[>\s]*-{2,}\s*(?:original(?:nachricht| message)|ursprungliche nachricht|message d'origine"
    r"|mensaje original|forwarded message|weitergeleitete nachricht|message transfere"
    r"|mensaje reenviado|messaggio originale|oorspronkelijk bericht)|[>\s]*begin forwarded message"
)
_WROTE = re.compile(
    r"[>\s]*(?:on|am|le|el|il|op|em|dnia|w dniu)\b.{4,300}"
    r"(?:wrote|schrieb.{0,80}|a ecrit|escribio|ha scritto|schreef.{0,80}|escreveu"
    r"|napisal\w*) ?:\s*$"
)
_FIELD = re.compile(r"[>*\s]*(?:from|von|de|da|od|van) ?:")
_NEXT_FIELD = re.compile(
    r"[>*\s]*(?:sent|date|to|subject|cc|gesendet|datum|an|betreff|envoye|a|objet|enviado|para"
    r"|asunto|fecha|inviato|oggetto|verzonden|onderwerp|aan|data|assunto|do|temat) ?:"
)
_SIGN_OFF = re.compile(
    r"\s*(?:--|__+|(?:(?:best|kind|warm|many)\s+(?:regards|wishes)|regards|best|cheers|sincerely"
    r"|yours (?:sincerely|faithfully|truly)|thanks and regards|thank you and regards"
    r"|(?:mit )?(?:freundlichen?|besten?|herzlichen?|schonen?|vielen?|liebe) gru(?:s|e|ss)\w*"
    r"|gruss?|mfg"
    r"|hochachtungsvoll|(?:bien )?cordialement|bien a vous|salutations(?: distinguees)?"
    r"|sinceres salutations|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente"
    r"|cordiali saluti|distinti saluti|met vriendelijke groet\w*|com os melhores cumprimentos"
    r"|atenciosamente|z powazaniem|sent from my .{0,40}|gesendet von mein.{0,40}"
    r"|von meinem .{0,30} gesendet|envoye (?:de|depuis) mon .{0,30}"
    r"|enviado desde mi .{0,30}))[\s,.!]*$"
)
_DISCLAIMER = re.compile(
    r"\s*(?:disclaimer|confidential(?:ity)?|legal notice|caution|this (?:e-?mail|message)"
    r"(?: and any| is| may| contains)|the information (?:contained )?in this (?:e-?mail|message)"
    r"|diese (?:e-?mail|nachricht) (?:enthalt|ist|kann)|vertraulich"
    r"|ce (?:message|courriel|mail) (?:et|est|peut|contient)"
    r"|este (?:mensaje|correo)(?: electronico)? (?:y|es|puede|contiene|va))\b"
)
_AUTOMATED = re.compile(r"automated|automatic|automatisch|automatique|automatic")
_SIGNATURE_LINES = 12


@functools.cache
def _known_headers() -> re.Pattern[str]:
    from mailparser_reply.parser import EmailMessage

    return EmailMessage(text="", languages=list(_LANGUAGES)).HEADER_REGEX


def own_words(body: str) -> str:
    """Blot out of a body all that the customer did not write now.

    Returns:
        A text of the length of the body, or of what is read of it. Where nothing of their own
        would be left, the whole without its markup: a message that was only handed on.
    """
    text = without_long_words(_without_markup(body[:LONGEST]))
    lines = text.split("\n")
    folded = fold(text).split("\n")
    kept = _first_foreign(lines, folded)
    kept = min(kept, _first_of_signature(folded, kept))
    own = [
        line if at < kept and not _is_quoted(line) and not _is_blot(folded[at]) else _blank(line)
        for at, line in enumerate(lines)
    ]
    result = "\n".join(own)
    return result if result.strip() else text


def _without_markup(text: str) -> str:
    if "<" not in text:
        return text
    text = _MARKUP.sub(lambda each: re.sub(r"[^\n]", " ", each.group()), text)
    return _TAG.sub(_blank_tag, text)


def _blank_tag(tag: re.Match[str]) -> str:
    """A tag as spaces; one that ends a paragraph as a line break."""
    held = tag.group()
    breaks = held[1:3].lower() in ("br", "/p", "/d", "/t", "/l", "p>", "td", "li")
    return ("\n" if breaks and "\n" not in held else " ") + re.sub(r"[^\n]", " ", held[1:])


def _blank(line: str) -> str:
    return " " * len(line)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith((">", "|>"))


def _is_blot(folded: str) -> bool:
    return bool(_DISCLAIMER.match(folded)) and not _AUTOMATED.search(folded)


def _first_foreign(lines: list[str], folded: list[str]) -> int:
    """The line where an earlier message starts that is not marked line by line."""
    asked = 0
    for at, line in enumerate(folded[:_MOST_LINES]):
        if at == 0 and not _HEADER.match(line):
            continue
        if _HEADER.match(line) or _WROTE.match(line[:400]):
            return at
        if _FIELD.match(line) and any(map(_NEXT_FIELD.match, folded[at + 1 : at + 3])):
            return at
        if asked < _MOST_ASKED and line.rstrip().endswith(":") and len(line) > 20:
            asked += 1
            window = "\n".join(each[:_WIDTH] for each in lines[at : at + _WINDOW])
            if _known_headers().match(window):
                return at
    return len(lines)


def _first_of_signature(folded: list[str], end: int) -> int:
    """The line of the sign-off, if what follows it is short enough to be names and addresses."""
    last = end
    while last > 0 and not folded[last - 1].strip():
        last -= 1
    for at in range(max(1, last - _SIGNATURE_LINES), last):
        if _SIGN_OFF.match(folded[at][:_WIDTH]):
            return at
    return end
