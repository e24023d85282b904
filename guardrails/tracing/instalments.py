"""How many instalments a text speaks of; only the terms of an approved plan can bear them out."""

import re

from guardrails.tracing.numerals import number_before
from guardrails.tracing.reading import Reading
from guardrails.tracing.words import each_of

_NOUNS = frozenset(
    each_of(
        "instalments installments instalment installment payments parts rates raten "
        "teilbeträgen teilbeträge teilzahlungen cuotas plazos pagos versements mensualités "
        "échéances fois"
    )
)
_NOUN = re.compile(
    rf"(?<=[\w] )(?:(?:equal|monthly|weekly|gleichen?|monatlichen?|égales|iguales) ){{0,2}}"
    rf"(?:{'|'.join(_NOUNS)})(?!\w)"
)
_DIGITS = re.compile(r"(?<![\w.,])(\d{1,2}) $")


def find_instalments(reading: Reading) -> None:
    """Find "in three instalments" and its like."""
    if reading.words.isdisjoint(_NOUNS):
        return
    for noun in _NOUN.finditer(reading.low):
        start = noun.start()
        digits = _DIGITS.search(reading.low, max(0, start - 5), start)
        if digits:
            reading.take("instalments", int(digits[1]), digits.start(1), noun.end())
        elif number := number_before(reading.low, start - 1, reading.language):
            reading.take("instalments", number[1], number[0], noun.end())
