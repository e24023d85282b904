"""Proof that the books balance, and that journal and permits are sealed without a gap."""

from contextlib import closing

from sqlalchemy import func, select

from batch.proof_evidence import Evidence
from ledger.checks import CHECKS, errors_of
from ledger.tables.work import Audit

_SEALS = {"audit": "every_decision_replays", "permit": "no_send_under_hold"}


def prove_books(evidence: Evidence) -> None:
    """Run every check of the ledger as of the last night."""
    for done, check in enumerate(CHECKS, start=1):
        promise = _SEALS.get(check.name.split("_")[0], "books_balance")
        tally = evidence[promise]
        with closing(errors_of(check, evidence.session, evidence.as_of)) as errors:
            for error in errors:
                look = f"{error.check}: {error.message}"
                tally.fault(error.subject_id, error.expected, error.found, look)
                break
        if promise == "books_balance":
            tally.saw()
        evidence.progress("books", done, len(CHECKS))
    records = evidence.session.scalar(select(func.count()).select_from(Audit)) or 0
    evidence["every_decision_replays"].saw(records)
