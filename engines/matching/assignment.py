"""Payments of one batch that want the same documents: each is shown another one first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from engines.matching.drafting import Case, Decision, Draft
from engines.matching.model import Reason

_FAR = 9_999


class Contests:
    """Receipts of one amount that could be meant by the same advice."""

    def __init__(self, receipts: Iterable[Case], days: int) -> None:
        self._days = days
        self._alike: dict[tuple[str, int], list[Case]] = defaultdict(list)
        for case in receipts:
            self._alike[case.payment.currency, case.amount].append(case)

    def has_rival(self, case: Case) -> bool:
        """Whether another receipt of the amount, perhaps of the same payer, names nothing."""
        return any(
            other is not case
            and not other.found.hits
            and abs((other.payment.value_on - case.payment.value_on).days) <= self._days
            and _may_be_one_payer(case, other)
            for other in self._alike[case.payment.currency, case.amount]
        )


def _may_be_one_payer(case: Case, other: Case) -> bool:
    mine, theirs = case.payer.customers, other.payer.customers
    return not mine or not theirs or bool(mine & theirs)


def spread_equal_amounts(
    judged: Sequence[tuple[Case, Decision]],
) -> list[tuple[Case, Decision]]:
    """Rank equal amounts so that equal payments begin with different documents.

    Payments and documents are paired with the fewest days between value and due date in all.
    """
    groups: dict[tuple[str | None, str, int], list[int]] = defaultdict(list)
    for at, (case, decision) in enumerate(judged):
        if decision.reason is Reason.AMBIGUOUS_EQUAL_AMOUNTS:
            groups[decision.owner, case.payment.currency, case.amount].append(at)
    result = list(judged)
    for members in groups.values():
        if len(members) > 1:
            first = _paired([judged[at] for at in members])
            for at, doc_id in zip(members, first, strict=True):
                case, decision = judged[at]
                result[at] = (case, _led_by(case, decision, doc_id))
    return result


def _paired(group: Sequence[tuple[Case, Decision]]) -> list[str]:
    from scipy.optimize import linear_sum_assignment

    wanted = {d.parts[0].doc_id: None for _case, decision in group for d in decision.drafts}
    documents = list(wanted)
    cost = [[_days(case, doc_id) for doc_id in documents] for case, _decision in group]
    rows, columns = linear_sum_assignment(cost)
    chosen = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    return [documents[chosen[at]] if at in chosen else "" for at in range(len(group))]


def _days(case: Case, doc_id: str) -> int:
    due = case.book.documents[doc_id].due_on
    return abs((case.payment.value_on - due).days) if due else _FAR


def _led_by(case: Case, decision: Decision, doc_id: str) -> Decision:
    if not doc_id:
        return decision
    drafts = list(decision.drafts)
    leading = [d for d in drafts if d.parts[0].doc_id == doc_id]
    if not leading:
        model = drafts[0]
        part = replace(model.parts[0], doc_id=doc_id, cash_minor=case.amount)
        leading = [Draft((part,), model.pattern, model.evidence, rivals=model.rivals)]
    rest = [d for d in drafts if d.parts[0].doc_id != doc_id]
    return replace(decision, drafts=(*leading, *rest)[: max(len(drafts), 1)])
