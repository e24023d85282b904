"""The order of work from the forecast: what each account costs if nobody acts, and its group."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from statistics import median
from typing import Any

from engines.priority import Ranked, WorkFacts, prioritise
from ledger.money import currency_digits
from policies.schema import Policy
from tools.cash_ahead import CashAhead
from tools.work_stops import stops_of

_KEPT_OF_A_GROUP = 200


def value_units(policy: Policy, currencies: Iterable[str]) -> dict[str, int]:
    """Minor units of each currency that weigh alike: its high-value threshold.

    A currency without one weighs as the company's own does, at par, or as the median of all
    thresholds where the company's own has none: not to be known makes nothing large.
    """
    known = policy.contact.high_value
    others = median(known.values()) if known else Decimal(1)
    usual = known.get(policy.company.currency, others)
    return {
        each: max(1, int(known.get(each, usual).scaleb(currency_digits(each))))
        for each in set(currencies)
    }


def ranking(ahead: CashAhead, policy: Policy) -> list[Ranked]:
    """Rank every account that is expected to cost late money-days.

    An account counts in the currency it owes most late money-days in, measured by the high-value
    threshold of each currency, or by the usual threshold where it has none.
    """
    found = _work_facts(ahead, policy)
    units = value_units(policy, (facts.currency for facts in found))
    best: dict[str, tuple[Any, WorkFacts]] = {}
    for facts in found:
        weight = facts.money_days / units[facts.currency]
        if facts.account_id not in best or weight > best[facts.account_id][0]:
            best[facts.account_id] = weight, facts
    return prioritise((facts for _, facts in best.values()), policy.priority, units)


def kept_ranks(ranked: Sequence[Ranked]) -> list[dict[str, Any]]:
    """The first of each group as plain values, to be kept with the night."""
    left = Counter[str]()
    found = []
    for each in ranked:
        left[each.group] += 1
        if left[each.group] <= _KEPT_OF_A_GROUP:
            found.append(asdict(each))
    return found


def _work_facts(ahead: CashAhead, policy: Policy) -> list[WorkFacts]:
    """Sums by account and currency over its open items."""
    import numpy as np

    from engines.risk.ranking import expected_late_days

    rule, items = policy.priority, ahead.items
    if not len(items):
        return []
    horizon = min(rule.horizon_days, items.days)
    until = np.cumsum(items.paid, axis=1)
    curves = np.column_stack([items.paid[:, :horizon], 1 - until[:, horizon - 1]])
    late = expected_late_days(curves, ahead.asked, ahead.as_of) * items.amount
    soon = until[:, min(rule.alone_days, items.days) - 1] * items.amount
    ever = until[:, horizon - 1] * items.amount
    keys = np.char.add(np.char.add(items.account, "\n"), items.currency)
    names, place = np.unique(keys, return_inverse=True)
    sums = [np.bincount(place, each, len(names)) for each in (late, items.amount, soon, ever)]
    stops, entities = stops_of(ahead, late), _entities(place, items.entity)
    found = []
    for at, (name, cost, owed, shortly, finally_) in enumerate(
        zip(names.tolist(), *(each.tolist() for each in sums), strict=True)
    ):
        account, currency = name.split("\n")
        found.append(
            WorkFacts(
                account,
                currency,
                round(cost),
                round(1000 * shortly / owed),
                round(1000 * finally_ / owed),
                stops.get(account, ()),
                tuple(entities.get(at, ())),
            )
        )
    return found


def _entities(place: Any, entity: Any) -> dict[int, list[str]]:
    """Ours that the items of each place are owed to, where that is told."""
    found: dict[int, list[str]] = {}
    told = entity != ""
    for at, name in sorted(set(zip(place[told].tolist(), entity[told].tolist(), strict=True))):
        found.setdefault(at, []).append(name)
    return found
