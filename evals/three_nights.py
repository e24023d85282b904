"""A real open-item ledger through three consecutive nights in `auto`.

    python -m evals.three_nights INVOICES.csv

The file is an export with due and clear dates; clear dates become receipts. Contacts are invented
(one mailbox an account), because such exports have none. Prints the table of the README.
"""

import csv
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session

from adapters.spreadsheets.options import ImportOptions
from batch.night import run_night
from batch.proof import prove
from batch.proof_evidence import CounterExample
from batch.report import stored_report
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.clock import stopwatch
from ledger.errors import BadInput
from ledger.states import Disposition
from ledger.tables.receivable import Invoice
from ledger.tables.work import Message
from policies.load import let_routine_letters_leave
from tools.import_book import import_file
from tools.morning_report import MorningReport


@dataclass(frozen=True, slots=True)
class ThreeNights:
    """What came of it.

    Attributes:
        import_seconds: Reading and booking the export the first time.
        night_seconds: Seconds of each night.
        reports: The morning report of each night.
        doubled: Messages beyond one per customer, currency and day.
        highest_level: Highest dunning level reached; three nights can reach one.
        broken: Promises `dunwell verify` found broken.
    """

    rows: int
    import_seconds: float
    night_seconds: tuple[float, ...]
    reports: tuple[MorningReport, ...]
    doubled: int
    highest_level: int
    broken: tuple[str, ...]


def run_three_nights(
    home: Path, invoices: Path, first: date, settings: Settings | None = None
) -> ThreeNights:
    """Import the export as of each day and run the night of that day.

    Args:
        home: A folder for a new home.
        invoices: The export.
        first: Business date of the first night.
        settings: Another database, if wanted.

    Raises:
        BadInput: The export cannot be imported.
    """
    let_routine_letters_leave(home / "policies")
    house = create_home(settings=settings or Settings(home=home))
    try:
        _import(house, "customers", _invented_contacts(invoices, home), first)
        started = stopwatch()
        rows = _import(house, "invoices", invoices, first)
        import_seconds = stopwatch() - started
        seconds, reports = [], []
        for day in (first + timedelta(days=n) for n in range(3)):
            if day != first:
                _import(house, "invoices", invoices, day)
            started = stopwatch()
            run_night(house, day, lambda *_progress: None)
            seconds.append(stopwatch() - started)
            reports.append(stored_report(house, day))
        results = prove(house, lambda *_progress: None)
        with house.ledger.read() as session:
            level = session.scalar(select(func.max(Invoice.dunning_level))) or 0
            doubled = _doubled(session)
    finally:
        house.close()
    broken = tuple(str(found) for found in results if isinstance(found, CounterExample))
    return ThreeNights(rows, import_seconds, tuple(seconds), tuple(reports), doubled, level, broken)


def _import(house: House, kind: str, path: Path, as_of: date) -> int:
    options = ImportOptions(currency="USD")
    result = import_file(house.ledger, path, kind, as_of=as_of, options=options)
    if result.report.blocks:
        worst = result.report.findings[0]
        raise BadInput(f"{path.name}: line {worst.line}: {worst.what}")
    return result.report.rows


def _invented_contacts(invoices: Path, home: Path) -> Path:
    """A customer file with one invented mailbox an account."""
    with invoices.open(encoding="utf-8") as source:
        names = {row["cust_number"]: row["customer_name"] for row in csv.DictReader(source)}
    target = home / "contacts.csv"
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["customer_number", "customer_name", "email"])
        writer.writerows((n, name or n, f"ap@{n}.example") for n, name in sorted(names.items()))
    return target


def _doubled(session: Session) -> int:
    """Messages beyond the first of a customer, currency and day."""
    groups = session.execute(
        select(func.count())
        .where(Message.direction == "out")
        .group_by(Message.account_id, Message.currency, Message.sent_on)
    )
    return sum(row[0] - 1 for row in groups)


def lines(outcome: ThreeNights) -> Iterator[str]:
    """The table of the README, as Markdown."""
    yield (
        f"{outcome.rows:,} rows imported in {outcome.import_seconds:.1f} s; "
        f"messages beyond one per customer, currency and day: {outcome.doubled}; "
        f"highest dunning level: {outcome.highest_level}; "
        f"promises broken: {len(outcome.broken)}."
    )
    yield ""
    yield "| Night | Seconds | Portfolio | Sent | Waiting | Held | Needs a person | Nothing due |"
    yield "|---|---|---|---|---|---|---|---|"
    for seconds, report in zip(outcome.night_seconds, outcome.reports, strict=True):
        counts = " | ".join(f"{report.control.dispositions[kind]:,}" for kind in Disposition)
        yield f"| {report.as_of} | {seconds:.1f} | {report.control.portfolio:,} | {counts} |"


def main() -> None:
    """Run it on the export named on the command line."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = run_three_nights(Path(folder), Path(sys.argv[1]), date(2019, 11, 18))
    sys.stdout.write("\n".join([*lines(outcome), *outcome.broken]) + "\n")


if __name__ == "__main__":
    main()
