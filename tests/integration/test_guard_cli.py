"""`dunwell guard` as it is typed, and what it says of the labelled messages of the field."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from evals.records.good import good_records
from evals.records.mutant import changed
from policies.packs_schema import STRICTNESS
from tests.support.shared_data import shared

GOOD = next(iter(good_records())).record()
BAD = changed(GOOD, {"recipient.cc": ["buyer@other.example"]}) | {"id": "with a cc"}
FIELDS = ["id", "decision", "rule_ids", "claims", "missing_elements", "spans", "why"]
# Rules that judge wording; whether they hear every hint is measured elsewhere.
OF_WORDING = frozenset({"UNI-05", "UNI-10", "UNI-16", "HITL-06"})
Typed = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture
def typed(tmp_path: Path, capsys, monkeypatch) -> Typed:
    monkeypatch.setenv("DUNWELL_HOME", str(tmp_path / "home"))

    def run(content: bytes, *more: str) -> tuple[int, list[dict[str, Any]], str]:
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_bytes(content)
        with pytest.raises(SystemExit) as stopped:
            main(["guard", "--in", str(source), "--out", str(target), *more])
        written = target.read_text("utf-8").splitlines() if target.exists() else []
        err = capsys.readouterr().err
        return int(stopped.value.code or 0), [json.loads(line) for line in written], err

    return run


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_records__are_judged_in_order_with_exactly_these_fields(typed: Typed) -> None:
    code, (good, bad), _err = typed(lines(GOOD, BAD))
    assert code == 0
    assert list(good) == list(bad) == FIELDS
    assert (good["id"], good["decision"], good["rule_ids"]) == (GOOD["id"], "allow", [])
    assert (bad["id"], bad["decision"], bad["rule_ids"]) == ("with a cc", "block", ["UNI-09"])


def test_claims_elements_and_spans__say_what_was_found_where(typed: Typed) -> None:
    text = "Northwind: we will see you in court on 3 May 2031."
    code, (result,), _err = typed(lines(GOOD | {"text": text, "channel": "sms"}))
    assert code == 0
    assert result["decision"] == "block"
    assert "legal_action_threat" in result["claims"]
    assert result["missing_elements"] == ["opt_out", "sender_identity"]
    claim = next(each for each in result["spans"] if each.get("claim") == "legal_action_threat")
    assert text[claim["start"] :].startswith(claim["text"])
    assert any(each.get("untraced") and "3 May 2031" in each["text"] for each in result["spans"])


def test_labels__are_ignored(typed: Typed) -> None:
    labels = {
        "label": "violating", "expected": "block", "rule_ids": ["UNI-01"],
        "may_also": [], "why": "because", "category": "any",
    }  # fmt: skip
    _code, (plain, labelled), _err = typed(lines(GOOD, GOOD | labels))
    assert plain == labelled


def test_id_that_is_a_number__comes_back_as_one(typed: Typed) -> None:
    assert typed(lines(GOOD | {"id": 7}))[1][0]["id"] == 7


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (b"{not json}\n", "not JSON"),
        (b"[1]\n", "not a JSON object"),
        (b"\xff\xfe\n", "not UTF-8"),
        (b"x" * 4_100_000 + b"\n", "too long"),
        (lines({k: v for k, v in GOOD.items() if k != "id"}), "'id'"),
        (lines({k: v for k, v in GOOD.items() if k != "text"}), "'text'"),
        (lines({k: v for k, v in GOOD.items() if k != "context"}), "context"),
        (lines(GOOD | {"text": 5}), "'text'"),
        (lines(GOOD | {"jurisdiction": None}), "jurisdiction"),
        (lines(changed(GOOD, {"time_zones": ["Mars/Olympus"]})), "is no time zone"),
        (lines(changed(GOOD, {"time_zones": []})), "time_zones"),
        (lines(changed(GOOD, {"send_at": "soon"})), "send_at"),
        (lines(changed(GOOD, {"send_at": "0001-01-01T00:00"})), "year 1"),
        (lines(changed(GOOD, {"flags": "dispute_open"})), "flags"),
        (lines(changed(GOOD, {"military_active": "perhaps"})), "military_active"),
        (lines(changed(GOOD, {"charges": [{"amount": "1.234", "currency": "USD"}]})), "decimals"),
        (lines(changed(GOOD, {"charges": [{"amount": "1", "currency": "ZZZ"}]})), "ZZZ"),
        (lines(changed(GOOD, {"charges": [{"amount": "1e99", "currency": "USD"}]})), "amount"),
    ],
)
def test_malformed_record__is_told_with_its_line_and_the_others_judged(
    typed: Typed, broken: bytes, told: str
) -> None:
    code, results, err = typed(lines(GOOD) + broken + lines(BAD))
    assert code == 2
    assert [each["id"] for each in results] == [GOOD["id"], BAD["id"]]
    assert "line 2: " in err
    assert told in err
    assert "Traceback" not in err


def test_same_file_twice__same_bytes(typed: Typed, tmp_path: Path) -> None:
    content = lines(*(good.record() for good in good_records()), BAD)
    typed(content)
    first = (tmp_path / "out.jsonl").read_bytes()
    typed(content)
    assert (tmp_path / "out.jsonl").read_bytes() == first


def test_empty_file__gives_an_empty_file(typed: Typed) -> None:
    assert typed(b"")[:2] == (0, [])


def test_ruleset_version__that_is_known_applies_and_another_is_told(
    typed: Typed, tmp_path: Path
) -> None:
    assert typed(lines(GOOD), "--known-at", "2026.11.21")[1][0]["decision"] == "allow"
    (tmp_path / "out.jsonl").unlink()
    code, results, err = typed(lines(GOOD), "--known-at", "1999.01.01")
    assert (code, results) == (2, [])
    assert "no ruleset version 1999.01.01" in err


def test_command_that_breaks_off__leaves_the_old_output(
    typed: Typed, tmp_path, monkeypatch
) -> None:
    (tmp_path / "out.jsonl").write_text('{"id": "old"}\n')
    judged: list[object] = []

    def breaks_off(*_args: object) -> None:
        judged.append(_args)
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.guard.judge_record", breaks_off)
    code, results, _err = typed(lines(GOOD))
    assert (len(judged), code, results) == (1, 130, [{"id": "old"}])
    assert [each.name for each in tmp_path.glob(".out*")] == []


def test_output_that_is_the_input__is_refused_and_kept(tmp_path: Path, capsys) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(lines(GOOD))
    os.link(source, tmp_path / "same.jsonl")
    for target in (source, tmp_path / "same.jsonl"):
        with pytest.raises(SystemExit) as stopped:
            main(["guard", "--in", str(source), "--out", str(target)])
        assert stopped.value.code == 2
        assert "--out may not be the file of --in" in capsys.readouterr().err
    assert source.read_bytes() == lines(GOOD)


def test_input_that_is_not_there__is_refused_and_nothing_written(tmp_path: Path, capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["guard", "--in", str(tmp_path / "no"), "--out", str(tmp_path / "out")])
    assert stopped.value.code == 2
    assert "there is no such file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


class TestLabelledMessages:
    @pytest.fixture
    def judged(self, typed: Typed) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        content = shared("compliance/messages_dev.jsonl").read_bytes()
        code, results, _err = typed(content)
        assert code == 0
        told = [json.loads(line) for line in content.decode().splitlines()]
        assert [each["id"] for each in results] == [each["id"] for each in told]
        return list(zip(told, results, strict=True))

    def test_compliant_message__is_let_pass(self, judged) -> None:
        stopped = [
            (label["id"], result["rule_ids"])
            for label, result in judged
            if label["label"] == "compliant" and result["decision"] != "allow"
        ]
        assert stopped == []

    def test_violating_message__is_stopped_as_strictly_as_expected(self, judged) -> None:
        violating = [each for each in judged if each[0]["label"] == "violating"]
        missed = [
            label
            for label, result in violating
            if STRICTNESS[result["decision"]] < STRICTNESS[label["expected"]]
            or not set(label["rule_ids"]) & set(result["rule_ids"])
        ]
        assert [each["id"] for each in missed if not set(each["rule_ids"]) <= OF_WORDING] == []
        assert len(missed) <= 1
