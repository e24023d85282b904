"""Why an account ended where it did: disposition, rules, counterfactual, and what moved since."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from guardrails.changes import what_moved
from ledger.errors import NotFound
from ledger.journal import recorded_facts
from ledger.queries.account_facts import load_facts
from ledger.tables.account import Account
from ledger.tables.work import DispositionRow, Run
from policies.schema import Policy
from tools.account_pages import name_of, shown_text
from tools.contract import Result
from tools.inbox_cards import RuleLine


class Why(Result):
    """The decision of a night about an account, and what would have made it routine.

    Attributes:
        stands_since: Business date of the night that decided; it stands until something changes.
        moved: What changed in the books since.
    """

    account_id: str
    account_number: str
    name: str
    run_id: str | None
    stands_since: date | None
    disposition: str
    account_class: str
    reason: str
    rules: tuple[RuleLine, ...]
    counterfactual: str
    next_action_on: date | None
    policy_hash: str | None
    facts_hash: str | None
    moved: tuple[str, ...]


def why(session: Session, account_id: str, as_of: date, policy_of: Callable[[str], Policy]) -> Why:
    """Explain the newest disposition of an account.

    Args:
        session: A read transaction.
        account_id: The account.
        as_of: The business date, for what moved since.
        policy_of: The policy that was in force under a hash.

    Raises:
        NotFound: No night has decided about it.
    """
    row = session.execute(
        select(DispositionRow, Run.as_of, Run.policy_hash, Account.account_number, Account.name)
        .join(Run, Run.id == DispositionRow.run_id)
        .join(Account, Account.id == DispositionRow.account_id)
        .where(DispositionRow.account_id == account_id)
        .order_by(DispositionRow.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return _quiet(session, account_id)
    decided: DispositionRow = row[0]
    rules = _rules(decided, policy_of(row[2]))
    unless = " and ".join(rule.unless for rule in rules if rule.unless)
    return Why(
        account_id=account_id,
        account_number=row[3],
        name=name_of(row[4]),
        run_id=decided.run_id,
        stands_since=row[1],
        disposition=decided.kind,
        account_class=decided.account_class,
        reason=shown_text(decided.reason, 2000),
        rules=rules,
        counterfactual=f"It would be routine if {unless}." if unless else "",
        next_action_on=decided.next_action_on,
        policy_hash=row[2],
        facts_hash=decided.facts_hash,
        moved=_moved(session, decided, as_of),
    )


def _quiet(session: Session, account_id: str) -> Why:
    """An account on which nothing was ever due: a night keeps no row for it."""
    account = session.get(Account, account_id)
    if account is None or account.disposition is None:
        raise NotFound("no night has decided about this account; run `dunwell night --as-of DATE`")
    looks = f"; looked at again on {account.next_action_on}" if account.next_action_on else ""
    return Why(
        account_id=account_id,
        account_number=account.account_number,
        name=name_of(account.name),
        run_id=None,
        stands_since=None,
        disposition=account.disposition,
        account_class="routine",
        reason=f"nothing is due{looks}",
        rules=(),
        counterfactual="",
        next_action_on=account.next_action_on,
        policy_hash=None,
        facts_hash=None,
        moved=(),
    )


def _rules(decided: DispositionRow, policy: Policy) -> tuple[RuleLine, ...]:
    known = policy.approval.by_id
    return tuple(
        RuleLine(id=rule_id, says=known[rule_id].says, unless=known[rule_id].unless)
        for rule_id in decided.rule_ids.split(",")
        if rule_id in known
    )


def _moved(session: Session, decided: DispositionRow, as_of: date) -> tuple[str, ...]:
    after = load_facts(session, as_of, [decided.account_id])[decided.account_id]
    return what_moved(recorded_facts(session, decided.facts_hash), after)
