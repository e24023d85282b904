"""Whom to work today: the money-days that a contact now is assumed to save, within capacity. Pure.

A late money-day is one unit of money one day past due. What a contact does is not known from the
ledger; policy assumes it in the open, by group, and the order without it is told beside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from policies.schema_credit import PriorityPolicy


class Group(StrEnum):
    """What an account with something overdue, or about to be, asks for."""

    ACT_NOW = "act_now"
    PAYS_ALONE = "pays_alone"
    OTHER_STRATEGY = "other_strategy"


@dataclass(frozen=True, slots=True)
class WorkFacts:
    """What an account is expected to cost if nobody acts, in minor units of one currency.

    Attributes:
        money_days: Late money-days expected within the horizon.
        soon_permille: Share of what is open expected within the days that count as paying alone.
        ever_permille: Share of it expected within the horizon.
        stops: Why a plain contact is the wrong thing, in words.
        entities: Ours that it owes, where that is told.
    """

    account_id: str
    currency: str
    money_days: int
    soon_permille: int
    ever_permille: int
    stops: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """An account in the order of work.

    Attributes:
        rank: By expected gain, from 1; within a group the order of work.
        rank_without_effect: By late money-days alone, as if a contact did the same to everybody.
        gain_money_days: What a contact now is assumed to save.
        within_capacity: Whether it is among today's calls.
        factors: In words.
    """

    account_id: str
    currency: str
    group: Group
    rank: int
    rank_without_effect: int
    gain_money_days: int
    within_capacity: bool
    factors: tuple[str, ...]


def prioritise(
    accounts: Iterable[WorkFacts], policy: PriorityPolicy, units: Mapping[str, int]
) -> list[Ranked]:
    """Rank accounts that cost late money-days; those to act on first, by expected gain.

    Args:
        accounts: What each is expected to cost.
        policy: Capacity, the groups, and the assumed effect of a contact.
        units: Minor units of each currency that weigh alike, so that currencies can be ordered;
            every currency of the accounts is among them.
    """
    facts = [each for each in accounts if each.money_days > 0]
    weight = {each.account_id: each.money_days / units[each.currency] for each in facts}
    groups = {each.account_id: group_of(each, policy) for each in facts}
    effect = policy.effect_percent
    gain = {a: weight[a] * effect[groups[a].value] for a in weight}
    plain = sorted(weight, key=lambda account: (-weight[account], account))
    without = {account: at for at, account in enumerate(plain, start=1)}
    order = {group: at for at, group in enumerate(Group)}
    first = {Group.ACT_NOW: 0}
    facts.sort(
        key=lambda f: (
            first.get(groups[f.account_id], 1),
            -gain[f.account_id],
            order[groups[f.account_id]],
            f.account_id,
        )
    )
    return [
        Ranked(
            each.account_id,
            each.currency,
            groups[each.account_id],
            rank,
            without[each.account_id],
            each.money_days * effect[groups[each.account_id].value] // 100,
            groups[each.account_id] is Group.ACT_NOW and rank <= policy.calls_a_day,
            _factors(each, policy),
        )
        for rank, each in enumerate(facts, start=1)
    ]


def group_of(facts: WorkFacts, policy: PriorityPolicy) -> Group:
    """Another strategy where a contact is wrong or hopeless; alone where it pays soon anyway."""
    if facts.stops or facts.ever_permille < 10 * policy.hopeless_below_percent:
        return Group.OTHER_STRATEGY
    if facts.soon_permille >= 10 * policy.alone_from_percent:
        return Group.PAYS_ALONE
    return Group.ACT_NOW


def _factors(facts: WorkFacts, policy: PriorityPolicy) -> tuple[str, ...]:
    return (
        f"{facts.soon_permille // 10} % expected within {policy.alone_days} days if nobody acts",
        f"{facts.ever_permille // 10} % within {policy.horizon_days} days",
        *facts.stops,
        *((f"owed to {', '.join(facts.entities)}",) if facts.entities else ()),
    )
