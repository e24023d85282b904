"""`dunwell guard`: the whole gate over the messages of a file."""

import gc
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cli.jsonl import check_files, id_of, read_records, text_of, write_results
from cli.output import fail, note
from graph.settings import read_settings
from guardrails.compliance.scope import CompiledPacks, compile_packs
from guardrails.records.judgement import judge_record
from guardrails.records.shape import MessageRecord
from ledger.errors import BadInput
from policies.packs import packs_of


def run(home: Path | None, source: Path, target: Path, known_at: str | None = None) -> int:
    """Judge every record of a file.

    Args:
        home: Folder of the home whose compliance packs count; where it has none, those that come
            with the project.
        source: JSON lines, each a message with every fact about it.
        target: Where the results go, a line a record.
        known_at: The ruleset version to apply, for replay.

    Returns:
        The exit code: 2 if a record could not be read.
    """
    check_files(source, target)
    packs = compile_packs(packs_of(read_settings(home).home / "policies"))
    packs.rulebook(known_at)  # an unknown version is told before anything is written
    judged = faults = 0
    with write_results(target) as write:
        for record in read_records(source):
            try:
                if record.value is None:
                    raise ValueError(record.fault)
                result = _judge(record.value, packs, known_at)
            except (ValueError, BadInput) as error:
                faults += 1
                fail(f"{source}, line {record.line}: {_told(error)}; correct the record")
                continue
            write(result)
            judged += 1
            if judged == 1:
                gc.freeze()  # packs, lexicons and models stay: they need not be looked through
    note(f"{judged} judged, {faults} not readable")
    return 2 if faults else 0


def _judge(value: dict[str, Any], packs: CompiledPacks, known_at: str | None) -> dict[str, Any]:
    name = id_of(value)
    text_of(value, "text")
    text_of(value, "subject", optional=True)
    whole = value | {"id": str(name), "subject": value.get("subject") or ""}
    result = judge_record(MessageRecord.model_validate(whole), packs, known_at).as_json()
    return result | {"id": name}


def _told(error: ValueError | BadInput) -> str:
    if isinstance(error, BadInput):
        return error.message
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    return str(error)
