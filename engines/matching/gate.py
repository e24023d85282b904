"""Post, suggest or hold: the rules allow it, the chance is high, the pattern has proved itself."""

from engines.matching.drafting import Case, Decision
from engines.matching.memory import Memory
from engines.matching.model import Action, Alternative, Outcome, Reason
from engines.matching.nomination import Standing
from engines.matching.scoring import (
    Calibration,
    features,
    pattern_of,
    precision_bound,
    probability,
)

_SHOWN = 3


def answer(case: Case, decision: Decision, calibration: Calibration, memory: Memory) -> Outcome:
    """Turn a decision into an outcome; anything short of certain is shown to a person."""
    payment_id = case.payment.payment_id
    alternatives = tuple(
        Alternative(
            draft.parts,
            pattern_of(decision, draft),
            draft.evidence,
            probability(calibration, features(case, decision, draft, rank)),
            draft.on_account_minor,
            draft.differences,
        )
        for rank, draft in enumerate(decision.drafts[:_SHOWN])
    )
    told = _named(case), _payers(case)
    if not alternatives:
        reason = decision.reason or Reason.UNKNOWN_PAYER
        return Outcome(payment_id, Action.HOLD, reason, (), None, "", *told)
    owner, key = decision.owner, decision.advice_key
    if decision.may_post and _is_certain(case, alternatives[0], calibration, memory):
        return Outcome(payment_id, Action.AUTO, decision.reason, alternatives[:1], owner, key)
    unsure = Reason.UNKNOWN_PAYER if _is_stranger(decision) else Reason.AMBIGUOUS_COMBINATION
    reason = decision.reason or unsure
    return Outcome(payment_id, Action.SUGGEST, reason, alternatives, owner, key, *told)


def _named(case: Case) -> tuple[str, ...]:
    """Documents the words name; of several customers' under one number, those of the payer."""
    found: dict[str, None] = {}
    for hit in case.found.hits:
        documents = [case.book.documents[doc_id] for doc_id in hit.doc_ids]
        own = [doc for doc in documents if doc.customer_no in case.payer.customers]
        chosen = own or documents
        # A number that stands for documents of many customers names nobody.
        if len({doc.customer_no for doc in chosen}) <= _SHOWN:
            found |= dict.fromkeys(doc.doc_id for doc in chosen)
    return tuple(found)


def _payers(case: Case) -> tuple[str, ...]:
    """Customers that are known to have sent it; several in doubt of which, not many."""
    payer = case.payer
    found = payer.by_name | (payer.customers if payer.is_known or payer.certain else frozenset())
    return tuple(sorted(found)) if len(found) <= _SHOWN else ()


def _is_stranger(decision: Decision) -> bool:
    return decision.standing == Standing.UNKNOWN.value


def _is_certain(case: Case, best: Alternative, calibration: Calibration, memory: Memory) -> bool:
    rules = case.rules
    limit = rules.new_account_most(case.payment.currency)
    if limit is not None and case.amount > limit and case.payer.voice != "account":
        return False
    return (
        best.pattern not in memory.revoked_patterns
        and best.probability >= rules.least_probability
        and precision_bound(calibration, memory, best.pattern) >= rules.least_precision
    )
