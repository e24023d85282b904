"""The intake phase: pick up what a crash or a calendar left, before anything new is judged."""

from batch.dropped_files import take_in_files
from batch.intake_mail import take_in_mail
from batch.run import Night
from graph.portal import Portal
from graph.resume import sweep
from ledger.journal import move_proposal, stale_proposals
from ledger.states import ProposalState
from tools.carry_out import expire


def intake(night: Night) -> None:
    """Take in files and mail; finish what was decided, wake what was snoozed, expire the rest."""
    take_in_files(night)
    take_in_mail(night)
    if booked := Portal(night.house).book_payments():
        night.add("intake", card_payments=booked)
    resumed = sweep(night.house, night.deps)
    woken = expired = 0
    with night.house.ledger.write() as session:
        for proposal in stale_proposals(session, night.as_of):
            if proposal.expires_on < night.as_of:
                expire(session, proposal, night.now)
                expired += 1
            else:
                move_proposal(session, proposal, ProposalState.PENDING, snoozed_until=None)
                woken += 1
    night.add("intake", resumed=len(resumed), woken=woken, expired=expired)
