"""What follows when a message does not leave after all: the outbox says why, and so the night."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from guardrails.verdict import Verdict, findings_of
from ledger.facts import AccountFacts, facts_bytes, pack
from ledger.ids import digest
from ledger.journal import add_rows, audit, keep_snapshots, touch
from ledger.states import AccountClass, Disposition, OutboxState
from ledger.tables.account import Account
from ledger.tables.work import DispositionRow, Outbox

STOPPED = "stopped at dispatch: "
REFUSED = "not accepted: "
"""How the reason of a message begins that was handed over and refused."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A message that is stopped: its row, why, what the gate said, and its account."""

    row: Any
    reason: str
    verdict: Verdict | None
    account: AccountFacts


def stop(session: Session, run_id: str | None, stops: list[Stop]) -> None:
    """Stop messages the world has overtaken, and correct their accounts' dispositions."""
    for each in stops:
        row = each.row
        session.execute(
            update(Outbox)
            .where(Outbox.id == row.id)
            .values(state=OutboxState.STOPPED.value, stopped_by=each.reason)
        )
        kind, at = "message_stopped", row.release_at
        audit(session, at, kind, row.id, "dispatcher", reason=each.reason)
        if run_id is not None:  # by day the account keeps its night's outcome until the next one
            stands = stopped_disposition(each.reason, each.verdict)
            _correct_disposition(session, run_id, each.account, stands)
        touch(session, {row.account_id})


def _correct_disposition(
    session: Session, run_id: str, account: AccountFacts, stands: dict[str, str]
) -> None:
    data = facts_bytes(account)
    keep_snapshots(session, {digest(data): pack(data)})
    decided = {"run_id": run_id, "account_id": account.account_id, "facts_hash": digest(data)}
    add_rows(session, DispositionRow, [decided | stands])
    session.execute(
        update(Account).where(Account.id == account.account_id).values(disposition=stands["kind"])
    )


def stopped_disposition(reason: str, verdict: Verdict | None) -> dict[str, str]:
    """What a night decides for the account of a message it stopped."""
    kind = getattr(verdict, "disposition", Disposition.NEEDS_PERSON)
    return {
        "kind": kind.value,
        "reason": f"{STOPPED}{reason}",
        "rule_ids": ",".join(f.rule_id for f in findings_of(verdict)) if verdict else "",
        "account_class": AccountClass.EXCEPTION.value,
    }
