"""Promises through any life: given, paid, credited, returned and looked at night by night."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engines.promises import AppliedCash, GivenPromise, Outcome, StillOwed, settle
from ledger.states import PromiseState

INVOICES = ("inv_1", "inv_2")
START = date(2026, 11, 2)


class PromiseLife(RuleBasedStateMachine):
    """One account with two invoices; each night settles what it can, as the book would."""

    @initialize()
    def begin(self) -> None:
        self.today = START
        self.open = dict.fromkeys(INVOICES, 300)
        self.cash: list[AppliedCash] = []
        self.given: dict[str, GivenPromise] = {}
        self.settled: dict[str, Outcome] = {}

    @rule(
        amount=st.none() | st.integers(1, 200),
        invoices=st.sampled_from([(), ("inv_1",), ("inv_2",), INVOICES]),
        days=st.integers(0, 10),
    )
    def give(self, amount: int | None, invoices: tuple[str, ...], days: int) -> None:
        name = f"p{len(self.given)}"
        due = self.today + timedelta(days=days)
        last = due + timedelta(days=3)
        self.given[name] = GivenPromise(name, self.today, due, last, amount, "USD", invoices)

    @rule(invoice=st.sampled_from(INVOICES), wanted=st.integers(1, 200))
    def pay(self, invoice: str, wanted: int) -> None:
        minor = min(wanted, self.open[invoice])
        if minor:
            self.open[invoice] -= minor
            name = f"r{len(self.cash)}"
            self.cash.append(AppliedCash(invoice, minor, self.today, self.today, "USD", name))

    @rule(invoice=st.sampled_from(INVOICES), wanted=st.integers(1, 300))
    def credit(self, invoice: str, wanted: int) -> None:
        self.open[invoice] -= min(wanted, self.open[invoice])

    @rule(days=st.integers(0, 6))
    def night(self, days: int) -> None:
        self.today += timedelta(days=days)
        known = [
            replace(each, kept_minor=self.settled[name].kept_minor)
            if name in self.settled
            else each
            for name, each in self.given.items()
        ]
        owed = [StillOwed(i, minor, START, "USD") for i, minor in self.open.items() if minor]
        for name, found in settle(known, self.cash, owed, self.today).items():
            assert name not in self.settled, "what is settled stays settled"
            if found.state is not PromiseState.PENDING:
                self._settle(self.given[name], found)

    def _settle(self, promise: GivenPromise, found: Outcome) -> None:
        if found.state in (PromiseState.BROKEN, PromiseState.PARTLY_KEPT):
            assert self.today > promise.last_day
            named = promise.invoice_ids or INVOICES
            assert any(self.open[i] for i in named), "nothing was left to pay and it broke"
        self.settled[promise.promise_id] = found

    @invariant()
    def no_cent_keeps_two_promises(self) -> None:
        kept = sum(each.kept_minor for each in getattr(self, "settled", {}).values())
        assert kept <= sum(part.amount_minor for part in getattr(self, "cash", []))

    @invariant()
    def nothing_waits_beyond_its_last_day(self) -> None:
        for name, promise in getattr(self, "given", {}).items():
            if name not in self.settled:
                assert self.today <= promise.last_day + timedelta(days=6)


TestPromiseLife = PromiseLife.TestCase
