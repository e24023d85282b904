import json
from pathlib import Path

import pytest

from cli.main import main

MAIL = {
    "id": 7,
    "received": "2026-03-10T09:12",
    "from": "ap@customer.example",
    "subject": "Re: INV-10432",
    "body": "We will pay CHF 1'200.50 on 20 March.",
    "carrier": "email",
    "ignored": [1],
}
KEYS = {
    "id", "lang", "intents", "promises", "disputed_invoices", "dispute_reasons",
    "disputed_amount", "mentioned_invoices", "already_paid", "plan", "sentiment", "injection",
    "needs_human", "spans",
}  # fmt: skip


def run(source: Path, target: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["read", "--in", str(source), "--out", str(target)])
    return int(ended.value.code or 0)


def test_a_bad_line__is_told_with_its_number_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    bad = json.dumps(MAIL | {"received": "soon"})
    source.write_text(f"{json.dumps(MAIL)}\nno json\n{bad}\n", encoding="utf-8")

    code = run(source, target)

    (row,) = map(json.loads, target.read_text(encoding="utf-8").splitlines())
    assert code == 2
    assert set(row) == KEYS
    assert row["id"] == 7
    assert row["promises"] == [
        {
            "date": "2026-03-20",
            "amount": 1200.5,
            "currency": "CHF",
            "invoices": ["INV-10432"],
            "conditional": False,
        }
    ]
    told = capsys.readouterr().err
    assert "line 2" in told
    assert "line 3" in told


def test_an_empty_file__gives_an_empty_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("", encoding="utf-8")

    assert run(source, target) == 0
    assert target.read_text(encoding="utf-8") == ""


def test_the_same_file_in_and_out__is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(MAIL) + "\n", encoding="utf-8")

    assert run(source, source) == 2
    assert json.loads(source.read_text(encoding="utf-8")) == MAIL
