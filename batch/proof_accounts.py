"""Proof that nobody is forgotten: every account with an open item stands somewhere, rightly."""

from typing import Any

import orjson
from sqlalchemy import and_, func, select

from batch.proof_evidence import Evidence, in_chunks
from batch.run import has_open_item, portfolio_size, standing_dispositions
from ledger.queries.account_facts import load_facts
from ledger.states import Disposition, RunState
from ledger.tables.account import Account
from ledger.tables.work import Audit, DispositionRow, Outbox, Permit, Run, Snapshot
from tools.collections_turn import take_turn

_QUIET = Disposition.NOTHING_DUE


def prove_accounts(evidence: Evidence) -> None:
    """Compare where accounts stand with what the nights decided, and look at those left alone."""
    tally, run, session = evidence["nobody_forgotten"], evidence.run, evidence.session
    if run is None:
        return
    _prove_sent(evidence)
    if run.state != RunState.FINISHED:
        look = f"dunwell night --as-of {run.as_of} takes it up where it stopped"
        tally.fault(f"night {run.number}", "a night that ended", f"stopped in {run.phase}", look)
        return
    untouched = _nothing_since(evidence, run)
    if untouched:
        _prove_counts(evidence, run)
    total, done = portfolio_size(session), 0
    for rows in in_chunks(session, _standing(), Account.id):
        for row in rows:
            tally.saw()
            _prove_standing(evidence, run, row)
            if _overlooked(row, run, untouched):
                look = f"dunwell night --as-of {run.as_of}"
                tally.fault(row.id, f"a look in the night of {run.as_of}", "none", look)
        _prove_left_alone(evidence, run, [row for row in rows if _left_alone(row, run)])
        done += len(rows)
        evidence.progress("accounts", done, total)


def _prove_sent(evidence: Evidence) -> None:
    """Where a night said `sent`, it put a message on the same facts into the outbox, each time."""
    said = _told(DispositionRow.run_id, DispositionRow.account_id, DispositionRow.facts_hash)
    said = said.where(DispositionRow.kind == Disposition.SENT).subquery()
    gave = _told(Outbox.run_id, Outbox.account_id, Permit.facts_hash)
    gave = gave.select_from(Outbox).join(Permit, Permit.outbox_id == Outbox.id).subquery()
    same = and_(*(said.c[name] == gave.c[name] for name in ("run_id", "account_id", "facts_hash")))
    found = func.coalesce(gave.c.times, 0)
    query = select(said.c.run_id, said.c.account_id, said.c.times, found.label("found"))
    query = query.outerjoin(gave, same).where(said.c.times > found).order_by(said.c.account_id)
    for row in evidence.session.execute(query):
        if not _has_broken_permit(evidence, row):
            expected, looked = f"{row.times} sent in {row.run_id}", f"dunwell why {row.account_id}"
            tally = evidence["nobody_forgotten"]
            tally.fault(row.account_id, expected, f"{row.found} messages of it", looked)
            return


def _told(*columns: Any) -> Any:
    return select(*columns, func.count().label("times")).group_by(*columns)


def _has_broken_permit(evidence: Evidence, row: Any) -> bool:
    """Whether a message of that night has no permit on recorded facts, which its proof says."""
    broken = (
        select(Outbox.id)
        .outerjoin(Permit, Permit.outbox_id == Outbox.id)
        .outerjoin(Snapshot, Snapshot.hash == Permit.facts_hash)
        .where(
            Outbox.account_id == row.account_id,
            Outbox.run_id == row.run_id,
            Snapshot.hash.is_(None),
        )
    )
    return evidence.session.scalars(broken.limit(1)).first() is not None


def _standing() -> Any:
    """Accounts with an open item, each with its newest disposition."""
    newest = (
        select(func.max(DispositionRow.seq))
        .where(DispositionRow.account_id == Account.id)
        .correlate(Account)
        .scalar_subquery()
    )
    return (
        select(
            Account.id,
            Account.disposition,
            Account.next_action_on,
            DispositionRow.kind,
            DispositionRow.run_id,
            DispositionRow.rule_ids,
        )
        .outerjoin(DispositionRow, DispositionRow.seq == newest)
        .where(has_open_item())
    )


def _prove_standing(evidence: Evidence, run: Any, row: Any) -> None:
    """An account stands where its newest disposition put it; sent is the outcome of one night."""
    earlier = row.kind == Disposition.SENT and row.run_id != run.id
    expected = _QUIET.value if row.kind is None or earlier else row.kind
    found = row.disposition or _QUIET.value
    if found != expected:
        evidence["nobody_forgotten"].fault(row.id, expected, found, f"dunwell why {row.id}")


def _left_alone(row: Any, run: Any) -> bool:
    """Whether the last night did not look at it, because its date had not come."""
    laid_aside = row.next_action_on is not None and row.next_action_on > run.as_of
    return laid_aside and row.run_id != run.id and (row.disposition or _QUIET) == _QUIET


def _overlooked(row: Any, run: Any, untouched: bool) -> bool:
    """Whether its date had come and the last night passed it by; no date means tonight."""
    if row.run_id == run.id:
        return False
    return untouched if row.next_action_on is None else row.next_action_on <= run.as_of


def _prove_left_alone(evidence: Evidence, run: Any, rows: list[Any]) -> None:
    """Nothing is due for an account that was not looked at, on the facts as they are now.

    Where a rule had laid it aside until a date, that rule still has to object.
    """
    policy = evidence.policy(run.policy_hash)
    if not rows or policy is None:
        return
    laid_aside_by = {row.id: set((row.rule_ids or "").split(",")) - {""} for row in rows}
    for account_id, facts in load_facts(evidence.session, run.as_of, list(laid_aside_by)).items():
        turn = take_turn(facts, policy, run.started_at)
        rules = laid_aside_by[account_id]
        if turn.disposition is not _QUIET and not (rules and rules.issubset(turn.rule_ids)):
            evidence["nobody_forgotten"].fault(
                account_id,
                f"{turn.disposition.value}: {turn.reason}",
                f"left alone in the night of {run.as_of}",
                f"dunwell why {account_id}",
            )


def _nothing_since(evidence: Evidence, run: Run) -> bool:
    """Whether the end of the night is the newest thing in the journal."""
    newest = evidence.session.scalars(select(Audit).order_by(Audit.seq.desc()).limit(1)).first()
    return newest is not None and (newest.kind, newest.subject_id) == ("night_finished", run.id)


def _prove_counts(evidence: Evidence, run: Run) -> None:
    """The night's own counts are those of the accounts."""
    told = orjson.loads(run.counts).get("dispositions", {})
    found = standing_dispositions(evidence.session)
    if told != found:
        evidence["nobody_forgotten"].fault(f"night {run.number}", told, found, "dunwell report")
