"""Swiss V11 files: payments on slips with a reference, record types 3 and 4, closed by totals.

A total counts and sums the records of its participant above it. A file without one is cut off and
refused, as is one whose count is another; a sum that differs is flagged.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from adapters.bank_files.model import BankFile, BankLine, Statement
from adapters.bank_files.values import day_of, decode_text, full_year, shown
from ledger.errors import BadInput

_TYPE_3 = re.compile(
    r"(?P<code>\d{3})(?P<participant>\d{9})(?P<reference>\d{27})(?P<amount>\d{10})(?P<deposit>.{10})"
    r"(?P<paid>\d{6})(?P<processed>\d{6})(?P<credited>\d{6})(?P<film>.{9}).*",
    re.ASCII,
)
_TYPE_4 = re.compile(
    r"(?P<code>\d{3})\d\d\d(?P<participant>\d{9})(?P<reference>\d{27})(?P<currency>CHF|EUR)"
    r"(?P<amount>\d{12})(?P<deposit>.{35})(?P<paid>\d{8})(?P<processed>\d{8})(?P<credited>\d{8}).*",
    re.ASCII,
)
_TOTAL_3 = re.compile(
    r"99(?P<kind>[59])(?P<participant>\d{9})9{27}(?P<amount>\d{12})(?P<count>\d{12}).*", re.ASCII
)
_TOTAL_4 = re.compile(
    r"9[89](?P<kind>[12])\d\d\d(?P<participant>\d{9}).{27}(?P<currency>CHF|EUR)(?P<amount>\d{12})"
    r"(?P<count>\d{12}).*",
    re.ASCII,
)
_SNIFF = re.compile(rb"\s*(?:\d{49}[^\r\n]{27}|\d{42}(?:CHF|EUR)\d{12})")
# Last digit of a total: 5 (type 3) and 2 (type 4) sum what was taken back.
_BACK_TOTALS = frozenset("52")


def sniff(data: bytes) -> bool:
    """Whether the first line is a payment or total of a participant."""
    return _SNIFF.match(data[:512]) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every payment; totals are added up again.

    Raises:
        BadInput: A record that cannot be read, a missing total, or a count that is not met.
    """
    slips: dict[tuple[str, str], _Slips] = {}
    warnings: list[str] = []
    for number, raw in enumerate(decode_text(data, name).splitlines(), start=1):
        line = raw.rstrip()
        if not line.strip():
            continue
        where = f"{name} line {number}"
        total = _TOTAL_3.fullmatch(line) or _TOTAL_4.fullmatch(line)
        if total:
            own = slips.setdefault(_key(total), _Slips())
            warnings.extend(own.close(total, where))
            continue
        found = _TYPE_3.fullmatch(line) or _TYPE_4.fullmatch(line)
        if found is None:
            raise BadInput(f"{where}: {shown(line)} is not a V11 record of type 3 or 4")
        own = slips.setdefault(_key(found), _Slips())
        own.take(_payment(found, _key(found)[1], number, where))
        warnings.extend(_reference_fault(found["reference"], where))
    return BankFile(
        format="v11",
        statements=tuple(_statements(slips, name)),
        warnings=tuple(warnings),
    )


@dataclass(slots=True)
class _Slips:
    """The payments of one participant, and which of them a total has closed."""

    lines: list[BankLine] = field(default_factory=list)
    open_credits: list[int] = field(default_factory=list)
    open_debits: list[int] = field(default_factory=list)
    difference: int = 0

    def take(self, line: BankLine) -> None:
        self.lines.append(line)
        (self.open_debits if line.is_reversal else self.open_credits).append(line.amount_minor)

    def close(self, total: re.Match[str], where: str) -> Iterator[str]:
        """Compare a total with the payments above it."""
        is_back = total["kind"] in _BACK_TOTALS
        pending = self.open_debits if is_back else self.open_credits
        count, amount = int(total["count"]), int(total["amount"])
        if count != len(pending):
            raise BadInput(
                f"{where}: the total counts {count} payments, {len(pending)} were found; "
                "fetch the file again"
            )
        missing = (-amount if is_back else amount) - sum(pending)
        pending.clear()
        if missing:
            self.difference += missing
            yield f"{where}: the total is {amount}, its payments miss {missing} (minor units)"


def _key(found: re.Match[str]) -> tuple[str, str]:
    """Participant and currency; type 3 tells the currency by the participant's first digits."""
    stated = found.groupdict().get("currency")
    return found["participant"], stated or ("EUR" if found["participant"][:2] == "03" else "CHF")


def _payment(found: re.Match[str], currency: str, number: int, where: str) -> BankLine:
    is_back = found["code"][2] in (("2",) if "currency" in found.groupdict() else ("5",))
    amount = int(found["amount"])
    film = found.groupdict().get("film") or ""
    return BankLine(
        amount_minor=-amount if is_back else amount,
        currency=currency,
        booked_on=_day(found["credited"], where),
        value_on=_day(found["credited"], where),
        kind="booked" if amount else "info",
        bank_ref=" ".join(f"{found['deposit']} {film}".split()),
        customer_ref=found["reference"],
        code=found["code"],
        is_reversal=is_back,
        line_no=number,
        entry_no=number,
    )


def _day(text: str, where: str) -> date | None:
    """YYMMDD or YYYYMMDD; zeros are no date."""
    if not text.strip("0"):
        return None
    year = int(text[:-4]) if len(text) == 8 else full_year(int(text[:2]))
    return day_of(year, int(text[-4:-2]), int(text[-2:]), where)


def _reference_fault(reference: str, where: str) -> list[str]:
    """Say so where the check digit of a reference is wrong."""
    from stdnum.ch import esr

    if esr.is_valid(reference):
        return []
    return [f"{where}: the check digit of reference {reference} is wrong"]


def _statements(slips: dict[tuple[str, str], _Slips], name: str) -> Iterator[Statement]:
    for (participant, currency), own in slips.items():
        if own.open_credits or own.open_debits:
            raise BadInput(
                f"{name}: no total closes the payments of participant {participant}, so the file "
                "is cut off; fetch it again"
            )
        yield Statement(
            account=participant,
            currency=currency,
            lines=tuple(own.lines),
            balances="differ" if own.difference else "tie",
            difference_minor=own.difference,
        )
