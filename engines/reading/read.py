"""Read a customer's message into typed claims, each with the words it was read from."""

from collections.abc import Container, Sequence
from typing import NamedTuple

from engines.reading.amounts import minor_of
from engines.reading.caution import says_hardship, says_less, says_stop
from engines.reading.contact_wishes import contact_wishes
from engines.reading.decision import Found, why_human
from engines.reading.features import message_features
from engines.reading.injection import find_signs, is_injection
from engines.reading.intents import intents_of, reasons_of, sentiment_of
from engines.reading.invoices import disputed, mentioned
from engines.reading.languages import language_of
from engines.reading.linear import Model, trained
from engines.reading.message import InboundText
from engines.reading.model import INTENTS, PaidClaim, PlanClaim, Reading, Span
from engines.reading.objections import DISPUTES, as_a_plan, only_asks_for_parts
from engines.reading.page import Page, lay_out
from engines.reading.paid import read_paid
from engines.reading.plans import read_plan
from engines.reading.promises import read_promises
from engines.reading.roles import Judged, judge
from engines.reading.second import person_seen, second_likelihoods, with_days

_CONFIDENT_DIGITS = 4
_STOP = "stop_contact"
_SURE_OF_STOP = 0.9  # so sure, a wish for less of something is held for one to be left alone
_HARDSHIP = "hardship"


def read_message(
    message: InboundText,
    *,
    calendar: str = "US",
    known_invoices: Container[str] | None = None,
    day_first: bool | None = None,
    model: Model | None = None,
) -> Reading:
    """Read a message. Never raises, whatever it holds.

    Args:
        message: What arrived.
        calendar: Country code of the customer's business calendar.
        known_invoices: Numbers the ledger knows, if it was asked; others are still read.
        day_first: Whether 3/4 is the third of April; guessed from the words where not given.
        model: Trained heads other than those of the project, for measuring.
    """
    heads = model or trained()
    page = lay_out(message, calendar=calendar, known_invoices=known_invoices, day_first=day_first)
    language = language_of(f"{page.subject}\n{page.own}")
    head = heads["message"]
    judged = judge(page, heads)
    whole = head.likelihoods(message_features(page, language))
    likely = second_likelihoods(page, judged, whole, heads["intents"])
    intents = intents_of(likely, heads["intents"], whole)
    for intent, said in ((_STOP, says_stop), (_HARDSHIP, says_hardship)):
        if intent not in intents and said(page):
            intents = (*intents, intent)
    if likely[_STOP] < _SURE_OF_STOP and says_less(page):
        intents = tuple(each for each in intents if each != _STOP)
    plan_alone = only_asks_for_parts(page, intents, likely)
    if plan_alone:
        intents = as_a_plan(intents)
    invoices = mentioned(page, judged, heads["document"])
    dispute = max((likely[each] for each in DISPUTES if each in intents), default=0.0)
    limit = heads["document"].thresholds.get("disputed", 0.5)
    disputing = () if plan_alone else disputed(judged, invoices, dispute, limit)
    seen = with_days(page, judged, likely, heads["day"])
    promises, promise_spans = read_promises(seen, invoices, disputing, intents, heads)
    paid = read_paid(page, judged, intents, heads)
    plan = read_plan(judged, intents, promises, heads)
    in_question = _disputed_amount(judged, intents, heads)
    signs = find_signs(message.subject, message.body)
    injection = is_injection(signs) or head.holds("injection", likely)
    risk = heads["human"].likelihoods(person_seen(judged, likely))["person"]
    wishes = contact_wishes(page, intents)
    why = why_human(
        Found(page, intents, likely, risk, promises, paid, injection, signs.weight, wishes), heads
    )
    spans = [*promise_spans, *_claim_spans(page, judged, invoices, paid, plan), *signs.spans]
    spans += wishes
    return Reading(
        language=language,
        intents=intents,
        confidence={each: round(likely[each], _CONFIDENT_DIGITS) for each in INTENTS},
        promises=promises,
        disputed_invoices=disputing,
        dispute_reasons=reasons_of(likely, intents, head),
        disputed_amount_minor=in_question.minor if in_question else None,
        disputed_currency=in_question.currency if in_question else None,
        risk=round(risk, _CONFIDENT_DIGITS),
        mentioned_invoices=invoices,
        already_paid=paid,
        plan=plan,
        sentiment=sentiment_of(likely),
        injection=injection,
        needs_human=bool(why),
        why_human=why,
        spans=tuple(dict.fromkeys(spans)),
        own_text="\n".join(each.strip() for each in page.own.split("\n") if each.strip()),
    )


class _Amount(NamedTuple):
    minor: int | None
    currency: str | None


def _disputed_amount(
    judged: Sequence[Judged], intents: Sequence[str], model: Model
) -> _Amount | None:
    """The amount in dispute, where the message states it."""
    if not any(each in intents for each in (*DISPUTES, "credit_request")):
        return None
    found = [
        (likely["disputed"], mention)
        for line in judged
        for mention, likely in line.amounts
        if model["amount"].holds("disputed", likely)
    ]
    if not found:
        return None
    best = max(found, key=lambda each: each[0])[1]
    return _Amount(minor_of(best.value, best.currency), best.currency)


def _claim_spans(
    page: Page,
    judged: Sequence[Judged],
    invoices: Sequence[str],
    paid: PaidClaim | None,
    plan: PlanClaim | None,
) -> list[Span]:
    """The sources of everything but promises."""
    found = []
    for line in judged:
        sentence = line.line.sentence
        if paid and paid.span == sentence.text:
            found.append(sentence.span("already_paid"))
        if plan and plan.span == sentence.text:
            found.append(sentence.span("plan"))
        for kind, mentions in (
            ("date", line.line.dates),
            ("amount", line.line.amounts),
            ("invoice", [each for each in line.line.documents if each.number in invoices]),
        ):
            for each in mentions:
                text = _text_of(page, sentence.part)
                found.append(Span(kind, text[each.start : each.end], each.start, sentence.part))
    return found


def _text_of(page: Page, part: str) -> str:
    return page.message.subject if part == "subject" else page.message.body
