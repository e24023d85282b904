"""Names of people and companies, where a text greets, signs or names a legal form.

A name is taken only from such places: a false alarm here is worse than a miss.
"""

import functools
import re

from guardrails.tracing.reading import Reading
from guardrails.tracing.words import each_of

_CAPITAL = "[A-ZÀ-ÖØ-ÞŁŚŻČŠŽ]"
_NAME = (
    rf"{_CAPITAL}[\w'’-]*[^\W\d_]"
    rf"(?:[ ]+(?:(?:von|van|de|del|la|le|di|da|zu|der|den) )*{_CAPITAL}[\w'’.-]*){{0,3}}"
)
_TITLE = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Sra?|Señora?|Señor|Doña|Don|Mme|Mlle|Madame|Monsieur|M)"
    r"\.? )*"
)
_GREETING = re.compile(
    r"[ ]*(?:(?i:dear|hi|hello|hey|good (?:morning|afternoon|evening|day)|hallo|guten tag"
    r"|guten morgen|liebe[rs]?|sehr geehrte[rs]?|moin|estimad[oa]s?|querid[oa]s?|hola|buen[oa]s"
    r" (?:días|tardes)|bonjour|bonsoir|ch[eè]re?s?),?[ ]+)"
    rf"{_TITLE}(?P<name>{_NAME})(?=[ ]*(?:[,:!.\n]|[ ][–-]|$))"
)
_SELF = re.compile(
    r"(?:\b(?i:this is|my name is|mein name ist|ich heiße|hier spricht|i am|i[’']m|soy|je suis"
    r"|me llamo|mi nombre es|je m[’']appelle"
    r"|mon nom est|ici)[ ]+)"
    + _TITLE
    + r"(?P<name>"
    + _NAME
    + r")(?=[ ]*(?:[,.!\n]|[ ][–-]|from\b|with\b|von\b|de\b|du\b|y\b|and\b|$))"
)
_CLOSING = re.compile(
    r"[ ]*(?i:(?:kind|best|warm|with kind|with best)? ?regards|best(?: wishes)?"
    r"|sincerely(?: yours)?"
    r"|yours (?:sincerely|faithfully|truly)|thanks|thank you|many thanks|cheers"
    r"|mit freundlichen grüßen"
    r"|mit freundlichem gruß|freundliche grüße|viele grüße|beste grüße|mfg"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|cordialement"
    r"|bien cordialement|sincères salutations|salutations(?: distinguées)?)[ ]*[,.!]?[ ]*\n+[ ]*"
    + rf"{_TITLE}(?P<name>{_NAME})(?=[ ]*(?:[,\n|]|[ ][–-]|$))"
)
_TITLES = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|dr|prof|herr|frau|herrn|señora?|señor|sra?|doña|don|madame|monsieur|mme"
    r"|mlle|m)\.? )+",
    re.IGNORECASE,
)
# Words that name a desk or nobody in particular.
_DESKS = frozenset(
    each_of(
        "sir madam sirs customer customers client clients team all accounts account payable "
        "payables ap finance department dept colleagues colleague friend partner there "
        "everyone billing purchasing accounting controller office support service receivable "
        "receivables credit collections group damen herren kunde kundin kunden team "
        "buchhaltung kolleginnen kollegen geschäftspartner kreditorenbuchhaltung "
        "debitorenbuchhaltung zusammen señores señoras señor señora cliente clientes equipo "
        "contabilidad departamento proveedores messieurs mesdames madame monsieur client "
        "équipe comptabilité service fournisseurs tous à or und y et and the your our the of "
        "de reminder automated automatic assistant a an just to about regarding not why how "
        "what important please thank thanks again it they sie das die der our invoice payment "
        "notice treasury sales morning tag your grüße gruß both ihr ihre votre su le la el les los"
    )
)
_LEGAL = (
    r"Ltd|Limited|LLC|L\.L\.C|LLP|PLC|plc|Inc|Incorporated|Corp|Corporation|GmbH|gGmbH|mbH|KG|OHG|UG"
    r"|AG|SE|S\.?A\.?R\.?L|SAS|S\.A\.S|SARLU|SASU|SA|S\.A|S\.?L\.?U?|SLU|B\.?V|N\.V|S\.r\.l|S\.p\.A"
    r"|Oy|AB|ApS|A/S|Pty|Co"
)
_LEGAL_WORDS = frozenset(
    re.sub(r"[^a-z]", "", each.replace("\\", "").casefold()) for each in _LEGAL.split("|")
) | {"co", "cokg", "sarl", "sl", "slu", "bv"}
_LEGAL_INITIALS = "".join(sorted({each[0] for each in _LEGAL.split("|")}))
_FORM = re.compile(
    rf" (?=[{_LEGAL_INITIALS}])(?P<form>(?:{_LEGAL})(?:\.|(?!\w))"
    r"(?:[ ]?(?:&[ ]?)?(?:Co\.?[ ]?KG|Ltd|Co|KG))?)(?!\w)"
)
_NAME_BEFORE = re.compile(
    r"(?<![\w.])[A-ZÀ-ÖØ-Þ][\w&'’-]*(?:[ ](?:&|und|and|y|et|[A-ZÀ-ÖØ-Þ][\w&'’-]*)){0,4}$"
)
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_NOT_WORD = re.compile(r"\W")
_SELF_WORDS = (
    *("this is ", "name is ", "i am ", "i'm ", "i’m ", "name ist ", "heiße ", "hier spricht "),
    *("me llamo ", "nombre es ", "soy ", "appelle ", "mon nom est ", "je suis ", "ici "),
)
_LEGAL_HINTS = _LEGAL_WORDS - {"s", "sa", "se", "as", "ab", "co", "ag", "sl", "sas"}
_SHORT_LEGAL = (" SA", " SE", " AB", " Co", " AG", " SL", " S.", " A/S", " B.V", " N.V", " L.L.C")


def find_people(reading: Reading) -> None:
    """Find names a text greets, signs with or introduces itself by."""
    text, at = reading.text, 0
    while at >= 0:
        for pattern in (_GREETING, _CLOSING):
            if found := pattern.match(text, at):
                _take_person(reading, found)
        at = text.find("\n", at) + 1 or -1
    if any(words in reading.low for words in _SELF_WORDS):
        for found in _SELF.finditer(text):
            _take_person(reading, found)


def _take_person(reading: Reading, found: re.Match[str]) -> None:
    name = _TITLES.sub("", found["name"])
    if not _is_desk(name):
        reading.take("person", name, found.end("name") - len(name), found.end("name"))


def _is_desk(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    return (
        not words or any(word in _DESKS for word in words) or any(w in _LEGAL_WORDS for w in words)
    )


def find_companies(reading: Reading) -> None:
    """Find names that stand with a legal form."""
    if reading.words.isdisjoint(_LEGAL_HINTS) and not any(
        form in reading.text for form in _SHORT_LEGAL
    ):
        return
    for form in _FORM.finditer(reading.text):
        start = form.start() - (reading.text[form.start() - 1 : form.start()] == ",")
        if name := _NAME_BEFORE.search(reading.text, max(0, start - 60), start):
            reading.take("company", f"{name[0]} {form['form']}", name.start(), form.end())


@functools.lru_cache(maxsize=8192)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name to compare it by: without legal forms and titles."""
    words = (_NOT_WORD.sub("", word).casefold() for word in _TITLES.sub("", name).split())
    return tuple(word for word in words if word and word not in _LEGAL_WORDS and word != "und")
