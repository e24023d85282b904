"""Every leg of a payment is a posting of its own, and they sum to the receipt to the cent."""

from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from guardrails.gate import judge
from guardrails.verdict import Deny
from ledger.actions import Allocation, ApplyReceipt, CreditUse, Difference
from ledger.checks import check_ledger
from ledger.queries.cash_facts import facts_for
from ledger.tables.case import Dispute
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from tests.support.desk import AS_OF, Desk
from tools.execute import Writer, execute

_TAGS = count(1)
_AMOUNT = st.integers(1, 300_00)
_KINDS = {"discount": "discount", "fee": "bank_fee", "fx": "fx_difference"}


@st.composite
def payments(draw: st.DrawFn) -> tuple[list[int], dict[str, Any]]:
    """Open amounts of up to three invoices, and what a payment says of each."""
    opened = draw(st.lists(_AMOUNT, min_size=1, max_size=3))
    legs: dict[str, Any] = {"cash": [], "credit": [], "lacking": []}
    for place, minor in enumerate(opened):
        left = minor
        for name in draw(st.permutations(["credit", "discount", "fee", "deduction"]))[:2]:
            part = draw(st.integers(0, left - 1))
            left -= part
            if part and name == "credit":
                legs["credit"].append((place, part))
            elif part:
                legs["lacking"].append((name, place, part))
        fx = draw(st.integers(-50, min(50, left - 1)))
        if fx:
            legs["lacking"].append(("fx", place, fx))
        legs["cash"].append((place, draw(st.integers(1, left - fx))))
    legs["rest"] = draw(st.integers(0, 50_00))
    return opened, legs


def written(desk: Desk, opened: list[int], legs: dict[str, Any], tag: int) -> ApplyReceipt:
    """The books of a payment, and the payment as an action."""
    account = desk.account(f"acc_{tag}", tuple(opened))
    total = sum(minor for _place, minor in legs["cash"]) + legs["rest"]
    desk.books.receipt(f"rcp_{tag}", total, account_id=account, currency="USD", received_on=AS_OF)
    credited = sum(minor for _place, minor in legs["credit"])
    if credited:
        desk.books.credit(f"crd_{tag}", credited, account_id=account, currency="USD",
                          issued_on=AS_OF)  # fmt: skip

    def named(place: int) -> str:
        return f"inv_{account}_{place + 1}"

    return ApplyReceipt(
        account_id=account,
        receipt_id=f"rcp_{tag}",
        evidence="person",
        allocations=tuple(
            Allocation(invoice_id=named(place), amount_minor=minor) for place, minor in legs["cash"]
        ),
        differences=tuple(
            Difference(kind=kind, invoice_id=named(place), amount_minor=minor, reason="PRICE")
            for kind, place, minor in legs["lacking"]
        ),
        credits=tuple(
            CreditUse(credit_id=f"crd_{tag}", invoice_id=named(place), amount_minor=minor)
            for place, minor in legs["credit"]
        ),
    )


def post(desk: Desk, action: ApplyReceipt) -> None:
    with desk.house.ledger.write() as session:
        facts = facts_for(session, AS_OF, [action])[action.account_id]
        assert not isinstance(judge(action, facts, desk.house.policy), Deny)
        execute(Writer(session, facts, desk.house.policy, desk.deps.now, "cora"), action, None)


def sums(desk: Desk, account: str) -> dict[str, int]:
    found: dict[str, int] = {}
    with desk.house.ledger.read() as session:
        rows = session.scalars(select(Application).where(Application.account_id == account))
        for row in rows:
            found[row.kind] = found.get(row.kind, 0) + row.amount_minor
    return found


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(payment=payments())
def test_any_payment__its_legs_are_postings_that_sum_to_the_cent(
    desk: Desk, payment: tuple[list[int], dict[str, Any]]
) -> None:
    opened, legs = payment
    tag = next(_TAGS)
    action = written(desk, opened, legs, tag)
    post(desk, action)
    posted = sums(desk, action.account_id)
    assert posted["cash"] == sum(minor for _place, minor in legs["cash"])
    assert posted.get("credit", 0) == sum(minor for _place, minor in legs["credit"])
    for kind, booked in _KINDS.items():
        wanted = sum(minor for name, _place, minor in legs["lacking"] if name == kind)
        assert posted.get(booked, 0) == wanted
    with desk.house.ledger.read() as session:
        receipt = session.get(Receipt, action.receipt_id)
        memos = session.scalars(
            select(CreditMemo).where(CreditMemo.account_id == action.account_id)
        )
        invoices = session.scalars(select(Invoice).where(Invoice.account_id == action.account_id))
        disputes = session.scalars(select(Dispute).where(Dispute.account_id == action.account_id))
        assert receipt.unapplied_minor == legs["rest"]
        assert posted["cash"] + receipt.unapplied_minor == receipt.amount_minor
        assert sum(memo.unapplied_minor for memo in memos) == 0
        left = {invoice.id: invoice.open_minor for invoice in invoices}
        assert sum(left.values()) == sum(opened) - sum(posted.values())
        disputed = {dispute.invoice_id: dispute.amount_minor for dispute in disputes}
        stated = {
            part.invoice_id: part.amount_minor
            for part in action.differences
            if part.kind == "deduction"
        }
        assert disputed == stated
        assert all(minor <= left[invoice_id] for invoice_id, minor in disputed.items())
        assert check_ledger(session, AS_OF) == []
