"""Where labelled payments are laid out: who pays from which account, and what is true."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from engines.matching.model import Advice, AdviceLine, Customer, OpenDocument, Payment
from evals.matching.books import PaidBook, invented_name
from evals.matching.noise import write_name

_STRANGE = ("QUIXOTE", "VEXFORD", "ZARNOVA", "PELLUCID", "MORTLAKE", "JUXTON", "YBORIA", "WENDRON")


@dataclass(frozen=True, slots=True)
class Truth:
    """What a careful clerk would answer.

    Attributes:
        may_post: Whether the default policy lets the right answer post without a person.
        parts: Cash per document in minor units.
        reasons: Typed reasons that would be right; empty where none is needed.
    """

    payment_id: str
    kind: str
    may_post: bool
    parts: dict[str, int]
    on_account: int = 0
    reasons: frozenset[str] = frozenset()


@dataclass
class Desk:
    """A world under construction; the same seed lays out the same payments."""

    book: PaidBook
    rng: random.Random
    style: str
    payments: list[Payment] = field(default_factory=list)
    advices: list[Advice] = field(default_factory=list)
    truths: dict[str, Truth] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    credits: list[OpenDocument] = field(default_factory=list)
    secret_accounts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give customers bank accounts and parents; some share an account, some show none."""
        numbers = sorted(self.book.payers)
        for number in numbers:
            account = self._new_account()
            self.secret_accounts[number] = account
            known = (account,) if self.rng.random() < 0.82 else ()
            payer = self.book.payers[number]
            self.customers[number] = Customer(number, payer.name, known)
        for child in self.rng.sample(numbers, len(numbers) // 4):
            parent = self.rng.choice(numbers)
            if parent != child and not self.customers[parent].parent:
                old = self.customers[child]
                self.customers[child] = Customer(child, old.name, old.accounts, parent)
        for number in self.rng.sample(numbers, len(numbers) // 40):
            old, other = self.customers[number], self.rng.choice(numbers)
            shared = (*old.accounts, self.secret_accounts[other])
            self.customers[number] = Customer(number, old.name, shared, old.parent)

    def _new_account(self) -> str:
        if self.rng.random() < 0.5:
            return f"DE{self.rng.randrange(10**19, 10**20)}"
        return f"{self.rng.randrange(10**8, 10**9)}-{self.rng.randrange(10**7, 10**10)}"

    def total(self, docs: tuple[str, ...]) -> int:
        """What the documents add up to."""
        return sum(self.book.documents[doc].amount_minor for doc in docs)

    def exact(self, docs: tuple[str, ...]) -> dict[str, int]:
        """Each document paid in full."""
        return {doc: self.book.documents[doc].amount_minor for doc in docs}

    def owner(self, docs: tuple[str, ...]) -> str:
        """Whose documents they are."""
        return self.book.documents[docs[0]].customer_no

    def is_known(self, owner: str) -> bool:
        """Whether the account it pays from is on file."""
        return self.secret_accounts[owner] in self.customers[owner].accounts

    def equals(self, doc: str) -> int:
        """How many open documents of its customer have its amount and currency."""
        one = self.book.documents[doc]
        amounts = Counter(
            (self.book.documents[d].amount_minor, self.book.documents[d].currency)
            for d in self.book.by_customer[one.customer_no]
        )
        return amounts[one.amount_minor, one.currency]

    def pay(
        self, docs: tuple[str, ...], minor: int, memo: str, day: date, **changes: str
    ) -> Payment:
        """Lay out a payment by the owner of the documents, unless `changes` say otherwise."""
        owner = changes.pop("payer", "") or self.owner(docs)
        name = write_name(self.rng.choice(self.book.payers[owner].variants), self.rng, self.style)
        shown = self.secret_accounts[owner] if self.rng.random() < 0.85 else ""
        values = {
            "payment_id": f"P{len(self.payments) + 1:06d}",
            "currency": self.book.documents[docs[0]].currency,
            "channel": self.rng.choice(("ach", "wire", "sepa", "lockbox", "check")),
            "payer_name": name,
            "payer_account": shown,
            "bank_ref": f"BR{self.rng.randrange(10**9, 10**10)}",
            "memo": memo,
        }
        payment = Payment(value_on=day, amount_minor=minor, **(values | changes))
        self.payments.append(payment)
        return payment

    def pay_stranger(self, minor: int, memo: str, day: date, name: str = "") -> Payment:
        """Lay out money from somebody who is no customer."""
        any_doc = next(iter(self.book.documents))
        return self.pay(
            (any_doc,),
            minor,
            memo,
            day,
            payer_name=name or self._strange_name(),
            payer_account=self._new_account(),
        )

    def _strange_name(self) -> str:
        """A name whose first words no customer bears."""
        taken = {payer.name.upper().split()[0] for payer in self.book.payers.values()}
        for _ in range(50):
            name = invented_name(self.rng).upper()
            if name.split()[0] not in taken:
                return name
        return f"{self.rng.choice(_STRANGE)} {self.rng.choice(_STRANGE)} TRADING LTD"

    def settle(
        self,
        payment: Payment,
        kind: str,
        parts: dict[str, int],
        *reasons: str,
        may_post: bool = False,
        on_account: int = 0,
    ) -> None:
        """Write down the truth about a payment."""
        self.used.update(parts)
        self.truths[payment.payment_id] = Truth(
            payment.payment_id, kind, may_post, parts, on_account, frozenset(reasons)
        )

    def advise(
        self, payment: Payment, owner: str, lines: list[tuple[str, int, int, str]]
    ) -> Advice:
        """Send an advice some days around its payment; lines are reference, gross, deduction."""
        day = payment.value_on + timedelta(self.rng.choice((-3, -1, 0, 0, 1, 2, 4)))
        name = write_name(self.book.payers[owner].name, self.rng, self.style)
        written = tuple(AdviceLine(r, g, d, g - d, t) for r, g, d, t in lines)
        number = f"R{len(self.advices) + 1:05d}"
        advice = Advice(number, day, name, payment.amount_minor, payment.currency, written)
        self.advices.append(advice)
        return advice

    def add_credit(self, owner: str, minor: int, currency: str, due: date) -> str:
        """Open a credit note with a number of its own."""
        doc_id = f"CN{70_000 + 3 * len(self.credits)}"
        note = OpenDocument(doc_id, owner, -minor, currency, due)
        self.credits.append(note)
        self.book.documents[doc_id] = note
        return doc_id
