"""One CAMT entry becomes one bank line, or one for each detail of a batch that adds up."""

from dataclasses import replace
from datetime import date

from adapters.bank_files.camt_values import (
    Element,
    amount_of,
    currency_of,
    day_at,
    given,
    said,
    sign_of,
)
from adapters.bank_files.model import BankLine, LineKind
from adapters.bank_files.values import minor_units, shown
from ledger.errors import BadInput

_KINDS: dict[str, LineKind] = {"BOOK": "booked", "PDNG": "pending", "INFO": "info", "FUTR": "info"}
_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")
_QR_DIGITS = 27


def lines_of(
    entry: Element, number: int, line_no: int, currency: str, where: str
) -> tuple[list[BankLine], str]:
    """Read an entry.

    Details replace the entry only if their amounts sum to it; otherwise it stays whole.

    Returns:
        The lines, and a warning or "".

    Raises:
        BadInput: No amount, no direction, an unknown status.
    """
    amount = entry.find("Amt")
    own_currency = currency_of(amount) or currency
    minor = amount_of(entry, own_currency, where)
    whole = BankLine(
        amount_minor=minor,
        currency=own_currency,
        booked_on=_first_day(entry, ("BookgDt", "ValDt"), where),
        value_on=_first_day(entry, ("ValDt", "BookgDt"), where),
        kind=_kind(entry, where),
        bank_ref=given(entry, "AcctSvcrRef"),
        customer_ref=_reference_of_entry(entry),
        memo=said(entry, "AddtlNtryInf"),
        code=_code(entry),
        is_reversal=said(entry, "RvslInd").lower() in ("true", "1"),
        line_no=line_no,
        entry_no=number,
    )
    details = entry.findall("NtryDtls/TxDtls") or entry.findall("TxDtls")
    if not details:
        return [whole], ""
    if len(details) == 1:
        return [_with_detail(whole, details[0], minor)], ""
    parts = _parts(details, whole, where)
    if parts is None:
        told = [_with_detail(whole, detail, minor) for detail in details]
        memo = " | ".join(dict.fromkeys(filter(None, (line.memo for line in told))))
        return [replace(whole, memo=memo)], (
            f"{where}: its {len(details)} details do not sum to the entry; it stays one line"
        )
    return [
        _with_detail(whole, detail, part) for detail, part in zip(details, parts, strict=True)
    ], ""


def _parts(details: list[Element], whole: BankLine, where: str) -> list[int] | None:
    """Signed amounts of the details if they sum to the entry."""
    amounts, signs = [], []
    entry_sign = -1 if whole.amount_minor < 0 else 1
    for detail in details:
        found = _amount_in(detail, whole.currency)
        if found is None:
            return None
        amounts.append(abs(minor_units(said(found, "."), whole.currency, where)))
        has_own = detail.find("CdtDbtInd") is not None
        signs.append(sign_of(detail, where) if has_own else entry_sign)
    signed = [amount * sign for amount, sign in zip(amounts, signs, strict=True)]
    if sum(signed) == whole.amount_minor:
        return signed
    # Some banks give every detail the direction it had on the payer's side.
    alike = [amount * entry_sign for amount in amounts]
    return alike if sum(alike) == whole.amount_minor else None


def _amount_in(detail: Element, currency: str) -> Element | None:
    """The amount of a detail that is in the currency of its entry."""
    for path in _AMOUNTS:
        found = detail.find(path)
        if found is not None and currency_of(found) in (currency, "") and said(found, "."):
            return found
    return None


def _with_detail(whole: BankLine, detail: Element, minor: int) -> BankLine:
    """The entry as one of its details tells it."""
    name, account = _other_side(detail, minor)
    references = [said(each, ".") for each in detail.findall("RmtInf/Strd/CdtrRefInf/Ref")]
    end_to_end = given(detail, "Refs/EndToEndId")
    returned = detail.find("RtrInf")
    words = [given(each, ".") for each in detail.findall("RmtInf/Ustrd")]
    words += [said(each, ".") for each in detail.findall("RmtInf/Strd/AddtlRmtInf")]
    words += references[1:]
    words += [end_to_end if references else "", said(detail, "AddtlTxInf"), whole.memo]
    return replace(
        whole,
        amount_minor=minor,
        payer_name=name,
        payer_account=account,
        bank_ref=given(detail, "Refs/AcctSvcrRef") or whole.bank_ref,
        customer_ref=next(iter(references), "") or end_to_end or whole.customer_ref,
        memo=" ".join(dict.fromkeys(filter(None, words))),
        code=_code(detail) or whole.code,
        is_reversal=whole.is_reversal or returned is not None,
        return_of=_return_reason(returned),
    )


def _other_side(detail: Element, minor: int) -> tuple[str, str]:
    """Name and account of who paid, or for a debit of who was paid."""
    roles = ("Dbtr", "Cdtr") if minor > 0 else ("Cdtr", "Dbtr")
    for role in roles:
        base = f"RltdPties/{role}"
        name = said(detail, f"{base}/Nm") or said(detail, f"{base}/Pty/Nm")
        account = said(detail, f"{base}Acct/Id/IBAN") or said(detail, f"{base}Acct/Id/Othr/Id")
        ultimate = f"RltdPties/Ultmt{role}"
        name = name or said(detail, f"{ultimate}/Nm") or said(detail, f"{ultimate}/Pty/Nm")
        if name or account:
            return name, account
    return "", ""


def _return_reason(returned: Element | None) -> str:
    if returned is None:
        return ""
    told = (said(returned, "Rsn/Cd") or said(returned, "Rsn/Prtry"), said(returned, "AddtlInf"))
    return " ".join(filter(None, told)) or "returned"


def _reference_of_entry(entry: Element) -> str:
    """A structured reference some banks put on the entry itself; other numbers there are theirs."""
    text = given(entry, "NtryRef").replace(" ", "")
    is_structured = text.startswith("RF") or (len(text) == _QR_DIGITS and text.isdigit())
    return text if is_structured else ""


def _kind(entry: Element, where: str) -> LineKind:
    word = said(entry, "Sts/Cd") or said(entry, "Sts") or said(entry, "Sts/Prtry") or "BOOK"
    if word not in _KINDS:
        raise BadInput(f"{where}: unknown status {shown(word)}; it must be BOOK, PDNG or INFO")
    return _KINDS[word]


def _code(element: Element) -> str:
    """Domain, family and sub-family, else the bank's own code."""
    base = "BkTxCd/Domn"
    iso = (f"{base}/Cd", f"{base}/Fmly/Cd", f"{base}/Fmly/SubFmlyCd")
    told = "/".join(filter(None, (said(element, path) for path in iso)))
    return told or said(element, "BkTxCd/Prtry/Cd")


def _first_day(entry: Element, paths: tuple[str, ...], where: str) -> date | None:
    return next(filter(None, (day_at(entry, path, where) for path in paths)), None)
