"""The cash phase: apply what is certain, set the rest before a person, then settle promises."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session

from batch.cases import work_case
from batch.run import Night
from engines.matching.plain import Match, NoMatch, ReceiptToMatch, match_receipt, references
from engines.promises import settle
from guardrails.business_days import add_business_days
from ledger.actions import Allocation, ApplyReceipt
from ledger.facts import AccountFacts
from ledger.queries.account_facts import load_facts
from ledger.queries.cash import (
    accounts_with_unapplied_cash,
    cash_since,
    items_by_account,
    items_by_number,
    pending_promises,
    receipts_to_apply,
)
from ledger.states import PromiseState
from ledger.tables.case import Promise
from tools.cash_book import (
    keep_promise_states,
    known_payers,
    post_certain_receipts,
    set_receipts_aside,
)
from tools.execute import Writer
from tools.proposals import submit

AUTHOR = "cash_applier"
_BATCH = 500


def cash_pass(night: Night) -> None:
    """Apply receipts, then see which promises were kept."""
    with night.house.ledger.read() as session:
        outcomes = _match(session, night)
    matches = [outcome for outcome in outcomes if isinstance(outcome, Match)]
    rest = [outcome for outcome in outcomes if isinstance(outcome, NoMatch)]
    applied = 0
    for start in range(0, len(matches), _BATCH):
        applied += _apply(night, matches[start : start + _BATCH])
        night.progress("cash", min(start + _BATCH, len(matches)), len(matches))
    unresolved = _set_aside(night, rest)
    _settle_promises(night)
    night.add("cash", applied=applied, set_aside=len(rest), cases=unresolved)


def _match(session: Session, night: Night) -> list[Match | NoMatch]:
    receipts = [ReceiptToMatch(*row) for row in receipts_to_apply(session, night.as_of)]
    tokens = {token for receipt in receipts for token in references(receipt.memo)}
    numbers = items_by_number(session, tokens)
    books = items_by_account(session, {r.account_id for r in receipts if r.account_id})
    outcomes: list[Match | NoMatch] = []
    claimed: set[str] = set()
    for receipt in receipts:
        named = [pair for token in references(receipt.memo) for pair in numbers.get(token, ())]
        same = [
            pair
            for pair in books.get(receipt.account_id or "", ())
            if pair[1].open_minor == receipt.unapplied_minor
        ]
        outcome = match_receipt(receipt, named, same)
        if isinstance(outcome, Match):
            invoices = {invoice_id for invoice_id, _amount in outcome.parts}
            if claimed & invoices:  # two receipts want one item: neither is certain any more
                outcome = NoMatch(receipt.receipt_id, "competing_receipts")
            claimed |= invoices
        outcomes.append(outcome)
    return outcomes


def _apply(night: Night, matches: list[Match]) -> int:
    """One transaction for a batch; each application is judged on the facts of that transaction."""
    accounts = sorted({match.account_id for match in matches})
    with night.house.ledger.write() as session:
        receipts = [match.receipt_id for match in matches]
        facts = load_facts(session, night.as_of, accounts, receipts)
        asked = [
            (_writer(night, session, facts[match.account_id]), _action(match)) for match in matches
        ]
        rest = post_certain_receipts(asked)
        for writer, action in rest:
            submit(
                session,
                [action],
                author=AUTHOR,
                role=AUTHOR,
                facts=writer.facts,
                policy=night.house.policy,
                now=night.now,
                run_id=night.run_id,
            )
    return len(asked) - len(rest)


def _writer(night: Night, session: Session, facts: AccountFacts) -> Writer:
    return Writer(session, facts, night.house.policy, night.now, AUTHOR, night.run_id)


def _action(match: Match) -> ApplyReceipt:
    return ApplyReceipt(
        account_id=match.account_id,
        receipt_id=match.receipt_id,
        allocations=tuple(
            Allocation(invoice_id=invoice_id, amount_minor=amount)
            for invoice_id, amount in match.parts
        ),
        evidence=match.evidence,
    )


def _set_aside(night: Night, rest: Iterable[NoMatch]) -> int:
    """Give unmatched receipts their typed reason; those with a known payer become cases."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for outcome in rest:
        by_reason[outcome.reason].append(outcome.receipt_id)
    if not by_reason:
        return 0
    with night.house.ledger.read() as session:
        payers = known_payers(session, by_reason)
    for account_id in payers:
        work_case(night, account_id, AUTHOR, "unapplied_cash")
    with night.house.ledger.write() as session:  # last, so that a crash leaves no case unopened
        set_receipts_aside(session, by_reason)
    return len(payers)


def _settle_promises(night: Night) -> None:
    """Keep or break promises; never break one while the account's cash waits to be applied."""
    with night.house.ledger.write() as session:
        promises = pending_promises(session)
        accounts = {promise.account_id for promise in promises}
        if not promises:
            return
        cash = cash_since(session, accounts, min(p.promised_on for p in promises))
        books = items_by_account(session, accounts)
        suspense = accounts_with_unapplied_cash(session, accounts)
        states: dict[str, PromiseState] = {}
        for promise in promises:
            open_minor = {i.invoice_id: i.open_minor for _a, i in books.get(promise.account_id, ())}
            state = _state_of(night, promise, cash.get(promise.account_id, []), open_minor)
            if state in (PromiseState.PENDING, promise.state):
                continue
            if state is not PromiseState.KEPT and promise.account_id in suspense:
                continue
            states[promise.id] = state
        keep_promise_states(session, states)
        night.add("cash", promises=sorted(states))
        night.keep_counts(session)


def _state_of(
    night: Night,
    promise: Promise,
    cash: list[tuple[str, int, object, str]],
    open_minor: dict[str, int],
) -> PromiseState:
    policy = night.house.policy
    return settle(
        promise.amount_minor,
        tuple(promise.invoice_ids.split(",")) if promise.invoice_ids else (),
        promise.promised_on,
        add_business_days(
            policy.company.calendar, promise.due_on, policy.contact.promise_grace_days
        ),
        night.as_of,
        cash,
        open_minor,
        promise.currency,
    )
