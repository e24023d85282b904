from datetime import date

import orjson

from ledger.money import Money
from tools.morning_report import (
    Cash,
    Control,
    Cost,
    CurrencyLine,
    FeedLine,
    MorningReport,
    Sent,
    SentLine,
    Waiting,
    WaitingCase,
    WaitingKind,
)

AS_OF = date(2026, 3, 17)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


def currency_line(**changes: object) -> CurrencyLine:
    values = {
        "currency": "EUR",
        "open": eur(300),
        "overdue": eur(200),
        "aging": (eur(100), eur(200), eur(0), eur(0), eur(0)),
        "books": eur(300),
        "kept": eur(300),
        "unapplied_cash": eur(0),
        "unapplied_credit": eur(0),
        "dso": 41.25,
        "bpdso": 10.0,
        "add": 31.25,
        "cei": None,
        "change": None,
    }
    return CurrencyLine(**(values | changes))


def waiting(cases: int) -> Waiting:
    shown = tuple(
        WaitingCase(
            id=f"prp_{n}",
            account_number="C1",
            name="Acme <b>& Sons</b>",
            action="Send reminder 1.",
            value=eur(5000),
            why="The total is high.",
            needs="finance lead",
            age_days=n,
            expires_on=AS_OF,
            command=f"dunwell inbox show prp_{n}",
        )
        for n in range(cases)
    )
    kind = WaitingKind(
        action_type="send_reminder", cases=cases, values=(eur(5000),), oldest_days=cases - 1
    )
    return Waiting(
        cases=cases,
        snoozed=0,
        first_expiry=AS_OF if cases else None,
        kinds=(kind,) if cases else (),
        shown=shown,
    )


def sent(messages: int = 0, uncertain: int = 0) -> Sent:
    line = SentLine(what="Reminder 1 (friendly)", stage=1, messages=messages, amount=eur(900))
    return Sent(
        messages=messages,
        lines=(line,) if messages else (),
        stopped=(),
        uncertain=uncertain,
        queued=0,
    )


def morning(**changes: object) -> MorningReport:
    """A night in which nothing happened, unless a test says otherwise."""
    values = {
        "company": "Northwind",
        "as_of": AS_OF,
        "run_id": "run_1",
        "run_number": 1,
        "policy_hash": "abc",
        "finished": True,
        "looked_at": 0,
        "not_reached": 0,
        "cases_failed": 0,
        "waiting": waiting(0),
        "waiting_change": None,
        "previous": None,
        "sent": sent(),
        "promises": (),
        "cash": Cash(applied=(), unapplied=(), credits=()),
        "not_done": (),
        "tasks": (),
        "feeds": (),
        "currencies": (currency_line(),),
        "forecast": (),
        "cost": Cost(seconds=1.5, phases={"cash": 1.5}, models=(), model_currency="USD"),
        "control": Control(portfolio=3, dispositions={"held": 1, "nothing_due": 2}, seals=()),
    }
    return MorningReport(**(values | changes))


def test_busy_night__verdict_counts_everything_in_one_sentence():
    report = morning(looked_at=218, sent=sent(31), waiting=waiting(9))

    assert report.verdict == (
        "218 accounts looked at, 31 messages sent, 9 cases wait for you, nothing failed."
    )


def test_one_of_each__verdict_speaks_in_the_singular():
    report = morning(looked_at=1, sent=sent(1), waiting=waiting(1), cases_failed=1)

    assert report.verdict == "1 account looked at, 1 message sent, 1 case waits for you, 1 failed."


def test_uncertain_message__counts_as_failed_beside_failed_cases():
    report = morning(cases_failed=2, sent=sent(uncertain=3))

    assert report.failed == 5
    assert "5 failed" in report.verdict


def test_nothing_happened__night_is_quiet_and_standing_says_what_is_open():
    report = morning()

    assert report.quiet
    assert report.standing == "3.00 EUR open, 2.00 EUR overdue; 1 held, 0 need a person."


def test_anything_to_read__night_is_not_quiet():
    stale = FeedLine(name="receipts", read_through=None, allowed_days=1, stale=True)

    assert not morning(waiting=waiting(1)).quiet
    assert not morning(sent=sent(1)).quiet
    assert not morning(sent=sent(uncertain=1)).quiet
    assert not morning(feeds=(stale,)).quiet
    assert not morning(not_reached=1).quiet
    assert not morning(currencies=(currency_line(books=eur(299)),)).quiet


def test_aging_off_by_a_cent__does_not_tie_and_the_verdict_says_so():
    for wrong in ({"books": eur(301)}, {"kept": eur(299)}, {"aging": (eur(301),) + (eur(0),) * 4}):
        report = morning(currencies=(currency_line(**wrong),))

        assert not report.ties
        assert "the books do not tie" in report.verdict


def test_account_without_a_disposition__does_not_tie():
    control = Control(portfolio=4, dispositions={"held": 1, "nothing_due": 2}, seals=())

    assert not morning(control=control).ties


def test_report_written_as_json__reads_back_equal_with_amounts_as_decimals():
    report = morning(waiting=waiting(2), sent=sent(3))

    kept = orjson.loads(orjson.dumps(report.as_json()))

    assert MorningReport.from_json(kept) == report
    assert kept["currencies"][0]["open"] == {"amount": "3.00", "currency": "EUR"}
    assert kept["verdict"] == report.verdict
