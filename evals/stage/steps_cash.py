"""Money by the bank: statements in the folder of the house, and what became of each line."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from evals.attacks.statement import BankEntry, statement_of
from evals.stage.scene import Item, Scene
from ledger.money import Money, currency_digits
from ledger.tables.receivable import BankLine, Receipt


def bank(scene: Scene, lines: list[Item], currency: str | None = None, ago: int = 0) -> None:
    """The bank's statement of the business date lies in the folder; the next night takes it in.

    Args:
        scene: The case.
        lines: `amount` as a text, with a minus where money went out, `memo` and `payer`; `account`,
            `ref` (the bank's), `reference` (the payer's) and `returned` where they matter.
        currency: Currency of the account; the customer's by default.
        ago: So many days earlier.
    """
    folder = scene.house.home / "intake" / "bank"
    number = f"{scene.key}x{len(scene.notes)}x"
    entries = [_entry(scene, each, f"BNK{number.upper()}{n}") for n, each in enumerate(lines, 1)]
    currency = currency or scene.currency
    on = scene.stage.day - timedelta(days=ago)
    data = statement_of(entries, on, number, currency, currency_digits(currency))
    (folder / f"{number}.xml").write_bytes(data)


def _entry(scene: Scene, given: Item, number: str) -> BankEntry:
    sign = -1 if given["amount"].startswith("-") else 1
    return BankEntry(
        sign * scene.minor(given["amount"].lstrip("-")),
        given.get("memo", ""),
        given.get("payer", ""),
        given.get("account", ""),
        given.get("ref", number),
        given.get("reference", "NOTPROVIDED"),
        given.get("returned", ""),
    )


def received(scene: Scene) -> list[str]:
    """What became of the money of the case's statements.

    Returns:
        A text a line, such as `own 500.00 USD, left 0.00 USD` or
        `nobody 500.00 USD, left 500.00 USD, unknown_payer`; `no receipt ...` for any other line.
    """
    mark = f"BNK{scene.key.upper()}"
    with scene.house.ledger.read() as session:
        rows = session.execute(
            select(BankLine, Receipt)
            .outerjoin(Receipt, col(Receipt.id) == col(BankLine.receipt_id))
            .where(col(BankLine.bank_ref).startswith(mark, autoescape=True))
            .order_by(col(BankLine.bank_ref))
        ).all()
    return [_told(scene, line, receipt) for line, receipt in rows]


def _told(scene: Scene, line: BankLine, receipt: Receipt | None) -> str:
    if receipt is None:
        return f"no receipt {Money(line.amount_minor, line.currency)}, {line.kind}"
    whose = {scene.account_id: "own", None: "nobody"}.get(receipt.account_id, receipt.account_id)
    left = Money(receipt.unapplied_minor, receipt.currency)
    why = f", {receipt.hold_reason}" if receipt.hold_reason else ""
    return f"{whose} {Money(receipt.amount_minor, receipt.currency)}, left {left}{why}"


STEPS = {"bank": bank, "received": received}
