"""A bank statement as a bank writes it (camt.053)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from evals.attacks.world import AS_OF, IBAN


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One movement on our account.

    Attributes:
        minor: Minor units; below zero for money that went out.
        memo: What the payer or the bank wrote.
        payer: Name of the other side; empty where the bank tells none.
        account: IBAN of the other side, if the bank tells it.
        bank_ref: The bank's own reference.
        reference: The payer's reference from end to end.
        returned: Reason code by which the bank took money back, such as `AC04`.
    """

    minor: int
    memo: str
    payer: str
    account: str = ""
    bank_ref: str = "R1"
    reference: str = "E1"
    returned: str = ""


def bank_statement(minor: int, memo: str, payer: str) -> bytes:
    """Money that came in on the business date of the attacks, with what the payer wrote.

    Args:
        minor: Cents received.
        memo: Unstructured remittance information, at most 140 characters.
        payer: Name of the account it came from.
    """
    return statement_of([BankEntry(minor, memo, payer)], AS_OF)


def statement_of(
    entries: Sequence[BankEntry],
    on: date,
    number: str = "1",
    currency: str = "USD",
    digits: int = 2,
) -> bytes:
    """A statement that begins at nothing and ends at the sum of its movements.

    Args:
        entries: The movements, in the order of the bank.
        on: The day they are booked on.
        number: What tells this statement from others.
        currency: The currency of the account.
        digits: Decimals of that currency.
    """
    made = f"<CreDtTm>{on}T06:00:00</CreDtTm>"
    page = _Page(on, currency, digits)
    statement = "".join(
        (
            f"<Id>S{number}</Id>{made}<Acct><Id><IBAN>{IBAN.replace(' ', '')}</IBAN></Id>"
            f"<Ccy>{currency}</Ccy></Acct>",
            page.balance("OPBD", 0),
            page.balance("CLBD", sum(each.minor for each in entries)),
            *map(page.entry, entries),
        )
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M{number}</MsgId>{made}</GrpHdr><Stmt>{statement}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()


@dataclass(frozen=True, slots=True)
class _Page:
    """What all movements of a statement have in common."""

    on: date
    currency: str
    digits: int

    def balance(self, code: str, minor: int) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{self._amount(minor)}"
            f"<Dt><Dt>{self.on}</Dt></Dt></Bal>"
        )

    def entry(self, entry: BankEntry) -> str:
        day = f"<Dt>{self.on}</Dt>"
        return "".join(
            (
                f"<Ntry>{self._amount(entry.minor)}<Sts>BOOK</Sts>",
                f"<BookgDt>{day}</BookgDt><ValDt>{day}</ValDt>",
                f"<AcctSvcrRef>{entry.bank_ref}</AcctSvcrRef>",
                "<BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>",
                f"<Refs><EndToEndId>{entry.reference}</EndToEndId></Refs>",
                _other_side(entry),
                f"<RmtInf><Ustrd>{escape(entry.memo)}</Ustrd></RmtInf>",
                f"<RtrInf><Rsn><Cd>{entry.returned}</Cd></Rsn></RtrInf>" if entry.returned else "",
                "</TxDtls></NtryDtls></Ntry>",
            )
        )

    def _amount(self, minor: int) -> str:
        whole, rest = divmod(abs(minor), 10**self.digits)
        shown = f"{whole}.{rest:0{self.digits}d}" if self.digits else str(whole)
        sign = "CRDT" if minor >= 0 else "DBIT"
        return f'<Amt Ccy="{self.currency}">{shown}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _other_side(entry: BankEntry) -> str:
    side = "Dbtr" if entry.minor >= 0 else "Cdtr"
    account = f"<{side}Acct><Id><IBAN>{entry.account}</IBAN></Id></{side}Acct>"
    name = f"<{side}><Nm>{escape(entry.payer)}</Nm></{side}>" if entry.payer else ""
    return f"<RltdPties>{name}{account if entry.account else ''}</RltdPties>"
