"""Proof that decisions replay: recorded facts are whole, and every disposition comes out again."""

import zlib
from collections import deque
from typing import Any

import orjson
from sqlalchemy import func, select

from batch.proof_evidence import Evidence, facts_of, in_chunks
from batch.replay import derive, first_difference, stopped_messages
from batch.stopped import STOPPED
from ledger.ids import digest
from ledger.states import RunState
from ledger.tables.work import Audit, DispositionRow, Run, Snapshot

_DISPOSITIONS = select(DispositionRow.__table__, Snapshot.facts.label("packed")).outerjoin(
    Snapshot, Snapshot.hash == DispositionRow.facts_hash
)


def prove_decisions(evidence: Evidence) -> None:
    """Recorded facts under their digests, then each disposition, then what the journal sealed."""
    _prove_snapshots(evidence)
    session, done = evidence.session, 0
    total = session.scalar(select(func.count()).select_from(DispositionRow)) or 0
    nights = {
        run.id: (run, evidence.policies_of(run)) for run in session.scalars(select(Run)).all()
    }
    seals = _Seals(evidence)
    for rows in in_chunks(session, _DISPOSITIONS, DispositionRow.seq):
        stopped = stopped_messages(
            session, [row.account_id for row in rows if row.reason.startswith(STOPPED)]
        )
        for row in rows:
            run, policies = nights.get(row.run_id, (None, []))
            _replay(evidence, row, run, policies, stopped.get(row.account_id, []))
            seals.take(row)
        done += len(rows)
        evidence.progress("decisions", done, total)
    seals.end()


def _replay(evidence: Evidence, row: Any, run: Any, policies: list[Any], stopped: list) -> None:
    """Derive one disposition again, under whichever policy of its night gives it."""
    tally = evidence["every_decision_replays"]
    tally.saw()
    look = f"dunwell replay {row.run_id} {row.account_id}"
    facts = facts_of(row.packed)
    if facts is None or run is None or not policies:
        tally.fault(row.account_id, "its night, facts and policy", "not there", look)
        return
    first = None
    with tally.unreadable(row.account_id, look):
        for policy in policies:
            derived = derive(row, facts, policy, run.started_at, stopped)
            differs = first_difference(row, derived)
            if differs is None:
                if derived.get("prepared_by") and run.state == RunState.FINISHED:
                    case = (row.account_id, derived["prepared_by"], run.started_at)
                    evidence.cases.append(case)
                return
            first = first or differs
    if first is not None:
        recorded, found = f"{first.what}: {first.recorded}", f"{first.what}: {first.derived}"
        tally.fault(row.account_id, recorded, found, look)


def _prove_snapshots(evidence: Evidence) -> None:
    """Every snapshot hashes to the digest it is kept under."""
    tally, where = evidence["every_decision_replays"], "the table of snapshots"
    for rows in in_chunks(evidence.session, select(Snapshot.__table__), Snapshot.hash):
        for row in rows:
            tally.saw()
            with tally.unreadable(f"recorded facts {row.hash}", where):
                found = digest(zlib.decompress(row.facts))
                if found != row.hash:
                    tally.fault(f"recorded facts {row.hash}", row.hash, found, where)


class _Seals:
    """Compares dispositions, in their order, with the digests the journal keeps of them."""

    def __init__(self, evidence: Evidence) -> None:
        self.tally = evidence["every_decision_replays"]
        rows = evidence.session.execute(
            select(Audit.seq, Audit.payload)
            .where(Audit.kind == "accounts_judged")
            .order_by(Audit.seq)
        )
        self.records = deque((row.seq, orjson.loads(row.payload)) for row in rows)
        self.open: list[str] = []

    def take(self, row: Any) -> None:
        """The next disposition; a stopped message has a journal record of its own."""
        if row.reason.startswith(STOPPED):
            return
        self.open.append(f"{row.account_id}:{row.kind}")
        if self.records and len(self.open) == self.records[0][1]["accounts"]:
            seq, told = self.records.popleft()
            found = digest(",".join(self.open).encode())
            if found != told["digest"]:
                look = f"journal record {seq}"
                self.tally.fault("dispositions of a night", told["digest"], found, look)
            self.open.clear()

    def end(self) -> None:
        """Nothing may be left on either side."""
        missing = sum(told["accounts"] for _seq, told in self.records)
        if self.open or missing:
            self.tally.fault(
                "dispositions of a night",
                f"{missing or 'no'} more, as the journal says",
                len(self.open),
                "the journal",
            )
