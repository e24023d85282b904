"""Words of master data in five languages, to the house's own codes."""

from functools import lru_cache
from typing import TypeVar
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from adapters.spreadsheets.thesaurus import word_key
from ledger.states import DebtorType, Segment

Word = TypeVar("Word")
_LANGUAGES = ("en", "de", "fr", "es", "nl")


def _lookup(values: dict[Word, str]) -> dict[str, Word]:
    return {word_key(word): value for value, words in values.items() for word in words.split(",")}


SEGMENTS = _lookup(
    {
        Segment.SMB: "smb, small, small business, sme, kmu, klein, pme, pyme, mkb",
        Segment.MID: "mid, mid market, medium, mittel, mittelstand, eti, mediana, midden",
        Segment.ENTERPRISE: "enterprise, large, corporate, groß, grand compte, gran empresa, "
        "grootzakelijk",
        Segment.STRATEGIC: "strategic, key account, vip, strategisch, strategique, estrategico",
    }
)
DEBTOR_TYPES = _lookup(
    {
        DebtorType.BUSINESS: "business, b2b, company, corporation, corp, gmbh, ag, kg, ltd, llc, "
        "inc, firma, unternehmen, entreprise, empresa, bedrijf, organization",
        DebtorType.SOLE_TRADER: "sole trader, sole proprietor, einzelunternehmer, "
        "einzelunternehmen, freelancer, autonomo, auto entrepreneur, eenmanszaak, zzp",
        DebtorType.CONSUMER: "consumer, b2c, private, individual, person, privat, privatperson, "
        "verbraucher, particulier, particular, consument",
    }
)
SEVERITIES = {
    word_key(word): level
    for level, words in {
        1: "critical, blocker, urgent, highest, p1, s1, sev1, kritisch, critique, critico, 1",
        2: "high, major, p2, s2, sev2, hoch, haute, alta, hoog, 2",
        3: "medium, normal, moderate, p3, s3, sev3, mittel, moyenne, media, middel, normaal, 3",
        4: "low, minor, trivial, lowest, p4, s4, sev4, niedrig, basse, baja, laag, 4, 5",
    }.items()
    for word in words.split(",")
}
RENEWALS = {
    word_key(word)
    for word in (
        "renewal",
        "renew",
        "verlängerung",
        "renouvellement",
        "renovacion",
        "verlenging",
    )
}


@lru_cache(maxsize=1)
def country_codes() -> dict[str, str]:
    """Country names in five languages and ISO codes, to ISO 3166 alpha-2."""
    names: dict[str, str] = {}
    for code, (target, *rest) in get_global("territory_aliases").items():
        if len(code) == 3 and code.isalpha() and not rest:
            names[word_key(code)] = target
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names[word_key(name)] = code
                names[word_key(code)] = code
    return names


@lru_cache(maxsize=1)
def language_codes() -> dict[str, str]:
    """Language names in five languages and their own, to ISO 639-1."""
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).languages.items():
            if len(code) == 2:
                names.setdefault(word_key(name), code)
                names[word_key(code)] = code
    return names


@lru_cache(maxsize=1)
def time_zones() -> dict[str, str]:
    """IANA zone names by their lower-case form."""
    return {zone.lower(): zone for zone in available_timezones()}
