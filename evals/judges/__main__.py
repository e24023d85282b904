"""`python -m evals.judges`: what the judges are worth; never a breach, so always exit 0."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
from pydantic import SecretStr

from agents.chat_model import ChatGateway
from agents.model_settings import ModelSettings
from evals.judges.calibration import Labelled, calibrate
from evals.judges.model import ModelJudge
from evals.judges.offline import ToneJudge
from evals.judges.port import Judge, Wording
from evals.tone.corpora import FILES, SHARED, read_drafts
from graph.settings import read_settings
from ledger.errors import BadInput


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what each judge is worth, a line of JSON each."""
    asked = argparse.ArgumentParser(prog="python -m evals.judges")
    asked.add_argument("--model", help="a model of your endpoint (DUNWELL_BASE_URL), beside")
    given = asked.parse_args(arguments)
    judges: list[Judge] = [ToneJudge()]
    if given.model:
        judges.append(ModelJudge(_gateway(given.model), given.model))
    labels = labelled(SHARED / FILES["outbound"])
    for judge in judges:
        line = orjson.dumps(calibrate(judge, labels).as_json()).decode()
        sys.stdout.write(f"{line}\n")
    return 0


def _gateway(model: str) -> ChatGateway:
    settings = read_settings(None)
    if settings.base_url is None:
        raise SystemExit("evals.judges: set DUNWELL_BASE_URL to the endpoint that serves the model")
    key = settings.api_key or SecretStr("none")
    return ChatGateway(ModelSettings(model=model, base_url=settings.base_url, api_key=key))


def labelled(path: Path) -> list[Labelled]:
    """Drafts that a person let pass or not; none where the file is not there."""
    try:
        drafts = read_drafts(path)
    except BadInput as error:
        sys.stderr.write(f"{error.message}; judged by planted errors alone\n")
        return []
    return [
        Labelled(Wording(each.text, each.stage, each.language or "en"), each.passes)
        for each in drafts
    ]


if __name__ == "__main__":
    raise SystemExit(main())
