"""`dunwell tone`: courtesy, firmness and violations of every message in a file."""

from datetime import date
from pathlib import Path
from typing import Any

from cli.jsonl import check_files, id_of, read_records, text_of, write_results
from cli.output import fail, note
from graph.settings import read_settings
from guardrails.content.read import read_content
from guardrails.tone.score import score_tone
from guardrails.tone.verdict import explain, judge_tone
from policies.tone import TonePolicy, load_tone

# What a message sounds like does not depend on the day; only days without a year would be read.
_ANY_DAY = date(2000, 1, 1)


def run(home: Path | None, source: Path, target: Path) -> int:
    """Judge every record of a file.

    Args:
        home: Folder of the home whose bands count; where it has none, the default bands.
        source: JSON lines of `id`, `text` and, if known, `stage`.
        target: Where the results go, a line a record.

    Returns:
        The exit code: 2 if a record could not be read.
    """
    check_files(source, target)
    policy = load_tone(read_settings(home).home / "policies")
    judged = faults = 0
    with write_results(target) as write:
        for record in read_records(source):
            try:
                if record.value is None:
                    raise ValueError(record.fault)
                result = _judge(record.value, policy)
            except ValueError as error:
                faults += 1
                fail(f"{source}, line {record.line}: {error}; correct the record")
                continue
            write(result)
            judged += 1
    note(f"{judged} judged, {faults} not readable")
    return 2 if faults else 0


def _judge(value: dict[str, Any], policy: TonePolicy) -> dict[str, Any]:
    name = id_of(value)
    text = text_of(value, "text") or ""
    stage = text_of(value, "stage", optional=True)
    content = read_content("", text, as_of=_ANY_DAY)
    tone = score_tone(text, language=content.language, claims=content.claims)
    judged = judge_tone(tone, stage, policy)
    spans = [
        {"tag": each.tag, "text": each.span, "start": each.start}
        for each in explain(text, tone, judged, content.language)
    ]
    return {
        "id": name,
        "courtesy": tone.courtesy,
        "firmness": tone.firmness,
        "verdict": judged.verdict,
        "violations": list(judged.tags),
        "spans": spans,
    }
