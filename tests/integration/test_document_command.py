"""`dunwell document`, and the documents that answers carry."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from adapters.documents import page_text, pdf_missing
from cli.main import app
from ledger.actions import AnswerQuery
from ledger.postings import apply_to_invoices
from ledger.states import ApplicationKind
from ledger.tables.inbound import Document
from tests.support.desk import AS_OF, Desk


def document(desk: Desk, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        app,
        ["document", *words, "--home", str(desk.house.home), "--as-of", str(AS_OF)],
        env={"DUNWELL_DATABASE_URL": desk.house.settings.database_url or ""},
    )
    return done.exit_code, f"{done.output}{done.exception or ''}"


@pytest.fixture
def book(desk: Desk) -> Desk:
    desk.account("acc_a")
    return desk


def test_invoice_part_paid__copy_lists_what_was_set_against_it(book: Desk, tmp_path: Path):
    book.books.receipt("rcp_1", 50_00, account_id="acc_a", receipt_number="RC-9", currency="USD")
    with book.house.ledger.write() as session:
        parts = [("inv_acc_a_1", 20_00)]
        apply_to_invoices(
            session, ApplicationKind.CASH, "rcp_1", parts, applied_on=AS_OF, cause="test"
        )
    out = tmp_path / "copy.html"
    assert document(book, "invoice", "acc_a/ACCA-1", "--out", str(out))[0] == 0
    text = page_text(out.read_bytes())
    assert "Payment RC-9  17 March 2026  -$20.00" in text
    assert "Open amount: $100.00" in text


def test_statement__is_written_in_the_language_asked_for(book: Desk, tmp_path: Path):
    out = tmp_path / "s.html"
    assert document(book, "statement", "acc_a", "--out", str(out), "--language", "de")[0] == 0
    assert "Kontoauszug" in page_text(out.read_bytes())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("invoice", "acc_a/NONE"), "no invoice 'NONE'"),
        (("plan", "acc_a"), "no plan"),
        (("statement", "acc_a", "--currency", "JPY"), "it has USD"),
        (("statement", "acc_a", "--language", "xx"), "no letters are written in 'xx'"),
        (("statement", "acc_a", "--out", "s.exe"), ".html or .pdf"),
    ],
)
def test_what_is_not_there__is_said(book: Desk, words: tuple[str, ...], says: str):
    code, output = document(book, *words)
    assert code != 0
    assert says in output


@pytest.mark.skipif(bool(pdf_missing()), reason=f"no PDF here: {pdf_missing()}")
def test_pdf__is_one(book: Desk, tmp_path: Path):
    out = tmp_path / "s.pdf"
    assert document(book, "statement", "acc_a", "--out", str(out))[0] == 0
    assert out.read_bytes().startswith(b"%PDF")


def test_card_of_a_copy__shows_the_document_and_the_outbox_carries_it(book: Desk):
    action = AnswerQuery(
        account_id="acc_a",
        contact_id="con_acc_a",
        template_id="copy_answer",
        invoice_ids=("inv_acc_a_1", "inv_acc_a_2"),
    )
    waiting = book.ask(action)
    shown = book.inbox("felix").show(waiting).draft.documents
    assert [each.name for each in shown] == ["invoice-ACCA-1.html", "invoice-ACCA-2.html"]
    assert "$120.00" in shown[0].text
    book.inbox("felix").approve(waiting)
    (row,) = book.queued()
    with book.house.ledger.read() as session:
        kept = {d.id: d.file_digest for d in session.scalars(select(Document))}
    assert [kept[each] for each in orjson.loads(row.attachments)] == [e.digest for e in shown]
