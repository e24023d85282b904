"""Card payments from the page: begun on the ledger's amounts, booked like any money of the bank."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import orjson
from sqlalchemy import func, select, update
from sqlmodel import Session

from adapters.bank_files.model import BankFile, BankLine, RemittanceLine, Statement
from adapters.payments.port import CheckoutWish, PaymentNotice, PaymentPort
from ledger.clock import FixedClock
from ledger.errors import ArError, BadInput, Conflict
from ledger.ids import make_id
from ledger.journal import add_rows, audit, insert_new
from ledger.money import Money
from ledger.session import Ledger
from ledger.tables.account import Account
from ledger.tables.portal import Checkout, PaymentEvent, PortalAct
from policies.schema import Policy
from tools.bank_book import take_in_bank_file
from tools.bounces import ask_person
from tools.portal_acts import check_pace, note_act
from tools.portal_links import Guest
from tools.portal_page import PageItem

ACTOR = "payments"
_MOST_ITEMS = 50
_BATCH = 200
# A page for cards lives a day; paid money is applied by a night, which may come after a weekend.
_RECENT = timedelta(days=3)
_CHARGING = ("begun", "offered", "paid")


class AlreadyPaying(Conflict):
    """An invoice stands in a card payment that is open or was just made."""

    code = "already_paying"


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment that was noted in the books, before the provider is asked."""

    checkout_id: str
    act_id: str
    lines: tuple[tuple[str, Money], ...]
    address: str = ""


def begin_checkout(
    session: Session,
    guest: Guest,
    act_id: str,
    items: Sequence[PageItem],
    provider: PaymentPort,
    policy: Policy,
    as_of: date,
    at: datetime,
) -> Begun:
    """Note a payment of whole open items; the same form again gives the payment it began.

    So does another form of the same link for the same items, while that payment is open.

    Raises:
        BadInput: Nothing was chosen, too much, or items of two currencies.
        Conflict: The provider cannot take this amount.
        AlreadyPaying: Another payment of one of the items is open or was just made.
        TooMany: The link has begun enough.
    """
    checkout_id = make_id("chk", act_id)
    there = session.get(Checkout, checkout_id)
    if there is not None:
        return Begun(checkout_id, act_id, _lines_of(there), there.address)
    currencies = {item.open.currency for item in items}
    if len(currencies) != 1 or len(items) > _MOST_ITEMS:
        raise BadInput(f"choose 1 to {_MOST_ITEMS} items of one currency")
    lines = tuple((item.number, item.open) for item in items)
    open_one = _open_one(session, guest, lines, at)
    if open_one is not None:
        return open_one
    check_pace(session, guest, "payment", policy.portal.payments_per_hour, at)
    total = sum((money for _number, money in lines), Money.zero(currencies.pop()))
    if not provider.takes(total):
        raise Conflict(f"{total.amount} {total.currency} cannot be paid by card; pay by transfer")
    row = {
        "id": checkout_id,
        "account_id": guest.account_id,
        "link_id": guest.link_id,
        "invoices": orjson.dumps([(number, money.minor) for number, money in lines]).decode(),
        "amount_minor": total.minor,
        "currency": total.currency,
        "provider": provider.name,
        "address": "",
        "state": "begun",
        "begun_at": at,
        "begun_on": as_of,
    }
    add_rows(session, Checkout, [row])
    told = {
        "numbers": [number for number, _money in lines],
        "amount": {"minor": total.minor, "currency": total.currency},
    }
    note_act(session, act_id, guest, "payment", at, told, checkout_id=checkout_id)
    return Begun(checkout_id, act_id, lines)


def _open_one(
    session: Session, guest: Guest, lines: tuple[tuple[str, Money], ...], at: datetime
) -> Begun | None:
    """The open payment of just these lines from this link, in the caller's write transaction.

    Raises:
        AlreadyPaying: Another recent payment of the account names one of the invoices.
    """
    wanted = {number for number, _money in lines}
    recent = session.scalars(
        select(Checkout)
        .where(
            Checkout.account_id == guest.account_id,
            Checkout.state.in_(_CHARGING),
            Checkout.begun_at > at - _RECENT,
        )
        .order_by(Checkout.begun_at, Checkout.id)
    ).all()
    for each in recent:
        theirs = _lines_of(each)
        # What a payment has lowered since is open anew, and may be paid.
        still = set(theirs) & set(lines) if each.state == "paid" else theirs
        if not wanted.intersection(number for number, _money in still):
            continue
        if each.state == "paid" or each.link_id != guest.link_id or set(theirs) != set(lines):
            raise AlreadyPaying("a card payment of one of these invoices is open or was just made")
        act_id = session.scalars(select(PortalAct.id).where(PortalAct.checkout_id == each.id)).one()
        return Begun(each.id, act_id, theirs, each.address)
    return None


def _lines_of(checkout: Checkout) -> tuple[tuple[str, Money], ...]:
    pairs = orjson.loads(checkout.invoices)
    return tuple((number, Money(minor, checkout.currency)) for number, minor in pairs)


def wish_of(
    begun: Begun, guest: Guest, here: str, page: str, shown: Callable[[str], str]
) -> CheckoutWish:
    """What the provider is asked for.

    Args:
        begun: The payment.
        guest: Whose page it is.
        here: The address of the confirmation.
        page: The address of the page.
        shown: A number as the reader may see it.
    """
    lines = tuple((shown(number), money) for number, money in begun.lines)
    return CheckoutWish(begun.checkout_id, lines, here, page, guest.language)


def note_offer(session: Session, checkout_id: str, provider_ref: str, address: str) -> None:
    """Keep where the provider's page is."""
    session.execute(
        update(Checkout)
        .where(Checkout.id == checkout_id, Checkout.state == "begun")
        .values(provider_ref=provider_ref, address=address, state="offered")
    )


def checkout_of(session: Session, guest: Guest, checkout_id: str) -> Checkout | None:
    """A payment this link began."""
    row = session.get(Checkout, checkout_id)
    return row if row is not None and row.link_id == guest.link_id else None


def keep_notice(
    session: Session, provider: str, notice: PaymentNotice, payload: bytes, at: datetime
) -> bool:
    """Keep a proven notice as it came; returns whether it is new. It is booked later."""
    row = {
        "id": f"{provider}:{notice.event_id}",
        "provider": provider,
        "kind": notice.provider_kind[:100],
        "payload": payload,
        "received_at": at,
        "state": "new",
        "says": "",
    }
    return bool(insert_new(session, PaymentEvent, [row]))


def keep_unread(session: Session, provider: str, payload: bytes, says: str, at: datetime) -> None:
    """Keep a proven notice that nobody can read yet; without its own id, its bytes name it."""
    row = {
        "id": f"{provider}:unread_{hashlib.sha256(payload).hexdigest()[:32]}",
        "provider": provider,
        "kind": "unread",
        "payload": payload,
        "received_at": at,
        "state": "odd",
        "says": says[:300],
    }
    insert_new(session, PaymentEvent, [row])


def book_notices(
    ledger: Ledger, provider: PaymentPort, policy: Policy, as_of: date, now: datetime
) -> int:
    """Book every notice that waits; a crash before the end of one leaves it to the next time.

    Returns:
        How many payments became receipts.
    """
    booked, after = 0, ""
    while True:
        with ledger.read() as session:
            waiting = session.execute(
                select(PaymentEvent.id, PaymentEvent.payload)
                .where(
                    PaymentEvent.state == "new",
                    PaymentEvent.provider == provider.name,
                    PaymentEvent.id > after,
                )
                .order_by(PaymentEvent.id)
                .limit(_BATCH)
            ).all()
        for event_id, payload in waiting:
            notice = None
            try:
                notice = provider.read_stored(payload)
                booked += _book(ledger, event_id, notice, policy, as_of, now)
            except ArError as error:  # one that cannot be booked keeps no other from it
                _settle(ledger, event_id, None, notice, "odd", error.message, now)
            after = event_id
        if len(waiting) < _BATCH:
            return booked


def _book(
    ledger: Ledger, event_id: str, notice: PaymentNotice, policy: Policy, as_of: date, now: datetime
) -> bool:
    with ledger.read() as session:
        checkout = session.get(Checkout, notice.checkout_id) if notice.checkout_id else None
        payer = session.get(Account, checkout.account_id).name if checkout else ""
    if notice.kind != "paid" or notice.amount is None:
        _settle(ledger, event_id, checkout, notice, "noted", notice.kind, now)
        return False
    as_begun = checkout is not None and notice.amount == Money(
        checkout.amount_minor, checkout.currency
    )
    file = _bank_file(notice, notice.amount, checkout if as_begun else None, payer, as_of)
    name = f"{event_id.partition(':')[0]} {notice.payment_ref or notice.provider_ref}"
    taken = take_in_bank_file(
        ledger,
        name,
        event_id.encode(),
        file,
        as_of=as_of,
        currency=policy.company.currency,
        actor=ACTOR,
        clock=FixedClock(now),
        tells_how_fresh=False,
    )
    says = f"{notice.amount.amount} {notice.amount.currency}, receipt of {taken.batch_id}"
    if not as_begun:
        says += "; nobody began a payment of this amount here"
        _ask(ledger, checkout, event_id, policy, as_of)
    _settle(ledger, event_id, checkout, notice, "booked" if as_begun else "odd", says, now)
    return taken.receipts > 0


def _bank_file(
    notice: PaymentNotice, amount: Money, checkout: Checkout | None, payer: str, as_of: date
) -> BankFile:
    """A card payment as a bank tells of one: a line, and the advice of what it is for."""
    reference = notice.payment_ref or notice.provider_ref
    day = min(notice.paid_at.date() if notice.paid_at else as_of, as_of)
    parts = orjson.loads(checkout.invoices) if checkout else []
    line = BankLine(
        amount_minor=amount.minor,
        currency=amount.currency,
        booked_on=day,
        value_on=day,
        payer_name=payer,
        bank_ref=reference,
        customer_ref=reference,
        memo=" ".join(number for number, _minor in parts),
        code="CARD",
    )
    advice = tuple(
        RemittanceLine(
            reference=number,
            net_minor=minor,
            currency=amount.currency,
            payer=payer,
            remittance_id=reference,
            advised_on=day,
            total_minor=amount.minor,
        )
        for number, minor in parts
    )
    account = f"card payments {notice.provider_ref.partition('_')[0]}".strip()
    statement = Statement(account=account, currency=amount.currency, lines=(line,))
    return BankFile(format="card", statements=(statement,), remittances=advice)


def _settle(
    ledger: Ledger,
    event_id: str,
    checkout: Checkout | None,
    notice: PaymentNotice | None,
    state: str,
    says: str,
    now: datetime,
) -> None:
    with ledger.write() as session:
        session.execute(
            update(PaymentEvent)
            .where(PaymentEvent.id == event_id)
            .values(state=state, says=says[:300])
        )
        if (
            checkout is not None
            and notice is not None
            and notice.kind in ("paid", "expired", "failed")
        ):
            session.execute(
                update(Checkout)
                .where(Checkout.id == checkout.id, Checkout.state != "paid")
                .values(state=notice.kind, ended_at=now)
            )
        about = checkout.account_id if checkout else event_id
        audit(session, now, "payment_notice_settled", about, ACTOR, event=event_id, state=state)


def _ask(
    ledger: Ledger, checkout: Checkout | None, event_id: str, policy: Policy, as_of: date
) -> None:
    """Where the account is known, its people look; otherwise the money is nobody's yet."""
    if checkout is None:
        return
    says = (
        "A card payment came in with another amount than was begun: "
        f"`dunwell portal payments`, {event_id}"
    )
    with ledger.write() as session:
        ask_person(session, checkout.account_id, "review", says, ACTOR, policy, as_of)


def waiting_notices(session: Session) -> tuple[int, int]:
    """How many notices wait to be booked, and how many a person should look at."""
    query = select(PaymentEvent.state, func.count()).group_by(PaymentEvent.state)
    counts = {state: count for state, count in session.execute(query)}
    return counts.get("new", 0), counts.get("odd", 0)


def payments_list(session: Session) -> Sequence[PaymentEvent]:
    """The newest notices."""
    query = select(PaymentEvent).order_by(PaymentEvent.received_at.desc(), PaymentEvent.id)
    return session.scalars(query.limit(200)).all()
