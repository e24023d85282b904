"""`dunwell tone` as it is typed."""

import json
import os

import pytest

from cli.main import main

KIND = {
    "id": "a",
    "text": "Hello, could you please look at invoice 12? Many thanks.",
    "stage": "friendly",
}
RUDE = {"id": "b", "text": "You are a liar. Pay your invoice.", "stage": "firm"}


@pytest.fixture
def typed(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DUNWELL_HOME", str(tmp_path / "home"))

    def run(content: bytes, *more: str) -> tuple[int, list[dict], str]:
        source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
        source.write_bytes(content)
        with pytest.raises(SystemExit) as stopped:
            main(["tone", "--in", str(source), "--out", str(target), *more])
        written = target.read_text().splitlines() if target.exists() else []
        return (
            int(stopped.value.code or 0),
            [json.loads(line) for line in written],
            (capsys.readouterr().err),
        )

    return run


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_records__are_scored_in_order_with_exactly_these_fields(typed):
    code, (kind, rude), _err = typed(lines(KIND, RUDE))
    assert code == 0
    assert list(kind) == ["id", "courtesy", "firmness", "verdict", "violations", "spans"]
    assert (kind["id"], kind["verdict"], kind["violations"]) == ("a", "pass", [])
    assert (rude["id"], rude["verdict"]) == ("b", "fail")
    assert "insult" in rude["violations"]
    span = next(each for each in rude["spans"] if each["tag"] == "insult")
    assert RUDE["text"][span["start"] :].startswith(span["text"])


def test_record_without_a_stage__is_judged(typed):
    code, (result,), _err = typed(lines({"id": 7, "text": KIND["text"]}))
    assert (code, result["id"], result["verdict"]) == (0, 7, "pass")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (b"{not json}\n", "not JSON"),
        (b"[1]\n", "not a JSON object"),
        (b'{"id": "x"}\n', "'text'"),
        (b'{"text": "x"}\n', "'id'"),
        (b'{"id": "x", "text": 5}\n', "'text'"),
        (b'{"id": "x", "text": "y", "stage": []}\n', "'stage'"),
        (b'{"id": "x", "text": "\\ud800"}\n', "half a character"),
        (b'{"id": "\\ud800", "text": "y"}\n', "half a character"),
        (b'{"id": "x", "text": "y", "z": [{"\\udfff": 1}]}\n', "half a character"),
        (b'{"id": "x", "text": "y", "z": NaN}\n', "NaN"),
        (b"\xff\xfe\n", "UTF-8"),
        (b"[" * 100_000 + b"\n", "not JSON"),
        (b"x" * 4_100_000 + b"\n", "too long"),
    ],
)
def test_malformed_record__is_told_with_its_line_and_the_others_judged(typed, broken, told):
    code, results, err = typed(lines(KIND) + broken + lines(RUDE))
    assert code == 2
    assert [each["id"] for each in results] == ["a", "b"]
    assert "line 2: " in err
    assert told in err
    assert "Traceback" not in err


def test_output_is_a_link__its_file_is_written(typed, tmp_path):
    (tmp_path / "elsewhere").touch()
    (tmp_path / "out.jsonl").symlink_to(tmp_path / "elsewhere")
    assert len(typed(lines(KIND))[1]) == 1
    assert (tmp_path / "out.jsonl").is_symlink()


def test_output_is_a_device__it_is_left_alone(tmp_path, capsys):
    source, target = tmp_path / "in.jsonl", tmp_path / "out"
    source.write_bytes(lines(KIND))
    os.mkfifo(target)
    with pytest.raises(SystemExit) as stopped:
        main(["tone", "--in", str(source), "--out", str(target)])
    assert stopped.value.code == 2
    assert "name a plain file" in capsys.readouterr().err
    assert target.is_fifo()


def test_blank_lines_and_a_byte_order_mark__are_no_records(typed):
    code, results, _err = typed(b"\xef\xbb\xbf" + lines(KIND) + b"\n  \n" + lines(RUDE).rstrip())
    assert (code, len(results)) == (0, 2)


def test_empty_file__gives_an_empty_file(typed):
    assert typed(b"")[:2] == (0, [])


def test_band_of_the_home__counts(typed, tmp_path):
    folder = tmp_path / "home" / "policies"
    folder.mkdir(parents=True)
    (folder / "tone.toml").write_text(
        'id = "tone"\nversion = 2\neffective_from = 2019-01-01\nstages = {}\n'
        "[otherwise]\ncourtesy_min = 5\nfirmness_max = 5\nasks = false\nallows = []\n"
    )
    _code, (result,), _err = typed(lines(KIND))
    assert result["violations"] == ["too_blunt"]


def test_output_that_is_the_input__is_refused_and_kept(tmp_path, capsys):
    source = tmp_path / "in.jsonl"
    source.write_bytes(lines(KIND))
    os.link(source, tmp_path / "same.jsonl")
    for target in (source, tmp_path / "same.jsonl"):
        with pytest.raises(SystemExit) as stopped:
            main(["tone", "--in", str(source), "--out", str(target)])
        assert stopped.value.code == 2
        assert "--out may not be the file of --in" in capsys.readouterr().err
    assert source.read_bytes() == lines(KIND)


def test_input_that_is_not_there__is_refused_and_nothing_written(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["tone", "--in", str(tmp_path / "no"), "--out", str(tmp_path / "out")])
    assert stopped.value.code == 2
    assert "there is no such file" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_command_that_breaks_off__leaves_the_old_output(typed, tmp_path, monkeypatch):
    (tmp_path / "out.jsonl").write_text('{"id": "old"}\n')

    def breaks_off(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.tone.score_tone", breaks_off)
    code, results, _err = typed(lines(KIND))
    assert (code, results) == (130, [{"id": "old"}])
    assert [each.name for each in tmp_path.glob(".out*")] == []
