"""A proposal moves only where the table says."""

import pytest

from ledger.errors import Conflict
from ledger.states import (
    OPEN_PROPOSAL_STATES,
    PROPOSAL_MOVES,
    ProposalState,
    check_proposal_move,
)

ENDS = (ProposalState.EXECUTED, ProposalState.REJECTED, ProposalState.REFUSED)


@pytest.mark.parametrize("old", ProposalState)
@pytest.mark.parametrize("new", ProposalState)
def test_move__is_allowed_or_refused_by_the_table(old, new) -> None:
    if new in PROPOSAL_MOVES.get(old, frozenset()):
        check_proposal_move(old.value, new)
    else:
        with pytest.raises(Conflict, match=f"{old} cannot become {new}"):
            check_proposal_move(old.value, new)


@pytest.mark.parametrize("end", ENDS)
def test_ended__stays_ended(end) -> None:
    # What was carried out may still be taken back while its message waits, and nothing else.
    taken_back = {ProposalState.SUPERSEDED} if end == ProposalState.EXECUTED else set()
    assert PROPOSAL_MOVES.get(end, frozenset()) == taken_back


@pytest.mark.parametrize("waiting", sorted(OPEN_PROPOSAL_STATES))
def test_waiting__may_be_decided_rejected_or_expire(waiting) -> None:
    moves = PROPOSAL_MOVES[waiting]
    assert {ProposalState.DECIDED, ProposalState.REJECTED, ProposalState.EXPIRED} <= moves


@pytest.mark.parametrize("end", [ProposalState.EXPIRED, ProposalState.REJECTED])
def test_expired_or_rejected__is_never_carried_out(end) -> None:
    moves = PROPOSAL_MOVES.get(end, frozenset())
    assert not moves & {ProposalState.DECIDED, ProposalState.EXECUTED}


def test_every_open_state__has_moves_and_is_no_end() -> None:
    assert not OPEN_PROPOSAL_STATES.intersection(ENDS)
    assert ProposalState.DECIDED not in OPEN_PROPOSAL_STATES
