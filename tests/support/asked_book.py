"""A small book with something to say on every kind of question, and what is true in it."""

from datetime import date, timedelta

from ledger.facts import facts_bytes, facts_hash, pack
from ledger.ids import make_id
from ledger.journal import keep_snapshots
from ledger.queries.account_facts import load_facts
from ledger.tables.notes import AccountNote
from ledger.tables.receivable import CreditMemo
from ledger.tables.work import CallTask, DispositionRow, Message, Person, Run
from tests.support.case_book import AS_OF, NOW, CaseBook

NIGHT = '{"dispositions": {"held": 1, "needs_person": 2}, "collections": {"looked_at": 3}}'


def furnish(book: CaseBook) -> dict[str, str]:
    """Fill a book; returns ids of rows by name."""
    book.add(
        Person(id="cora", name="Cora Lind", roles="collector"),
        Person(id="felix", name="Felix Ortega", roles="finance_lead"),
    )
    acme = book.account(
        "C-100", "Acme Trading", credit_limit_minor=40_000, owner="felix", places="US-CA"
    )
    book.invoice(acme, "INV-1", minor=50_000, late=95)
    book.invoice(acme, "INV-2", minor=25_000, late=-10)
    book.paid(acme, "INV-0", 12_000, late=60, paid_late=12)
    promised = book.promise(acme, 30_000, AS_OF + timedelta(2))
    book.promise(acme, 11_100, AS_OF - timedelta(9), state="broken")
    book.promise(acme, 2_200, AS_OF + timedelta(1), direction="ours", kind="credit")
    book.wrote(acme, "Please send the delivery note.")
    book.ticket(acme, "T-9", "Truck came late")
    book.note(acme, "Payment terms are 45 days.")
    north = book.account("C-200", "Northgate Ltd")
    disputed = book.invoice(north, "INV-3", minor=9_900, late=30)
    dispute = book.dispute(north, disputed)
    book.hold(north, "hardship")
    book.receipt(None, "R-77", 4_200, memo="no idea")
    sun = book.account("C-300", "Sundial Corp")
    book.invoice(sun, "INV-4", minor=80_000, late=20)
    _more(book, acme, sun)
    _night(book, north)
    return {"acme": acme, "north": north, "sun": sun, "dispute": dispute, "promise": promised}


def _more(book: CaseBook, acme: str, sun: str) -> None:
    book.add(
        CreditMemo(
            id="crd_1",
            account_id=acme,
            credit_number="CM-5",
            issued_on=AS_OF - timedelta(4),
            amount_minor=3_300,
            currency="USD",
            unapplied_minor=3_300,
        ),
        CallTask(
            id=make_id("tsk", sun),
            account_id=sun,
            kind="call",
            summary="Ask for the payment date",
            due_on=AS_OF,
        ),
        AccountNote(
            id="not_1",
            account_id=acme,
            kind="call",
            body="Pat checks with the warehouse",
            noted_on=AS_OF - timedelta(1),
            noted_by="cora",
            noted_at=NOW,
        ),
        Message(
            id="msg_out",
            account_id=acme,
            direction="out",
            purpose="send_reminder",
            sent_on=AS_OF - timedelta(5),
        ),
    )


def _night(book: CaseBook, account: str) -> None:
    """Two nights; the newer one held an account for its dispute."""
    with book.ledger.write() as session:
        facts = load_facts(session, AS_OF, [account])[account]
        keep_snapshots(session, {facts_hash(facts): pack(facts_bytes(facts))})
        for number, day in enumerate((AS_OF - timedelta(1), AS_OF), start=1):
            session.add(
                Run(
                    id=f"run_{number}",
                    as_of=day,
                    number=number,
                    policy_hash="p",
                    started_at=NOW,
                    state="finished",
                    counts=NIGHT,
                    seconds=1.5,
                )
            )
            session.flush()
        session.add(
            DispositionRow(
                run_id="run_2",
                account_id=account,
                kind="held",
                reason="Never chase while a dispute is open.",
                rule_ids="never_chase_disputed",
                account_class="exception",
                facts_hash=facts_hash(facts),
            )
        )


LATER: date = AS_OF + timedelta(2)

SAYS: dict[str, tuple[str, ...]] = {
    "search_notes": ("Payment terms",),
    "compare": ("open 750.00 USD, overdue 500.00 USD, oldest 95 days", "open 800.00 USD"),
    "contact_rules": ("stage 1 (friendly)", "between two messages"),
    "who_approves": ("finance lead up to 5,000,000.00 EUR: Felix Ortega",),
    "may_contact": ("No, a call now", "answer_before_chasing"),
    "regulation_notes": ("US-CA", "No legal advice"),
    "preview_letter": ("stage 2", "500.00"),
    "plan_options": ("due and undisputed: 500.00 USD",),
    "waits_for_me": ("0 request(s) wait",),
    "what_changed": ("New since 2026-03-17", "decided: held: 1"),
    "agents_work": ("from 2026-03-12 to 2026-03-18", "0 messages left"),
    "night": ("The night of 2026-03-18", "1 held", "2 needs person", "3 accounts looked at"),
    "tasks": ("2026-03-18: call, Sundial Corp (C-300)",),
    "top_overdue": ("Sundial Corp (C-300): 800.00 USD in 1 item, oldest 20 days",),
    "metrics": ("open 1,649.00 USD, overdue 1,399.00 USD", "DSO"),
    "aging_as_of": ("The book as of 2026-03-01",),
    "dispute_pipeline": ("1 open dispute", "99.00 USD"),
    "next_steps": ("answer the customer's message first", "their promise (payment) is due on"),
    "promise_record": ("kept 0 and failed 1 promises",),
    "contact_history": ("2026-03-13, to the customer: send_reminder",),
    "contacts": ("Ada Payable", "ap@customer.example, +12025550100", "owner Felix Ortega"),
    "account_log": ('2026-03-17, call by cora: "Pat checks with the warehouse"',),
    "invoice": ("amount 500.00 USD, open 500.00 USD", "95 days past due"),
    "worklist": ("Acme Trading (C-100): 500.00 USD overdue",),
    "waiting": ("0 request(s) wait",),
    "why": ("routine if no dispute were open",),
    "credits": ("1 open credit memo, 33.00 USD", "CM-5 of 2026-03-14"),
    "forecast": ("of what is open, disputed: 99.00 USD",),
    "forecast_account": ("Expected cash from 2026-03-18",),
    "unapplied": ("42.00 USD in 1 receipt(s)",),
    "credit_standing": ("points of risk", "because "),
    "exposure": ("exposure 717.00 USD; limit 400.00 USD",),
    "holds": ("Northgate Ltd (C-200): hardship, since 2026-03-15",),
    "dispute_outlook": ("A person decides", "QTY_SHORT"),
    "disputes": ("QTY_SHORT on INV-3, 99.00 USD, open 9 days",),
    "our_promises": ("22.00 USD, credit (ours, pending)",),
    "broken_promises": ("111.00 USD, payment (theirs, broken)",),
    "promises": (f"{LATER}: Acme Trading (C-100), 300.00 USD",),
    "aging": ("90+ 500.00 USD; total 750.00 USD",),
    "overdue_items": ("INV-1: 500.00 USD open, due 2025-12-13",),
    "statement": ("2 open item(s), total 750.00 USD, overdue 500.00 USD",),
    "open_items": ("INV-2: 250.00 USD open, due 2026-03-28",),
    "payments": ("120.00 USD (R-INV-0), for INV-0",),
    "messages": ("Please send the delivery note.",),
    "tickets": ("Truck came late", "Payment terms"),
    "story": ("open 750.00 USD; overdue 500.00 USD, oldest 95 days past due",),
}
"""By kind of question: what the answer to its example holds, reckoned by hand from the rows."""
