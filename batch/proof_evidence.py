"""What a proof looks at and what it says: counts where a promise held, else what breaks it."""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session

from graph.bootstrap import House
from ledger.errors import NotFound
from ledger.facts import AccountFacts, unpack_facts
from ledger.tables.work import Audit, PolicyVersion, Run
from policies.errors import PolicyError
from policies.schema import Policy

CHUNK = 500

# The promises, and what is counted of each.
PROMISES = {
    "no_send_under_hold": "permits",
    "nobody_forgotten": "accounts with an open item",
    "never_twice": "sent messages",
    "no_free_text_unattended": "permitted messages",
    "every_number_traced": "permitted messages",
    "approval_is_bound": "decided proposals and decisions",
    "claims_not_commands": "claims of customers",
    "books_balance": "passes over the books",
    "model_optional": "nights and cases",
    "every_decision_replays": "decisions, recorded facts and journal records",
    "no_silent_learning": "policies and models used",
}


@dataclass(frozen=True, slots=True)
class Proven:
    """A promise that held wherever it was looked for."""

    promise: str
    count: int
    of: str


@dataclass(frozen=True, slots=True)
class CounterExample:
    """The first thing found that breaks a promise.

    Attributes:
        look: How a person sees it with their own eyes.
    """

    promise: str
    subject: str
    expected: str
    found: str
    look: str


Result = Proven | CounterExample


@dataclass
class Tally:
    """Counts one promise and keeps its first counter-example."""

    promise: str
    count: int = 0
    broken: CounterExample | None = None

    def saw(self, count: int = 1) -> None:
        """Something was looked at."""
        self.count += count

    def fault(self, subject: object, expected: object, found: object, look: str) -> None:
        """Something breaks the promise."""
        if self.broken is None:
            self.broken = CounterExample(
                self.promise, str(subject), str(expected)[:400], str(found)[:400], look
            )

    @contextmanager
    def unreadable(self, subject: object, look: str) -> Iterator[None]:
        """A record that cannot even be read breaks the promise too."""
        try:
            yield
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            self.fault(subject, "a readable record", f"{type(error).__name__}: {error}", look)

    @property
    def result(self) -> Result:
        """What is to be said."""
        return self.broken or Proven(self.promise, self.count, PROMISES[self.promise])


@dataclass
class Evidence:
    """A home at rest, in one read snapshot."""

    house: House
    session: Session
    progress: Callable[[str, int, int], None]
    tallies: dict[str, Tally] = field(default_factory=lambda: {p: Tally(p) for p in PROMISES})
    cases: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Account, role and instant of every case a finished night opened."""
    _policies: dict[str, Policy | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.run = self.session.scalars(select(Run).order_by(Run.as_of.desc())).first()
        self.as_of: date = self.run.as_of if self.run else self.house.business_date()

    def __getitem__(self, promise: str) -> Tally:
        return self.tallies[promise]

    def policy(self, policy_hash: str) -> Policy | None:
        """The policy of a hash, or None where nobody recorded it."""
        if policy_hash not in self._policies:
            try:
                self._policies[policy_hash] = self.house.policy_of(policy_hash)
            except (NotFound, PolicyError):
                self._policies[policy_hash] = None
        return self._policies[policy_hash]

    def used_policies(self) -> Iterator[Policy]:
        """Every policy that was ever in force here."""
        for policy_hash in self.session.scalars(select(PolicyVersion.hash)):
            if policy := self.policy(policy_hash):
                yield policy

    def policies_of(self, run: Any) -> list[Policy]:
        """The policies a night was run under: a night taken up again may have found a new one."""
        return policies_of(self.session, run.id, run.policy_hash, self.policy)


def policies_of(
    session: Session,
    run_id: str,
    newest: str,
    read: Callable[[str], Policy | None],
) -> list[Policy]:
    """The policies a night was run under, newest first."""
    changes = session.scalars(
        select(Audit.payload)
        .where(Audit.subject_id == run_id, Audit.kind == "night_policy_changed")
        .order_by(Audit.seq.desc())
    )
    hashes = dict.fromkeys([newest, *(orjson.loads(each)["before"] for each in changes)])
    return [policy for each in hashes if (policy := read(each)) is not None]


def facts_of(packed: bytes | None) -> AccountFacts | None:
    """Recorded facts, or None where there are none that can be read."""
    if packed is None:
        return None
    try:
        return unpack_facts(packed)
    except (ValueError, KeyError, TypeError, zlib.error):
        return None


def in_chunks(session: Session, query: Any, key: Any, size: int = CHUNK) -> Iterator[list[Any]]:
    """Rows of a query in chunks, in the order of a unique column it selects."""
    page = query
    while True:
        rows = list(session.execute(page.order_by(key).limit(size)).all())
        if not rows:
            return
        yield rows
        page = query.where(key > getattr(rows[-1], key.key))
