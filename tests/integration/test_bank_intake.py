"""Bank files go into the books once: each line under its key, money that came in as receipts."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import func, select

from adapters.bank_files.reading import read_bank_file
from batch.night import run_night
from cli.main import main
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.checks import check_ledger
from ledger.clock import FixedClock
from ledger.errors import BadInput
from ledger.session import Ledger, open_engine
from ledger.tables.receivable import BankLine, Receipt, RemittanceLine
from ledger.tables.work import Audit, Feed, ImportBatch
from tools.bank_book import TakenIn, take_in_bank_file

AS_OF = date(2026, 3, 5)
CLOCK = FixedClock(datetime(2026, 3, 5, 6, tzinfo=UTC))
HEAD = ":20:A\n:25:DE89370400440532013000\n:28C:1\n"


def statement(opening: str, closing: str, *lines: str, day: str = "260302") -> bytes:
    body = "\n".join(lines)
    return f"{HEAD}:60F:C260301EUR{opening}\n{body}\n:62F:C{day}EUR{closing}\n".encode()


def line(day: str, mark: str, amount: str, memo: str, ref: str = "NONREF") -> str:
    return f":61:26{day}{mark}{amount}NTRF{ref}\n:86:166?00GUTSCHRIFT?20{memo}?32ACME GMBH"


PAID = line("0302", "C", "12,50", "INV-1")
PAID_AGAIN = line("0303", "C", "12,50", "INV-2")
CHARGED = line("0302", "D", "2,00", "BANK CHARGES")


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    ledger = Ledger(open_engine(database_url))
    yield ledger
    ledger.close()


def take_in(ledger: Ledger, data: bytes, **given: object) -> TakenIn:
    options = {"as_of": AS_OF, "currency": "USD", "clock": CLOCK} | given
    return take_in_bank_file(ledger, "a.sta", data, read_bank_file("a.sta", data), **options)


def count(ledger: Ledger, table: type) -> int:
    with ledger.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def amounts(ledger: Ledger) -> list[tuple[str, int]]:
    with ledger.read() as session:
        rows = session.execute(select(Receipt.memo, Receipt.amount_minor))
        return sorted((memo, minor) for memo, minor in rows)


class TestOnce:
    def test_credit__is_a_receipt_of_nobody_with_what_was_written(self, ledger: Ledger) -> None:
        taken = take_in(ledger, statement("100,00", "112,50", PAID))
        with ledger.read() as session:
            (receipt,) = session.scalars(select(Receipt)).all()
            (booked,) = session.scalars(select(BankLine)).all()
            assert check_ledger(session, AS_OF) == []
        assert (receipt.account_id, receipt.amount_minor, receipt.unapplied_minor) == (
            None,
            12_50,
            12_50,
        )
        assert (receipt.payer_name, receipt.currency) == ("ACME GMBH", "EUR")
        assert "INV-1" in receipt.memo
        assert receipt.received_on == date(2026, 3, 2)
        assert (booked.receipt_id, booked.kind) == (receipt.id, "receipt")
        assert booked.batch_id == receipt.batch_id == taken.batch_id

    def test_same_file_again__posts_nothing(self, ledger: Ledger) -> None:
        data = statement("100,00", "110,50", PAID, CHARGED)
        take_in(ledger, data)
        again = take_in(ledger, data)
        assert (again.receipts, again.known, again.to_look_at) == (0, 2, ())
        assert (count(ledger, BankLine), count(ledger, Receipt)) == (2, 1)

    def test_statements_that_overlap__in_any_order_give_the_same_books(
        self, ledger: Ledger
    ) -> None:
        files = (
            statement("100,00", "112,50", PAID),
            statement("100,00", "125,00", PAID, PAID_AGAIN, day="260303"),
            statement("112,50", "125,00", PAID_AGAIN, day="260303"),
        )
        for order in permutations(files):
            for data in order:
                take_in(ledger, data)
            assert [minor for _memo, minor in amounts(ledger)] == [12_50, 12_50]

    def test_two_equal_lines_on_one_day__are_two_payments(self, ledger: Ledger) -> None:
        data = statement("100,00", "125,00", PAID, PAID)
        assert take_in(ledger, data).receipts == 2
        assert take_in(ledger, data).receipts == 0
        assert amounts(ledger)[0] == amounts(ledger)[1]

    def test_pending_line__is_booked_only_when_the_bank_books_it(self, ledger: Ledger) -> None:
        def intraday(status: str) -> bytes:
            entry = (
                f'<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>{status}</Sts>'
                "<BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry>"
            )
            booked = entry.replace("PDNG", "BOOK")
            entries = entry if status == "BOOK" else f"{entry}{booked}"
            stated = f"<BkToCstmrStmt><Stmt>{entries}</Stmt></BkToCstmrStmt>"
            return f"<Document>{stated}</Document>".encode()

        assert take_in(ledger, intraday("PDNG")).receipts == 1
        assert take_in(ledger, intraday("BOOK")).receipts == 0


class TestWhatIsNoReceipt:
    @pytest.mark.parametrize(
        ("mark", "memo", "kind"),
        [
            ("D", "BANK CHARGES", "fee"),
            ("D", "RUECKLASTSCHRIFT INV-1", "return"),
            ("D", "PAYROLL MARCH", "internal"),
            ("D", "OFFICE CHAIRS", "unknown"),
            ("RC", "INV-1", "return"),
            ("RD", "BANK CHARGES", "unknown"),
        ],
    )
    def test_line__is_kept_and_shown_to_a_person(
        self, ledger: Ledger, mark: str, memo: str, kind: str
    ) -> None:
        closing = "105,00" if mark == "RD" else "95,00"
        taken = take_in(ledger, statement("100,00", closing, line("0302", mark, "5,00", memo)))
        assert [each.kind for each in taken.to_look_at] == [kind]
        assert abs(taken.to_look_at[0].amount.minor) == 5_00
        assert (count(ledger, BankLine), count(ledger, Receipt)) == (1, 0)


class TestRefused:
    def test_balances_differ__nothing_is_left(self, ledger: Ledger) -> None:
        with pytest.raises(BadInput, match=r"a\.sta: statement 1 misses 0\.25 EUR"):
            take_in(ledger, statement("100,00", "112,75", PAID))
        assert [count(ledger, each) for each in (BankLine, Receipt, ImportBatch, Audit)] == [0] * 4

    def test_difference_accepted__it_is_taken_in(self, ledger: Ledger) -> None:
        data = statement("100,00", "112,75", PAID)
        assert take_in(ledger, data, accept_difference=True).receipts == 1

    def test_amount_beyond_the_ledger__is_refused_with_its_line(self, ledger: Ledger) -> None:
        huge = "9" * 18
        data = f"!Type:Bank\nD03/02/2026\nT{huge}.00\nPACME\n^\n".encode()
        with pytest.raises(BadInput, match="too large to be kept"):
            take_in(ledger, data)
        assert count(ledger, BankLine) == 0


class TestCurrency:
    QIF = b"!Type:Bank\nD03/02/2026\nT1,200.50\nPACME\nMINV-1\n^\n"

    def test_none_in_the_file__is_our_own_with_a_warning(self, ledger: Ledger) -> None:
        taken = take_in(ledger, self.QIF, currency="USD")
        assert [str(each) for each in taken.received] == ["1,200.50 USD"]
        assert taken.warnings == (
            "a.sta: the file names no currency; USD of policies/company is taken",
        )

    def test_ours_has_no_cents_and_the_file_has__is_refused(self, ledger: Ledger) -> None:
        with pytest.raises(BadInput, match="the file names no currency"):
            take_in(ledger, self.QIF, currency="JPY")

    def test_three_decimals__are_counted_in_thousandths(self, ledger: Ledger) -> None:
        take_in(ledger, self.QIF, currency="KWD")
        assert [minor for _memo, minor in amounts(ledger)] == [1_200_500]


class TestAdvices:
    MAIL = (
        b"From: ap@acme.example\nSubject: Remittance advice\nDate: Mon, 2 Mar 2026 08:00:00 +0000\n"
        b"Content-Type: text/html\n\n<p>Remittance advice</p><table>"
        b"<tr><th>Invoice</th><th>Gross amount</th><th>Deduction</th><th>Net amount</th></tr>"
        b"<tr><td>INV-1</td><td>100.00</td><td>10.00</td><td>90.00</td></tr>"
        b"<tr><td>INV-2</td><td>50.00</td><td>0.00</td><td>50.00</td></tr>"
        b"<tr><td>Total</td><td></td><td></td><td>140.00</td></tr></table>"
    )

    def test_lines__are_kept_once_and_joined(self, ledger: Ledger) -> None:
        assert take_in(ledger, self.MAIL).advice_lines == 2
        assert take_in(ledger, self.MAIL).advice_lines == 0
        with ledger.read() as session:
            rows = session.scalars(select(RemittanceLine).order_by(RemittanceLine.place)).all()
        assert [(each.reference, each.net_minor) for each in rows] == [
            ("INV-1", 90_00),
            ("INV-2", 50_00),
        ]
        assert len({each.advice_key for each in rows}) == 1
        assert {each.total_minor for each in rows} == {140_00}
        assert count(ledger, Receipt) == 0


class TestFeedAndJournal:
    def test_receipts_are_fresh_through_the_newest_booked_day(self, ledger: Ledger) -> None:
        take_in(ledger, statement("100,00", "125,00", PAID, PAID_AGAIN, day="260303"))
        with ledger.read() as session:
            assert session.get(Feed, "receipts").read_through == date(2026, 3, 3)

    def test_line_of_tomorrow__does_not_make_the_feed_younger_than_today(
        self, ledger: Ledger
    ) -> None:
        take_in(ledger, statement("100,00", "112,50", PAID), as_of=date(2026, 3, 1))
        with ledger.read() as session:
            assert session.get(Feed, "receipts").read_through == date(2026, 3, 1)

    def test_journal__says_who_took_in_what(self, ledger: Ledger) -> None:
        data = statement("100,00", "110,50", PAID, CHARGED)
        taken = take_in(ledger, data, actor="ann")
        with ledger.read() as session:
            (record,) = session.scalars(select(Audit)).all()
        said = json.loads(record.payload)
        assert (record.kind, record.subject_id, record.actor) == (
            "bank_file_taken_in",
            taken.batch_id,
            "ann",
        )
        assert said["counts"] == {
            "advice_lines_added": 0,
            "lines_added": 2,
            "receipts_added": 1,
        }
        assert said["file_digest"] == hashlib.sha256(data).hexdigest()


class TestCommandAndNight:
    @pytest.fixture
    def house(
        self, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[House]:
        monkeypatch.setenv("DUNWELL_DATABASE_URL", database_url)
        house = create_home(settings=Settings(home=tmp_path / "home", database_url=database_url))
        yield house
        house.close()

    def command(self, house: House, *words: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["bank", *words, "--home", str(house.home), "--as-of", "2026-03-05"])
        return int(ended.value.code or 0)

    def test_good_and_bad_file__the_good_one_is_booked_and_the_code_is_2(
        self, house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        good, bad = tmp_path / "good.sta", tmp_path / "bad.sta"
        good.write_bytes(statement("100,00", "110,50", PAID, CHARGED))
        bad.write_bytes(statement("100,00", "112,75", PAID_AGAIN))
        assert self.command(house, str(bad), str(good), "--json") == 2
        told = capsys.readouterr()
        first, second = json.loads(told.out)
        assert (first["balances"], first["error"].count("misses 0.25 EUR")) == ("differ", 1)
        assert "taken_in" not in first
        assert second["taken_in"]["receipts"] == 1
        assert [each["kind"] for each in second["taken_in"]["to_look_at"]] == ["fee"]
        assert told.err.count("dunwell: ") == 1
        assert count(house.ledger, Receipt) == 1
        assert self.command(house, str(good)) == 0
        assert "2 lines known already" in capsys.readouterr().out

    def test_dry_run__leaves_the_books_alone(self, house: House, tmp_path: Path) -> None:
        path = tmp_path / "a.sta"
        path.write_bytes(statement("100,00", "112,50", PAID))
        assert self.command(house, str(path), "--dry-run") == 0
        assert count(house.ledger, BankLine) == 0

    def test_dropped_files__are_taken_in_or_named_by_the_night(self, house: House) -> None:
        folder = house.home / "intake" / "bank"
        folder.mkdir(parents=True)
        (folder / "good.sta").write_bytes(statement("100,00", "110,50", PAID, CHARGED))
        (folder / "bad.sta").write_bytes(statement("100,00", "112,75", PAID_AGAIN))
        night = run_night(house, AS_OF, lambda *_: None)
        counted = night.counts["intake"]
        assert (counted["receipts"], counted["bank_lines_to_look_at"]) == (1, 1)
        (refused,) = counted["files_refused"]
        assert refused.startswith("bank/bad.sta: statement 1 misses 0.25 EUR")
        assert [path.name for path in folder.iterdir()] == ["bad.sta"]
        assert (house.home / "intake" / "done" / "2026-03-05" / "bank-good.sta").exists()

    def test_columns_a_person_named__are_known_to_the_night(
        self, house: House, tmp_path: Path
    ) -> None:
        table = "Tag;Was;Rein\n02.03.2026;ACME INV-1;{0}\n03.03.2026;BETA INV-2;20,50\n"
        first = tmp_path / "first.csv"
        first.write_text(table.format("33,87"), encoding="utf-8")
        named = ("--mapping", "booked_on=Tag", "--mapping", "memo=Was", "--mapping", "credit=Rein")
        assert self.command(house, str(first), *named) == 0
        folder = house.home / "intake" / "bank"
        folder.mkdir(parents=True)
        (folder / "next.csv").write_text(table.format("44,00"), encoding="utf-8")
        night = run_night(house, AS_OF, lambda *_: None)
        assert night.counts["intake"]["receipts"] == 1
        assert not list(folder.iterdir())
