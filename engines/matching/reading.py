"""From tokens in a memo to the documents a payer meant, with the payer and the amount as judges."""

from collections.abc import Sequence
from itertools import combinations

from engines.matching.drafting import Case
from engines.matching.model import OpenDocument
from engines.matching.nomination import Standing
from engines.matching.references import Certainty, Hit
from engines.matching.shortages import Named
from engines.matching.spelling import read_as_digits

_GUESSES = 14
_GUESSED = 3


def read_memo(case: Case) -> Named | None:
    """Find what the memo names and is still open; numbers read with doubt must make the sum."""
    sure = _settle_hits(case)
    if sure and case.owed(sure) == case.amount:
        return Named(tuple(sure), _weakest(case.found.hits))
    guessed = _with_guesses(case, sure)
    if guessed:
        return guessed
    if sure:
        return Named(tuple(sure), _weakest(case.found.hits))
    return _lone_tail(case)


def _weakest(hits: Sequence[Hit]) -> Certainty:
    return min((hit.certainty for hit in hits), default=Certainty.EXACT)


def _open(case: Case, doc_ids: Sequence[str]) -> list[OpenDocument]:
    return [case.book.documents[i] for i in dict.fromkeys(doc_ids) if case.book.owed(i)]


def _settle_hits(case: Case) -> list[OpenDocument]:
    """One document per number where that can be told; all of them for an order of several."""
    options = [found for hit in case.found.hits if (found := _ours(case, hit.doc_ids))]
    everything = list({doc.doc_id: doc for found in options for doc in found}.values())
    if all(len(found) == 1 for found in options) or case.owed(everything) == case.amount:
        return everything
    chosen: dict[str, OpenDocument] = {}
    for found in options:
        exact = [doc for doc in found if case.book.owed(doc.doc_id) == case.amount]
        doc = (exact or found)[0]
        chosen[doc.doc_id] = doc
    return list(chosen.values())


def _ours(case: Case, doc_ids: Sequence[str]) -> list[OpenDocument]:
    """Of several customers' documents under one number, those of the payer."""
    found = _open(case, doc_ids)
    if len({doc.customer_no for doc in found}) < 2:
        return found
    payers = [d for d in found if d.customer_no in case.payer.customers]
    return payers or found


def _with_guesses(case: Case, sure: list[OpenDocument]) -> Named | None:
    """Complete the named documents by tails and slips, where exactly one way makes the sum."""
    missing = case.amount - case.owed(sure)
    taken = {doc.doc_id for doc in sure}
    for certainty in (Certainty.TAIL, Certainty.SLIP):
        guesses = [d for d in _guesses(case, certainty) if d.doc_id not in taken]
        sets = _sets_of(case, guesses, missing)
        if len(sets) == 1:
            return Named((*sure, *sets[0]), certainty)
    return None


def _guesses(case: Case, certainty: Certainty) -> list[OpenDocument]:
    look = case.book.references.tails if certainty is Certainty.TAIL else case.book.references.slips
    found: dict[str, OpenDocument] = {}
    for token in _doubtful(case):
        for doc in _open(case, look(token)):
            standing = case.nominator.standing(case.payer, doc.customer_no)
            near = standing in (Standing.SAME, Standing.RELATIVE)
            if doc.currency == case.payment.currency and (
                near or (standing is Standing.UNKNOWN and len(token) >= 6)
            ):
                found[doc.doc_id] = doc
    return list(found.values())[:_GUESSES]


def _doubtful(case: Case) -> list[str]:
    """Tokens that were not recognised, also with letters read as digits and pieces joined."""
    tokens = (*case.found.strangers, *case.found.loose)
    return list(dict.fromkeys(each for t in tokens for each in (t, read_as_digits(t))))[:_GUESSES]


def _sets_of(
    case: Case, guesses: Sequence[OpenDocument], missing: int
) -> list[tuple[OpenDocument, ...]]:
    if not guesses:
        return []
    if case.owed(guesses) == missing:
        return [tuple(guesses)]
    return [
        chosen
        for size in range(1, _GUESSED + 1)
        for chosen in combinations(guesses, size)
        if case.owed(chosen) == missing
    ]


def _lone_tail(case: Case) -> Named | None:
    """Last digits alone, where only one open document of the payer ends so."""
    if len(case.found.loose) != 1 or len(case.found.loose[0]) < 6:
        return None
    found = _guesses(case, Certainty.TAIL)
    return Named((found[0],), Certainty.TAIL) if len(found) == 1 else None
