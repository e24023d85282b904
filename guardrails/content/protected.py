"""Names, addresses and quoted words: places where a word of the lexicon is no claim.

What is protected is blotted out letter for letter before claims are looked for, so that a customer
called Judge on Court Street is not a lawsuit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_BLOT = "\x1f"
_CAP = r"[A-ZÀ-ÖØ-Þ][\w'’&.-]*"
_JOIN = r"(?:&|and|of|the|und|y|et|de|del|la|le|les|des|du|von|der|\+)"
_COMPANY_ENDS = (
    r"(?:Ltd|Limited|LLC|LLP|Inc|Incorporated|Corp|Corporation|PLC|plc|Co|Company|GmbH|mbH|AG|KG"
    r"|KGaA|OHG|UG|SE|eG|e\.K|S\.?A\.?R\.?L|SARL|SAS|SASU|S\.A\.S|EURL|S\.?A|S\.?L\.?U?|S\.?R\.?L|B\.?V"
    r"|N\.?V|Pty|Group|Holdings|Bros|Brothers|Sons|Söhne|Hnos|Frères|Fils)"
)
_COMPANY = (
    rf"{_CAP}(?:[ ,]+(?:{_JOIN} )?{_CAP}){{0,4}},?[ ]+(?:(?:&|and|und|y|et) )?{_COMPANY_ENDS}\b\.?"
)
_STREET_ENDS = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Square|Sq|Place|Court|Way|Row|Terrace|Close"
    r"|Boulevard|Blvd|Quay|Yard|Park|Gardens|Hill|House|Building|Centre|Center|Hotel|Inn)"
)
_STREET = rf"(?:\d+[A-Za-z]? )?{_CAP} (?:{_CAP} )?{_STREET_ENDS}\b"
_NUMBERED_COURT = rf"\b\d+[A-Za-z]? {_CAP} Court\b"
_STREET_BEFORE = (
    r"(?:[Cc]alle|[Aa]venida|[Aa]vda\.?|[Pp]laza|[Pp]aseo|[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace"
    r"|[Qq]uai|[Ii]mpasse|Am|An der|Zum|Zur) (?:(?:de la|de l'|del|de|du|des|la|le|los|las|den|dem"
    rf"|der) ?)?{_CAP}(?: {_CAP})*(?:,? \d+[a-z]?)"
)
_GERMAN_STREET = re.compile(
    r"(?<=\w)(?:stra(?:ß|ss)e|str\.|(?:gasse|platz|weg|allee|damm|ufer)(?= \d))(?!\w)"
)
_GERMAN_STREET_HINTS = (
    *("straße", "strasse", "str.", "gasse ", "platz ", "weg ", "allee ", "damm ", "ufer "),
)
_TITLED = (
    r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Herrn?|Frau|Sra?|Señora?|Señor|Don|Doña|Mme|Mlle|Madame"
    rf"|Monsieur|M)\b\.? {_CAP}(?: {_CAP})?"
)
_GREETED = (
    r"^(?:Dear|Hello|Hi|Hola|Bonjour|Hallo|Guten Tag|Estimad[oa]s?|Ch[eè]re?s?|Liebe[rs]?)"
    rf" {_CAP}(?: {_CAP}){{0,3}}(?=\s*[,:!\n]|$)"
)
_COMPANIES = re.compile(_COMPANY)
_STREETS = re.compile("|".join((_NUMBERED_COURT, _STREET, _STREET_BEFORE)))
_PERSONS = re.compile(_TITLED)
_GREETINGS = re.compile(_GREETED, re.MULTILINE)
# Words of which one stands in every name of its kind; the dearer search is spared without them.
_WORD = re.compile(r"[^\W_]+")
_COMPANY_HINTS = frozenset(re.findall(r"[A-Za-zäöüèé]{2,}", _COMPANY_ENDS))
_DOTTED_ENDS = ("S.A", "S.L", "S.R", "B.V", "N.V", "e.K")
_STREET_BEGINNINGS = """Calle calle Avenida avenida Avda avda Plaza plaza Paseo paseo Rue rue Avenue
avenue Boulevard boulevard Place place Quai quai Impasse impasse Am An Zum Zur"""
_STREET_HINTS = frozenset(re.findall(r"\w{2,}", f"{_STREET_ENDS} {_STREET_BEGINNINGS}"))
_TITLES = """Mr Mrs Ms Miss Mx Dr Prof Herr Herrn Frau Sr Sra Señor Señora Don Doña Mme Mlle Madame
Monsieur M"""
_TITLE_HINTS = frozenset(_TITLES.split())
_QUOTED = re.compile(
    r"(?:\b(?i:you (?:wrote|said|asked|told|mention(?:ed)?|put it)|your (?:words|message|e-?mail"
    r"|note|question|reply)|as you put it|usted (?:escribi[oó]|dijo|pregunt[oó])|nos escribi[oó]"
    r"|su (?:mensaje|correo|pregunta)|vous (?:avez [eé]crit|[eé]criviez|disiez|demandiez)"
    r"|votre (?:message|question|courriel|mail)|Sie (?:schrieben|schreiben|fragten|sagten)"
    r"|Ihre (?:Nachricht|Frage|Worte|Anfrage)))[^\"“„«»”\n]{0,40}[\"“„«]([^\"”“»«]{1,300})[\"”“»]"
)
# A word that looks like a name at the head of a letter may also be an insult.
_NOT_NAMES = re.compile(
    r"\b(?:deadbeats?|thie(?:f|ves)|liars?|moros[oa]s?|fraudster|idiots?|losers?|cheats?|judge|court"
    r"|sheriff|police|agency|bailiffs?|lawyers?|attorneys?|counsel)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names as they are written in the ledger or in capitals: "Judge" the customer, not "judge".

    Attributes:
        forms: The longest name first.
    """

    forms: tuple[str, ...]

    def search(self, text: str) -> bool:
        """Whether any of them stands in a text by itself."""
        return any(True for _place in self._places(text))

    def blot(self, text: str) -> str:
        """Blot out every one of them; of those that begin together the longest."""
        past = 0
        for start, _rank, end in sorted(self._places(text)):
            if start >= past:
                text = text[:start] + _BLOT * (end - start) + text[end:]
                past = end
        return text

    def _places(self, text: str) -> Iterator[tuple[int, int, int]]:
        for rank, form in enumerate(self.forms):
            at = text.find(form)
            while at >= 0:
                end = at + len(form)
                if not (_is_of_word(text[at - 1 : at]) or _is_of_word(text[end : end + 1])):
                    yield at, rank, end
                at = text.find(form, at + 1)


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def protect(text: str, names: KnownNames | None) -> str:
    """Blot out names, addresses and the customer's own words; as long as it was."""
    if names is not None:
        text = names.blot(text)
    if '"' in text or "“" in text or "„" in text or "«" in text:
        text = _QUOTED.sub(_blot_quoted, text)
    words = set(_WORD.findall(text))
    if not words.isdisjoint(_TITLE_HINTS):
        text = _PERSONS.sub(_blot, text)
    if not words.isdisjoint(_COMPANY_HINTS) or any(end in text for end in _DOTTED_ENDS):
        text = _COMPANIES.sub(_blot, text)
    if not words.isdisjoint(_STREET_HINTS):
        text = _STREETS.sub(_blot, text)
    if any(hint in text for hint in _GERMAN_STREET_HINTS):
        text = _without_german_streets(text)
    return _GREETINGS.sub(_blot_greeting, text)


def _without_german_streets(text: str) -> str:
    for match in _GERMAN_STREET.finditer(text):
        start = max(text.rfind(mark, 0, match.start()) for mark in " \n,(") + 1
        text = text[:start] + _BLOT * (match.end() - start) + text[match.end() :]
    return text


def known_names(names: Sequence[str]) -> KnownNames | None:
    """All the names a caller knows, ready to be looked for; nothing when there are none."""
    wanted = sorted({each.strip() for each in names if each.strip()}, key=len, reverse=True)
    forms = (form for each in wanted for form in (each, each.upper()))
    return KnownNames(tuple(dict.fromkeys(forms))) if wanted else None


def _blot(match: re.Match[str]) -> str:
    return _BLOT * len(match[0])


def _blot_greeting(match: re.Match[str]) -> str:
    return match[0] if _NOT_NAMES.search(match[0]) else _blot(match)


def _blot_quoted(match: re.Match[str]) -> str:
    at, end = match.span(1)
    start = match.start()
    return match[0][: at - start] + _BLOT * (end - at) + match[0][end - start :]
