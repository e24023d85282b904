"""QIF, the interchange format of Quicken: one letter a line, an entry ends with a caret.

The format names no currency, no order of day and month, and no decimal mark; the whole file is
looked at for each before any entry is read.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from adapters.bank_files.model import UNKNOWN_CURRENCY, BankFile, BankLine, settle
from adapters.bank_files.qif_dates import date_order, read_day
from adapters.bank_files.values import decode_text, head_of, minor_units, shown, split_lines
from ledger.errors import BadInput

_SNIFF = re.compile(rb"(?:^|[\r\n])[ \t]*!(?:Type|Account|Option|Clear)\b", re.I)
_HEADER = re.compile(r"!Type:\s*(.*)", re.IGNORECASE)
_MONEY = frozenset({"bank", "cash", "ccard", "oth a", "oth l"})
_LISTS = frozenset({"cat", "class", "memorized", "prices", "security", "tag", "budget", "template"})
_SPACES = re.compile(r"[\s'’]")
_POINTED = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+|(?=\.\d))(?:\.\d*)?", re.ASCII)
_COMMAED = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+|(?=,\d))(?:,\d*)?", re.ASCII)
_MARK = re.compile(r"[.,](\d*)-?$", re.ASCII)


def sniff(data: bytes) -> bool:
    """Whether a header line of QIF is near the top."""
    return _SNIFF.search(head_of(data)) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every bank, cash and card entry; lists of categories and the like are passed over.

    Raises:
        BadInput: An entry without date or amount, a file cut off in an entry, investments.
    """
    entries = _entries(split_lines(decode_text(data, name)), name)
    order, is_guess = date_order([entry.first("D") for entry in entries])
    comma = _has_decimal_comma([text for each in entries for text in each.amounts()])
    warnings = []
    if is_guess and entries:
        warnings.append(f"{name}: dates fit several orders; read as {order}")
    lines: dict[str, list[BankLine]] = {}
    for entry in entries:
        own = lines.setdefault(entry.account, [])
        own.append(_line(entry, order, comma, len(own) + 1))
        warnings.extend(_split_fault(entry, comma, own[-1].amount_minor))
    if entries:
        warnings.append(f"{name}: QIF names no currency; two decimals are assumed")
    statements = tuple(
        settle(
            account=account,
            currency=UNKNOWN_CURRENCY,
            lines=tuple(found),
            opening_minor=None,
            closing_minor=None,
        )
        for account, found in (lines or {"": []}).items()
    )
    return BankFile(format="qif", statements=statements, warnings=tuple(warnings))


@dataclass(slots=True)
class _Entry:
    """The letters of an entry, each with its values in order."""

    line_no: int
    where: str
    account: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, letter: str) -> str:
        """The first value of a letter, or ""."""
        return next(iter(self.values.get(letter, ())), "")

    def amounts(self) -> list[str]:
        """Everything in the entry that is an amount."""
        return [text for letter in "TU$" for text in self.values.get(letter, ())]


def _entries(lines: list[str], name: str) -> list[_Entry]:
    """Cut the file at its carets; only sections that hold money are kept."""
    entries: list[_Entry] = []
    section, account = "bank", ""
    current: _Entry | None = None
    for number, raw in enumerate(lines, start=1):
        line = raw.strip()
        if not line:
            continue
        where = f"{name} line {number}"
        if line.startswith("!"):
            _refuse_open(current)
            section = _section(line, section, where)
        elif line.startswith("^"):
            if current and section == "account":
                account = current.first("N")
            elif current and section in _MONEY:
                entries.append(current)
            current = None
        else:
            current = current or _Entry(number, where, account)
            current.values.setdefault(line[0].upper(), []).append(line[1:].strip())
    _refuse_open(current)
    return entries


def _refuse_open(entry: _Entry | None) -> None:
    if entry is not None:
        raise BadInput(f"{entry.where}: an entry without its end (^); the file may be cut off")


def _section(line: str, section: str, where: str) -> str:
    """Which section a header opens; options leave it as it is."""
    if line.lower().startswith("!account"):
        return "account"
    found = _HEADER.match(line)
    if found is None:
        return section
    kind = found[1].strip().lower()
    if kind.startswith(("invst", "invoice")):
        raise BadInput(f"{where}: {shown(found[1])} is not a bank account; export the bank account")
    if kind not in _MONEY and kind not in _LISTS:
        raise BadInput(f"{where}: unknown section {shown(line)}; export bank, cash or card")
    return kind


def _line(entry: _Entry, order: str, comma: bool, number: int) -> BankLine:
    amount = entry.first("T") or entry.first("U")
    if not amount or not entry.first("D"):
        missing = "date (D)" if amount else "amount (T)"
        raise BadInput(f"{entry.where}: an entry without its {missing}; export the file again")
    if len(entry.values.get("T", ())) > 1 or len(entry.values.get("D", ())) > 1:
        raise BadInput(f"{entry.where}: two entries in one; an end (^) is missing")
    booked_on: date = read_day(entry.first("D"), order, entry.where)
    return BankLine(
        amount_minor=minor_units(_plain(amount, comma, entry.where), UNKNOWN_CURRENCY, entry.where),
        currency=UNKNOWN_CURRENCY,
        # Quicken writes what an account began with as an entry; nobody paid it.
        kind="info" if entry.first("P").lower() == "opening balance" else "booked",
        booked_on=booked_on,
        value_on=booked_on,
        payer_name=entry.first("P"),
        customer_ref=entry.first("N"),
        memo=entry.first("M"),
        code=entry.first("L"),
        line_no=entry.line_no,
        entry_no=number,
    )


def _split_fault(entry: _Entry, comma: bool, total: int) -> list[str]:
    """Say so where the parts of a split entry do not sum to it."""
    parts = [text for text in entry.values.get("$", ()) if text]
    if not parts:
        return []
    own = sum(minor_units(_plain(each, comma, entry.where), "", entry.where) for each in parts)
    return [] if own == total else [f"{entry.where}: its parts do not sum to the entry"]


def _has_decimal_comma(amounts: list[str]) -> bool:
    """Whether the file writes decimals behind a comma, by its last marks that are not thousands."""
    marks = {",": 0, ".": 0}
    for text in amounts:
        flat = _SPACES.sub("", text)
        found = _MARK.search(flat)
        if not found:
            continue
        has_both = "," in flat and "." in flat and flat.count(flat[found.start()]) == 1
        if len(found[1]) < 3 or has_both:
            marks[flat[found.start()]] += 1
    return marks[","] > marks["."]


def _plain(text: str, comma: bool, where: str) -> str:
    """An amount without grouping, with a decimal point and its sign in front."""
    flat = _SPACES.sub("", text)
    if flat.endswith("-"):
        flat = f"-{flat[:-1]}"
    if not (_COMMAED if comma else _POINTED).fullmatch(flat):
        raise BadInput(f"{where}: {shown(text)} is not an amount; export the file again")
    if comma:
        return flat.replace(".", "").replace(",", ".")
    return flat.replace(",", "")
