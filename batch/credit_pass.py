"""The credit phase: scores of what is overdue, and a proposal where exposure breaks its limit."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from batch.run import Night
from engines.credit import CreditView
from ledger.actions import SetCreditHold, SetCreditLimit
from ledger.identities import Identity
from ledger.queries.account_facts import load_facts
from ledger.queries.cases import recently_proposed
from ledger.queries.risk_facts import Limited, limits, overdue_accounts
from policies.schema_credit import CreditPolicy
from tools.credit_scores import AccountRisk, account_risks
from tools.exposure import Exposures, credit_view, exposures
from tools.proposals import submit

REPEAT_AFTER_DAYS = 30
_NAMED_AT_ONCE = 5_000
_WARNED = 10


def credit_pass(night: Night) -> None:
    """Review exposure against limits, score who is overdue, propose; a person decides each."""
    policy = night.house.policy.credit
    since = night.as_of - timedelta(days=REPEAT_AFTER_DAYS)
    with night.house.ledger.read() as session:
        asked = {
            kind: recently_proposed(session, kind, since)
            for kind in ("set_credit_hold", "set_credit_limit")
        }
        exposed = exposures(session, night.as_of)
        views = reviewed(exposed, limits(session), policy, night.as_of)
        late = overdue_accounts(session, night.as_of)
        named = late if len(late) <= _NAMED_AT_ONCE else None
        risks = account_risks(session, policy, night.as_of, named, exposed)
    holds = {a: v for a, v in views.items() if v.propose_hold and a not in asked["set_credit_hold"]}
    lower = _limits_to_lower(risks, policy.lower_limit_of_classes)
    lower = {a: r for a, r in lower.items() if a not in asked["set_credit_limit"] | set(holds)}
    _propose(night, holds, lower)
    watched = sum(view.advice == "watch" for view in views.values())
    scored = {account: risks[account] for account in late if account in risks}
    night.note("credit", reviewed=len(views), watched=watched, **_told(scored))
    night.add("credit", holds_proposed=len(holds), limits_proposed=len(lower))


def reviewed(
    exposed: Exposures, credit: Mapping[str, Limited], policy: CreditPolicy, as_of: date
) -> dict[str, CreditView]:
    """The review of every account with a limit that is not on credit hold yet."""
    found = {}
    for (account, currency), exposure in exposed.items():
        mine = credit[account]
        view = credit_view(exposure, mine.limit_minor, as_of, policy)
        if view is not None and mine.currency == currency and not mine.on_hold:
            found[account] = view
    return found


def _limits_to_lower(
    risks: Mapping[str, AccountRisk], classes: tuple[str, ...]
) -> dict[str, AccountRisk]:
    """Accounts of the classes whose limit leaves room above what they owe."""
    return {
        account: risk
        for account, risk in risks.items()
        if risk.score is not None
        and risk.score.risk_class in classes
        and risk.limit is not None
        and risk.limit.minor > max(risk.total.minor, 0)
    }


def _told(risks: Mapping[str, AccountRisk]) -> dict[str, Any]:
    """What the report shows of the scores of overdue accounts."""
    scored = [(risk.score, account) for account, risk in risks.items() if risk.score is not None]
    classes = Counter(score.risk_class for score, _ in scored)
    warned = sorted((-score.points, account) for score, account in scored if score.warnings)
    reasons = {account: score for score, account in scored}
    return {
        "classes": dict(sorted(classes.items())),
        "not_scored": len(risks) - len(scored),
        "warned": len(warned),
        "warnings": [
            [account, reasons[account].risk_class, reasons[account].warnings[0]]
            for _, account in warned[:_WARNED]
        ],
    }


def _propose(
    night: Night, holds: Mapping[str, CreditView], lower: Mapping[str, AccountRisk]
) -> None:
    accounts = sorted({*holds, *lower})
    if not accounts:
        return
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        facts = load_facts(session, night.as_of, accounts)
        for account in accounts:
            action, why = _wanted(account, holds, lower)
            submit(
                session,
                [action],
                author="credit_analyst",
                role="credit_analyst",
                facts=facts[account],
                policy=night.house.policy,
                now=night.now,
                run_id=night.run_id,
                why=why,
            )


def _wanted(
    account: str, holds: Mapping[str, CreditView], lower: Mapping[str, AccountRisk]
) -> tuple[SetCreditHold | SetCreditLimit, str]:
    """A hold where one is due, else a lower limit, each with its reason."""
    view = holds.get(account)
    if view is not None:
        why = (
            f"Exposure {view.exposure} is {view.used_percent} % of the limit {view.limit}; "
            f"the oldest item is {view.oldest_days} days past due."
        )
        return SetCreditHold(account_id=account, on=True), why
    risk = lower[account]
    limit = max(risk.total.minor, 0)
    reasons = "; ".join(each.says for each in risk.score.reasons[:3]) if risk.score else ""
    why = (
        f"Class {risk.score.risk_class if risk.score else '-'}: {reasons}. The limit {risk.limit} "
        f"leaves room above the exposure {risk.total}."
    )
    return SetCreditLimit(account_id=account, limit_minor=limit, currency=risk.currency), why
