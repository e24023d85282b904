"""What a bank file says, as rows of the ledger: booked lines, receipts, lines of advices.

Text in them is what somebody outside wrote; it is kept as material to look up, never obeyed.
"""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from adapters.bank_files.model import UNKNOWN_CURRENCY, BankFile, BankLine, RemittanceLine
from engines.matching.classify import LineKind, classify
from engines.matching.model import Payment
from ledger.errors import BadInput
from ledger.ids import digest, make_id
from ledger.money import Money
from tools.outside_text import without_controls

Row = dict[str, Any]

_MOST_MINOR = 2**63 - 1
_UNTOLD_DECIMALS = 2
_SAYS_NOTHING = frozenset({"", "NONREF", "NOTPROVIDED", "NOREF"})


class BankLineKind(StrEnum):
    """What a booked line is, by its sign and the words of the bank."""

    RECEIPT = "receipt"
    RETURN = "return"
    FEE = "fee"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


_KINDS = {
    LineKind.RETURN: BankLineKind.RETURN,
    LineKind.FEE: BankLineKind.FEE,
    LineKind.INTERNAL: BankLineKind.INTERNAL,
}


def kind_of(line: BankLine) -> BankLineKind:
    """Money that came in is a receipt; only what goes out is told apart by its words.

    A credit that takes back a debit is our own money coming back, and no receipt.
    """
    if line.is_reversal:
        return BankLineKind.RETURN if line.amount_minor < 0 else BankLineKind.UNKNOWN
    if line.amount_minor > 0:
        return BankLineKind.RECEIPT
    money = Payment(
        payment_id="",
        value_on=line.booked_on or date.min,
        amount_minor=-line.amount_minor,
        currency=line.currency,
        channel=line.code,
        payer_name=line.payer_name,
        memo=line.memo,
    )
    return _KINDS.get(classify(money, is_ours=False), BankLineKind.UNKNOWN)


def booked_lines(name: str, file: BankFile, file_digest: str, day: date, ours: str) -> list[Row]:
    """Every booked line once, under the key it has in every file that brings it again.

    Args:
        name: What errors call the file.
        file: The file as read; pending lines and mere information are left out.
        file_digest: Digest of its bytes.
        day: Date of a line that has none.
        ours: Currency of a line of which neither file nor statement names one.

    Raises:
        BadInput: An amount cannot be one of its currency, or is too large to be kept.
    """
    booked = replace(
        file,
        statements=tuple(
            replace(each, lines=tuple(line for line in each.lines if line.kind == "booked"))
            for each in file.statements
        ),
    )
    rows: dict[str, Row] = {}
    for statement, keys in zip(booked.statements, booked.line_keys(), strict=True):
        for line, key in zip(statement.lines, keys, strict=True):
            minor, currency = _amount(name, line, statement.currency or ours)
            rows[key] = {
                "id": make_id("bnk", key),
                "line_key": key,
                "statement_account": without_controls(statement.account),
                "booked_on": line.booked_on or line.value_on or day,
                "value_on": line.value_on,
                "amount_minor": minor,
                "currency": currency,
                "kind": kind_of(line).value,
                "payer_name": without_controls(line.payer_name),
                "payer_account": without_controls(line.payer_account),
                "bank_ref": without_controls(line.bank_ref),
                "customer_ref": without_controls(line.customer_ref),
                "memo": without_controls(line.memo),
                "code": without_controls(line.code),
                "return_of": without_controls(line.return_of),
                "file_digest": file_digest,
            }
    return list(rows.values())


def _amount(name: str, line: BankLine, currency: str) -> tuple[int, str]:
    """Amount and currency; where the file names no currency, two decimals were assumed."""
    where = f"{name} line {line.line_no}" if line.line_no else name
    try:
        if line.currency == UNKNOWN_CURRENCY:
            plain = Decimal(line.amount_minor).scaleb(-_UNTOLD_DECIMALS)
            minor = Money.of(plain, currency).minor
        else:
            minor, currency = line.amount_minor, line.currency
    except BadInput as error:
        raise BadInput(f"{where}: {error.message}; the file names no currency") from None
    return _kept(minor, where), currency


def _kept(minor: int, where: str) -> int:
    if abs(minor) > _MOST_MINOR:
        raise BadInput(f"{where}: the amount is too large to be kept; ask the bank for the file")
    return minor


def receipt_of(line: Row, batch_id: str) -> Row:
    """The receipt of a line that came in: nobody's yet, with what payer and bank wrote."""
    number = f"BANK-{line['booked_on']:%Y%m%d}-{line['line_key'][:16]}"
    told = (line["memo"], line["customer_ref"])
    said = [each for each in told if each.strip().upper() not in _SAYS_NOTHING]
    memo = said[:1] + [each for each in said[1:] if each not in said[0]]
    return {
        "id": make_id("rcp", number),
        "account_id": None,
        "receipt_number": number,
        "received_on": line["booked_on"],
        "amount_minor": line["amount_minor"],
        "currency": line["currency"],
        "unapplied_minor": line["amount_minor"],
        "payer_name": line["payer_name"],
        "memo": " ".join(memo),
        "hold_reason": None,
        "batch_id": batch_id,
        "advice_key": "",
    }


def advice_lines(name: str, file: BankFile, file_digest: str, day: date, ours: str) -> list[Row]:
    """The lines of the advices in a file; the same advice in another file has the same keys."""
    seen: Counter[tuple[object, ...]] = Counter()
    totals: Counter[str] = Counter()
    rows = []
    for line in file.remittances:
        advice_key = _advice_key(line, file_digest)
        same = (
            advice_key,
            line.reference,
            line.gross_minor,
            line.discount_minor,
            line.deduction_minor,
            line.net_minor,
            line.reason,
            line.memo,
        )
        seen[same] += 1
        row = _advice_row(name, line, ours, _digest((*same, seen[same])))
        totals[advice_key] += row["net_minor"]
        day_of = line.advised_on or day
        rows.append(row | {"advice_key": advice_key, "advised_on": day_of, "place": len(rows)})
    for row in rows:
        if row["total_minor"] is None:
            row["total_minor"] = _kept(totals[row["advice_key"]], name)
    return rows


def _advice_key(line: RemittanceLine, file_digest: str) -> str:
    """What joins the lines of one advice; one that says too little is of its file alone."""
    told = (line.remittance_id, line.advised_on, line.payer, line.total_minor, line.currency)
    tells = line.remittance_id or (line.advised_on and line.total_minor is not None)
    return _digest(told if tells else (*told, file_digest))


def _advice_row(name: str, line: RemittanceLine, ours: str, key: str) -> Row:
    where = f"{name} line {line.line_no}" if line.line_no else name
    less = line.discount_minor + line.deduction_minor
    net = line.net_minor
    if net is None:
        net = (line.gross_minor or 0) - less
    gross = net + less if line.gross_minor is None else line.gross_minor
    amounts = {"gross_minor": gross, "deduction_minor": less, "net_minor": net}
    return {name: _kept(minor, where) for name, minor in amounts.items()} | {
        "id": make_id("rml", key),
        "line_key": key,
        "advice_number": without_controls(line.remittance_id),
        "payer_name": without_controls(line.payer),
        "total_minor": None if line.total_minor is None else _kept(line.total_minor, where),
        "currency": line.currency or ours,
        "reference": without_controls(line.reference),
        "reason": without_controls(line.reason),
        "memo": without_controls(line.memo),
    }


def _digest(parts: tuple[object, ...]) -> str:
    text = "\x1f".join(str(part) for part in parts)
    return digest(text.encode("utf-8", "surrogatepass"))


def names_no_currency(file: BankFile) -> bool:
    """Whether the currency of some booked line stands nowhere in the file."""
    return any(
        line.kind == "booked" and not line.currency and not statement.currency
        for statement in file.statements
        for line in statement.lines
    )
