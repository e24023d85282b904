"""What each trained part learns from a case: features of a message, sentence or mention, labels.

Cases name values, not places, so a mention is an example of a label where its value is the one
that the case names.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engines.reading.amounts import AmountMention
from engines.reading.caution import cautions, says_stop
from engines.reading.dates import DateMention
from engines.reading.decision import depends, hands_over
from engines.reading.documents import DocumentMention
from engines.reading.features import (
    Features,
    mention_features,
    message_features,
    sentence_features,
)
from engines.reading.injection import find_signs
from engines.reading.languages import language_of
from engines.reading.model import INTENTS, REASONS
from engines.reading.page import Page
from evals.inbound.rows import Case

# No label to learn: the message reaches a person by the signs in it, whatever the heads say.
FLAGGED = "flagged"
SENTIMENTS = ("positive", "neutral", "negative", "hostile")
LABELS = {
    "message": (
        *INTENTS,
        *(f"reason:{each}" for each in REASONS),
        *(f"sentiment:{each}" for each in SENTIMENTS),
        "person",
        "injection",
    ),
    "sentence": (*INTENTS, "person", "promise", "conditional"),
    "date": ("promise", "paid", "first"),
    "amount": ("promise", "paid", "disputed", "instalment", "total"),
    "document": ("invoice", "disputed", "reference"),
    "intents": INTENTS,
    "day": ("promise",),
    "human": ("person",),
}
_HEADS = ((DateMention, "date"), (AmountMention, "amount"), (DocumentMention, "document"))
# Labels of a whole message that are learned of its sentences too.
WHOLE = frozenset((*INTENTS, "person"))


@dataclass(frozen=True, slots=True)
class Example:
    """One row for one head.

    Attributes:
        case: The case it is of; a label of the whole case is said in one of its sentences or more.
        untold: Labels of which the case does not tell whether they hold here.
    """

    head: str
    features: Features
    labels: frozenset[str]
    case: str = ""
    untold: frozenset[str] = frozenset()


def examples_of(case: Case, page: Page) -> list[Example]:
    """All rows that a case gives."""
    language = language_of(f"{page.subject}\n{page.own}")
    labels = _of_message(case)
    intents = case.label["intents"]
    if (
        find_signs(case.message.subject, case.message.body).weight
        or ("promise_to_pay" in intents and depends(page))
        or ("out_of_office" in intents and hands_over(page))
        or says_stop(page)
        or any(cautions(page, intents))
    ):
        labels |= {FLAGGED}
    found = [Example("message", message_features(page, language), labels)]
    for at, line in enumerate(page.lines):
        promised, on_condition = _promised(case, page, at)
        mentions = [*line.dates, *line.amounts, *line.documents]
        for each in mentions:
            found.append(_of_mention(case, page, at, each))
        said = {"promise"} if promised else set()
        if promised and on_condition:
            said.add("conditional")
        found.append(
            Example(
                "sentence",
                sentence_features(page, at),
                frozenset(said | (labels & WHOLE)),
                case.id,
                frozenset(("promise", "conditional")) if promised is None else frozenset(),
            )
        )
    return found


def _of_message(case: Case) -> frozenset[str]:
    label = case.label
    found = {*label["intents"], f"sentiment:{label['sentiment']}"}
    found |= {f"reason:{each}" for each in label["dispute_reasons"]}
    if label["needs_human"]:
        found.add("person")
    if label["injection"]:
        found.add("injection")
    return frozenset(found)


def _of_mention(
    case: Case, page: Page, at: int, mention: DateMention | AmountMention | DocumentMention
) -> Example:
    head = next(name for kind, name in _HEADS if isinstance(mention, kind))
    return Example(head, mention_features(page, at, mention), labels_of_mention(case, mention))


def labels_of_mention(
    case: Case, mention: DateMention | AmountMention | DocumentMention
) -> frozenset[str]:
    """What a date, amount or number of a case is."""
    if isinstance(mention, DateMention):
        return _of_date(case, mention)
    if isinstance(mention, AmountMention):
        return _of_amount(case, mention)
    return _of_document(case, mention)


def promised_days(case: Case) -> set[str]:
    """Every day that counts as a promised one."""
    days = set()
    for each in case.label["promises"]:
        days |= {each["date"], *each.get("alt_dates", ())} - {None}
    return days


def _of_date(case: Case, mention: DateMention) -> frozenset[str]:
    found = set()
    if _iso(mention.ahead) in promised_days(case):
        found.add("promise")
    paid, plan = case.label["already_paid"], case.label["plan"]
    if paid and paid["date"] and _iso(mention.behind) == paid["date"]:
        found.add("paid")
    if plan and plan["first_date"] and _iso(mention.ahead) == plan["first_date"]:
        found.add("first")
    return frozenset(found)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _of_amount(case: Case, mention: AmountMention) -> frozenset[str]:
    label = case.label
    paid, plan = label["already_paid"] or {}, label["plan"] or {}
    values = {
        "paid": [paid.get("amount")],
        "disputed": [label["disputed_amount"]],
        "instalment": [plan.get("amount")],
        "total": [plan.get("total")],
        "promise": [each["amount"] for each in label["promises"]],
    }
    return frozenset(
        name for name, listed in values.items() if any(_same(mention, each) for each in listed)
    )


def _same(mention: AmountMention, amount: float | None) -> bool:
    return amount is not None and mention.value == Decimal(str(amount))


def _of_document(case: Case, mention: DocumentMention) -> frozenset[str]:
    label = case.label
    numbers = {mention.number, *mention.more}
    found = set()
    if numbers & set(label["mentioned_invoices"]):
        found.add("invoice")
    if numbers & set(label["disputed_invoices"]):
        found.add("disputed")
    if (label["already_paid"] or {}).get("reference") in numbers:
        found.add("reference")
    return frozenset(found)


def _promised(case: Case, page: Page, at: int) -> tuple[bool | None, bool]:
    """Whether a sentence promises (None where the case does not tell), and on a condition."""
    promises = case.label["promises"]
    if not promises:
        return False, False
    line = page.lines[at]
    days = {_iso(each.ahead) for each in line.dates}
    values = {each.value for each in line.amounts}
    here = [
        each
        for each in promises
        if days & {each["date"], *each.get("alt_dates", ())} - {None}
        or (each["amount"] is not None and Decimal(str(each["amount"])) in values)
    ]
    if here:
        return True, any(each["conditional"] for each in here)
    open_ones = [each for each in promises if not each["date"] and not each["amount"]]
    if (
        open_ones
        and line.concepts & {"pay", "payment", "scheduled"}
        and line.concepts
        & {
            "will",
            "offer",
        }
    ):
        return True, any(each["conditional"] for each in open_ones)
    return (None if open_ones else False), False
