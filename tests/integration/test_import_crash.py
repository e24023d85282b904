"""An import that is killed, raced or refused halfway leaves the books as they were."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.errors import Conflict
from ledger.tables.receivable import Invoice
from ledger.tables.work import Audit, Feed, ImportBatch
from tests.support.imports import Desk, open_desk
from tests.support.shared_data import ROOT
from tools.import_book import book_import, prepare_import

HEAD = "customer_number,invoice_number,invoice_date,due_date,amount,currency,clear_date"
ROWS = [f"C{n % 7},I{n},2026-01-05,2026-02-04,{n}.00,EUR,2026-02-{n % 20 + 1:02}"
        for n in range(1, 120)]  # fmt: skip

# Imports a file and dies without a word at one statement of its transaction.
KILLED = """
import os, signal, sys
from datetime import date
from sqlalchemy import event
from ledger.session import Ledger, open_engine
from tools.import_book import import_file

url, path, last = sys.argv[1], sys.argv[2], int(sys.argv[3])
engine, seen = open_engine(url), 0

@event.listens_for(engine, "after_cursor_execute")
def count(connection, cursor, statement, parameters, context, executemany):
    global seen
    if statement.startswith(("INSERT", "UPDATE")):
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

import_file(Ledger(engine), path, "invoices", as_of=date(2026, 3, 1))
print(seen)
engine.dispose()
"""


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(database_url, tmp_path) as opened:
        yield opened


def import_and_die(url: str, path: Path, at: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, url, str(path), str(at)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_killed_at_any_statement__nothing_of_the_file_is_there(
    desk: Desk, database_url: str
) -> None:
    path = desk.write(HEAD, *ROWS)

    at = 1
    while (died := import_and_die(database_url, path, at)).returncode == -signal.SIGKILL:
        assert desk.everything() == {}
        assert desk.all(Feed) == desk.all(ImportBatch) == desk.all(Audit) == []
        at += 2

    assert died.returncode == 0, died.stderr
    assert at > 8
    assert desk.open_balances() == {f"I{n}": 0 for n in range(1, 120)}
    assert desk.take("invoices", HEAD, *ROWS).unchanged


def test_prepared_twice__the_second_to_be_booked_finds_nothing_to_do(desk: Desk) -> None:
    path, as_of = desk.write(HEAD, *ROWS), date(2026, 3, 1)
    one, two = (prepare_import(desk.ledger, path, "invoices", as_of=as_of) for _ in range(2))

    assert not book_import(desk.ledger, one).unchanged
    assert book_import(desk.ledger, two).unchanged
    desk.prove(as_of)


def test_books_moved_against_the_file__it_is_refused_whole(desk: Desk) -> None:
    path, as_of = desk.write(HEAD, *ROWS), date(2026, 3, 1)
    prepared = prepare_import(desk.ledger, path, "invoices", as_of=as_of)
    desk.take("invoices", HEAD, ROWS[0].replace("EUR", "USD"))

    with pytest.raises(Conflict, match="the books changed"):
        book_import(desk.ledger, prepared)

    assert len(desk.all(Invoice)) == 1


def test_report_with_errors__cannot_be_booked(desk: Desk) -> None:
    path = desk.write(HEAD, "C1,I1,,,1.00,EUR,")
    prepared = prepare_import(desk.ledger, path, "invoices", as_of=date(2026, 3, 1))

    with pytest.raises(ValueError, match="errors"):
        book_import(desk.ledger, prepared)


def test_dry_run__writes_nothing_and_remembers_no_mapping(desk: Desk) -> None:
    result = desk.take("invoices", HEAD, *ROWS, dry_run=True)

    assert result.counts["invoices_added"] == 119
    assert result.batch_id is None
    assert desk.everything() == {}
    assert not (desk.folder / "mappings").exists()


def test_blocked__remembers_no_mapping(desk: Desk) -> None:
    desk.take("invoices", HEAD, "C1,I1,,,1.00,EUR,")

    assert not (desk.folder / "mappings").exists()


def test_booked__the_next_file_with_this_header_is_read_the_same_way(desk: Desk) -> None:
    head = HEAD.replace("amount", "worth")
    first = desk.take("invoices", head, *ROWS, columns={"amount": "worth"})

    assert first.batch_id
    assert desk.take("invoices", head, *ROWS).unchanged
