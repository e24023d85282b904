"""The credit phase: narrow in SQL, then one proposal each."""

from datetime import timedelta

from batch.run import Night
from engines.credit import CreditView, review_credit
from ledger.actions import SetCreditHold
from ledger.identities import Identity
from ledger.money import Money
from ledger.queries.account_facts import load_facts
from ledger.queries.cases import exposures, recently_proposed
from tools.proposals import submit

REPEAT_AFTER_DAYS = 30


def credit_pass(night: Night) -> None:
    """Review exposure against limits and propose holds; a person decides each."""
    policy = night.house.policy.credit
    with night.house.ledger.read() as session:
        asked = recently_proposed(
            session, "set_credit_hold", night.as_of - timedelta(days=REPEAT_AFTER_DAYS)
        )
        views = {
            row.account_id: review_credit(
                Money(row.exposure_minor, row.currency),
                Money(row.limit_minor, row.currency),
                row.oldest_due_on,
                night.as_of,
                policy,
            )
            for row in exposures(session)
        }
    to_hold = sorted(a for a, view in views.items() if view.propose_hold and a not in asked)
    _propose_holds(night, to_hold, views)
    watched = sum(view.advice == "watch" for view in views.values())
    night.note("credit", reviewed=len(views), watched=watched)
    night.add("credit", holds_proposed=len(to_hold))


def _propose_holds(night: Night, accounts: list[str], views: dict[str, CreditView]) -> None:
    if not accounts:
        return
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        facts = load_facts(session, night.as_of, accounts)
        for account_id in accounts:
            view = views[account_id]
            why = (
                f"Exposure {view.exposure} is {view.used_percent} % of the limit {view.limit}; "
                f"the oldest item is {view.oldest_days} days past due."
            )
            submit(
                session,
                [SetCreditHold(account_id=account_id, on=True)],
                author="credit_analyst",
                role="credit_analyst",
                facts=facts[account_id],
                policy=night.house.policy,
                now=night.now,
                run_id=night.run_id,
                why=why,
            )
