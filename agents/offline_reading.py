"""What a customer's words assert, by word lists: claims with the quoted sentence, never commands.

Small and blunt on purpose: what it does not know goes to a person, and every signal it knows only
makes the case more careful.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tools.outside_text import inside_fence

_LONGEST_QUOTE = 300

# The first that is found decides; what stops us comes before what asks us.
_SIGNALS: dict[str, tuple[str, ...]] = {
    "deceased": (
        "passed away",
        "deceased",
        "estate of the late",
        "verstorben",
        "décédé",
        "fallecid",
    ),
    "insolvency": (
        "insolven",
        "bankrupt",
        "administrator",
        "liquidat",
        "chapter 11",
        "receivership",
        "zahlungsunfähig",
    ),
    "legal": (
        "lawyer",
        "attorney",
        "solicitor",
        "law firm",
        "legal action",
        "lawsuit",
        "rechtsanwalt",
        "avocat",
        "abogad",
    ),
    "hardship": (
        "hardship",
        "can(?:no|')t afford",
        r"cash ?flow (?:problem|crisis)",
        "lost (?:my|our) (?:job|income)",
        "hospital",
        "severely ill",
        "zahlungsschwierig",
    ),
    "opt_out": (
        r"stop (?:writing|e-?mailing|contacting|messaging|calling)",
        "unsubscribe",
        "do not contact",
        "remove (?:me|us) from",
    ),
    "already_paid": (
        "already (?:been )?paid",
        "(?:was|has been|have been) paid",
        "paid (?:this|it|that|on)",
        "bereits (?:bezahlt|überwiesen)",
        "déjà (?:payé|réglé)",
        "ya (?:pag|está pag)",
    ),
    "dispute": (
        "disput",
        "incorrect",
        "wrong",
        "damaged",
        "broken",
        "faulty",
        "defective",
        r"wet\b",
        "(?:never|not) (?:ordered|received|arrived|delivered)",
        "not what we ordered",
        "did not order",
        "missing",
        "short[- ]?(?:shipped|delivered|shipment)",
        "overcharg",
        "too (?:much|high)",
        "duplicate",
        "twice",
        "refus",
        "(?:won't|will not|not going to) pay",
        "credit note",
        "reclam",
        "reklam",
        "beanstand",
        "litige",
        "contest",
    ),
    "plan": (
        "instal?ments?",
        "payment plan",
        "more time",
        "extension",
        "ratenzahlung",
        "échelonn",
        "a plazos",
    ),
    "promise": (
        r"will (?:be )?(?:pay|paid)\b",
        "payment (?:is|will be|goes|has been) (?:scheduled|released|made|sent)",
        "payment run",
        "werden (?:wir )?(?:be)?zahlen",
        "nous paierons",
        "pagaremos",
    ),
}
# Claims that say the same, by kind.
_CLAIMED = {
    "insolvency": ("insolvency",),
    "legal": ("legal_threat",),
    "hardship": ("hardship",),
    "opt_out": ("stop_contact",),
    "already_paid": ("already_paid",),
    "dispute": ("dispute", "short_pay"),
    "plan": ("payment_plan_request", "extension_request"),
    "promise": ("promise_to_pay",),
}
_FOUND = {kind: re.compile("|".join(words), re.IGNORECASE) for kind, words in _SIGNALS.items()}

_REASONS = (
    ("ALREADY_PAID_CLAIM", r"already (?:been )?paid"),
    ("DUPLICATE_BILL", r"duplicate|twice|two times"),
    ("PRICE", r"price|overcharg|too (?:much|high)|rate\b|quote"),
    ("QTY_SHORT", r"short|missing|only (?:got|received)|quantity"),
    ("NOT_DELIVERED", r"never|not (?:received|delivered|arrived)"),
    ("DAMAGED", r"damag|broken|wet\b|crushed"),
    ("WRONG_ITEM", r"wrong (?:item|goods|product)|not (?:what we )?order"),
    ("QUALITY_SERVICE", r"faulty|defect|quality|poor|service"),
    ("PO_MISSING", r"(?:no|missing|without) (?:a )?(?:po|purchase order)"),
    ("TAX", r"\b(?:vat|tax)\b"),
    ("FREIGHT", r"freight|shipping (?:cost|charge)"),
    ("RETURN", r"return(?:ed|s)?\b"),
    ("CREDIT_PROMISED", r"credit note|promised (?:a )?credit"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text asserts: a kind, and the sentence it stands in, unchanged."""

    kind: str
    quote: str
    text: str


def read_words(fenced: str) -> Reading:
    """Read a customer's message; a kind of `query` means that nothing known was found."""
    text = inside_fence(fenced)
    for kind, pattern in _FOUND.items():
        if found := pattern.search(text):
            return Reading(kind, _sentence(text, found.start()), text)
    return Reading("query", _sentence(text, 0), text)


def read_claims(quotes: Mapping[str, str]) -> Reading:
    """Read a message by its claims, (kind, quote), and the quoted words; the more careful wins."""
    text = "\n".join(dict.fromkeys(quotes.values()))
    words = read_words(text)
    for kind in _FOUND:
        if kind == words.kind:
            return words
        if found := [quotes[each] for each in _CLAIMED.get(kind, ()) if each in quotes]:
            return Reading(kind, found[0], text)
    return words


def dispute_reason(text: str) -> str:
    """The reason code a disputing text fits best."""
    for code, words in _REASONS:
        if re.search(words, text, re.IGNORECASE):
            return code
    return "UNDEFINED"


def _sentence(text: str, place: int) -> str:
    """The sentence around a place of a text, as it stands there."""
    start = max(text.rfind(sign, 0, place) for sign in ".!?\n") + 1
    ends = [end for sign in ".!?\n" if (end := text.find(sign, place)) >= 0]
    return text[start : min(ends, default=len(text))].strip()[:_LONGEST_QUOTE].strip()
