"""OFX and QFX downloads: SGML without closing tags, XML, and what banks write in between.

The tags are read one after another, so a missing header or closing tag loses nothing. An entry
without an amount, or with one that is not a number, refuses the file.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from adapters.bank_files.model import UNKNOWN_CURRENCY, BankFile, BankLine, Statement, settle
from adapters.bank_files.values import day_of, decode_text, head_of, minor_units, shown
from ledger.errors import BadInput

_SNIFF = re.compile(rb"\s*(?:<|[A-Z]+\s*:)", re.IGNORECASE)
_NAMED = re.compile(rb"<OFX[\s>]|OFXHEADER\s*[:=]", re.IGNORECASE)
_MARKUP = re.compile(r"<(/?)([A-Za-z][\w.]*)(?:\s[^<>]*)?(/?)>([^<]*)")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_DATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CHARSET = re.compile(rb"^\s*CHARSET\s*:\s*(\w[\w-]*)", re.IGNORECASE | re.MULTILINE)
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_GROUPED_COMMA = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d{1,2}", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d{1,2}", re.ASCII)

_STATEMENTS = frozenset({"STMTRS", "CCSTMTRS", "INVSTMTRS"})
_ACCOUNTS = frozenset({"BANKACCTFROM", "CCACCTFROM", "INVACCTFROM"})
_TAKES_BACK = re.compile(r"\b(?:return|returned|reversal|chargeback)\b", re.IGNORECASE)


def sniff(data: bytes) -> bool:
    """Whether the head is that of an OFX file, with or without its header lines."""
    head = head_of(data)
    return _SNIFF.match(head) is not None and _NAMED.search(head) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every statement of the file.

    Raises:
        BadInput: No OFX in it, or an entry without an amount.
    """
    text = _text(name, data)
    warnings: list[str] = []
    if _DECLARATION.search(text):
        raise BadInput(f"{name}: declares a document type or entities, which no bank file needs")
    reading = _Reading(name, warnings)
    for tag, value, line_no in _elements(_without_comments(text, name, warnings)):
        reading.see(tag, value, line_no)
    return reading.finished()


def _text(name: str, data: bytes) -> str:
    """Decode by the character set the header names, else like any text."""
    named = _CHARSET.search(data[:1024])
    if named and named[1] == b"1252":
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")
    return decode_text(data, name)


def _without_comments(text: str, name: str, warnings: list[str]) -> str:
    """Drop comments; one that hides parts of an entry or account is read, and said.

    A whole entry in a comment is no entry. But fields taken out of a live one would lose its money.
    """
    if "<!" not in text:
        return text

    def opened(found: re.Match[str]) -> str:
        inside = found[1]
        lines = "\n" * inside.count("\n")
        if "STMTTRN>" in inside.upper() or not re.search(r"<(TRNAMT|CURDEF|ACCTID)>", inside, re.I):
            return lines
        warnings.append(f"{name}: fields in a comment (<!-- -->) were read; check the file")
        return inside

    # Nothing is looked for behind the last end mark, where every start would search in vain.
    end = text.rfind("-->") + 3
    text = _COMMENT.sub(opened, text[:end]) + text[end:] if end > 2 else text
    end = text.rfind("]]>") + 3
    return _DATA.sub(_escaped, text[:end]) + text[end:] if end > 2 else text


def _escaped(found: re.Match[str]) -> str:
    return html.escape(found[1], quote=False)


def _elements(text: str) -> Iterator[tuple[str, str, int]]:
    """Tags in order, closing ones with a slash, each with its text and line."""
    line_no, at = 1, 0
    for found in _MARKUP.finditer(text):
        line_no += text.count("\n", at, found.start())
        at = found.start()
        tag = found[1] + found[2].upper()
        yield tag, "" if found[1] else " ".join(html.unescape(found[4]).split()), line_no
        if found[3]:
            yield f"/{found[2].upper()}", "", line_no


@dataclass(slots=True)
class _Statement:
    """A statement as far as it is read."""

    account: str = ""
    currency: str = UNKNOWN_CURRENCY
    lines: list[BankLine] = field(default_factory=list)
    closing: tuple[str, int] | None = None


@dataclass(slots=True)
class _Reading:
    """Where the reading stands."""

    name: str
    warnings: list[str]
    statements: list[Statement] = field(default_factory=list)
    current: _Statement | None = None
    entry: dict[str, str] | None = None
    entry_line: int = 0
    inside: list[str] = field(default_factory=list)
    status: str = ""
    is_ofx: bool = False
    is_closed: bool = False

    def see(self, tag: str, value: str, line_no: int) -> None:
        """Take a tag in."""
        if tag == "OFX":
            self.is_ofx = True
        elif tag in _STATEMENTS:
            self._close()
            self.current = _Statement()
        elif tag.startswith("/") and tag[1:] in _STATEMENTS:
            self._close()
        elif tag == "STMTTRN":
            self._end_entry()
            self.entry, self.entry_line = {}, line_no
            self.current = self.current or _Statement()
        elif tag in ("/STMTTRN", "/BANKTRANLIST", "/INVTRANLIST", "LEDGERBAL", "AVAILBAL", "/OFX"):
            self._end_entry()
            self._move(tag)
        elif self.entry is not None:
            self._take_field(tag, value)
        elif tag == "TRNAMT" and self.current is not None:
            raise BadInput(f"{self.name} line {line_no}: an amount (TRNAMT) outside an entry")
        else:
            self._take_header(tag, value, line_no)

    def _move(self, tag: str) -> None:
        self.inside = [tag] if tag == "LEDGERBAL" else []
        self.is_closed = self.is_closed or tag == "/OFX"

    def _take_field(self, tag: str, value: str) -> None:
        """A field of the open entry; a nested currency says what its amount is in."""
        assert self.entry is not None  # noqa: S101 - the caller looked
        if tag in ("CURRENCY", "ORIGCURRENCY"):
            self.inside = [tag]
        elif tag == "CURSYM":
            if self.inside[-1:] == ["CURRENCY"]:
                self.entry["CURSYM"] = value
        elif tag == "TRNAMT" and tag in self.entry:
            where = f"{self.name} line {self.entry_line}"
            raise BadInput(f"{where}: an entry (STMTTRN) with two amounts; download it again")
        elif not tag.startswith("/") and value:
            self.entry.setdefault(tag, value)

    def _take_header(self, tag: str, value: str, line_no: int) -> None:
        if tag == "SEVERITY":
            self.status = value.upper()
        elif tag == "MESSAGE" and self.status == "ERROR":
            self.warnings.append(f"{self.name}: the bank answered with an error: {value[:200]}")
        elif tag in _ACCOUNTS:
            self.inside = [tag]
        elif self.current is None:
            return
        elif tag == "CURDEF":
            self.current.currency = value.upper()
        elif tag == "ACCTID" and self.inside[-1:] and self.inside[-1] in _ACCOUNTS:
            self.current.account = self.current.account or value
        elif tag == "BALAMT" and self.inside == ["LEDGERBAL"] and value:
            self.current.closing = (value, line_no)

    def _end_entry(self) -> None:
        if self.entry is None or self.current is None:
            return
        entry, self.entry, self.inside = self.entry, None, []
        where = f"{self.name} line {self.entry_line}"
        if "TRNAMT" not in entry:
            raise BadInput(f"{where}: an entry (STMTTRN) without an amount; download it again")
        currency = entry.get("CURSYM", "").upper() or self.current.currency
        minor = minor_units(_plain(entry["TRNAMT"]), currency, where)
        posted = _day(entry.get("DTPOSTED", ""), where)
        number = len(self.current.lines) + 1
        self.current.lines.append(
            _line(entry, minor, currency, posted, where, self.entry_line, number)
        )

    def _close(self) -> None:
        self._end_entry()
        current, self.current = self.current, None
        if current is None:
            return
        closing = None
        if current.closing:
            text, line_no = current.closing
            where = f"{self.name} line {line_no}"
            closing = minor_units(_plain(text), current.currency, where)
        self.statements.append(
            settle(
                account=current.account,
                currency=current.currency,
                lines=tuple(current.lines),
                opening_minor=None,
                closing_minor=closing,
            )
        )

    def finished(self) -> BankFile:
        """The file as read."""
        self._close()
        if not self.is_ofx:
            raise BadInput(f"{self.name}: an OFX header without <OFX>; download the file again")
        if not self.is_closed:
            raise BadInput(f"{self.name}: cut off before </OFX>; download the file again")
        return BankFile(
            format="ofx",
            statements=tuple(self.statements),
            warnings=tuple(dict.fromkeys(self.warnings)),
        )


def _line(
    entry: dict[str, str],
    minor: int,
    currency: str,
    posted: date | None,
    where: str,
    line_no: int,
    number: int,
) -> BankLine:
    """A bank line out of the fields of an entry."""
    words = (entry.get("MEMO", ""), entry.get("EXTDNAME", ""))
    name = entry.get("NAME", "") or entry.get("PAYEE", "")
    memo = " ".join(filter(None, words))
    return BankLine(
        amount_minor=minor,
        currency=currency,
        booked_on=posted,
        value_on=_day(entry.get("DTAVAIL", ""), where) or posted,
        payer_name=name,
        payer_account=entry.get("ACCTID", ""),
        bank_ref=entry.get("FITID", ""),
        customer_ref=entry.get("REFNUM", "") or _check_number(entry),
        memo=memo,
        code=entry.get("TRNTYPE", ""),
        is_reversal=_TAKES_BACK.search(f"{name} {memo}") is not None or "CORRECTFITID" in entry,
        return_of=entry.get("CORRECTFITID", ""),
        line_no=line_no,
        entry_no=number,
    )


def _check_number(entry: dict[str, str]) -> str:
    return entry.get("CHECKNUM", "").lstrip("0")


def _plain(amount: str) -> str:
    """Commas as some banks write them: between thousands, or for the decimals."""
    if _GROUPED.fullmatch(amount):
        return amount.replace(",", "")
    if _GROUPED_COMMA.fullmatch(amount):
        return amount.replace(".", "").replace(",", ".")
    return amount.replace(",", ".") if _COMMA.fullmatch(amount) else amount


def _day(text: str, where: str) -> date | None:
    """The day of a moment as the bank writes it, in its own zone; None where there is none."""
    if not text:
        return None
    found = _DAY.match(text)
    if found is None:
        raise BadInput(f"{where}: {shown(text)} is not a date")
    return day_of(int(found[1]), int(found[2]), int(found[3]), where)
