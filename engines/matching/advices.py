"""Remittance advices: joined to their payment, and their lines turned into documents.

An advice is joined by total, currency and days, and only where payer or references confirm it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engines.matching.classify import states_deduction, states_discount, states_part
from engines.matching.drafting import Case, Decision, Draft
from engines.matching.index import OpenBook
from engines.matching.model import Advice, AdviceLine, Difference, OpenDocument, Part, Reason
from engines.matching.named import judge_named
from engines.matching.nomination import Nominator, Payer, Standing
from engines.matching.references import Certainty
from engines.matching.shortages import Named
from engines.matching.spelling import normalise


class AdviceDesk:
    """Advices waiting for their payment; each is used once."""

    def __init__(self, advices: Iterable[Advice], book: OpenBook, nominator: Nominator) -> None:
        self._book, self._nominator = book, nominator
        self._waiting: dict[tuple[str, int], list[Advice]] = defaultdict(list)
        self._of: dict[str, list[Advice]] = defaultdict(list)
        for advice in advices:
            self._waiting[advice.currency, advice.total_minor].append(advice)
            for number in book.names.find(advice.payer_text).customers or self._owners(advice):
                self._of[number].append(advice)

    def _owners(self, advice: Advice) -> frozenset[str]:
        """Whose documents an advice names, for one whose payer is written too badly to be known."""
        hits = (h for line in advice.lines for h in self._book.references.find(line.reference).hits)
        found = (self._book.documents[doc_id] for hit in hits for doc_id in hit.doc_ids)
        return frozenset(doc.customer_no for doc in found)

    def find(self, case: Case) -> Advice | None:
        """Find the advice of a payment; the best confirmed one, or none where two are equal."""
        return self._best(case, self._waiting.get((case.payment.currency, case.amount), ()))

    def find_less_fee(self, case: Case) -> Advice | None:
        """Find an advice of the payer for a little more: a bank on the way took its charge."""
        if not case.payer.certain:
            return None
        fee_most = case.rules.fee_most(case.payment.currency)
        most = min(fee_most, case.amount * case.rules.fee_most_permille // 1000)
        near = [
            advice
            for number in sorted(case.payer.customers)
            for advice in self._of.get(number, ())
            if 0 < advice.total_minor - case.amount <= most
            and advice.currency == case.payment.currency
            and advice in self._waiting[advice.currency, advice.total_minor]
        ]
        return self._best(case, near) if len(near) == 1 else None

    def _best(self, case: Case, waiting: Sequence[Advice]) -> Advice | None:
        ranked = sorted(
            ((self._support(case, advice), -self._days(case, advice)), n)
            for n, advice in enumerate(waiting)
            if self._days(case, advice) <= case.rules.advice_days
        )
        ranked = [each for each in ranked if each[0][0] > 0]
        if not ranked or (len(ranked) > 1 and ranked[-1][0] == ranked[-2][0]):
            return None
        return waiting[ranked[-1][1]]

    def take(self, advice: Advice) -> None:
        """An advice that was used belongs to no other payment."""
        self._waiting[advice.currency, advice.total_minor].remove(advice)

    def _days(self, case: Case, advice: Advice) -> int:
        if advice.received_on is None:
            return 0
        return abs((case.payment.value_on - advice.received_on).days)

    def _support(self, case: Case, advice: Advice) -> int:
        """How much confirms the join: payer's name 2, owner of a line 2, number in the memo 3."""
        support = 0
        named = self._book.names.find(advice.payer_text)
        voices = case.payer.customers | case.payer.by_name
        if any(self._book.related(a, b) for a in named.customers for b in voices):
            support += 2
        owners = {doc.customer_no for _line, doc in read_lines(case, advice) if doc}
        if any(self._book.related(a, b) for a in owners for b in voices):
            support += 2
        if len(normalise(advice.advice_id)) > 4 and normalise(advice.advice_id) in normalise(
            case.payment.memo
        ):
            support += 3
        unheard = not voices or case.payer.voice in ("nothing", "likeness")
        return support or (1 if unheard and owners else 0)


def read_lines(case: Case, advice: Advice) -> list[tuple[AdviceLine, OpenDocument | None]]:
    """Find the document of each line by its number, else by its gross amount."""
    read: list[tuple[AdviceLine, OpenDocument | None]] = []
    taken: set[str] = set()
    for line in advice.lines:
        doc = _document_of(case, advice, line, taken)
        if doc:
            taken.add(doc.doc_id)
        read.append((line, doc))
    return read


def _document_of(
    case: Case, advice: Advice, line: AdviceLine, taken: set[str]
) -> OpenDocument | None:
    found = case.book.references.find(line.reference)
    ids = [i for hit in found.hits for i in hit.doc_ids]
    if not ids:
        near = [
            (*case.book.references.tails(t), *case.book.references.slips(t)) for t in found.loose
        ]
        ids = [i for group in near for i in group if case.book.owed(i) == line.gross_minor]
    if not ids and not found.strangers and not found.closed and line.gross_minor:
        ids = _by_gross(case, advice, line)
    ids = [i for i in dict.fromkeys(ids) if i not in taken and case.book.owed(i)]
    if len(ids) > 1:
        ids = [i for i in ids if case.book.owed(i) == line.gross_minor] or ids
        ids = [i for i in ids if case.book.documents[i].customer_no in case.payer.customers] or ids
    return case.book.documents[ids[0]] if len(ids) == 1 else None


def _by_gross(case: Case, advice: Advice, line: AdviceLine) -> list[str]:
    """A line with no number of ours: the only open document of the payer with that amount."""
    same = case.book.with_amount(advice.currency, line.gross_minor)
    ids = [doc.doc_id for doc in same if doc.customer_no in case.payer.customers]
    return ids if len(ids) == 1 else []


@dataclass(frozen=True)
class Reading:
    """An advice whose lines were read."""

    documents: tuple[OpenDocument, ...]
    unread: tuple[AdviceLine, ...]
    net: dict[str, int]
    deducted: dict[str, int]
    words: str


def read_advice(case: Case, advice: Advice) -> Reading:
    """Sum up what an advice says about each document."""
    net: dict[str, int] = defaultdict(int)
    deducted: dict[str, int] = defaultdict(int)
    documents, unread, words = {}, [], []
    for line, doc in read_lines(case, advice):
        words.append(line.reason_text)
        if doc is None:
            unread.append(line)
            continue
        documents[doc.doc_id] = doc
        net[doc.doc_id] += line.net_minor
        deducted[doc.doc_id] += line.deduction_minor
    return Reading(
        tuple(documents.values()), tuple(unread), dict(net), dict(deducted), " ".join(words)
    )


def payer_of_advice(case: Case, advice: Advice) -> Payer:
    """A bank line without a payer gets the one its advice names."""
    if case.payer.voice not in ("nothing", "likeness"):
        return case.payer
    named = replace(case.payment, payer_name=advice.payer_text)
    found = case.nominator.nominate(named)
    return case.payer if found.voice == "nothing" else found


def judge_advised(case: Case, advice: Advice) -> Decision | None:
    """Decide by an advice; None where its lines say nothing that helps."""
    reading = read_advice(case, advice)
    if not reading.documents:
        return None
    case = replace(case, payer=payer_of_advice(case, advice))
    named = Named(reading.documents, Certainty.EXACT, by_advice=True)
    owners = {doc.customer_no for doc in reading.documents}
    deductions = any(reading.deducted.values()) or any(u.net_minor < 0 for u in reading.unread)
    plain = not deductions and not reading.unread
    full = all(reading.net[d.doc_id] == case.book.owed(d.doc_id) for d in reading.documents)
    if len(owners) > 1 or (plain and full) or _is_foreign(case, reading):
        return judge_named(case, named)
    stated = sum(reading.net.values()) + sum(line.net_minor for line in reading.unread)
    if stated != case.amount:
        decision = judge_named(case, named)
        return replace(
            decision, may_post=False, reason=decision.reason or Reason.REFERENCE_CONFLICT
        )
    return _by_lines(case, reading, deductions)


def names_only_strangers(case: Case, advice: Advice) -> bool:
    """Whether the lines of an advice carry numbers like ours, none of which is open."""
    found = [case.book.references.find(line.reference) for line in advice.lines]
    return any(each.strangers or each.closed or each.hits for each in found)


def _is_short(case: Case, reading: Reading) -> bool:
    """Whether a line pays a little less than is open on its document."""
    for doc in reading.documents:
        owed = case.book.owed(doc.doc_id)
        missing = owed - reading.net[doc.doc_id]
        if 0 < missing * 100 <= owed * case.rules.short_pay_percent:
            return True
    return False


def _is_foreign(case: Case, reading: Reading) -> bool:
    return any(doc.currency != case.payment.currency for doc in reading.documents)


def _by_lines(case: Case, reading: Reading, deductions: bool) -> Decision:
    cash, differences = _spread(case, reading)
    rest = case.amount - sum(cash.values())
    parts = tuple(Part(doc_id, minor) for doc_id, minor in cash.items() if minor)
    owner = reading.documents[0].customer_no
    standing = case.nominator.standing(case.payer, owner)
    reason, may_post, pattern = _why(case, reading, deductions, rest, differences)
    if standing is Standing.STRANGER:
        reason, may_post = Reason.PAYER_CONFLICT, False
    said = ("the lines of the advice",)
    draft = Draft(parts, pattern, said, rest, tuple(differences))
    return Decision((draft,), reason, may_post, owner, standing.value)


def _spread(case: Case, reading: Reading) -> tuple[dict[str, int], list[Difference]]:
    """Cash per document; what a line without a document takes off comes off the largest."""
    cash: dict[str, int] = {}
    rest = 0
    for doc in reading.documents:
        owed = case.book.owed(doc.doc_id)
        cash[doc.doc_id] = min(reading.net[doc.doc_id], owed)
    for line in reading.unread:
        rest += line.net_minor
    if rest < 0:
        largest = max(cash, key=lambda each: (cash[each], each))
        cash[largest] += rest
    differences = [
        Difference("deduction", doc_id, case.book.owed(doc_id) - minor)
        for doc_id, minor in cash.items()
        if 0 < minor < case.book.owed(doc_id)
    ]
    return cash, differences


def _why(
    case: Case, reading: Reading, deductions: bool, rest: int, differences: list[Difference]
) -> tuple[Reason | None, bool, str]:
    if rest:
        return Reason.OVERPAYMENT, False, "over"
    if reading.unread and not deductions:
        return Reason.REFERENCE_NOT_OPEN, False, "advised"
    if not deductions and _is_short(case, reading):
        said = states_part(reading.words)
        return Reason.PARTIAL_PAYMENT if said else Reason.SHORT_PAY, False, "short_pay"
    if not deductions:
        return Reason.PARTIAL_PAYMENT, True, "advised_part"
    if states_discount(reading.words) and not states_deduction(reading.words):
        named = Named(reading.documents, Certainty.EXACT, by_advice=True)
        decision = judge_named(case, named)
        if decision.drafts and decision.drafts[0].pattern == "named_discount":
            return decision.reason, decision.may_post, "advised_discount"
        return Reason.DISCOUNT_UNEARNED, False, "short_pay"
    return (Reason.SHORT_PAY if differences else None), False, "short_pay"
