"""The dispute phase: clocks started, new disputes prepared, late ones put before a person again."""

from collections import Counter

from batch.cases import work_case
from batch.run import Night
from graph.resume import open_threads
from ledger.queries.cases import disputes_to_prepare
from tools.dispute_checks import tell_billing
from tools.dispute_desk import ask_about_late, start_clocks


def dispute_pass(night: Night) -> None:
    """Have every new dispute prepared for a person once, and every late one asked about once."""
    with night.house.ledger.write() as session:
        start_clocks(session, night.house.policy)
        accounts = disputes_to_prepare(session, "dispute_analyst")
    for done, account_id in enumerate(accounts, start=1):
        work_case(night, account_id, "dispute_analyst", "dispute")
        night.progress("disputes", done, len(accounts))
    night.add("disputes", prepared=len(accounts))
    _ask_about_late(night, frozenset(accounts))
    _tell_billing(night)


def _ask_about_late(night: Night, prepared: frozenset[str]) -> None:
    with night.house.ledger.write() as session:
        policy = night.house.policy
        asked = ask_about_late(session, policy, night.as_of, night.now, night.run_id, prepared)
        night.add("disputes", overdue=asked.overdue, unproven=asked.unproven)
        night.keep_counts(session)
    open_threads(night.house, night.deps, list(asked.waiting))


def _tell_billing(night: Night) -> None:
    """Note billing errors; the first of each kind is told in the morning report."""
    with night.house.ledger.write() as session:
        told = tell_billing(session, night.house.policy, night.as_of, night.now, night.run_id)
        if told:
            first = {each.reason: each for each in reversed(told)}
            night.note(
                "disputes",
                billing=[[e.invoice_number, e.reason, e.says] for e in first.values()],
                billing_found=dict(Counter(each.reason for each in told)),
            )
        night.keep_counts(session)
