"""The customer's page as a whole: whom a link lets in, what they see, what they send."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.payments.port import NoticeUnread, PaymentsDown
from agents.message_reader import read_inbound, reader_version
from graph.bootstrap import House
from graph.resume import open_threads
from ledger.clock import SystemClock
from ledger.errors import Conflict
from ledger.identities import Identity
from ledger.ids import make_id
from ledger.queries.account_facts import load_facts
from ledger.tables.portal import Checkout
from tools.documents import MadeDocument, statement
from tools.inbound_rows import Intake
from tools.portal_acts import (
    Sent,
    act_of,
    check_pace,
    check_wrong_facts,
    note_act,
    sealed,
    take_wish,
    was_taken,
)
from tools.portal_checkout import (
    Begun,
    begin_checkout,
    book_notices,
    checkout_of,
    keep_notice,
    keep_unread,
    note_offer,
    wish_of,
)
from tools.portal_files import Upload, read_uploads
from tools.portal_links import Guest, choose_language, link_in_force
from tools.portal_page import (
    CustomerPage,
    PageItem,
    PageMessage,
    knows_a_fact,
    messages_for,
    page_of,
)
from tools.portal_wishes import Wish

_EVERYTHING = 100_000


class Portal:
    """What the page of one home does; links and limits go by the real time, books by their date."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.policy = house.policy.portal

    @property
    def now(self) -> datetime:
        """The real instant."""
        return SystemClock().now()

    @property
    def form_key(self) -> str:
        """What the forms and the memory of a told fact are signed with."""
        return hmac.new(self.house.reply_key, b"portal forms", hashlib.sha256).hexdigest()

    def guest(self, token: str) -> Guest | None:
        """Whom a token lets in."""
        with self.house.ledger.read() as session:
            return link_in_force(session, token, self.house.policy, self.now)

    def page(self, guest: Guest, *, whole: bool = False) -> CustomerPage:
        """What they may see; `whole` for a statement, which leaves out nothing."""
        most = _EVERYTHING if whole else self.policy.open_items_shown
        as_of = self.house.business_date()
        with self.house.ledger.read() as session:
            return page_of(session, guest.account_id, as_of, most)

    def messages(self, guest: Guest) -> Sequence[PageMessage]:
        """Messages of ours to be read here."""
        with self.house.ledger.read() as session:
            return messages_for(session, guest.contact_id)

    def statement(self, guest: Guest, currency: str) -> MadeDocument:
        """A statement of all that is open in a currency."""
        with self.house.ledger.read() as session:
            as_of = self.house.business_date()
            facts = load_facts(session, as_of, [guest.account_id])[guest.account_id]
        return statement(facts, currency, guest.language, self.house.policy.company)

    def act(self, guest: Guest, act_id: str) -> tuple[str, dict[str, Any]]:
        """What was sent, for the page that restates it."""
        with self.house.ledger.read() as session:
            return act_of(session, guest, act_id)

    def checkout(self, guest: Guest, checkout_id: str) -> Checkout | None:
        """How a payment stands."""
        with self.house.ledger.read() as session:
            return checkout_of(session, guest, checkout_id)

    def choose_language(self, guest: Guest, language: str) -> None:
        """Show their page in another language."""
        with self.house.ledger.write() as session:
            choose_language(session, guest, language, self.now)

    def prove(self, guest: Guest, nonce: str, told: str) -> bool:
        """Whether they know a fact; every try counts."""
        at = self.now
        with self.house.ledger.write() as session:
            check_wrong_facts(session, guest, self.policy.wrong_facts_per_link)
            check_pace(session, guest, "fact", self.policy.facts_per_hour, at)
            known = knows_a_fact(session, guest.account_id, told, self.house.business_date())
            act_id = make_id("pac", guest.link_id, nonce, at.isoformat())
            note_act(session, act_id, guest, "fact", at, {"known": known})
        return known

    def send(self, guest: Guest, nonce: str, wish: Wish, uploads: Sequence[Upload] = ()) -> str:
        """Take a form in, act on it at once, and give the id of the page that restates it."""
        sent = Sent(guest, nonce, self.now)
        with self.house.ledger.read() as session:
            if was_taken(session, sent, wish.kind, self.policy.acts_per_hour):
                return sent.act_id
        files = read_uploads(uploads, self.policy)
        sent = replace(sent, files=files, contents=tuple(each.content for each in uploads))
        deps = self.house.deps()
        beside = read_inbound(sealed(sent, wish, deps.now), self.house.policy)
        intake = Intake(self.house.policy, self.house.reply_key, deps.as_of, deps.now)
        with self.house.ledger.write(as_=Identity.POSTER) as session:
            handled = take_wish(session, sent, wish, beside, intake, reader_version())
        open_threads(self.house, deps, handled.waiting)
        return sent.act_id

    def pay(
        self,
        guest: Guest,
        nonce: str,
        items: Sequence[PageItem],
        page: str,
        shown: Callable[[str], str],
    ) -> str:
        """Begin a card payment of open items; gives the id of the page that leads on to it.

        Args:
            guest: Who pays.
            nonce: Of the form.
            items: What is paid, at the ledger's amounts.
            page: The address of their page, for the way back.
            shown: A number as the reader may see it.

        Raises:
            Conflict: Nobody takes cards here, or another payment of an item is open.
            PaymentsDown: The provider does not answer; the same form may be sent again.
        """
        provider = self.house.payments
        if provider is None:
            raise Conflict("no cards are taken here; pay by transfer")
        act_id = make_id("pac", guest.link_id, nonce)
        at, as_of = self.now, self.house.business_date()
        with self.house.ledger.write() as session:
            begun = begin_checkout(
                session, guest, act_id, items, provider, self.house.policy, as_of, at
            )
        if not begun.address:
            self._offer(guest, begun, f"{page}/done/{begun.act_id}", page, shown)
        return begun.act_id

    def _offer(
        self, guest: Guest, begun: Begun, here: str, page: str, shown: Callable[[str], str]
    ) -> None:
        provider = self.house.payments
        if provider is None:
            raise PaymentsDown("no cards are taken here")
        offered = provider.begin(wish_of(begun, guest, here, page, shown))
        with self.house.ledger.write() as session:
            note_offer(session, begun.checkout_id, offered.provider_ref, offered.url)

    def take_notice(self, provider_name: str, payload: bytes, signature: str) -> bool:
        """Keep a notice of the provider, once proven; returns whether there is something to book.

        One that cannot be read is kept as it came, for a person.

        Raises:
            Conflict: Nobody of that name takes cards here.
            NotTheirs: It is not signed.
        """
        provider = self.house.payments
        if provider is None or provider.name != provider_name:
            raise Conflict("no cards are taken here")
        provider.prove_notice(payload, signature)
        try:
            notice = provider.read_stored(payload)
        except NoticeUnread as error:
            with self.house.ledger.write() as session:
                keep_unread(session, provider.name, payload, error.message, self.now)
            return False
        with self.house.ledger.write() as session:
            return keep_notice(session, provider.name, notice, payload, self.now)

    def book_payments(self) -> int:
        """Book what providers told us; returns how many payments became receipts."""
        provider = self.house.payments
        if provider is None:
            return 0
        as_of = self.house.business_date()
        now = self.house.clock_at(as_of).now()
        return book_notices(self.house.ledger, provider, self.house.policy, as_of, now)
