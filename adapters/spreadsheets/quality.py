"""The data-quality report: what a file would do to the books, before it does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from adapters.spreadsheets.catalog import CATALOG, Severity
from adapters.spreadsheets.records import (
    CreditRecord,
    InvoiceRecord,
    OrderRecord,
    ReceiptRecord,
    Record,
)
from ledger.money import currency_digits

_LINES_KEPT = 20


@dataclass(frozen=True)
class Finding:
    """One kind of flaw in one column, with the first line it was seen on.

    Attributes:
        code: Stable word for programs.
        line: First line; None if it concerns the whole file.
        lines: The first lines it was seen on; `count` says how many there are in all.
        what: The first case in words.
        consequence: What happens if it is ignored.
        remedy: What to do.
    """

    severity: Severity
    code: str
    line: int | None
    column: str
    what: str
    consequence: str
    remedy: str
    count: int = 1
    lines: tuple[int, ...] = ()

    def describe(self, file: str) -> str:
        """Return one line for a terminal: where, what, what follows, what to do."""
        where = f"{file} line {self.line}" if self.line else file
        where += f" column {self.column!r}" if self.column else ""
        more = f" (and {self.count - 1:,} more)" if self.count > 1 else ""
        parts = [f"{self.what}{more}", self.consequence, self.remedy]
        return f"{self.severity}: {where}: " + "; ".join(part for part in parts if part)


@dataclass
class _Group:
    what: str
    count: int = 0
    lines: list[int] = field(default_factory=list)


class FindingLog:
    """Collects findings, one per code and column however many rows share it."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], _Group] = {}

    def note(self, code: str, what: str, *, line: int | None = None, column: str = "") -> None:
        """Note a flaw of the catalog; the first case gives the words.

        Raises:
            KeyError: The catalog has no such code.
        """
        group = self._groups.get((code, column))
        if group is None:
            CATALOG[code]
            group = self._groups[code, column] = _Group(what)
        group.count += 1
        if line is not None and len(group.lines) < _LINES_KEPT:
            group.lines.append(line)

    @property
    def blocks(self) -> bool:
        """Whether an error was noted."""
        return any(CATALOG[code].severity is Severity.ERROR for code, _ in self._groups)

    def findings(self) -> tuple[Finding, ...]:
        """Return everything noted, the gravest first."""
        order = list(Severity)
        found = [
            Finding(
                severity=CATALOG[code].severity,
                code=code,
                line=group.lines[0] if group.lines else None,
                column=column,
                what=group.what,
                consequence=CATALOG[code].consequence,
                remedy=CATALOG[code].remedy,
                count=group.count,
                lines=tuple(group.lines),
            )
            for (code, column), group in self._groups.items()
        ]
        return tuple(sorted(found, key=lambda f: (order.index(f.severity), f.line or 0)))


@dataclass(frozen=True)
class ControlTotal:
    """A total the file states, beside the sum of the rows it covers."""

    line: int
    label: str
    column: str
    stated: Decimal
    summed: Decimal

    @property
    def difference(self) -> Decimal:
        """Rows minus the file's total; zero when it ties."""
        return self.summed - self.stated


@dataclass(frozen=True)
class Sums:
    """What the records add up to in one currency, in minor units."""

    currency: str
    invoiced_minor: int = 0
    credited_minor: int = 0
    received_minor: int = 0
    open_minor: int = 0
    ordered_minor: int = 0

    def as_json(self) -> dict[str, str]:
        """Return decimal strings, for a report."""
        digits = currency_digits(self.currency)
        names = ("ordered",) if self.ordered_minor else ("invoiced", "credited", "received", "open")
        return {"currency": self.currency} | {
            name: f"{Decimal(getattr(self, f'{name}_minor')).scaleb(-digits):f}" for name in names
        }


@dataclass(frozen=True)
class QualityReport:
    """What was read, what it sums to, and what is wrong with it."""

    file: str
    kind: str
    encoding: str
    rows: int
    left_out: int
    counts: dict[str, int]
    sums: dict[str, Sums]
    totals: tuple[ControlTotal, ...]
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        """Whether an error forbids the import."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def ties(self) -> bool | None:
        """Whether every total of the file equals its rows; None if it states none."""
        return all(not total.difference for total in self.totals) if self.totals else None

    def of(self, code: str) -> Finding | None:
        """Return the first finding with a code."""
        return next((finding for finding in self.findings if finding.code == code), None)


def sum_records(records: Iterable[Record]) -> dict[str, Sums]:
    """Add up invoices, credits, receipts and orders per currency.

    Open is invoices less credits and receipts that are not used up. A record that states no open
    balance counts in full, unless it was cleared or, for a receipt, cannot be known.
    """
    totals: dict[str, list[int]] = {}
    for record in records:
        if isinstance(record, InvoiceRecord):
            left = record.open_minor
            if left is None:
                left = 0 if record.cleared_on else record.amount_minor
            _count(totals, record.currency, 0, record.amount_minor, left)
        elif isinstance(record, CreditRecord):
            left = record.amount_minor if record.open_minor is None else record.open_minor
            _count(totals, record.currency, 1, record.amount_minor, -left)
        elif isinstance(record, ReceiptRecord):
            _count(totals, record.currency, 2, record.amount_minor, -(record.open_minor or 0))
        elif isinstance(record, OrderRecord):
            _count(totals, record.currency, 4, record.amount_minor, 0)
    return {code: Sums(code, *sums) for code, sums in sorted(totals.items())}


def _count(totals: dict[str, list[int]], currency: str, slot: int, amount: int, left: int) -> None:
    sums = totals.setdefault(currency, [0, 0, 0, 0, 0])
    sums[slot] += amount
    sums[3] += left
