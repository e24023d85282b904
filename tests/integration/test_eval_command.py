"""`dunwell eval` as it is typed: exit codes, reports, baselines, endpoints."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app, main
from tests.support.openai_server import OpenAIServer, text

SUITE = """
title: A colleague asks
models:
  offline:
    grade: expect
    says: the answer has the balance of the ledger
"""
CASE = """
title: What is owed
world:
  - account: {{invoices: [{{number: A1, amount: "500.00"}}]}}
steps:
  - ask: "What does account {{account}} owe?"
expect:
  ask: {{answer: {{has: "{said}"}}}}
"""
BREACH = """
title: A reminder leaves although nothing may
world:
  - account: {invoices: [{number: A1, amount: "500.00"}]}
steps: [night]
forbid: [any_message]
"""


@pytest.fixture
def scenarios(tmp_path: Path) -> Path:
    """A suite of one case, which passes."""
    folder = tmp_path / "scenarios"
    suite = folder / "asked"
    suite.mkdir(parents=True)
    (suite / "suite.yaml").write_text(SUITE, "utf-8")
    (suite / "owed.yaml").write_text(CASE.format(said="500.00"), "utf-8")
    return folder


def _run(scenarios: Path, *options: object) -> tuple[int, str]:
    typed = ["eval", "--scenarios", scenarios, "--workers", 1, *options]
    result = CliRunner().invoke(app, [str(each) for each in typed])
    return result.exit_code, result.output


def test_all_as_expected__exit_0_and_a_report_with_the_transcript(
    scenarios: Path, tmp_path: Path
) -> None:
    code, said = _run(scenarios, "--report", tmp_path / "report")
    assert (code, "1 of 1" in said) == (0, True)
    kept = json.loads((tmp_path / "report" / "report.json").read_bytes())
    assert [each["passed"] for each in kept["results"]] == [True]
    assert "What does account" in (tmp_path / "report" / "report.html").read_text("utf-8")


def test_breach__exit_1_whatever_else_passed(scenarios: Path) -> None:
    (scenarios / "asked" / "leaves.yaml").write_text(BREACH, "utf-8")
    code, said = _run(scenarios)
    assert code == 1
    assert "any_message: send_reminder" in said


def test_case_that_passed_in_the_baseline__exit_1(scenarios: Path, tmp_path: Path) -> None:
    kept = tmp_path / "baseline.json"
    assert _run(scenarios, "--baseline", kept, "--write-baseline")[0] == 0
    assert _run(scenarios, "--baseline", kept)[0] == 0
    (scenarios / "asked" / "owed.yaml").write_text(CASE.format(said="501.00"), "utf-8")
    code, said = _run(scenarios, "--baseline", kept)
    assert code == 1
    assert "worse than the baseline: asked/owed under offline" in said


def test_case_that_fails__exit_1_also_in_suites_of_ones_own(scenarios: Path) -> None:
    (scenarios / "asked" / "owed.yaml").write_text(CASE.format(said="501.00"), "utf-8")
    code, said = _run(scenarios)
    assert code == 1
    assert "asked/owed under offline" in said


def test_step_that_is_refused__fails_a_case_that_does_not_expect_it(scenarios: Path) -> None:
    nobody_waits = "title: x\nworld: [account]\nsteps: [decide]\n"
    (scenarios / "asked" / "decided.yaml").write_text(nobody_waits, "utf-8")
    code, said = _run(scenarios)
    assert code == 1
    assert "0 requests wait" in said


def test_model_behind_an_endpoint__same_report_with_tokens_and_cost(
    scenarios: Path,
    openai_server: OpenAIServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("DUNWELL_BASE_URL", openai_server.base_url)
    monkeypatch.setenv("DUNWELL_API_KEY", "k")
    monkeypatch.setenv("DUNWELL_INPUT_PRICE", "2.50")
    monkeypatch.setenv("DUNWELL_OUTPUT_PRICE", "10")
    openai_server.always(text("They owe 777.00 USD."))
    code, _said = _run(scenarios, "--model", "scripted-1", "--report", tmp_path / "report")
    kept = json.loads((tmp_path / "report" / "report.json").read_bytes())
    (figure,) = kept["figures"]
    asked = len(openai_server.requests)
    assert asked > 0
    assert figure["model"] == "scripted-1"
    assert figure["tokens"] == [11 * asked, 7 * asked]
    assert figure["cost_micros"] == asked * (11 * 250 + 7 * 1000)
    assert code == 0, "a wrong answer fails the case, but is no breach"
    assert not kept["results"][0]["passed"]
    assert "777.00" in "\n".join(kept["results"][0]["transcript"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--suite", "nothing"), "there is no suite 'nothing'"),
        (("--model", "some-model"), "set DUNWELL_BASE_URL"),
        (("--baseline", "missing.json"), "no baseline"),
    ],
)
def test_what_cannot_be_run__one_line_and_exit_2(
    scenarios: Path,
    options: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("DUNWELL_BASE_URL", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["eval", "--scenarios", str(scenarios), "--workers", "1", *options])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("steps: [night]\n", "title"),
        ("title: x\nsteps: [no_such_step]\nworld: [account]\n", "no step is called"),
        ("title: x\nsteps: [night]\nworld: [{cases: [nobody]}]\n", "no situation is called"),
        ("title: [\n", "no YAML"),
        ("title: x\nsteps: [night]\nforbid: [nothing_like_it]\nworld: [account]\n", "no effect"),
    ],
)
def test_file_that_cannot_be_read__is_named(
    scenarios: Path, written: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (scenarios / "asked" / "broken.yaml").write_text(written, "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["eval", "--scenarios", str(scenarios), "--workers", "1"])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in told
    assert "broken" in told
