"""The writes behind the actions of promises, and what a way of paying takes."""

from typing import TYPE_CHECKING, Any

from ledger.actions import KeepPromise, RecordPromise
from ledger.postings_promises import Settled, record_promise, settle_promises
from ledger.states import PromiseState
from policies.schema_promises import PromisesPolicy

if TYPE_CHECKING:
    from tools.execute import Writer

PromiseAction = RecordPromise | KeepPromise


def method_days(words: str, policy: PromisesPolicy) -> int:
    """Banking days the way of paying takes that words name; none where they name no way."""
    said = words.casefold()
    return next(
        (each.days for each in policy.methods if any(word in said for word in each.words)), 0
    )


def post_promise(writer: "Writer", action: PromiseAction) -> str:
    """Post an action on a promise; returns one line saying what was done.

    Raises:
        NotFound: No such promise.
    """
    if isinstance(action, KeepPromise):
        return _close(writer, action)
    ours = action.direction == "ours"
    row: dict[str, Any] = {
        "account_id": action.account_id,
        "direction": action.direction,
        "kind": action.kind,
        "amount_minor": action.amount_minor,
        "currency": action.currency,
        "promised_on": writer.facts.as_of,
        "due_on": action.due_on,
        "invoice_ids": ",".join(action.invoice_ids),
        "source": writer.actor,
        "method_days": action.method_days,
        "claim_id": action.claim_id,
        "owner": (action.owner or writer.facts.owner) if ours else None,
    }
    return f"promise {record_promise(writer.session, row)} recorded"


def _close(writer: "Writer", action: KeepPromise) -> str:
    kept = action.outcome == "kept"
    outcome = Settled(
        state=PromiseState.KEPT if kept else PromiseState.CANCELLED,
        kept_on=writer.facts.as_of if kept else None,
        settled_by=writer.actor,
    )
    settle_promises(writer.session, {action.promise_id: outcome})
    return f"promise {action.promise_id} {action.outcome}"
