"""ISO 20022 CAMT.052, .053 and .054 in every version: several statements, batches with details.

Namespaces and versions are not looked at, only names of elements. XML is read as a stream with
document types and entities forbidden; broken or truncated XML refuses the file.
"""

import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from adapters.bank_files.camt_entries import lines_of
from adapters.bank_files.camt_remittance import remittances_of
from adapters.bank_files.camt_values import Element, amount_of, currency_of, said
from adapters.bank_files.model import (
    UNKNOWN_CURRENCY,
    BankFile,
    BankLine,
    RemittanceLine,
    Statement,
    settle,
)
from adapters.bank_files.values import head_of, minor_units
from ledger.errors import BadInput

_MESSAGES = {
    "BkToCstmrAcctRpt": "camt052",
    "BkToCstmrStmt": "camt053",
    "BkToCstmrDbtCdtNtfctn": "camt054",
}
_OLD_MESSAGES = {
    "BkToCstmrAcctRptV01": "camt052",
    "BkToCstmrStmtV01": "camt053",
    "BkToCstmrDbtCdtNtfctnV01": "camt054",
}
_FORMATS = _MESSAGES | _OLD_MESSAGES
_STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
_OPENING, _CLOSING, _INTERIM = ("OPBD", "PRCD"), ("CLBD",), ("ITBD",)
_MAX_DEPTH = 64


def sniff(data: bytes) -> bool:
    """Whether the head names a bank-to-customer message; two-byte encodings included."""
    head = head_of(data)
    return b"BkToCstmr" in head and b"<" in head


def read(name: str, data: bytes) -> BankFile:
    """Read every statement of the message.

    Raises:
        BadInput: Broken XML, a document type, or an entry without amount or direction.
    """
    message = _Message(name)
    try:
        for event, element, parent in _walk(name, data):
            message.see(event, element, parent)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise BadInput(
            f"{name} line {line}, column {column}: broken or truncated XML; ask the bank for the "
            "file again"
        ) from None
    return message.finished()


def _walk(name: str, data: bytes) -> Iterator[tuple[str, Element, Element | None]]:
    """Start and end of every element, its name without namespace, and its parent."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    open_elements: list[Element] = []
    try:
        for event, element in iterparse(io.BytesIO(data), ("start", "end"), forbid_dtd=True):
            if event == "start":
                if len(open_elements) >= _MAX_DEPTH:
                    raise BadInput(f"{name}: XML nested deeper than {_MAX_DEPTH} elements")
                element.tag = element.tag.rpartition("}")[2]
                open_elements.append(element)
            else:
                open_elements.pop()
            yield event, element, open_elements[-1] if event == "end" and open_elements else None
    except DefusedXmlException:
        raise BadInput(
            f"{name}: the XML declares a document type or entities, which no bank file needs"
        ) from None
    except (LookupError, ValueError) as error:
        raise BadInput(f"{name}: XML that cannot be decoded ({error})") from None


@dataclass(slots=True)
class _Message:
    """The message as far as it is read."""

    name: str
    format: str = ""
    statements: list[Statement] = field(default_factory=list)
    remittances: list[RemittanceLine] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    lines: list[BankLine] = field(default_factory=list)
    entries: int = 0
    entries_before: int = 0
    currency: str = UNKNOWN_CURRENCY

    def see(self, event: str, element: Element, parent: Element | None) -> None:
        """Take an element in; entries are dropped once they are read."""
        tag = element.tag
        if event == "start":
            self.format = self.format or _FORMATS.get(tag, "")
            if tag in _STATEMENTS:
                self.lines, self.entries_before = [], self.entries
                self.currency = UNKNOWN_CURRENCY
        elif tag == "Ccy" and parent is not None and parent.tag == "Acct":
            self.currency = said(element, ".")
        elif tag == "MsgPgntn" and _goes_on(element):
            self.warnings.append(f"{self.name}: the message goes on in another file")
        elif tag == "Ntry" and parent is not None:
            if parent.tag not in _STATEMENTS:
                raise BadInput(f"{self.name}: an entry (Ntry) outside a statement; ask the bank")
            self._take_entry(element)
            parent.remove(element)
        elif tag in _STATEMENTS and parent is not None:
            self._close(element)
            parent.remove(element)

    def _take_entry(self, entry: Element) -> None:
        self.entries += 1
        number = self.entries - self.entries_before
        where = f"{self.name} entry {self.entries}"
        lines, warning = lines_of(entry, number, self.entries, self.currency, where)
        self.lines.extend(lines)
        self.remittances.extend(remittances_of(entry, lines, where))
        if warning:
            self.warnings.append(warning)

    def _close(self, element: Element) -> None:
        where = f"{self.name} statement {len(self.statements) + 1}"
        opening, closing = _ends(element)
        named = (currency_of(balance.find("Amt")) for balance in element.findall("Bal"))
        currency = self.currency or next(filter(None, named), "")
        currency = currency or (self.lines[0].currency if self.lines else UNKNOWN_CURRENCY)
        settled = settle(
            account=_account(element),
            currency=currency,
            number=said(element, "ElctrncSeqNb")
            or said(element, "LglSeqNb")
            or said(element, "Id"),
            lines=tuple(self.lines),
            opening_minor=_minor(opening, currency, where),
            closing_minor=_minor(closing, currency, where),
        )
        summary = element.find("TxsSummry")
        if summary is not None:
            entries = self.entries - self.entries_before
            settled = self._against_summary(settled, summary, entries, where)
        self.statements.append(replace(settled, goes_on=_goes_on(element.find("StmtPgntn"))))

    def _against_summary(
        self, statement: Statement, summary: Element, entries: int, where: str
    ) -> Statement:
        """Check the number and sums of entries the bank states, where there are no balances."""
        count = said(summary, "TtlNtries/NbOfNtries")
        miscounted = count.isdecimal() and count.isascii() and int(count) != entries
        if miscounted:
            self.warnings.append(f"{where}: {entries} entries, but the bank counted {count}")
        missing, is_stated = 0, False
        for path, sign in (("TtlCdtNtries/Sum", 1), ("TtlDbtNtries/Sum", -1)):
            if not said(summary, path):
                continue
            own = sum(each.amount_minor for each in statement.lines if each.amount_minor * sign > 0)
            missing += sign * minor_units(said(summary, path), statement.currency, where) - own
            is_stated = True
        if statement.balances != "none" or not (is_stated or count):
            return statement
        balances = "differ" if missing or miscounted else "tie"
        return replace(statement, balances=balances, difference_minor=missing)

    def finished(self) -> BankFile:
        """The file; a message that holds no statement at all says so."""
        if not self.format:
            raise BadInput(f"{self.name}: no bank-to-customer message in this XML")
        if not self.statements:
            self.warnings.append(f"{self.name}: the message holds no statement")
        waiting = sum(line.kind != "booked" for each in self.statements for line in each.lines)
        if waiting:
            self.warnings.append(
                f"{self.name}: {waiting} line(s) are not booked, so they are not money yet"
            )
        return BankFile(
            format=self.format,
            statements=tuple(self.statements),
            remittances=tuple(self.remittances),
            warnings=tuple(self.warnings),
        )


def _goes_on(pages: Element | None) -> bool:
    """Whether a page says that it is not the last one."""
    return pages is not None and said(pages, "LastPgInd").lower() in ("false", "0")


def _account(statement: Element) -> str:
    return said(statement, "Acct/Id/IBAN") or said(statement, "Acct/Id/Othr/Id")


def _first(balances: list[Element], kinds: tuple[str, ...]) -> Element | None:
    """The first balance of a kind; the next kind stands in where there is none."""
    for kind in kinds:
        for balance in balances:
            if kind in (said(balance, "Tp/CdOrPrtry/Cd"), said(balance, "Tp/Cd")):
                return balance
    return None


def _ends(statement: Element) -> tuple[Element | None, Element | None]:
    """Opening and closing balance; a page of a statement begins or ends with an interim one."""
    balances = statement.findall("Bal")
    opening = _first(balances, _OPENING)
    closing = _first(balances[::-1], _CLOSING)
    if statement.tag == "Stmt":
        opening = opening if opening is not None else _first(balances, _INTERIM)
        closing = closing if closing is not None else _first(balances[::-1], _INTERIM)
    return opening, None if closing is opening else closing


def _minor(balance: Element | None, currency: str, where: str) -> int | None:
    return None if balance is None else amount_of(balance, currency, where)
