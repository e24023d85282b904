"""A bank statement of one line, as a bank writes it (camt.053)."""

from xml.sax.saxutils import escape

from evals.attacks.world import AS_OF, IBAN

_DAY = f"<Dt>{AS_OF}</Dt>"


def bank_statement(minor: int, memo: str, payer: str) -> bytes:
    """Money that came in on the business date, with what the payer wrote.

    Args:
        minor: Cents received.
        memo: Unstructured remittance information, at most 140 characters.
        payer: Name of the account it came from.
    """
    made = f"<CreDtTm>{AS_OF}T06:00:00</CreDtTm>"
    statement = "".join(
        (
            f"<Id>S1</Id>{made}<Acct><Id><IBAN>{IBAN.replace(' ', '')}</IBAN></Id>"
            "<Ccy>USD</Ccy></Acct>",
            _balance("OPBD", 0),
            _balance("CLBD", minor),
            f"<Ntry>{_amount(minor)}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>",
            f"<BookgDt>{_DAY}</BookgDt><ValDt>{_DAY}</ValDt><AcctSvcrRef>R1</AcctSvcrRef>",
            "<BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>",
            "<Refs><EndToEndId>E1</EndToEndId></Refs>",
            f"<RltdPties><Dbtr><Nm>{escape(payer)}</Nm></Dbtr></RltdPties>",
            f"<RmtInf><Ustrd>{escape(memo)}</Ustrd></RmtInf>",
            "</TxDtls></NtryDtls></Ntry>",
        )
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId>{made}</GrpHdr><Stmt>{statement}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()


def _balance(code: str, minor: int) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(minor)}"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt>{_DAY}</Dt></Bal>"
    )


def _amount(minor: int) -> str:
    return f'<Amt Ccy="USD">{minor // 100}.{minor % 100:02d}</Amt>'
