"""SWIFT MT940 and MT942: statements as tagged lines, in the dialects banks really write.

Signs follow SWIFT: C and RD are money in, D and RC money out. An entry that cannot be read refuses
the file: nothing is ever skipped. What a bank wraps, misplaces or invents around the entries is
tolerated, because the balances prove the reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from adapters.bank_files.model import UNKNOWN_CURRENCY, BankFile, BankLine, Statement, settle
from adapters.bank_files.mt940_details import Details, read_details
from adapters.bank_files.values import (
    day_of,
    decode_text,
    full_year,
    head_of,
    iban_or_empty,
    minor_units,
    shown,
    split_lines,
)
from ledger.errors import BadInput

_TAGS = "20|21|25P?|28C?|34F|13D?|60[FM]|61|62[FM]|64|65|86|90[CD]|NS|9\\d{2,3}"
_TAG = re.compile(rf"\s*:({_TAGS})\s?:(.*)", re.ASCII | re.DOTALL)
_SNIFF = re.compile(rb"(?:^|[\r\n{\x01])[ \t]*:(?:20|21|25P?|28C?|60[FM]|61|62[FM]|64|86|NS):")
_BROKEN_TAG = re.compile(r"\d\d[A-Z]?:", re.ASCII)
_OPENS = re.compile(r"\s*:(?:21|25P?|28C?|60[FM]|34F|13D?)\s?:", re.ASCII)
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?\s*"
    r"(?P<minus>-)?(?P<amount>\d[\d.]*(?:,\d*)?|,\d+)\s*"
    # What stands right behind an amount and could belong to it makes the entry unreadable.
    r"(?:(?P<code>[A-Z][A-Z0-9 ]{3})(?P<rest>.*)|(?P<bare>(?![\d.,;:'-]).*))",
    re.ASCII | re.DOTALL,
)
_BALANCE = re.compile(r"\s*(R?[CD])(\d{6})?([A-Z]{3})?\s*(\d[\d.]*(?:,\d*)?|,\d+)[\s}-]*", re.ASCII)
_TOTAL = re.compile(r"(\d{1,5})([A-Z]{3})(\d[\d.]*(?:,\d*)?|,\d+)", re.ASCII)
_CURRENCY_AT_END = re.compile(r"\d\s*([A-Z]{3})$", re.ASCII)
_OLD_ACCOUNT = re.compile(r"P?\d{7,10}", re.ASCII)
_ACCOUNT_IN_FRONT = re.compile(r"[A-Z]{2}\d\d[A-Z]{4}[A-Z0-9]{7,26}(?:\s|$)", re.ASCII)
_NO_REFERENCE = frozenset({"", "NONREF", "NOREF", "EREF", "PREF", "KREF", "KREF+", "MREF", "MARF"})
_REFERENCE_CHARS = 16
_MAX_SUM_COUNT = 2  # continuation lines an entry may need before its amount


def sniff(data: bytes) -> bool:
    """Whether the first lines hold a tag of SWIFT."""
    return _SNIFF.search(head_of(data)) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every statement of the file.

    Raises:
        BadInput: An entry or balance that is not one.
    """
    drafts = [_Draft()]
    is_interim = False
    for tag in _tags(decode_text(data, name), name):
        is_interim = is_interim or tag.name in ("34F", "13D", "13", "90C", "90D")
        if drafts[-1].is_ended_by(tag.name):
            drafts.append(drafts[-1].next_one(tag.name))
        drafts[-1].take(tag)
    kept = [draft for draft in drafts if draft.account or draft.lines or draft.has_balance]
    has_closing = any(draft.closing for draft in kept)
    warnings = tuple(each for draft in kept for each in draft.warnings(name, not is_interim))
    return BankFile(
        format="mt942" if is_interim and not has_closing else "mt940",
        statements=tuple(draft.statement() for draft in kept),
        warnings=warnings,
    )


@dataclass(slots=True)
class _Tag:
    """A tag with its text lines, and where it stands."""

    name: str
    lines: list[str]
    line_no: int
    where: str


def _tags(text: str, name: str) -> Iterator[_Tag]:
    """Cut the text into tags; wrapped lines stay with theirs."""
    lines = split_lines(text.replace("{4::", "{4:\n:"))
    current: _Tag | None = None
    carried = ""
    for number, raw in enumerate(lines, start=1):
        line, carried = carried + raw, ""
        if line == ":" and number < len(lines) and _BROKEN_TAG.match(lines[number]):
            carried = ":"
            continue
        found = _TAG.match(line)
        if found and _is_wrapped_time(found[1], current, lines, number):
            found = None
        if found:
            if current:
                yield current
            current = _Tag(found[1], [found[2]], number, f"{name} line {number}")
        elif current and line.lstrip().startswith("-}"):
            yield current
            current = None
        elif current and line.strip():
            current.lines.append(line)
    if current:
        yield current


def _is_wrapped_time(tag: str, current: _Tag | None, lines: list[str], number: int) -> bool:
    """Whether `:20:11` inside a description is a time of day rather than a new statement.

    Only :20: may follow a description; it opens a statement if a header tag comes right after it.
    """
    if current is None or current.name not in ("86", "61"):
        return False
    if tag in ("25", "28", "13"):
        return True
    if tag != "20":
        return False
    following = next((line for line in lines[number : number + 4] if line.strip()), "")
    return not _OPENS.match(following)


@dataclass(slots=True)
class _Entry:
    """A :61: and the descriptions that follow it."""

    tag: _Tag
    about: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """A statement as far as it is read."""

    account: str = ""
    number: str = ""
    opening: _Tag | None = None
    closing: _Tag | None = None
    currency: str = UNKNOWN_CURRENCY
    lines: list[_Entry] = field(default_factory=list)
    totals: list[_Tag] = field(default_factory=list)
    is_started: bool = False

    @property
    def has_balance(self) -> bool:
        return self.opening is not None or self.closing is not None

    def is_ended_by(self, tag: str) -> bool:
        """Whether this tag belongs to the next statement."""
        if tag == "20":
            return self.is_started
        if tag in ("60F", "60M"):
            return bool(self.lines) or self.closing is not None
        return tag == "61" and self.closing is not None

    def next_one(self, tag: str) -> "_Draft":
        """The next statement; without a header it goes on with the account of this one."""
        if tag == "20":
            return _Draft()
        return _Draft(account=self.account, number=self.number, currency=self.currency)

    def take(self, tag: _Tag) -> None:
        """Take a tag in."""
        self.is_started = True
        first = tag.lines[0].strip()
        if tag.name.startswith("60"):
            self.opening, self.currency = tag, _currency_of(first) or self.currency
        elif tag.name.startswith("62"):
            self.closing, self.currency = tag, self.currency or _currency_of(first)
        elif tag.name == "61":
            self.lines.append(_Entry(tag))
        elif tag.name == "86" and self.lines and self.closing is None:
            self.lines[-1].about.extend(tag.lines)
        elif tag.name in ("90C", "90D"):
            self.totals.append(tag)
        else:
            self._take_header(tag.name, first)

    def _take_header(self, tag: str, first: str) -> None:
        if tag in ("25", "25P") and not self.account:
            at_end = _CURRENCY_AT_END.search(first)
            self.account = (first[: at_end.start(1)] if at_end else first).strip(" /")
            self.currency = self.currency or (at_end[1] if at_end else UNKNOWN_CURRENCY)
        elif tag in ("28", "28C") and not self.number:
            self.number = first
        elif tag == "34F" and first[:3].isalpha():
            self.currency = self.currency or first[:3].upper()

    def statement(self) -> Statement:
        """The statement, with its entries signed and checked against what it states."""
        lines = tuple(
            _line(entry, number, self.currency) for number, entry in enumerate(self.lines, start=1)
        )
        settled = settle(
            account=self.account,
            currency=self.currency,
            number=self.number,
            lines=lines,
            opening_minor=_balance(self.opening, self.currency),
            closing_minor=_balance(self.closing, self.currency),
        )
        if self.closing is not None and self.closing.name == "62M":
            settled = replace(settled, goes_on=True)
        return _against_totals(settled, self.totals) if settled.balances == "none" else settled

    def warnings(self, name: str, wants_closing: bool) -> Iterator[str]:
        """What a person should know of this statement."""
        if wants_closing and self.closing is None and (self.opening or self.lines):
            where = (self.opening or self.lines[0].tag).where
            yield f"{where}: the statement has no closing balance (:62F:); it may be cut off"
        if self.lines and not self.currency:
            yield f"{name}: no currency is named; two decimals are assumed"


def _currency_of(balance: str) -> str:
    found = _BALANCE.fullmatch(balance)
    return found[3] or "" if found else ""


def _plain(amount: str) -> str:
    """An amount with a comma, or as some banks write it with a point, as a plain decimal."""
    return amount.replace(".", "").replace(",", ".") if "," in amount else amount


def _balance(tag: _Tag | None, currency: str) -> int | None:
    if tag is None:
        return None
    found = _BALANCE.fullmatch(tag.lines[0]) or _BALANCE.fullmatch("".join(tag.lines[:2]))
    if found is None:
        raise BadInput(
            f"{tag.where}: {shown(tag.lines[0])} is not a balance (:{tag.name}:); "
            "ask the bank for the file again"
        )
    minor = minor_units(_plain(found[4]), currency, tag.where)
    return minor if found[1] in ("C", "RD") else -minor


def _against_totals(statement: Statement, totals: list[_Tag]) -> Statement:
    """Check an interim report by its own number and sum of entries (:90D:, :90C:)."""
    missing, is_checked = 0, False
    for tag in totals:
        found = _TOTAL.match(tag.lines[0].strip())
        if found is None:
            continue
        is_credit = tag.name == "90C"
        own = [
            each.amount_minor for each in statement.lines if (each.amount_minor > 0) == is_credit
        ]
        stated = minor_units(_plain(found[3]), statement.currency, tag.where)
        missing += (stated if is_credit else -stated) - sum(own)
        is_checked = True
    if not is_checked:
        return statement
    return replace(statement, balances="differ" if missing else "tie", difference_minor=missing)


def _line(entry: _Entry, number: int, currency: str) -> BankLine:
    """One :61: with its :86:."""
    where = entry.tag.where
    found, rest_lines = _match_entry(entry.tag)
    value_on = day_of(
        full_year(int(found["value"][:2])),
        int(found["value"][2:4]),
        int(found["value"][4:]),
        where,
    )
    minor = minor_units(_plain(found["amount"]), currency, where)
    mark = found["mark"]
    # A bank that writes D-5,00 takes a debit back, as others do with RD.
    is_back = found["minus"] is not None
    if (mark in ("C", "RD", "EC")) == is_back:
        minor = -minor
    code = (found["code"] or "").strip()
    customer_ref, bank_ref, aside = _references(found["rest"] or found["bare"] or "", rest_lines)
    about = read_details(entry.about)
    account, note = _other_account(aside, about)
    return BankLine(
        amount_minor=minor,
        currency=currency,
        booked_on=_booked_on(found["booked"], value_on, where),
        value_on=value_on,
        kind="pending" if mark[0] == "E" else "booked",
        payer_name=about.name,
        payer_account=account,
        bank_ref=bank_ref,
        customer_ref=about.reference or customer_ref,
        memo=" ".join(filter(None, (note, about.memo))),
        code=" ".join(filter(None, (code, about.code))),
        is_reversal=is_back or mark[0] == "R" or code == "NRTI" or about.is_return,
        return_of=about.return_of,
        line_no=entry.tag.line_no,
        entry_no=number,
    )


def _match_entry(tag: _Tag) -> tuple[re.Match[str], list[str]]:
    """Match the entry, taking wrapped lines in until its amount is there."""
    for taken in range(1, min(len(tag.lines), _MAX_SUM_COUNT + 1) + 1):
        found = _ENTRY.match("".join(tag.lines[:taken]).strip())
        if found:
            return found, [line.strip() for line in tag.lines[taken:]]
    raise BadInput(
        f"{tag.where}: {shown(' '.join(tag.lines))} is not a statement line (:61:); ask the bank "
        "for the file again"
    )


def _booked_on(month_day: str | None, value_on: date, where: str) -> date:
    """The entry date, in the year that lies nearest to the value date."""
    if not month_day:
        return value_on
    month, day = int(month_day[:2]), int(month_day[2:])
    years = range(max(1, value_on.year - 1), value_on.year + 2)
    near = [day_of(year, month, day, where) for year in years]
    return min(near, key=lambda each: abs((each - value_on).days))


def _references(rest: str, more: list[str]) -> tuple[str, str, str]:
    """Customer reference, bank reference, and what else stands beside them."""
    while more and more[-1] == "-":
        more.pop()
    given, _, bank = rest.partition("//")
    if more and not bank and more[0].startswith("//"):
        bank = more.pop(0)[2:]
    aside = " ".join(more)
    # Banks that write more than SWIFT allows put a name behind the reference, or an account in it.
    if len(given) > _REFERENCE_CHARS and not bank:
        cut = 0 if _ACCOUNT_IN_FRONT.match(given) else _REFERENCE_CHARS
        given, aside = given[:cut], f"{given[cut:]} {aside}"
    given, bank = given.strip(), bank.strip()
    return (
        "" if given.upper() in _NO_REFERENCE else given,
        "" if bank.upper() in _NO_REFERENCE else bank,
        aside.strip(),
    )


def _other_account(aside: str, about: Details) -> tuple[str, str]:
    """The account of the other side, and what of the supplementary text is not one."""
    first, _, rest = aside.partition(" ")
    found = iban_or_empty(aside) or (aside if _OLD_ACCOUNT.fullmatch(aside) else "")
    if found:
        return about.account or found, ""
    if _ACCOUNT_IN_FRONT.match(f"{first} "):
        return about.account or first, rest.strip()
    return about.account, aside
