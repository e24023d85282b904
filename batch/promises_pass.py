"""Promises and plans of a night: settled by the books, told where a person must decide.

Every step may be repeated without harm: what moved does not move again, and nobody is told twice.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session

from batch.run import Night
from graph.resume import open_threads
from ledger.actions import Escalate, ProposedAction
from ledger.identities import Identity
from ledger.queries.account_facts import load_facts
from ledger.queries.plans import plans, plans_told
from ledger.states import PlanState
from tools.plan_book import Moved, move_plans
from tools.plans import plan_letter
from tools.promise_book import Overdue, settle_ours, settle_theirs
from tools.proposals import submit

AUTHOR = "promise_book"
ROLE = "collector"
Wanted = dict[str, list[ProposedAction]]


def promises_pass(night: Night) -> None:
    """Settle promises both ways, move plans, and put before people what is theirs to decide."""
    policy, as_of = night.house.policy, night.as_of
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        theirs = settle_theirs(session, policy, as_of)
        ours, overdue = settle_ours(session, as_of)
        moved = move_plans(session, policy, as_of)
        wanted: Wanted = defaultdict(list)
        _tell_overdue(overdue, policy.promises.ours_overdue_to, wanted)
        _tell_breaches(moved, wanted)
        _offer_plans(session, night, wanted)
        waiting = _ask(session, night, wanted)
        night.add("cash", promises=theirs)
        night.add(
            "promises",
            ours_kept=len(ours),
            ours_overdue=len(overdue),
            plans_completed=len(moved.completed),
            plans_cured=len(moved.cured),
            plans_breached=len(moved.breached),
            plans_ended=len(moved.ended),
        )
        night.keep_counts(session)
    open_threads(night.house, night.deps, waiting)


def _tell_overdue(overdue: Iterable[Overdue], role: str, wanted: Wanted) -> None:
    for each in overdue:
        owner = f" {each.owner} sees to it." if each.owner else ""
        summary = (
            f"We promised a {each.kind.replace('_', ' ')} on {each.promised_on} for "
            f"{each.due_on} and the ledger does not show it.{owner} Nothing is chased until it is "
            f"done: do it, or say what became of it with `dunwell promises keep "
            f"{each.promise_id}`."
        )
        action = Escalate(account_id=each.account_id, to_role=role, summary=summary)
        wanted[each.account_id].append(action)


def _tell_breaches(moved: Moved, wanted: Wanted) -> None:
    for _plan_id, account_id, told in moved.breached:
        action = Escalate(account_id=account_id, to_role="finance_lead", summary=told)
        wanted[account_id].append(action)


def _offer_plans(session: Session, night: Night, wanted: Wanted) -> None:
    """The letter of every approved plan that nobody has been asked to send yet."""
    proposed = [row.plan for row in plans(session, (PlanState.PROPOSED,))]
    accounts = {plan.account_id for plan in proposed}
    told = plans_told(session, accounts) if proposed else set()
    new = [plan for plan in proposed if plan.id not in told and plan.proposed_on is not None]
    facts = load_facts(session, night.as_of, sorted({plan.account_id for plan in new}))
    for plan in new:
        letter = plan_letter(plan.id, facts[plan.account_id], night.house.policy)
        if letter is not None:
            wanted[plan.account_id].append(letter)


def _ask(session: Session, night: Night, wanted: Wanted) -> list[tuple[str, str]]:
    """Ask through the one acting path; returns what waits for a person."""
    waiting: list[tuple[str, str]] = []
    facts = load_facts(session, night.as_of, sorted(wanted))
    for account_id in sorted(wanted):
        done = submit(
            session,
            wanted[account_id],
            author=AUTHOR,
            role=ROLE,
            facts=facts[account_id],
            policy=night.house.policy,
            now=night.now,
            run_id=night.run_id,
        )
        waiting += [(each.proposal_id, account_id) for each in done if each.proposal_id]
    return waiting
