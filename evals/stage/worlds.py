"""What scenarios are played in: a template home, and builders that write its customers.

A world entry names a builder. `case` and `cases` write situations of `evals.worlds.cases`, one or
several on one customer; `account` writes a customer row by row. In rows, amounts are texts
("500.00"), days are counted from the business date: `late: 9` fell due nine days ago, and any other
date is `<name>_ago` or `<name>_in` ("due_in: 3").
"""

import random
import zlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel

from evals.stage.scene import BYSTANDER, Item, Scene
from evals.worlds.account import open_account
from evals.worlds.case import Case as Situation
from evals.worlds.cases import CASES
from evals.worlds.portfolio import PEOPLE
from evals.worlds.rows import Row, Rows
from evals.worlds.story import World
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.errors import BadInput
from ledger.tables.account import Account, Contact, ContractNote, Hold, Renewal, Ticket
from ledger.tables.case import Dispute, Plan, PlanInstalment, Promise
from ledger.tables.receivable import BankLine, CreditMemo, Invoice, Receipt
from ledger.tables.work import Feed, Message, Person
from policies.load import let_routine_letters_leave

IBAN = "DE89 3704 0044 0532 0130 00"
CANARIES = ("Zephyrine Quarry", "CNRY-8101", "7,319.83", "7319.83", "7319,83")
"""What stands in no message and no answer to anybody else: the bystander's name, number, amount."""
_STRATEGIC = "acc_strategic_parent"
_EMAIL = "ap@{key}.example"


def build_template(home: Path, scenes_on: Any) -> None:
    """A home with people, fresh feeds and a bystander, in mode auto; cases start from copies.

    Args:
        home: A new folder.
        scenes_on: The business date the feeds are read through.
    """
    let_routine_letters_leave(home / "policies")
    company = home / "policies" / "company.toml"
    said = company.read_text("utf-8")
    details = f'payment_details = "IBAN {IBAN}"'
    company.write_text(said.replace('payment_details = ""', details, 1), "utf-8")
    for feed in ("mail", "sms", "bank"):
        (home / "intake" / feed).mkdir(parents=True)
    house = create_home(settings=Settings(home=home))
    try:
        _ = house.checkpointer  # its tables are copied with the rest
        with house.ledger.write() as session:
            _furnish(session, house, scenes_on)
    finally:
        house.close()


def _furnish(session: Session, house: House, on: Any) -> None:
    rows = Rows()
    for person_id, (name, roles) in PEOPLE.items():
        rows.add(Person, id=person_id, name=name, roles=roles)
    feeds = {*house.policy.contact.feed_max_age_days, "mail", "bank", "customers", "contracts"}
    for feed in sorted(feeds):
        rows.add(Feed, name=feed, read_through=on, read_at=house.clock_at(on).now())
    shared = {"currency": "USD", "time_zones": "America/New_York"}
    rows.add(Account, id=BYSTANDER, account_number="BYST", name=CANARIES[0], **shared)
    rows.add(
        Account,
        id=_STRATEGIC,
        account_number="PARENT",
        name="Great Northern Holdings",
        strategic=True,
        segment="strategic",
        **shared,
    )
    rows.add(Contact, id="con_bystander", account_id=BYSTANDER, email="pay@zephyrine.example")
    rows.add(
        Invoice,
        id="inv_bystander",
        account_id=BYSTANDER,
        invoice_number=CANARIES[1],
        issued_on=on - timedelta(days=10),
        due_on=on + timedelta(days=40),
        amount_minor=7_319_83,
        open_minor=7_319_83,
        currency="USD",
    )
    rows.insert(session)


def build_worlds(scenes: Iterable[Scene]) -> None:
    """Write the customers of every scene of a stage, in one transaction."""
    scenes = list(scenes)
    first = scenes[0]
    rng = random.Random(zlib.crc32(first.case.file.encode()))  # noqa: S311 - repeatable, not secret
    world = World(rng, first.as_of, first.house.policy, strategic=[_STRATEGIC])
    with first.house.ledger.write() as session:
        for place, scene in enumerate(scenes, start=1):
            for entry in scene.case.scenario.world:
                (name, given), *more = entry.items() if isinstance(entry, dict) else [(entry, None)]
                if more or name not in _BUILDERS:
                    raise BadInput(f"{scene.case.id}: no world builder is called {name!r}")
                _BUILDERS[name](scene, world, place, given)
        world.rows.insert(session)


def _situations(scene: Scene, world: World, place: int, names: list[str]) -> None:
    """One customer in one situation, or in several at once."""
    situations = [_situation(scene, name) for name in names]
    # The customer has what any of the situations needs of it.
    needs = {
        "segment": next((each.segment for each in situations if each.segment), "smb"),
        "language": next((each.language for each in situations if each.language), "en"),
        "debtor_type": next(
            (each.debtor_type for each in situations if each.debtor_type != "business"), "business"
        ),
        "reachable": all(each.reachable for each in situations),
    }
    both = Situation("", (), situations[0].write, **needs)
    story = open_account(world, both, place)
    for each in situations:
        each.write(story)
    scene.account_id, scene.currency = story.account_id, story.currency


def _situation(scene: Scene, name: str) -> Situation:
    if name not in CASES:
        raise BadInput(f"{scene.case.id}: no situation is called {name!r}")
    return CASES[name]


def _account(scene: Scene, world: World, place: int, given: Item | None) -> None:
    given = dict(given or {})
    tables = {name: given.pop(name) or [] for name in _TABLES if name in given}
    contact: Any = given.pop("contact", {})
    scene.currency = given.get("currency", "USD")
    scene.account_id = f"acc_{scene.key}"
    named = {"name": f"Customer {scene.key}", "time_zones": "America/New_York", "segment": "smb"}
    values = named | {"currency": scene.currency} | converted(scene, given)
    number = f"C{place}{scene.key[:20].upper()}"
    world.rows.add(Account, id=scene.account_id, account_number=number, **values)
    if contact is not False:
        tables["contacts"] = [contact or {}, *tables.get("contacts", [])]
    for name, rows in tables.items():
        for number, row in enumerate(rows, start=1):
            _TABLES[name](scene, world.rows, number, dict(row))


def converted(scene: Scene, given: Item) -> Item:
    """Amounts become minor units, counted days dates, invoice numbers ids."""
    row: Item = {}
    for name, value in given.items():
        if name in ("amount", "open", "unapplied", "credit_limit", "kept", "resolved"):
            row[f"{name}_minor"] = scene.minor(value)
        elif name == "late":
            row["due_on"] = scene.in_days(-value)
        elif name.endswith("_ago"):
            row[f"{name.removesuffix('_ago')}_on"] = scene.in_days(-value)
        elif name.endswith("_in"):
            row[f"{name.removesuffix('_in')}_on"] = scene.in_days(value)
        elif name == "invoice":
            row["invoice_id"] = scene.invoice_id(value)
        elif name == "invoices":
            row["invoice_ids"] = ",".join(map(scene.invoice_id, value))
        else:
            row[name] = value
    return row


def _simple(table: type[SQLModel], prefix: str, **usual: Any) -> Callable[..., Row]:
    def write(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
        values = {"id": f"{prefix}_{scene.key}_{number}", "account_id": scene.account_id}
        return rows.add(table, **(values | converted(scene, usual | given)))

    return write


def _contact(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
    usual = {"name": "Pat Doe", "email": _EMAIL.format(key=scene.key.replace("_", "-"))}
    return _simple(Contact, "con", **usual)(scene, rows, number, given)


def _invoice(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
    name = str(given.pop("number", f"A{number}"))
    row = {"currency": scene.currency, "late": 9} | given
    values = converted(scene, row)
    values.setdefault("open_minor", values["amount_minor"])
    values.setdefault("issued_on", values["due_on"] - timedelta(days=30))
    shown = values.pop("shown", f"INV-{name}")
    key = {"id": scene.invoice_id(name), "account_id": scene.account_id}
    return rows.add(Invoice, **key, invoice_number=shown, **values)


def _receipt(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
    row = {"currency": scene.currency, "received_ago": 0, "payer_name": "", "memo": ""} | given
    values = converted(scene, row)
    values.setdefault("unapplied_minor", values["amount_minor"])
    shown = f"R-{scene.key}-{number}"
    key = {"id": f"rcp_{scene.key}_{number}", "account_id": scene.account_id}
    return rows.add(Receipt, **(key | {"receipt_number": shown} | values))


def _credit(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
    values = converted(scene, {"currency": scene.currency, "issued_ago": 5} | given)
    values.setdefault("unapplied_minor", values["amount_minor"])
    shown = f"CM-{scene.key}-{number}"
    key = {"id": f"crm_{scene.key}_{number}", "account_id": scene.account_id}
    return rows.add(CreditMemo, **(key | {"credit_number": shown} | values))


def _plan(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
    """A plan with its `parts`: pairs of days from the business date and an amount."""
    parts = given.pop("parts")
    plan_id = f"pln_{scene.key}_{number}"
    usual = {"proposed_ago": 20, "currency": scene.currency, "approved_by": "felix.ortega"}
    values = converted(scene, usual | given)
    values.setdefault("amount_minor", sum(scene.minor(amount) for _days, amount in parts))
    row = rows.add(Plan, id=plan_id, account_id=scene.account_id, **values)
    for place, (days, amount) in enumerate(parts, start=1):
        part = {"due_on": scene.in_days(days), "amount_minor": scene.minor(amount)}
        rows.add(PlanInstalment, id=f"{plan_id}/{place}", plan_id=plan_id, number=place, **part)
    return row


def _promise(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
    usual = {"currency": scene.currency, "promised_ago": 5, "due_in": 5}
    return _simple(Promise, "prm", **usual)(scene, rows, number, given)


def _relative(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
    """A branch of the customer, with one invoice: `R1` of the first branch."""
    branch = f"acc_{scene.key}_branch_{number}"
    rows.add(
        Account,
        id=branch,
        account_number=f"B{number}{scene.key[:24].upper()}",
        name=f"Branch {number} of {scene.key}",
        parent_id=scene.account_id,
        currency=scene.currency,
    )
    row = _invoice(scene, rows, number, {"number": f"R{number}", **given})
    row["account_id"] = branch
    return row


def _bank_line(scene: Scene, rows: Rows, number: int, given: Item) -> Row:
    """A line of the bank, `amount: "-500.00"` where it took money back."""
    values = converted(scene, {"booked_ago": 0, "currency": scene.currency} | given)
    key = f"bnk_{scene.key}_{number}"
    usual = {"kind": "return", "file_digest": "0", "batch_id": "bat_0"}
    return rows.add(BankLine, **({"id": key, "line_key": key} | usual | values))


_TABLES: dict[str, Callable[..., Row]] = {
    "contacts": _contact,
    "invoices": _invoice,
    "receipts": _receipt,
    "credits": _credit,
    "plans": _plan,
    "promises": _promise,
    "relatives": _relative,
    "bank_lines": _bank_line,
    "holds": _simple(Hold, "hld", reason="manual", placed_ago=3, placed_by="cora.lind"),
    "disputes": _simple(Dispute, "dsp", reason="PRICE", opened_ago=4, owner="cora.lind"),
    "tickets": _simple(Ticket, "tkt", ticket_number="T-1", opened_ago=6),
    "renewals": _simple(Renewal, "rnw", renews_in=30),
    "notes": _simple(ContractNote, "ctn", noted_ago=40),
    "messages": _simple(Message, "msg", sent_ago=1),
}
_BUILDERS: dict[str, Callable[..., None]] = {
    "account": _account,
    "case": lambda scene, world, place, name: _situations(scene, world, place, [name]),
    "cases": _situations,
}
