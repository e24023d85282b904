"""Documents a CAMT detail names in structured form, with what was paid on each."""

from collections.abc import Iterator

from adapters.bank_files.camt_values import Element, currency_of, said
from adapters.bank_files.model import BankLine, RemittanceLine
from adapters.bank_files.values import minor_units


def remittances_of(entry: Element, lines: list[BankLine], where: str) -> Iterator[RemittanceLine]:
    """One remittance line per referred document that has a number."""
    details = entry.findall("NtryDtls/TxDtls") or entry.findall("TxDtls")
    if len(details) != len(lines):
        return
    for detail, line in zip(details, lines, strict=True):
        for block in detail.findall("RmtInf/Strd"):
            for document in block.findall("RfrdDocInf"):
                number = said(document, "Nb")
                if number:
                    yield _advised(block, number, line, where)


def _advised(block: Element, number: str, line: BankLine, where: str) -> RemittanceLine:
    amounts = block.find("RfrdDocAmt")
    gross = _minor(amounts, ("DuePyblAmt",), line.currency, where)
    discount = _minor(amounts, ("DscntApldAmt", "DscntApldAmt/Amt"), line.currency, where)
    credited = _minor(amounts, ("CdtNoteAmt",), line.currency, where)
    paid = _minor(amounts, ("RmtdAmt",), line.currency, where)
    adjusted = _minor(amounts, ("AdjstmntAmtAndRsn/Amt",), line.currency, where)
    return RemittanceLine(
        reference=number,
        net_minor=-credited if credited is not None and paid is None else paid,
        currency=line.currency,
        gross_minor=gross,
        discount_minor=discount or 0,
        deduction_minor=adjusted or 0,
        reason=said(block, "RfrdDocAmt/AdjstmntAmtAndRsn/Rsn"),
        payer=line.payer_name,
        remittance_id=line.bank_ref or line.customer_ref,
        advised_on=line.booked_on,
        total_minor=line.amount_minor,
        line_no=line.line_no,
    )


def _minor(
    amounts: Element | None, paths: tuple[str, ...], currency: str, where: str
) -> int | None:
    """The first of these amounts that is there and in the currency of the payment."""
    for path in paths:
        found = amounts.find(path) if amounts is not None else None
        if found is not None and said(found, ".") and currency_of(found) in (currency, ""):
            return minor_units(said(found, "."), currency, where)
    return None
