"""A batch of payments against an open book: references first, then amounts, then sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from engines.matching.advices import AdviceDesk, judge_advised, names_only_strangers
from engines.matching.assignment import Contests, spread_equal_amounts
from engines.matching.classify import LineKind, classify
from engines.matching.drafting import Case, Decision
from engines.matching.duplicates import PaidBefore, SeenLines
from engines.matching.gate import answer
from engines.matching.index import OpenBook
from engines.matching.memory import Memory
from engines.matching.model import Action, Book, Outcome, Payment, Reason
from engines.matching.named import judge_named
from engines.matching.nomination import Nominator
from engines.matching.reading import read_memo
from engines.matching.rules import MatchRules
from engines.matching.scoring import Calibration, shipped_calibration
from engines.matching.unnamed import judge_unnamed

_ROUNDS = 3
_UNEXPLAINED = ("oldest_first", "unnamed_part", "over")
_KNOWN = ("account", "number", "name")
# A named suggestion speaks for its documents until a person says otherwise.
_SPOKEN_FOR = frozenset(
    {
        Reason.SHORT_PAY,
        Reason.DISCOUNT_UNEARNED,
        Reason.CREDIT_NOT_NAMED,
        Reason.OVERPAYMENT,
        Reason.MULTI_CUSTOMER,
    }
)


def match_payments(
    book: Book,
    payments: Sequence[Payment],
    rules: MatchRules | None = None,
    memory: Memory | None = None,
    calibration: Calibration | None = None,
) -> list[Outcome]:
    """Match a batch; every payment gets exactly one outcome, in the order given.

    Args:
        book: Open documents, customers, advices, what was closed and paid before.
        payments: Lines of the bank, of any sign.
        rules: Tolerances and limits; the defaults if left out.
        memory: Accounts, names and patterns learned from confirmed answers.
        calibration: Weights of the probability; those shipped if left out.
    """
    batch = _Batch(
        book,
        rules or MatchRules(),
        memory or Memory(),
        calibration or shipped_calibration(),
    )
    return batch.run(payments)


def _named_in(case: Case) -> frozenset[str]:
    return frozenset(doc_id for hit in case.found.hits for doc_id in hit.doc_ids)


def _agreed(by_memo: Decision, by_advice: Decision) -> Decision:
    """Memo and advice of one payment: the fuller counts, unless both are exact and differ."""
    same = {p.doc_id for p in by_memo.drafts[0].parts} == {
        p.doc_id for p in by_advice.drafts[0].parts
    }
    if by_memo.reason or same:
        return by_advice
    if by_advice.reason:
        return by_memo
    drafts = (by_advice.drafts[0], by_memo.drafts[0])
    return replace(by_advice, drafts=drafts, reason=Reason.REFERENCE_CONFLICT, may_post=False)


@dataclass
class Judged:
    """A case with the decision about it, as training wants them."""

    case: Case
    decision: Decision


@dataclass
class _Batch:
    given: Book
    rules: MatchRules
    memory: Memory
    calibration: Calibration
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.book = OpenBook(self.given, self.memory.aliases())
        self.nominator = Nominator(self.book, self.memory.accounts())
        self.advices = AdviceDesk(self.given.advices, self.book, self.nominator)
        self.seen = SeenLines()
        self.paid = PaidBefore(self.given.paid_before, self.rules.duplicate_days)
        for payment in self.given.paid_before:
            self.seen.is_repeated(payment)
        self.contests = Contests((), 0)
        self.judged: dict[str, Judged] = {}
        self.kept: dict[str, tuple[int, Decision]] = {}

    def run(self, payments: Sequence[Payment]) -> list[Outcome]:
        """Judge what is named by day, then what is not, until nothing more posts."""
        ordered = sorted(payments, key=lambda p: p.value_on)
        receipts = [case for payment in ordered if (case := self._receipt(payment))]
        self.contests = Contests(receipts, 2 * self.rules.advice_days)
        self._by_amount([case for case in receipts if not self._is_named(case)])
        return [self.outcomes[payment.payment_id] for payment in payments]

    def _receipt(self, payment: Payment) -> Case | None:
        """Hold what is no receipt or came before; give back the others as cases."""
        if self.seen.is_repeated(payment):
            return self._hold(payment, Reason.DUPLICATE_BANK_LINE)
        case = self._case(payment)
        kind = classify(payment, bool(case.found.hits) or case.payer.voice in _KNOWN)
        if kind is LineKind.RETURN:
            return self._hold(payment, Reason.REVERSAL)
        if kind is not LineKind.RECEIPT and (payment.amount_minor <= 0 or not case.found.hits):
            return self._hold(payment, Reason.NOT_A_CUSTOMER_PAYMENT)
        return case

    def _is_named(self, case: Case) -> bool:
        """Settle a receipt whose memo or advice names documents."""
        decision = self._by_reference(case)
        if decision:
            self._settle(case, decision)
        return decision is not None

    def _case(self, payment: Payment) -> Case:
        found = self.book.references.find(payment.memo)
        payer = self.nominator.nominate(payment)
        return Case(payment, self.book, self.rules, self.nominator, payer, found)

    def _by_reference(self, case: Case) -> Decision | None:
        """Decide by memo or advice; None where neither says anything."""
        documents = _named_in(case)
        if documents and self._is_paid_again(case, documents):
            return Decision((), Reason.DUPLICATE_PAYMENT)
        self.paid.add(case.payment, documents)
        named = read_memo(case)
        by_memo = judge_named(case, named) if named else None
        exact = by_memo is not None and by_memo.may_post and by_memo.reason is None
        # Beside an exact memo, an advice may be that of another payment of the same amount.
        contested = self.contests.has_rival(case)
        by_advice = None if exact and contested else self._advised(case, contested)
        if by_memo and by_advice:
            return _agreed(by_memo, by_advice)
        return by_memo or by_advice or self._not_open(case, documents)

    def _advised(self, case: Case, contested: bool) -> Decision | None:
        advice = self.advices.find(case)
        if not advice:
            return None
        decision = judge_advised(case, advice)
        if decision is None and names_only_strangers(case, advice):
            likely = judge_unnamed(case)
            decision = Decision(likely.drafts, Reason.REFERENCE_NOT_OPEN, owner=likely.owner)
        if decision is None:
            return None
        self.advices.take(advice)
        decision = replace(decision, advice_key=advice.key)
        if contested and decision.may_post:
            reason = decision.reason or Reason.AMBIGUOUS_EQUAL_AMOUNTS
            return replace(decision, may_post=False, reason=reason)
        return decision

    def _not_open(self, case: Case, documents: frozenset[str]) -> Decision | None:
        if not (documents or case.found.closed or case.found.strangers):
            return None
        likely = judge_unnamed(case)
        return Decision(likely.drafts, Reason.REFERENCE_NOT_OPEN, owner=likely.owner)

    def _is_paid_again(self, case: Case, documents: frozenset[str]) -> bool:
        """The same payer sent the same amount for the same documents, and they cannot take both."""
        earlier = self.paid.equals(case.payment)
        owed = sum(self.book.owed(doc_id) for doc_id in documents)
        wanted = case.amount * (1 + self.paid.waiting(case.payment, documents))
        return documents in earlier and owed < wanted

    def _by_amount(self, cases: Iterable[Case]) -> None:
        waiting = list(cases)
        for _ in range(_ROUNDS):
            posted = False
            for single in (True, False):
                rest = []
                for case in waiting:
                    decision = self._unnamed(case)
                    is_single = decision.may_post and len(decision.drafts[0].parts) == 1
                    if decision.may_post and is_single == single and self._settle(case, decision):
                        posted = True
                    else:
                        rest.append(case)
                waiting = rest
            if not posted:
                break
        judged = [(case, self._last_look(case)) for case in waiting]
        for case, decision in spread_equal_amounts(judged):
            self._settle(case, decision)

    def _last_look(self, case: Case) -> Decision:
        """What nothing open explains may be paid twice, or an advice less a charge."""
        decision = self._unnamed(case)
        explained = bool(decision.drafts) and decision.drafts[0].pattern not in _UNEXPLAINED
        # Among many sums that fit by chance, an advice of certain documents says which it was.
        by_chance = explained and decision.reason is Reason.AMBIGUOUS_COMBINATION
        advice = self.advices.find_less_fee(case) if by_chance or not explained else None
        advised = judge_advised(case, advice) if advice else None
        if advice and advised and (advised.may_post or not by_chance):
            self.advices.take(advice)
            return replace(advised, advice_key=advice.key)
        return self._paid_twice(case) or decision

    def _unnamed(self, case: Case) -> Decision:
        """Judge by amount, again only when the payer's documents changed."""
        state = self.book.state_of(case.payer.customers)
        kept = self.kept.get(case.payment.payment_id)
        if kept is None or kept[0] != state or not case.payer.customers:
            kept = state, judge_unnamed(case)
            self.kept[case.payment.payment_id] = kept
        return kept[1]

    def _paid_twice(self, case: Case) -> Decision | None:
        """Nothing named, nothing open fits exactly, and the payer sent as much before."""
        if not case.payer.customers or len(self.paid.equals(case.payment)) < 2:
            return None
        drafts = self._unnamed(case).drafts
        if drafts and drafts[0].pattern.startswith(("equal_amount", "amount_")):
            return None
        return Decision((), Reason.DUPLICATE_PAYMENT)

    def _settle(self, case: Case, decision: Decision) -> bool:
        """Keep the outcome and take what it posts off the book; whether it posts."""
        outcome = answer(case, decision, self.calibration, self.memory)
        self.outcomes[case.payment.payment_id] = outcome
        self.judged[case.payment.payment_id] = Judged(case, decision)
        if outcome.action is Action.AUTO or (
            outcome.action is Action.SUGGEST
            and outcome.reason in _SPOKEN_FOR
            and decision.standing != "unknown"
        ):
            best = outcome.alternatives[0]
            self.book.spend(best.parts)
            self.book.close(each.doc_id for each in best.differences if each.kind != "deduction")
        elif outcome.alternatives and case.found.hits:
            self.paid.wait(case.payment, _named_in(case))
        return outcome.action is Action.AUTO

    def _hold(self, payment: Payment, reason: Reason) -> None:
        self.outcomes[payment.payment_id] = Outcome(payment.payment_id, Action.HOLD, reason)


def judge_all(
    book: Book,
    payments: Sequence[Payment],
    calibration: Calibration,
    rules: MatchRules | None = None,
) -> tuple[list[Outcome], dict[str, Judged]]:
    """Match and keep what led to each outcome."""
    batch = _Batch(book, rules or MatchRules(), Memory(), calibration)
    return batch.run(payments), batch.judged
