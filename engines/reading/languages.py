"""Which language a message is in, by the small words of each."""

import re
from collections import Counter
from collections.abc import Iterable

from engines.reading.folding import fold

_SMALL = {
    "en": (
        "the and of is to we you your our for have has will not this that with are be it "
        "on i my was been please thanks pls from by can"
    ),
    "de": (
        "der die das und ist wir sie ihre ihr nicht haben werden wird mit fur von auf den "
        "dem ein eine bitte ich zu im am bei noch uns wurde danke"
    ),
    "fr": (
        "le la les des et est nous vous votre notre pas pour avons que dans sur une un du "
        "ce je ne sera merci en au par cette bonjour"
    ),
    "es": (
        "el la los las de y que en por nuestra su una para con no hemos esta se lo del al "
        "les pago factura gracias favor nos ya mi buenos buenas"
    ),
    "it": (
        "il di che per non abbiamo la vostra della con una gli fattura grazie sono alla "
        "del le pagamento buongiorno ci potete"
    ),
    "nl": (
        "de het een en van wij niet voor met zijn op te graag factuur dat u uw hebben is "
        "groet ik naar beste"
    ),
    "pt": (
        "o de que nao para com uma os fatura da do em nos por se ao pagamento obrigado bom "
        "dia e a so pode"
    ),
    "pl": (
        "w na do nie jest i prosze za z o sie faktura fakture faktury od po dzien dobry "
        "platnosc ze dziekuje"
    ),
}
_LISTED = {code: frozenset(words.split()) for code, words in _SMALL.items()}
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = (("de", "äöß"), ("es", "ñ¿¡"), ("pl", "łąęśżź"), ("fr", "êœ"), ("pt", "ãõ"))
_FIRST = "en"


def small_words(words: Iterable[str]) -> int:
    """How many of some folded words are small words of the language most of them are of."""
    counts: Counter[str] = Counter()
    for word in words:
        counts.update(code for code, listed in _LISTED.items() if word in listed)
    return max(counts.values(), default=0)


def language_of(text: str) -> str:
    """The code of the language that most small words speak for; English where none do."""
    counts: Counter[str] = Counter()
    small = text[:4000].lower()
    for word in _WORD.findall(fold(small)):
        for code, words in _LISTED.items():
            if word in words:
                counts[code] += 1
    for code, letters in _LETTERS:
        counts[code] += 2 * sum(map(small.count, letters))
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0] != _FIRST))
    return ranked[0][0] if ranked and ranked[0][1] > 0 else _FIRST
