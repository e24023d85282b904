"""Experiments on the ledger: arms, what came of them, and whether they were registered before."""

from datetime import UTC, datetime, timedelta

import pytest

from graph.policy_in_force import remember
from policies.load import load_policy, with_changes
from policies.schema import Policy
from policies.schema_experiments import Experiment
from tests.support.case_book import AS_OF, CaseBook
from tools.trials import held_out, trials

START = AS_OF - timedelta(days=20)
TRIAL = Experiment.model_validate(
    {
        "id": "calls",
        "says": "Do calls help?",
        "metric": "paid_share",
        "starts_on": START,
        "ends_on": AS_OF + timedelta(days=5),
        "fewest_accounts": 2,
        "arms": [
            {"name": "control", "share_percent": 50, "calls": False},
            {"name": "called", "share_percent": 50},
        ],
    }
)


@pytest.fixture
def policy() -> Policy:
    plain = load_policy()
    experiments = plain.experiments.model_copy(update={"experiments": (TRIAL,)})
    return with_changes(plain, experiments=experiments)


def accounts(book: CaseBook, count: int) -> list[str]:
    """Accounts overdue at the start; every second one has paid since."""
    found = []
    for at in range(count):
        account = book.account(f"C-{at}")
        if at % 2:
            book.paid(account, f"INV-{at}", 1_000, late=30, paid_late=15)
        else:
            book.invoice(account, f"INV-{at}", minor=1_000, late=30)
        found.append(account)
    return found


def test_trial__counts_who_paid_of_each_arm(book: CaseBook, policy: Policy) -> None:
    accounts(book, 12)
    with book.ledger.read() as session:
        (trial,) = trials(session, policy, AS_OF)
    (result,) = trial.results
    assert (result.accounts, result.control) == (6, 6)
    assert result.value + result.control_value == pytest.approx(1)
    assert result.low <= result.difference <= result.high


@pytest.mark.parametrize(("days", "before"), [(-3, True), (3, False)])
def test_registered__only_a_policy_from_before_the_start_counts(
    book: CaseBook, policy: Policy, days: int, before: bool
) -> None:
    day = START + timedelta(days=days)
    with book.ledger.write() as session:
        remember(session, policy, datetime(day.year, day.month, day.day, tzinfo=UTC))
    with book.ledger.read() as session:
        (trial,) = trials(session, policy, AS_OF)
    assert (trial.registered_on, trial.registered_before) == (day, before)


def test_control_that_is_not_called__is_held_out_while_it_runs(
    book: CaseBook, policy: Policy
) -> None:
    accounts(book, 8)
    with book.ledger.read() as session:
        assert len(held_out(session, policy, AS_OF)) == 4
        assert held_out(session, policy, TRIAL.ends_on) == {}
        assert held_out(session, load_policy(), AS_OF) == {}


def test_account_opened_since__moves_nobody_to_another_arm(book: CaseBook, policy: Policy) -> None:
    accounts(book, 12)
    with book.ledger.read() as session:
        before = held_out(session, policy, AS_OF)
    for at in range(20):
        book.invoice(book.account(f"N-{at}"), f"NEW-{at}", minor=1_000, late=-20)
    with book.ledger.read() as session:
        assert held_out(session, policy, AS_OF) == before
