"""Open-item lists to pay: real ones where they lie beside the repository, else invented."""

import csv
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from engines.matching.model import OpenDocument

_STEMS = [
    "Alder",
    "Amber",
    "Arden",
    "Aspen",
    "Beacon",
    "Birch",
    "Bristol",
    "Cedar",
    "Clover",
    "Coral",
    "Crown",
    "Delta",
    "Dover",
    "Eagle",
    "Ember",
    "Falcon",
    "Fjord",
    "Forge",
    "Garnet",
    "Glacier",
    "Granite",
    "Harbor",
    "Hazel",
    "Heron",
    "Horizon",
    "Indigo",
    "Ivory",
    "Juniper",
    "Keystone",
    "Lantern",
    "Laurel",
    "Linden",
    "Magnet",
    "Maple",
    "Meadow",
    "Mercer",
    "Mistral",
    "Nimbus",
    "Norden",
    "Oakley",
    "Onyx",
    "Orchard",
    "Osprey",
    "Pearl",
    "Pinnacle",
    "Plover",
    "Quarry",
    "Raven",
    "Redwood",
    "Ridge",
    "Saffron",
    "Sable",
    "Sierra",
    "Summit",
    "Tamarack",
    "Thistle",
    "Topaz",
    "Umber",
    "Vale",
    "Velvet",
    "Walnut",
    "Willow",
    "Yarrow",
    "Zephyr",
]
_TRADES = [
    "Foods",
    "Logistics",
    "Markets",
    "Dairy",
    "Bakery",
    "Textiles",
    "Metals",
    "Paper",
    "Optics",
    "Motors",
    "Pharma",
    "Tools",
    "Energy",
    "Packaging",
    "Kitchens",
    "Hotels",
    "Brewing",
    "Farms",
    "Imports",
    "Chemicals",
    "Electric",
    "Plastics",
    "Marine",
    "Glass",
]
_FORMS = ("Inc.", "LLC", "Corp", "GmbH", "Ltd", "Co.", "B.V.", "S.A.", "AB", "& Sons", "KG")


@dataclass(frozen=True, slots=True)
class Payer:
    """A customer with the names banks know it by."""

    number: str
    name: str
    variants: tuple[str, ...]


@dataclass
class PaidBook:
    """Open items and which of them are paid together on which day.

    Attributes:
        groups: Documents that one payment covers, with its day.
        real: Whether the groups are payments that happened.
    """

    documents: dict[str, OpenDocument]
    payers: dict[str, Payer]
    groups: list[tuple[date, tuple[str, ...]]]
    real: bool
    name: str
    closed: tuple[str, ...] = ()
    by_customer: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        book = defaultdict(list)
        for doc in sorted(self.documents.values(), key=lambda d: (d.due_on or date.min, d.doc_id)):
            book[doc.customer_no].append(doc.doc_id)
        self.by_customer = dict(book)


def invented_name(rng: random.Random) -> str:
    """A company that does not exist."""
    stems = " ".join(rng.sample(_STEMS, rng.choice((1, 1, 2))))
    return f"{stems} {rng.choice(_TRADES)} {rng.choice(_FORMS)}"


def read_ledger_book(folder: Path, rng: random.Random, items: int) -> PaidBook:
    """Cut about `items` invoices out of the large ledger; each payment is one that happened."""
    rows = _rows(folder / "highradius_invoices.csv")
    variants = {
        row["cust_number"]: tuple(v.strip() for v in row["name_variants"].split("|") if v.strip())
        for row in _rows(folder / "highradius_customers.csv")
    }
    cleared = sorted((r for r in rows if r["clear_date"]), key=lambda r: r["clear_date"])
    start = rng.randrange(max(1, len(cleared) - items))
    before, window = cleared[max(0, start - 3000) : start], cleared[start : start + items]
    number = rng.choice((1930000000, 880000, 4500100000)) + rng.randrange(100_000)
    documents, groups = {}, defaultdict(list)
    for row in sorted(window, key=lambda r: (r["invoice_date_est"], r["row_id"])):
        number += rng.choice((1, 1, 2, 3, 7, 19))
        documents[str(number)] = _document(
            str(number), row["cust_number"], row["amount"], row["currency"], row["due_date"]
        )
        groups[row["cust_number"], row["clear_date"]].append(str(number))
    closed = tuple(str(number - 40_000 - 3 * n) for n in range(min(len(before), 3000)))
    payers = _payers({d.customer_no for d in documents.values()}, variants, rng)
    paid = [(date.fromisoformat(day), tuple(docs)) for (_no, day), docs in groups.items()]
    taken = set(documents)
    return PaidBook(
        documents, payers, paid, True, "ledger", tuple(c for c in closed if c not in taken)
    )


def read_open_book(folder: Path, rng: random.Random, items: int) -> PaidBook:
    """Take real document numbers without outcomes; payments are invented as measured elsewhere."""
    rows = _rows(folder / "highradius_unlabelled_open.csv")
    rows = [row for row in rows if row["amount"] and row["due_in_date"]]
    keep = sorted(rng.sample(range(len(rows)), min(items, len(rows))))
    chosen, rest = [rows[n] for n in keep], set(range(len(rows))) - set(keep)
    documents = {
        row["doc_id"]: _document(
            row["doc_id"], row["cust_number"], row["amount"], row["currency"], row["due_in_date"]
        )
        for row in chosen
    }
    variants = defaultdict(set)
    for row in rows:
        variants[row["cust_number"]].add(row["name_customer"].strip())
    known = {number: tuple(sorted(names)) for number, names in variants.items()}
    payers = _payers({d.customer_no for d in documents.values()}, known, rng)
    closed = tuple(sorted(rows[n]["doc_id"] for n in rest))
    book = PaidBook(documents, payers, [], False, "open list", closed)
    book.groups.extend(invent_groups(book, rng))
    return book


def invent_book(rng: random.Random, items: int) -> PaidBook:
    """A synthetic list whose sizes and payments follow the real ledger's shape."""
    style = rng.choice(("INV-{:05d}", "{:07d}", "RE2026/{:05d}", "F{:06d}", "90{:08d}"))
    customers = [str(10_000 + 7 * n) for n in range(max(3, items // 13))]
    weights = [1.0 / (rank + 1) ** 0.8 for rank in range(len(customers))]
    documents, start = {}, date(2026, 3, 2)
    number = rng.randrange(1000, 60_000)
    for owner in rng.choices(customers, weights, k=items):
        number += rng.choice((1, 1, 1, 2, 5))
        amount = str(Decimal(int(rng.lognormvariate(13, 1.6)) + 100) / 100)
        due = (start + timedelta(rng.randrange(75))).isoformat()
        currency = "EUR" if int(owner) % 11 else "USD"
        doc_id = style.format(number)
        documents[doc_id] = _document(doc_id, owner, amount, currency, due)
    closed = tuple(style.format(n) for n in range(number + 500, number + 900, 3))
    payers = _payers({d.customer_no for d in documents.values()}, {}, rng)
    book = PaidBook(documents, payers, [], False, "synthetic", closed)
    book.groups.extend(invent_groups(book, rng))
    return book


def invent_groups(book: PaidBook, rng: random.Random) -> list[tuple[date, tuple[str, ...]]]:
    """Cut each customer's book into payments: 35 % cover several items, 78 % of those a run."""
    groups = []
    for ids in book.by_customer.values():
        left = list(ids)
        while left:
            wanted = 1 if rng.random() > 0.35 else min(len(left), 2 + int(rng.expovariate(0.35)))
            at = rng.randrange(min(len(left) - wanted, 3) + 1)
            run = wanted == 1 or rng.random() < 0.78 or wanted == len(left)
            chosen = left[at : at + wanted] if run else _scattered(left, wanted, rng)
            left = [doc for doc in left if doc not in set(chosen)]
            due = max(book.documents[doc].due_on or date.min for doc in chosen)
            groups.append((due + timedelta(rng.choice((-9, -3, -1, 0, 0, 0, 1, 2, 5, 12))), chosen))
    return [(day, tuple(docs)) for day, docs in groups]


def _scattered(left: Sequence[str], wanted: int, rng: random.Random) -> list[str]:
    pool = range(min(len(left), 3 * wanted))
    return [left[n] for n in sorted(rng.sample(pool, wanted))]


def _document(doc_id: str, owner: str, amount: str, currency: str, due: str) -> OpenDocument:
    minor = int((Decimal(amount) * 100).to_integral_value())
    return OpenDocument(doc_id, owner, minor, currency or "USD", date.fromisoformat(due))


def _payers(
    numbers: set[str], variants: dict[str, tuple[str, ...]], rng: random.Random
) -> dict[str, Payer]:
    payers = {}
    for number in sorted(numbers):
        known = [" ".join(v.split()) for v in variants.get(number, ())]
        # Masked stems such as "SA" are no names a bank would carry; they get a word more.
        tail = f"{rng.choice(_STEMS)} {rng.choice(_TRADES)}"
        known = [v if len(v.split()[0]) > 3 else f"{v.split()[0]} {tail}" for v in known if v]
        name = known[0] if known else invented_name(rng)
        payers[number] = Payer(number, name, tuple(known) or (name,))
    return payers


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
