"""The gate on letters: wording, every rule, every number traced, in one process on one core."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy import select

from engines.dunning import plan_contact
from evals.bench.frame import BenchOptions, Measured, apart
from evals.worlds.home import AS_OF, build_home, reopen
from evals.worlds.mix import EVERYTHING_DUE
from guardrails.known import known_company, known_facts
from guardrails.tracing.close_reading import read_closely
from guardrails.tracing.letters import untraced
from ledger.actions import SendReminder
from ledger.clock import stopwatch
from ledger.facts import AccountFacts
from ledger.queries.account_facts import load_facts
from ledger.tables.account import Account
from policies.schema import Policy
from tools.letters import render_letter
from tools.outgoing import judge_message

ACCOUNTS = 500
_NOW = datetime.combine(AS_OF, time.min, UTC)
_LETTERS = f"different stage 1 letters of {ACCOUNTS} synthetic accounts in four languages"


@dataclass(frozen=True, slots=True)
class Rates:
    """Letters a second that each piece of work came to."""

    judged: float
    worded: float
    traced: float
    closely_read: float


@dataclass(frozen=True, slots=True)
class _Letter:
    action: SendReminder
    facts: AccountFacts
    policy: Policy

    def judge(self) -> None:
        if judge_message(self.action, self.facts, self.policy, _NOW).letter is None:
            raise ValueError(f"no letter for {self.facts.account_number}")

    def word(self) -> None:
        render_letter(self.action, self.facts, self.policy)

    def reader(self, closely: bool) -> Callable[[], None]:
        """Tracing of the finished letter; raises where it finds something."""
        letter = render_letter(self.action, self.facts, self.policy)
        facts, policy, language = self.facts, self.policy, letter.language

        def trace() -> None:
            if closely:
                known, company = known_facts(facts, self.action), known_company(policy.company)
                found = read_closely(letter.subject, letter.body, known, company, language)
            else:
                found = untraced(letter.subject, letter.body, facts, policy, language, self.action)
            if found:
                raise ValueError(f"{facts.account_number}: {found[0]}")

        return trace


def bench_gate(options: BenchOptions) -> Iterator[Measured]:
    """Letters a second through the gate, beside wording alone and beside close reading."""
    options.tell("the gate on letters")
    home = options.folder / "gate"
    apart(build_home, home, EVERYTHING_DUE, ACCOUNTS, options.seed)
    rates = apart(gate_rates, home, options.seconds / 4)
    yield Measured(
        "gate",
        _LETTERS,
        "letters worded, judged by every rule and traced",
        "messages/s on one core",
        rates.judged,
        "judge_message in a loop over all letters, one process, no database",
        baseline="wording alone, without the gate",
        baseline_value=rates.worded,
    )
    yield Measured(
        "gate",
        _LETTERS,
        "finished letters traced to the ledger",
        "messages/s on one core",
        rates.traced,
        "untraced in a loop over all letters: facts cancel out, the rest must be plain words",
        baseline="reading every letter closely",
        baseline_value=rates.closely_read,
    )


def gate_rates(home: Path, seconds: float) -> Rates:
    """Repeat each piece of work for some seconds."""
    letters = _due_letters(home)
    return Rates(
        judged=_rate([each.judge for each in letters], seconds),
        worded=_rate([each.word for each in letters], seconds),
        traced=_rate([each.reader(closely=False) for each in letters], seconds),
        closely_read=_rate([each.reader(closely=True) for each in letters], seconds),
    )


def _due_letters(home: Path) -> list[_Letter]:
    house = reopen(home)
    try:
        with house.ledger.read() as session:
            ids = session.scalars(select(Account.id).order_by(Account.id)).all()
            facts = load_facts(session, AS_OF, ids)
    finally:
        house.close()
    return [
        _Letter(reminder, each, house.policy)
        for each in facts.values()
        for reminder in plan_contact(each, house.policy).reminders
    ]


def _rate(works: Sequence[Callable[[], None]], seconds: float) -> float:
    """Works a second, in whole rounds, after one round to warm up."""
    for work in works:
        work()
    rounds, passed, started = 0, 0.0, stopwatch()
    while passed < seconds:
        for work in works:
            work()
        rounds += 1
        passed = stopwatch() - started
    return rounds * len(works) / passed
