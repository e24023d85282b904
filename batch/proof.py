"""Proves the promises on a home: one result a promise, its count or its first counter-example.

Nothing is trusted that can be derived: permits and dispositions are judged again from what was
recorded, balances summed again from postings, chains sealed again, mail compared byte for byte.
"""

from collections.abc import Callable

from batch.proof_accounts import prove_accounts
from batch.proof_approvals import prove_approvals
from batch.proof_books import prove_books
from batch.proof_decisions import prove_decisions
from batch.proof_evidence import CounterExample, Evidence, Proven, Result
from batch.proof_mail import prove_mail
from batch.proof_messages import prove_messages
from batch.proof_models import prove_models
from batch.proof_records import (
    prove_claims,
    prove_exemplars,
    prove_policies,
    prove_work_without_model,
)
from batch.proof_stops import prove_stops
from graph.bootstrap import House

__all__ = ["CounterExample", "Proven", "Result", "prove"]


def prove(house: House, progress: Callable[[str, int, int], None]) -> list[Result]:
    """Derive everything a home holds again.

    Args:
        house: The home; its nights wait meanwhile, so that books and mail are looked at together.
        progress: Called with (pass, done, total).

    Raises:
        Conflict: A night is running.
    """
    with house.night_lock():
        delivered = house.mail.delivered()
        with house.ledger.read() as session:
            evidence = Evidence(house, session, progress)
            prove_books(evidence)
            prove_messages(evidence)
            prove_stops(evidence)
            prove_mail(evidence, delivered)
            prove_decisions(evidence)
            prove_approvals(evidence)
            prove_accounts(evidence)
            prove_claims(evidence)
            prove_work_without_model(evidence)
            prove_policies(evidence)
            prove_exemplars(evidence)
            prove_models(evidence)
            return [tally.result for tally in evidence.tallies.values()]
