"""Letters on the command line: what there is, how one reads in real cases, keeping one."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ledger.tables.work import Audit
from policies.load import load_policy
from tests.integration.test_cli import environment, home, typed
from tests.support.desk import AS_OF, Desk
from tests.support.shared_data import ROOT

__all__ = ["environment", "home"]

Captured = pytest.CaptureFixture[str]
HEAD = "version: 1\nsubject: Your invoices with {{ company }}\nstage: 1\n"
BODY = """
Dear {{ contact }},

A short note about what is past its due date:

{{ items }}

Total due: {{ total }}

If anything looks wrong, just reply to this message and a colleague will help.

{{ signature }}
{{ company }}
"""


@pytest.fixture
def book(desk: Desk) -> Desk:
    """Three customers: one invoice, several, and another currency with an order number."""
    desk.account("acc_a", amounts=(120_00,))
    desk.account("acc_b", amounts=(120_00, 80_50, 99_99))
    desk.account("acc_c", amounts=())
    days = {"issued_on": AS_OF - timedelta(days=50), "due_on": AS_OF - timedelta(days=20)}
    named = {"invoice_number": "ACCC-1", "po_number": "PO-7731", "currency": "EUR"}
    desk.books.invoice("inv_c", 75_00, account_id="acc_c", **days | named)
    return desk


def letter(folder: Path, text: str, name: str = "reminder_1.txt") -> Path:
    place = folder / "en" / name
    place.parent.mkdir(exist_ok=True)
    place.write_text(text, "utf-8")
    return place


def kept(desk: Desk) -> list[Path]:
    return sorted((desk.house.home / "policies").glob("letters/**/*"))


def test_list__tells_every_letter_and_where_it_is_from(desk, home, capsys) -> None:
    code, out, _err = typed(capsys, "letters", "list", "--json", *home)
    found = json.loads(out)
    assert (code, len(found)) == (0, len(load_policy().letters))
    assert {each["origin"] for each in found} == {"shipped"}
    assert "reminder_1" in typed(capsys, "letters", "list", *home)[1]


@pytest.mark.parametrize("template_id", ["reminder_1", "statement", "receipt", "plan_proposal"])
@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_preview__shows_three_real_cases(book, home, capsys, template_id, language) -> None:
    words = ("letters", "preview", template_id, "--language", language, "--json", *home)
    code, out, err = typed(capsys, *words)
    assert (code, err) == (0, "")
    trials = json.loads(out)
    assert [each["shape"] for each in trials] == [
        "one invoice",
        "several invoices",
        "another currency",
    ]
    assert [each["faults"] for each in trials] == [[], [], []]
    assert all(each["gate"] for each in trials)


def test_preview__of_a_file_on_a_named_account(book, home, capsys, tmp_path) -> None:
    file = letter(tmp_path, HEAD + BODY)
    words = ("letters", "preview", file, "--account", "Company acc_b", *home)
    code, out, _err = typed(capsys, *words)
    assert code == 0
    assert "A short note about what is past its due date" in out
    assert "passes in 1 of 1 cases" in out
    assert kept(book) == []


def test_save__keeps_what_passed_under_the_next_version(book, home, capsys, tmp_path) -> None:
    shipped = load_policy().letter_for("reminder_1", "en", "email", "smb")
    file = letter(tmp_path, HEAD + BODY)
    code, out, err = typed(capsys, "letters", "save", file, "--json", *home)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["version"] == shipped.version + 1
    own = load_policy(book.house.home / "policies").letter_for("reminder_1", "en", "email", "smb")
    assert (own.version, own.body) == (told["version"], BODY.strip() + "\n")
    with book.house.ledger.read() as session:
        row = session.scalars(select(Audit).where(Audit.kind == "letter_saved")).one()
    assert json.loads(row.payload)["digest"] == told["digest"]
    assert len(json.loads(row.payload)["tried_on"]) == 3


def test_saved_again_under_another_name__replaces_it(book, home, capsys, tmp_path) -> None:
    typed(capsys, "letters", "save", letter(tmp_path, HEAD + BODY), *home)
    other = letter(tmp_path, HEAD + BODY, "reminder_1.mine.txt")
    assert typed(capsys, "letters", "save", other, *home)[0] == 0
    files = [path.name for path in kept(book) if path.is_file()]
    assert files == ["reminder_1.txt"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + BODY + "\nPlease pay $9,999.00.\n", "'$9,999.00'"),
        (HEAD + BODY + "\nPay at https://pay.evil.example now.\n", "pay.evil.example"),
        (HEAD + BODY + "\n{{ 'a' * 10**9 }}\n", "take out the mul"),
        (HEAD + BODY + "\n{{ bank }}\n", "unknown slot 'bank'"),
        (HEAD + BODY + "\n{{ amount }}\n", "'amount' is undefined"),
        ("no front matter", "a letter starts with"),
    ],
)
def test_save__of_what_does_not_pass_writes_nothing(
    book, home, capsys, tmp_path, text, says
) -> None:
    code, out, err = typed(capsys, "letters", "save", letter(tmp_path, text), *home)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err
    assert kept(book) == []


def test_save__where_there_are_too_few_cases__is_refused(desk, home, capsys, tmp_path) -> None:
    desk.account("acc_a")
    code, _out, err = typed(capsys, "letters", "save", letter(tmp_path, HEAD + BODY), *home)
    assert (code, "1 of 3 accounts" in err) == (2, True)
    assert kept(desk) == []


def test_home_without_anything_open__says_so(desk, home, capsys) -> None:
    code, _out, err = typed(capsys, "letters", "preview", "reminder_1", *home)
    assert (code, "import invoices" in err) == (2, True)


@pytest.mark.parametrize(
    "words", [("preview", "reminder_9"), ("preview", "gone.txt"), ("save", "gone.txt")]
)
def test_letter_that_is_not_there__is_named(desk, home, capsys, words) -> None:
    code, out, err = typed(capsys, "letters", *words, *home)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words[1] in err


def test_shipped_letter__passes_its_own_save(book, home, capsys) -> None:
    file = ROOT / "policies" / "letters" / "fr" / "reminder_2.txt"
    assert typed(capsys, "letters", "save", file, *home)[0] == 0
