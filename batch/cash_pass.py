"""The cash phase: apply what is certain, set the rest before a person, then settle promises."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

from sqlmodel import Session

from agents.advice_reader import read_advice_text
from agents.offline_reading import dispute_reason
from batch.cases import work_case
from batch.promises_pass import promises_pass
from batch.run import Night
from engines.matching.model import Action
from graph.resume import open_threads
from ledger.identities import Identity
from ledger.queries.cash_facts import facts_for
from ledger.queries.same_money import IN_DOUBT
from tools.cash_book import known_payers, set_receipts_aside
from tools.cash_candidates import ask_whose, keep_candidates
from tools.cash_desk import Desk, apply_certain, suggest
from tools.cash_matching import Reader, match_receipts
from tools.cash_memory import cash_memory
from tools.cash_returns import ReturnDesk, find_returns, take_back
from tools.cash_ways import ON_ACCOUNT, Matched
from tools.same_money import ask_about_doubles

AUTHOR = "cash_applier"
_BATCH = 500


def cash_pass(night: Night) -> None:
    """Take back what the bank took back, apply receipts, then see which promises were kept."""
    _take_back(night)
    with night.house.ledger.read() as session:
        memory = cash_memory(session)
        reader = _reader(night)
        found = match_receipts(session, night.as_of, night.house.policy.cash, memory, reader)
    by_action: dict[Action, list[Matched]] = defaultdict(list)
    for each in found:
        by_action[each.action].append(each)
    certain, likely = by_action[Action.AUTO], by_action[Action.SUGGEST]
    waiting = by_action[Action.HOLD]
    held = [each for each in waiting if not each.again]
    applied = _in_batches(night, certain, apply_certain)
    suggested = _in_batches(night, likely, suggest)
    cases = _set_aside(night, waiting)
    promises_pass(night)
    night.add("cash", applied=applied, suggested=suggested, set_aside=len(held), cases=cases)


def _reader(night: Night) -> Reader | None:
    """A configured model reads free text; without one, rules read what they can."""
    if night.house.settings.model is None:
        return None
    policy, model = night.house.policy, night.deps.model
    return partial(read_advice_text, policy=policy, model=model)


def _take_back(night: Night) -> None:
    """Money that went back first: what it paid is open again before anything else is matched."""
    desk = ReturnDesk(night.house.policy, night.as_of, night.now, AUTHOR, night.run_id)
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        doubles = ask_about_doubles(session, desk)
    open_threads(night.house, night.deps, doubles.waiting)
    if doubles.waiting:
        night.add("cash", doubles_asked=len(doubles.waiting))
    with night.house.ledger.read() as session:
        found = find_returns(session, night.as_of)
    if not found:
        return
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        done = take_back(session, found, desk)
    open_threads(night.house, night.deps, done.waiting)
    night.add(
        "cash",
        returned=done.taken_back,
        returns_asked=len(done.waiting),
        returns_to_look_at=done.left,
    )


def _in_batches(
    night: Night,
    found: Sequence[Matched],
    work: Callable[[Desk, Sequence[Matched]], tuple[int, list[tuple[str, str]]]],
) -> int:
    """One transaction for a batch; each receipt is judged on the facts of that transaction."""
    done = 0
    for start in range(0, len(found), _BATCH):
        batch = found[start : start + _BATCH]
        with night.house.ledger.write(as_=Identity.POSTER) as session:
            count, waiting = work(_desk(night, session, batch), batch)
        open_threads(night.house, night.deps, waiting)
        done += count
        night.progress("cash", start + len(batch), len(found))
    return done


def _desk(night: Night, session: Session, batch: Sequence[Matched]) -> Desk:
    actions = [each.ways[0].action(each.receipt_id) for each in batch]
    facts = facts_for(session, night.as_of, actions)
    policy = night.house.policy
    reason = partial(dispute_reason, codes=policy.replies.dispute_codes)
    return Desk(session, facts, policy, night.now, AUTHOR, night.run_id, reason)


def _set_aside(night: Night, waiting: Sequence[Matched]) -> int:
    """Give receipts that are held their typed reason; those with a known payer become cases.

    Whose money it may be is looked at anew of those that were held before as well. Whether money in
    doubt is there at all is asked by its own request, so nobody is asked whose it is.
    """
    looked_at = [each for each in waiting if each.reason != ON_ACCOUNT]
    by_reason: dict[str, list[str]] = defaultdict(list)
    for each in waiting:
        if not each.again:
            by_reason[each.reason].append(each.receipt_id)
    if not by_reason and not looked_at:
        return 0
    with night.house.ledger.read() as session:
        payers = known_payers(session, by_reason)
    for account_id in payers:
        work_case(night, account_id, AUTHOR, "unapplied_cash")
    # Last, so that a crash leaves no case unopened.
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        set_receipts_aside(session, by_reason)
        keep_candidates(session, looked_at)
        unasked = [each.receipt_id for each in looked_at if each.reason != IN_DOUBT]
        ask_whose(session, unasked, night.as_of, AUTHOR)
    return len(payers)
