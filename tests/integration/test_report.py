"""The morning report over a night on a synthetic book, on whichever database the run uses."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select, update

from batch.night import run_night
from batch.report import build_report, stored_report, write_report
from evals.worlds.cases import CASES
from evals.worlds.mix import DEMO
from evals.worlds.portfolio import build_portfolio
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.errors import NotFound
from ledger.states import Disposition, OutboxState
from ledger.tables.account import Account
from ledger.tables.receivable import Application, Invoice, Receipt
from ledger.tables.work import Feed, Outbox, Permit, Proposal, Run
from tests.support.played_home import AS_OF, Homes, PlayedHome
from tools.morning_report import MorningReport

TOMORROW = AS_OF + timedelta(days=1)


ONE_OF_EACH = replace(DEMO, copies_of_each_case=1, invoices_per_year=2)


def set_mode(folder: Path, mode: str) -> None:
    autonomy = folder / "policies" / "autonomy.toml"
    text = autonomy.read_text("utf-8")
    autonomy.write_text(text.replace('\nmode = "draft"', f'\nmode = "{mode}"'), "utf-8")


def quietly(_phase: str, _done: int, _total: int) -> None:
    """Progress nobody looks at."""


def numbers_of(house: House) -> dict:
    with house.ledger.read() as session:
        return orjson.loads(session.scalars(select(Run.counts).order_by(Run.as_of)).all()[0])


@pytest.fixture(scope="module")
def morning_after(homes: Homes) -> PlayedHome:
    """A home in which one night has run. Only read from."""
    home = homes.copy()
    with home.opened() as house:
        run_night(house, AS_OF, quietly)
    return home


@pytest.fixture
def night_home(homes: Homes) -> PlayedHome:
    """A home of the test's own, before any night."""
    return homes.copy()


@pytest.fixture
def every_case(tmp_path: Path, database_url: str) -> tuple[PlayedHome, tuple[str, ...]]:
    """A home with every named case in it, and the accounts with letters due in two currencies."""
    home = PlayedHome(tmp_path / "home", database_url)
    settings = Settings(home=home.folder, database_url=database_url)
    create_home(settings=settings).close()
    set_mode(home.folder, "auto")
    with home.opened() as house:
        made = build_portfolio(
            house.ledger, seed=7, accounts=len(CASES), as_of=AS_OF, mix=ONE_OF_EACH
        )
    return home, made.examples["due_in_two_currencies"]


@pytest.fixture(scope="module")
def report(morning_after: PlayedHome) -> MorningReport:
    with morning_after.opened() as house:
        return stored_report(house, AS_OF)


class TestFigures:
    """Every figure of the report against a count of its own in the ledger."""

    def test_messages_and_queue__are_those_of_the_ledger(self, morning_after, report):
        with morning_after.opened() as house, house.ledger.read() as session:
            left = session.scalar(
                select(func.count()).select_from(Outbox).where(Outbox.state == OutboxState.SENT)
            )
            waiting = session.scalar(select(func.count()).select_from(Proposal))

        assert report.sent.messages == left > 0
        assert report.waiting.cases == waiting == sum(k.cases for k in report.waiting.kinds) > 0
        assert report.cases_failed == report.sent.uncertain == 0

    def test_amount_chased__is_what_is_open_on_the_invoices_dunned(self, morning_after, report):
        with morning_after.opened() as house, house.ledger.read() as session:
            rows = session.execute(
                select(Invoice.currency, func.sum(Invoice.open_minor))
                .where(Invoice.dunned_on == AS_OF)
                .group_by(Invoice.currency)
            )
            dunned = {currency: int(minor) for currency, minor in rows}
        chased: dict[str, int] = {}
        for line in report.sent.lines:
            if line.amount and line.stage:
                currency = line.amount.currency
                chased[currency] = chased.get(currency, 0) + line.amount.minor

        assert chased == dunned

    def test_cash__applied_and_unapplied_are_those_of_the_ledger(self, morning_after, report):
        with morning_after.opened() as house, house.ledger.read() as session:
            applied = session.scalar(
                select(func.sum(Application.amount_minor)).where(Application.applied_on == AS_OF)
            )
            unapplied = session.scalar(select(func.sum(Receipt.unapplied_minor)))

        assert sum(line.amount.minor for line in report.cash.applied) == applied > 0
        assert sum(line.amount.minor for line in report.cash.unapplied) == unapplied > 0
        assert {line.reason for line in report.cash.unapplied} <= {
            "unknown_payer", "ambiguous_equal_amounts", "no_open_item_fits",
            "multi_customer", "payer_conflict", "overpayment", "ambiguous_combination",
        }  # fmt: skip

    def test_not_done__counts_each_held_or_needy_account_once(self, report):
        counted = {"held": 0, "needs_person": 0}
        for line in report.not_done:
            counted[line.kind] += line.accounts
            assert line.says

        assert counted == {kind: report.control.dispositions[kind] for kind in counted}

    def test_books__aging_ties_to_postings_and_dispositions_to_the_portfolio(
        self, morning_after, report
    ):
        with morning_after.opened() as house, house.ledger.read() as session:
            owing = select(Invoice.account_id).where(Invoice.open_minor != 0).distinct()
            portfolio = session.scalar(select(func.count()).select_from(owing.subquery()))

        assert report.ties
        assert report.control.portfolio == portfolio
        assert report.currencies

    def test_seals__are_the_newest_of_both_chains(self, morning_after, report):
        with morning_after.opened() as house, house.ledger.read() as session:
            newest = session.scalars(select(Permit).order_by(Permit.seq.desc())).first()

        seals = {seal.chain: seal for seal in report.control.seals}
        assert set(seals) == {"audit", "permit"}
        assert (seals["permit"].number, seals["permit"].hash) == (newest.seq, newest.hash)

    def test_waiting_cases__come_highest_first_with_the_command_that_opens_them(self, report):
        values = [case.value.minor for case in report.waiting.shown if case.value]

        assert values == sorted(values, reverse=True)
        assert all(case.command == f"dunwell inbox show {case.id}" for case in report.waiting.shown)
        assert all(case.needs and case.why and case.action for case in report.waiting.shown)


class TestFiles:
    def test_night__leaves_a_page_and_json_that_read_back_equal(self, morning_after, report):
        folder = morning_after.folder / "reports"

        assert sorted(path.name for path in folder.iterdir()) == [f"{AS_OF}.html", f"{AS_OF}.json"]
        kept = orjson.loads((folder / f"{AS_OF}.json").read_bytes())
        assert MorningReport.from_json(kept) == report
        assert report.verdict in (folder / f"{AS_OF}.html").read_text("utf-8")

    def test_report_lost_or_garbled__is_built_again_from_the_ledger(self, night_home):
        with night_home.opened() as house:
            run_night(house, AS_OF, quietly)
            first = stored_report(house, AS_OF)
            kept = house.home / "reports" / f"{AS_OF}.json"
            kept.write_text("{ not json", "utf-8")

            assert stored_report(house, AS_OF).currencies == first.currencies
            assert orjson.loads(kept.read_bytes())["verdict"] == first.verdict

    def test_date_without_a_night__is_not_found(self, morning_after):
        with morning_after.opened() as house, pytest.raises(NotFound, match="no night ran as of"):
            write_report(house, TOMORROW)


class TestOverNights:
    def test_second_night__tells_what_changed_since_the_first(self, night_home):
        with night_home.opened() as house:
            run_night(house, AS_OF, quietly)
            first = stored_report(house, AS_OF)
            run_night(house, TOMORROW, quietly)
            second = stored_report(house, TOMORROW)

        assert first.previous is None
        assert second.previous == AS_OF
        assert second.waiting_change == second.waiting.cases - first.waiting.cases
        before = {line.currency: line for line in first.currencies}
        for line in second.currencies:
            assert line.change.open == line.open - before[line.currency].open
            assert line.change.overdue == line.overdue - before[line.currency].overdue
            assert line.change.dso == pytest.approx(line.dso - before[line.currency].dso)

    def test_night_run_again__report_still_tells_the_whole_night(self, night_home):
        with night_home.opened() as house:
            run_night(house, AS_OF, quietly)
            first = stored_report(house, AS_OF)
            settled = numbers_of(house)["cash"]["promises"]
            run_night(house, AS_OF, quietly)
            again = stored_report(house, AS_OF)

        assert (again.sent, again.cash, again.promises) == (first.sent, first.cash, first.promises)
        assert len(again.promises) == len(settled)
        assert again.looked_at >= first.looked_at
        assert again.run_number == first.run_number == 1

    def test_limited_night__says_how_many_were_not_reached_until_the_rest_is_done(self, night_home):
        with night_home.opened() as house:
            run_night(house, AS_OF, quietly, limit=10)
            part = stored_report(house, AS_OF)
            run_night(house, AS_OF, quietly)
            whole = stored_report(house, AS_OF)

        assert part.looked_at == 10
        assert part.not_reached > 0
        assert f"{part.not_reached} accounts not reached" in part.verdict
        assert whole.not_reached == 0
        assert whole.looked_at >= 10 + part.not_reached

    def test_stale_feed__stops_the_chasing_and_is_named(self, night_home):
        behind = AS_OF - timedelta(days=5)
        with night_home.opened() as house:
            with house.ledger.write() as session:
                session.execute(
                    update(Feed).where(Feed.name == "receipts").values(read_through=behind)
                )
            run_night(house, AS_OF, quietly)
            report = stored_report(house, AS_OF)

        assert [(feed.name, feed.read_through) for feed in report.stale] == [("receipts", behind)]
        assert not any(line.what.startswith("Reminder") for line in report.sent.lines)
        rules = {line.rule_id: line for line in report.not_done}
        assert rules["no_chasing_on_stale_feeds"].accounts > 0
        assert rules["no_chasing_on_stale_feeds"].kind == Disposition.NEEDS_PERSON

    def test_kept_balance_off_by_a_cent__report_says_the_books_do_not_tie(self, night_home):
        with night_home.opened() as house:
            run_night(house, AS_OF, quietly)
            with house.ledger.write() as session:
                wrong = session.scalars(select(Invoice).where(Invoice.open_minor > 0)).first()
                wrong.open_minor += 1
                session.flush()
            with house.ledger.read() as session:
                report = build_report(session, house, AS_OF)

        assert not report.ties
        assert [line.currency for line in report.currencies if not line.ties] == [wrong.currency]

    def test_two_currencies_due__both_letters_leave_in_one_night(self, every_case):
        home, accounts = every_case
        with home.opened() as house:
            run_night(house, AS_OF, quietly)
            with house.ledger.read() as session:
                letters = session.execute(
                    select(Outbox.account_id, Outbox.state, Outbox.stopped_by).where(
                        Outbox.account_id.in_(accounts)
                    )
                ).all()
                standing = session.scalars(
                    select(Account.disposition).where(Account.id.in_(accounts))
                ).all()

        assert [tuple(letter[1:]) for letter in letters] == [("sent", "")] * 2 * len(accounts)
        assert set(standing) == {Disposition.SENT.value}
