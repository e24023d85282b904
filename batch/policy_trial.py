"""Tries a policy on past nights: which messages, approvals and holds would have been others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from batch.proof_evidence import in_chunks, policies_of
from batch.stopped import STOPPED
from graph.bootstrap import House
from guardrails.verdict import findings_of
from ledger.errors import NotFound
from ledger.facts import AccountFacts, unpack_facts
from ledger.ids import digest
from ledger.states import Disposition, RunState
from ledger.tables.work import DispositionRow, Run, Snapshot
from policies.schema import Policy
from tools.collections_turn import Turn, take_turn
from tools.outgoing import JudgedMessage

EXAMPLES = 5


@dataclass
class Changes:
    """How many of one kind would come, go or be others; with the first few of them."""

    same: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    examples: list[str] = field(default_factory=list)

    def compare(self, name: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Count the difference between two turns of an account."""
        for key in sorted(before.keys() | after.keys()):
            was, now = before.get(key), after.get(key)
            if was == now:
                self.same += 1
                continue
            how = "added" if was is None else "removed" if now is None else "changed"
            setattr(self, how, getattr(self, how) + 1)
            if len(self.examples) < EXAMPLES:
                told = f"{was[0]} -> {now[0]}" if was and now else (now or was or "?")[0]
                self.examples.append(f"{name} {key}: {how}, {told}")


@dataclass
class Trial:
    """What another policy would have done with the decisions of some nights.

    Attributes:
        holds_broken: Messages that would leave although a hold, dispute or opt-out covers them.
    """

    policy_hash: str
    nights: list[str]
    decisions: int = 0
    messages: Changes = field(default_factory=Changes)
    approvals: Changes = field(default_factory=Changes)
    holds: Changes = field(default_factory=Changes)
    holds_broken: list[str] = field(default_factory=list)


def try_policy(house: House, policy: Policy, nights: int) -> Trial:
    """Take the recorded turns of the newest nights again, under the policy then and this one.

    Raises:
        NotFound: No night has ended on this home.
    """
    with house.ledger.read() as session:
        runs = ended_nights(session, nights)
        if not runs:
            raise NotFound("no night has ended on this home; there is nothing to try a policy on")
        trial = Trial(policy.hash, [run.as_of.isoformat() for run in reversed(runs)])
        for run in runs:
            before = policies_of(session, run.id, run.policy_hash, house.policy_of)[0]
            for facts in recorded_turns(session, run):
                _compare(trial, facts, before, policy, run.started_at)
    return trial


def ended_nights(session: Any, nights: int) -> list[Run]:
    """The newest nights that have ended, the newest first."""
    ended = select(Run).where(Run.state == RunState.FINISHED)
    return list(session.scalars(ended.order_by(Run.as_of.desc()).limit(nights)))


def recorded_turns(session: Any, run: Run) -> Iterator[AccountFacts]:
    """The facts of every turn of a night."""
    query = (
        select(DispositionRow.seq, DispositionRow.reason, Snapshot.facts)
        .join(Snapshot, Snapshot.hash == DispositionRow.facts_hash)
        .where(DispositionRow.run_id == run.id)
    )
    for rows in in_chunks(session, query, DispositionRow.seq):
        for row in rows:
            if not row.reason.startswith(STOPPED):
                yield unpack_facts(row.facts)


def _compare(trial: Trial, facts: AccountFacts, old: Policy, new: Policy, now: Any) -> None:
    trial.decisions += 1
    before, after = take_turn(facts, old, now), take_turn(facts, new, now)
    name = facts.account_number
    trial.messages.compare(name, _messages(before.leaving), _messages(after.leaving))
    trial.approvals.compare(name, _messages(before.asking), _messages(after.asking))
    trial.holds.compare(name, _hold(before), _hold(after))
    for message in after.leaving:
        if stop := _stop(message, facts, new):
            trial.holds_broken.append(f"{name}: {stop}")


def _messages(judged: tuple[JudgedMessage, ...]) -> dict[str, tuple[str, ...]]:
    """By currency: what it is in words, then its exact words and rules."""
    return {
        each.action.currency: (
            f"stage {each.action.stage} to {each.letter.recipient if each.letter else 'nobody'}"
            f", {', '.join(f.rule_id for f in findings_of(each.verdict)) or 'unattended'}",
            each.letter.digest if each.letter else digest(b""),
        )
        for each in judged
    }


def _hold(turn: Turn) -> dict[str, tuple[str]]:
    return {"held": (", ".join(turn.rule_ids),)} if turn.disposition is Disposition.HELD else {}


def _stop(message: JudgedMessage, facts: AccountFacts, policy: Policy) -> str:
    """What should have stopped a message, read from the facts without the gate."""
    named = {None, *message.action.invoice_ids}
    whole = policy.contact.dispute_scope == "account"
    for hold in facts.holds:
        if hold.invoice_id in named:
            return f"hold {hold.reason}"
    for dispute in facts.disputes:
        if whole or dispute.invoice_id in named:
            return f"dispute {dispute.reason}"
    out = {contact.contact_id for contact in facts.contacts if contact.opted_out}
    return "opted out" if message.action.contact_id in out else ""
