"""A seeded portfolio on a real database: the same twice, balanced, with every case in it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from evals.worlds.cases import CASES, RULES_WITHOUT_A_CASE, cases_of_rule
from evals.worlds.mix import (
    DEMO,
    DEMO_ACCOUNTS,
    EVERYTHING_DUE,
    NOTHING_DUE,
    ONE_IN_TEN,
    PortfolioMix,
)
from evals.worlds.portfolio import PEOPLE, PortfolioSummary, build_portfolio
from evals.worlds.rows import TABLES
from ledger.checks import check_ledger
from ledger.errors import BadInput, Conflict
from ledger.facts import AccountFacts
from ledger.queries.account_facts import load_facts
from ledger.session import Ledger, open_engine, sqlite_url
from ledger.states import HoldReason
from ledger.tables.account import Account
from ledger.tables.receivable import Application, Invoice
from ledger.tables.work import Feed, Message, Person
from policies.load import load_policy
from tests.support.database import create_tables

AS_OF = date(2026, 3, 17)


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    ledger = Ledger(open_engine(database_url))
    yield ledger
    ledger.close()


@pytest.fixture
def other_ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An SQLite ledger beside the first, whatever that one runs on."""
    url = sqlite_url(tmp_path / "other.db")
    create_tables(url)
    ledger = Ledger(open_engine(url))
    yield ledger
    ledger.close()


def build(
    ledger: Ledger, mix: PortfolioMix = DEMO, *, seed: int = 7, accounts: int = DEMO_ACCOUNTS
) -> PortfolioSummary:
    return build_portfolio(ledger, seed=seed, accounts=accounts, as_of=AS_OF, mix=mix)


def rows_of(ledger: Ledger) -> dict[str, list[dict[str, Any]]]:
    with ledger.read() as session:
        found = {}
        for table in TABLES:
            stored = session.execute(select(table.metadata.tables[str(table.__tablename__)]))
            dicts = [dict(row) for row in stored.mappings()]
            key = "name" if table is Feed else "id"
            found[str(table.__tablename__)] = sorted(dicts, key=lambda row: row[key])
        return found


def all_facts(ledger: Ledger) -> dict[str, AccountFacts]:
    with ledger.read() as session:
        ids = session.execute(select(Account.id)).scalars().all()
        return load_facts(session, AS_OF, ids)


def days_past_due(facts: AccountFacts) -> int:
    return max((AS_OF - item.due_on).days for item in facts.open_items)


def test_same_seed__same_rows_on_any_database(ledger: Ledger, other_ledger: Ledger) -> None:
    assert build(ledger) == build(other_ledger)
    assert rows_of(ledger) == rows_of(other_ledger)


def test_other_seed__other_customers_and_amounts(ledger: Ledger, other_ledger: Ledger) -> None:
    build(ledger, seed=7)
    build(other_ledger, seed=8)
    ours, theirs = rows_of(ledger), rows_of(other_ledger)
    for table, column in (("account", "name"), ("invoice", "amount_minor")):
        values = [[row[column] for row in rows[table]] for rows in (ours, theirs)]
        assert values[0] != values[1]


@pytest.mark.parametrize("mix", [DEMO, ONE_IN_TEN], ids=["demo", "one_in_ten"])
def test_books__balance_to_the_cent(ledger: Ledger, mix: PortfolioMix) -> None:
    summary = build(ledger, mix)
    with ledger.read() as session:
        assert check_ledger(session, AS_OF) == []
        counted = {
            str(table.__tablename__): session.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
            for table in TABLES
        }
    assert {name: count for name, count in counted.items() if count} == summary.rows


def test_demo__places_every_case_twice_on_300_accounts(ledger: Ledger) -> None:
    summary = build(ledger)
    assert sum(summary.cases.values()) == summary.accounts == DEMO_ACCOUNTS
    assert set(summary.cases) == set(CASES)
    assert min(summary.cases.values()) >= 2
    assert all(len(summary.examples[name]) >= 2 for name in CASES)


def test_human_led_rules_of_the_field__are_all_accounted_for(
    shared_data: Callable[[str], Path],
) -> None:
    rules = yaml.safe_load(shared_data("compliance/rules.yaml").read_text("utf-8"))["rules"]
    human_led = {rule["id"] for rule in rules if rule["family"] == "hitl"}
    assert human_led == {
        rule_id
        for rule_id in human_led
        if cases_of_rule(rule_id) or rule_id in RULES_WITHOUT_A_CASE
    }
    assert len(human_led) == 20


def high_value(facts: AccountFacts) -> bool:
    threshold = load_policy().contact.high_value
    return any(facts.open_in(code).amount >= threshold[code] for code in facts.currencies)


def pending(facts: AccountFacts, direction: str) -> list[date]:
    return [promise.due_on for promise in facts.promises if promise.direction == direction]


SHOWS: dict[str, Callable[[AccountFacts], bool]] = {
    "strategic": lambda facts: facts.strategic and facts.segment == "strategic",
    "enterprise": lambda facts: facts.segment == "enterprise",
    "child_of_strategic": lambda facts: facts.parent_id is not None,
    "high_value": high_value,
    "renewal_active": lambda facts: facts.renewal_on is not None and facts.renewal_on > AS_OF,
    "ticket_escalated": lambda facts: any(t.state == "escalated" for t in facts.tickets),
    "ticket_severity_1": lambda facts: any(t.severity == 1 for t in facts.tickets),
    "contract_sensitive": lambda facts: facts.sensitive_contract,
    "broken_promises_twice": lambda facts: facts.broken_promises == 2,
    "past_last_stage": lambda facts: facts.open_items[0].dunning_level == 4,
    "final_notice_due": lambda facts: facts.open_items[0].dunning_level == 3,
    "credit_hold": lambda facts: facts.credit_hold,
    "over_credit_limit": lambda facts: (
        facts.credit_limit_minor is not None
        and facts.open_in(facts.currencies[0]).minor > facts.credit_limit_minor * 6 // 5
    ),
    "consumer": lambda facts: facts.debtor_type == "consumer",
    "sole_trader": lambda facts: facts.debtor_type == "sole_trader",
    "guarantor": lambda facts: facts.debtor_type == "guarantor",
    "dispute_on_invoice": lambda facts: (
        facts.disputes[0].invoice_id in {item.invoice_id for item in facts.open_items}
    ),
    "dispute_on_account": lambda facts: facts.disputes[0].invoice_id is None,
    "dispute_in_review": lambda facts: len(facts.disputes) == 1,
    **{
        f"hold_{reason}": lambda facts, reason=reason: [h.reason for h in facts.holds] == [reason]
        for reason in HoldReason
    },
    "held_invoice_until_date": lambda facts: facts.holds[0].invoice_id is not None,
    "ended_hold": lambda facts: facts.holds == (),
    "lifted_hold": lambda facts: facts.holds == (),
    "promise_pending": lambda facts: pending(facts, "theirs")[0] > AS_OF,
    "promise_on_one_item": lambda facts: len(facts.open_items) > len(facts.promises) == 1,
    "promise_missed": lambda facts: pending(facts, "theirs")[0] < AS_OF - timedelta(days=5),
    "our_credit_promised": lambda facts: pending(facts, "ours")[0] > AS_OF,
    "our_credit_overdue": lambda facts: pending(facts, "ours")[0] < AS_OF,
    "plan_proposed": lambda facts: facts.plans[0].state == "proposed",
    "plan_active": lambda facts: facts.plans[0].state == "active",
    "plan_instalment_missed": lambda facts: facts.plans[0].parts[0].due_on < AS_OF,
    "unapplied_cash": lambda facts: facts.receipts[0].received_on < AS_OF,
    "open_credit": lambda facts: len(facts.credits) == 1,
    "contact_opted_out": lambda facts: all(contact.opted_out for contact in facts.contacts),
    "contact_bounced": lambda facts: all(contact.bounced for contact in facts.contacts),
    "contact_missing": lambda facts: facts.contacts == (),
    "contact_phone_only": lambda facts: all(c.email is None and c.phone for c in facts.contacts),
    "place_unknown": lambda facts: facts.places == facts.time_zones == (),
    "places_several": lambda facts: len(facts.time_zones) == len(facts.places) == 2,
    "due_several_items": lambda facts: len(facts.open_items) == 4,
    "due_in_two_currencies": lambda facts: len(facts.currencies) == 2,
    "due_after_part_payment": lambda facts: (
        facts.open_items[0].open_minor < facts.open_items[0].amount_minor
    ),
    "invoice_in_instalments": lambda facts: days_past_due(facts) < 0,
    "settled": lambda facts: facts.open_items == (),
    "nothing_due": lambda facts: days_past_due(facts) < -30,
    "paying_named_invoice": lambda facts: facts.receipts[0].received_on == AS_OF,
    "paying_unidentified": lambda facts: facts.receipts == (),
    **{
        f"due_in_{code}": lambda f, code=code: f.language == code
        for code in ("en", "de", "fr", "es")
    },
    **{name: lambda facts: facts.inbound_unanswered for name in CASES if name.startswith("wrote_")},
}


def test_each_case__shows_in_the_facts_of_its_accounts(ledger: Ledger) -> None:
    summary = build(ledger)
    facts = all_facts(ledger)
    missing = [
        name
        for name, shows in SHOWS.items()
        if not all(shows(facts[account_id]) for account_id in summary.examples[name])
    ]
    assert missing == []
    routine = {"due_stage_1", "due_stage_2", "due_stage_3", "due_after_credit"}
    assert set(CASES) - set(SHOWS) - routine == {
        name for name in CASES if name.startswith("paying_") and name not in SHOWS
    }


def test_item_due_at_a_stage__had_every_stage_before_and_waited(ledger: Ledger) -> None:
    stages = load_policy().dunning.stages
    summary = build(ledger)
    facts = all_facts(ledger)
    due = {1: "due_stage_1", 2: "due_stage_2", 3: "due_stage_3", 4: "final_notice_due"}
    for level, name in due.items():
        for account_id in summary.examples[name]:
            oldest = facts[account_id].open_items[0]
            assert oldest.dunning_level == level - 1
            assert (AS_OF - oldest.due_on).days >= stages[level - 1].days_past_due
            if oldest.dunned_on:
                waited = (AS_OF - oldest.dunned_on).days
                assert waited >= stages[level - 1].days_since_last


def test_dunned_invoice__has_the_letter_that_dunned_it(ledger: Ledger) -> None:
    build(ledger)
    stored = rows_of(ledger)
    letters = {
        (letter["account_id"], letter["sent_on"], letter["currency"]): letter
        for letter in stored["message"]
        if letter["direction"] == "out"
    }
    dunned = [invoice for invoice in stored["invoice"] if invoice["dunning_level"]]
    assert len(dunned) > DEMO_ACCOUNTS
    for invoice in dunned:
        letter = letters[invoice["account_id"], invoice["dunned_on"], invoice["currency"]]
        assert invoice["id"] in letter["invoice_ids"].split(",")
        assert letter["stage"] >= invoice["dunning_level"]
    assert all(sent_on < AS_OF and sent_on.weekday() < 5 for _, sent_on, _ in letters)


def test_customer__had_one_letter_a_currency_and_day(ledger: Ledger) -> None:
    build(ledger)
    with ledger.read() as session:
        sent = session.execute(
            select(Message.account_id, Message.sent_on, Message.currency).where(
                Message.direction == "out"
            )
        ).all()
    assert max(Counter(sent).values()) == 1


def test_money_of_the_night__waits_with_and_without_an_account(ledger: Ledger) -> None:
    summary = build(ledger)
    stored = rows_of(ledger)
    tonight = [row for row in stored["receipt"] if row["received_on"] == AS_OF]
    assert len(tonight) == summary.receipts_tonight >= 14
    assert all(row["unapplied_minor"] == row["amount_minor"] for row in tonight)
    assert any(row["account_id"] is None for row in tonight)
    named = {
        (row["account_id"], row["memo"].removeprefix("/INV/"), row["amount_minor"])
        for row in tonight
        if row["memo"].startswith("/INV/")
    }
    assert named
    assert named <= {
        (row["account_id"], row["invoice_number"], row["open_minor"]) for row in stored["invoice"]
    }


def test_unnamed_exact_amount__is_that_of_one_open_item_only(ledger: Ledger) -> None:
    summary = build(ledger)
    facts = all_facts(ledger)
    for name, matches in (("paying_exact_amount", 1), ("paying_ambiguous_amount", 2)):
        for account_id in summary.examples[name]:
            [receipt] = facts[account_id].receipts
            amounts = [item.open_minor for item in facts[account_id].open_items]
            assert amounts.count(receipt.unapplied_minor) == matches


def test_history__has_payments_over_several_invoices_in_parts_and_within_the_year(
    ledger: Ledger,
) -> None:
    build(ledger)
    with ledger.read() as session:
        by_receipt = session.execute(
            select(func.count()).where(Application.kind == "cash").group_by(Application.receipt_id)
        ).scalars()
        by_invoice = session.execute(
            select(func.count()).where(Application.kind == "cash").group_by(Application.invoice_id)
        ).scalars()
        kinds = set(session.execute(select(Application.kind)).scalars())
        dates = session.execute(select(func.min(Invoice.due_on), func.max(Invoice.issued_on))).one()
    assert max(by_receipt) >= 3
    assert max(by_invoice) == 2
    assert kinds == {"cash", "credit", "write_off"}
    assert dates[0] >= AS_OF - timedelta(days=365)
    assert dates[1] <= AS_OF


def test_everything_due__every_account_owes_since_the_first_stage(ledger: Ledger) -> None:
    summary = build(ledger, EVERYTHING_DUE, accounts=200)
    facts = all_facts(ledger)
    first = load_policy().dunning.stages[0].days_past_due
    assert all(days_past_due(one) >= first for one in facts.values())
    levels = {
        item.dunning_level
        for one in facts.values()
        if one.segment in ("smb", "mid")
        for item in one.open_items
    }
    assert levels == {0}
    assert summary.cases["due_stage_1"] == 180


def test_nothing_due__no_item_falls_due_within_a_month(ledger: Ledger) -> None:
    build(ledger, NOTHING_DUE, accounts=200)
    facts = all_facts(ledger)
    assert all(days_past_due(one) < -30 for one in facts.values())
    assert not any(one.receipts or one.credits or one.holds for one in facts.values())


def test_feeds_and_people__are_there(ledger: Ledger) -> None:
    build(ledger, replace(DEMO, feed_days_behind=3))
    with ledger.read() as session:
        feeds = {feed.name: feed.read_through for feed in session.execute(select(Feed)).scalars()}
        roles = set(session.execute(select(Person.roles)).scalars())
        owners = set(session.execute(select(Account.owner)).scalars())
    assert feeds == dict.fromkeys(("invoices", "receipts"), date(2026, 3, 14))
    assert roles == set(load_policy().approval.stands_for)
    assert owners <= set(PEOPLE)


def test_ledger_with_accounts__is_left_alone(ledger: Ledger) -> None:
    build(ledger, NOTHING_DUE, accounts=3)
    with pytest.raises(Conflict, match="holds 3 accounts"):
        build(ledger, NOTHING_DUE, accounts=5)
    assert len(all_facts(ledger)) == 3


def test_fewer_accounts_than_cases__is_refused_with_the_number_needed(ledger: Ledger) -> None:
    with pytest.raises(BadInput, match=str(2 * len(CASES))):
        build(ledger, accounts=100)
    assert all_facts(ledger) == {}
