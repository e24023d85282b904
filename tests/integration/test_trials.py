"""Experiments on the ledger: arms, what came of them, and whether they were registered before."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from batch.night import run_night
from batch.proof import CounterExample, prove
from batch.replay import replay
from graph.policy_in_force import remember
from ledger.errors import BadInput
from ledger.journal import insert_new
from ledger.queries.account_facts import load_facts
from ledger.tables.account import Account
from ledger.tables.experiment import ExperimentUnit
from ledger.tables.work import Audit, Outbox, PolicyVersion
from policies.load import load_policy, with_changes
from policies.schema import Policy
from policies.schema_experiments import Experiment
from tests.support.case_book import AS_OF, CaseBook
from tests.support.desk import AS_OF as DESK_DAY
from tests.support.desk import Desk
from tests.support.experiments import trial_of_letters, trying
from tools.trials import draw_arms, held_out, refuse_changed, stop_harmful, trials

START = AS_OF - timedelta(days=20)
BEFORE = START - timedelta(days=3)
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


def with_trial(trial: Experiment) -> Policy:
    plain = load_policy()
    experiments = plain.experiments.model_copy(update={"experiments": (trial,)})
    return with_changes(plain, experiments=experiments)


@pytest.fixture
def policy() -> Policy:
    return with_trial(TRIAL)


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


def in_force(book: CaseBook, policy: Policy, day: date = BEFORE) -> None:
    with book.ledger.write() as session:
        remember(session, policy, datetime(day.year, day.month, day.day, tzinfo=UTC))


def drawn(book: CaseBook, policy: Policy, as_of: date = START) -> dict[str, int]:
    with book.ledger.write() as session:
        return draw_arms(session, policy, as_of)


class TestDrawing:
    @pytest.mark.parametrize(("days", "before"), [(-3, True), (0, False), (3, False)])
    def test_registered__only_a_policy_from_before_the_start_counts(
        self, book: CaseBook, policy: Policy, days: int, before: bool
    ) -> None:
        accounts(book, 4)
        day = START + timedelta(days=days)
        in_force(book, policy, day)
        assert drawn(book, policy, AS_OF) == {"calls": 4 if before else 0}
        with book.ledger.read() as session:
            (trial,) = trials(session, policy, AS_OF)
        assert (trial.registered_on, trial.registered_before) == (day, before)

    def test_drawn_once__nobody_joins_or_changes_arms(self, book: CaseBook, policy: Policy) -> None:
        accounts(book, 12)
        in_force(book, policy)
        assert drawn(book, policy) == {"calls": 12}
        with book.ledger.write() as session:
            before = held_out(session, policy, AS_OF)
            session.execute(update(Account).values(segment="mid_market"))
        for at in range(20):
            book.invoice(book.account(f"N-{at}"), f"NEW-{at}", minor=1_000, late=30)
        assert drawn(book, policy, AS_OF) == {}
        with book.ledger.read() as session:
            assert held_out(session, policy, AS_OF) == before
        assert len(before) == 6

    def test_recorded_by_a_program_that_knew_less__counts_as_the_same(
        self, book: CaseBook, policy: Policy
    ) -> None:
        accounts(book, 4)
        said = orjson.loads(policy.model_dump_json(by_alias=True))
        for arm in said["experiments"]["experiments"][0]["arms"]:
            del arm["letters"], arm["days_later"]
        row = {"hash": policy.hash, "said": orjson.dumps(said).decode(), "first_used_on": BEFORE}
        with book.ledger.write() as session:
            insert_new(session, PolicyVersion, [row])
        assert drawn(book, policy) == {"calls": 4}

    def test_nobody_fits__nothing_is_drawn(self, book: CaseBook) -> None:
        accounts(book, 4)
        policy = with_trial(TRIAL.model_copy(update={"segments": ("strategic",)}))
        in_force(book, policy)
        assert drawn(book, policy) == {"calls": 0}

    @pytest.mark.parametrize(
        "change",
        [
            {"metric": "days_to_pay"},
            {"ends_on": AS_OF + timedelta(days=50)},
            {"arms": (TRIAL.arms[0], TRIAL.arms[1].model_copy(update={"name": "rung"}))},
            {"starts_on": AS_OF + timedelta(days=6), "ends_on": AS_OF + timedelta(days=9)},
        ],
        ids=["metric", "end", "arm", "id_used_again"],
    )
    def test_changed_while_it_runs__is_refused(
        self, book: CaseBook, policy: Policy, change: dict[str, Any]
    ) -> None:
        accounts(book, 8)
        in_force(book, policy)
        drawn(book, policy)
        changed = with_trial(TRIAL.model_copy(update=change))
        with book.ledger.read() as session:
            refuse_changed(session, policy)
            refuse_changed(session, load_policy())
            with pytest.raises(BadInput, match=r"experiment calls began .* an id of its own"):
                refuse_changed(session, changed)
            (trial,) = trials(session, changed, AS_OF)  # shown all the same
        assert sum(trial.drawn.values()) == 8

    @pytest.mark.parametrize("as_of", [START - timedelta(days=1), TRIAL.ends_on])
    def test_outside_its_days__nothing_is_drawn(
        self, book: CaseBook, policy: Policy, as_of: date
    ) -> None:
        accounts(book, 4)
        in_force(book, policy)
        assert drawn(book, policy, as_of) == {}

    def test_control_that_is_not_called__is_held_out_while_it_runs(
        self, book: CaseBook, policy: Policy
    ) -> None:
        accounts(book, 8)
        in_force(book, policy)
        drawn(book, policy)
        with book.ledger.read() as session:
            assert len(held_out(session, policy, AS_OF)) == 4
            assert held_out(session, policy, TRIAL.ends_on) == {}
            assert held_out(session, load_policy(), AS_OF) == {}


class TestMeasuring:
    def test_trial__counts_who_paid_of_each_arm(self, book: CaseBook, policy: Policy) -> None:
        accounts(book, 12)
        in_force(book, policy)
        drawn(book, policy)
        with book.ledger.read() as session:
            (trial,) = trials(session, policy, AS_OF)
        (result,) = trial.results
        assert (result.accounts, result.control) == (6, 6)
        assert result.value + result.control_value == pytest.approx(1)
        assert result.low <= result.difference <= result.high

    @pytest.mark.parametrize(
        ("metric", "paid_late", "days"),
        [("days_to_pay", 15, 5.0), ("days_late", 15, None)],
    )
    def test_metric_in_days__is_of_its_own_invoices(
        self, book: CaseBook, metric: str, paid_late: int, days: float | None
    ) -> None:
        """Due 10 days before the start, paid 5 after it: overdue then, and due before it ran."""
        policy = with_trial(TRIAL.model_copy(update={"metric": metric}))
        for at in range(4):
            book.paid(book.account(f"C-{at}"), f"INV-{at}", 1_000, late=30, paid_late=paid_late)
        in_force(book, policy)
        drawn(book, policy)
        with book.ledger.read() as session:
            (result,) = trials(session, policy, AS_OF)[0].results
        seen = (result.accounts, result.control, result.value, result.control_value)
        assert seen == ((2, 2, days, days) if days else (0, 0, 0, 0))

    def test_days_late__counts_what_fell_due_since_the_start(self, book: CaseBook) -> None:
        policy = with_trial(TRIAL.model_copy(update={"metric": "days_late"}))
        for at in range(4):
            account = book.account(f"C-{at}")
            book.paid(account, f"OLD-{at}", 1_000, late=60, paid_late=1)
            book.paid(account, f"INV-{at}", 1_000, late=19, paid_late=6)
            book.invoice(account, f"OPEN-{at}", minor=1_000, late=12)
        in_force(book, policy)
        drawn(book, policy)
        with book.ledger.read() as session:
            (result,) = trials(session, policy, AS_OF)[0].results
        assert result.value == result.control_value == (6 + 12) / 2


class TestStopping:
    def harmed(self, book: CaseBook, policy: Policy) -> None:
        """Everybody of the control has paid, nobody who was called."""
        found = [book.account(f"C-{at}") for at in range(40)]
        for account in found:
            book.invoice(account, f"SEEN-{account}", minor=1_000, late=30, open_minor=0)
        in_force(book, policy)
        drawn(book, policy)
        with book.ledger.read() as session:
            control = set(held_out(session, policy, AS_OF))
        for account in found:
            if account in control:
                book.paid(account, f"INV-{account}", 1_000, late=30, paid_late=15)
            else:
                book.invoice(account, f"INV-{account}", minor=1_000, late=30)

    def test_harm__stops_it_for_good(self, book: CaseBook, policy: Policy) -> None:
        self.harmed(book, policy)
        with book.ledger.write() as session:
            session.execute(update(Account).values(next_action_on=AS_OF + timedelta(days=60)))
        for expected in (["calls"], []):
            with book.ledger.write() as session:
                assert list(stop_harmful(session, policy, AS_OF)) == expected
        with book.ledger.read() as session:
            assert held_out(session, policy, AS_OF) == {}
            (trial,) = trials(session, policy, AS_OF + timedelta(days=30))
            facts = load_facts(session, AS_OF, ["acc_c0"])["acc_c0"]
            looked_at = set(session.scalars(select(Account.next_action_on)))
        assert trial.stopped_on == AS_OF
        assert [each.state for each in trial.results] == ["harmful"]
        assert facts.arms == ()
        assert looked_at == {None}  # the next night looks at all of them again

    def test_no_harm__goes_on(self, book: CaseBook, policy: Policy) -> None:
        accounts(book, 12)
        in_force(book, policy)
        drawn(book, policy)
        with book.ledger.write() as session:
            assert stop_harmful(session, policy, AS_OF) == {}


class TestNight:
    TONIGHT = DESK_DAY + timedelta(days=1)

    def run(self, desk: Desk) -> None:
        start = self.TONIGHT
        trial = trial_of_letters(start, start + timedelta(days=28))
        policy = desk.house.policy
        before = datetime(start.year, start.month, start.day, tzinfo=UTC) - timedelta(days=9)
        with desk.house.ledger.write() as session:
            remember(session, policy, before)
        auto = policy.autonomy.model_copy(update={"mode": "auto"})
        desk.house.policy = trying(with_changes(policy, autonomy=auto), trial)
        for at in range(10):
            desk.account(f"acc_{at}", amounts=(120_00,), language="en")
        for feed in desk.house.policy.contact.feed_max_age_days:
            desk.books.change("feed", "name", feed, read_through=start)
        with desk.house.ledger.write() as session:
            remember(session, desk.house.policy, before)
        run_night(desk.house, start, lambda *_: None)

    def letters(self, desk: Desk) -> dict[str, set[str]]:
        with desk.house.ledger.read() as session:
            rows = session.execute(
                select(ExperimentUnit.arm, Outbox.action).join(
                    Outbox, Outbox.account_id == ExperimentUnit.account_id
                )
            ).all()
        found: dict[str, set[str]] = {}
        for arm, action in rows:
            found.setdefault(arm, set()).add(action)
        return found

    def test_night_of_the_start__words_each_letter_as_its_arm(self, desk: Desk) -> None:
        self.run(desk)
        letters = self.letters(desk)
        assert {arm: len(found) for arm, found in letters.items()} == {
            "usual": 4,
            "short": 3,
            "later": 3,
        }
        assert all("reminder_1_short" in action for action in letters["short"])
        assert not any("reminder_1_short" in a for a in letters["usual"] | letters["later"])

    def test_what_was_decided__is_proven_and_derived_again(self, desk: Desk) -> None:
        self.run(desk)
        found = prove(desk.house, lambda *_: None)
        assert [each for each in found if isinstance(each, CounterExample)] == []
        for at in range(10):
            assert replay(desk.house, self.TONIGHT.isoformat(), f"acc_{at}").differs is None

    def test_journal__says_that_it_began(self, desk: Desk) -> None:
        self.run(desk)
        with desk.house.ledger.read() as session:
            rows = session.execute(
                select(Audit.subject_id, Audit.payload).where(Audit.kind == "experiment_started")
            ).all()
        assert [tuple(row) for row in rows] == [("words", '{"accounts":10}')]
