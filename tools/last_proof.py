"""What the newest `dunwell verify` found, kept beside the reports so that pages can tell."""

import os
from datetime import datetime
from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError


class LastProof(BaseModel):
    """A finished proof: when it was, and which promises did not hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    proved_at: datetime
    held: int
    broken: tuple[str, ...]


def keep_proof(home: Path, proof: LastProof) -> None:
    """Keep a proof in place of the one before."""
    folder = home / "reports"
    folder.mkdir(exist_ok=True)
    fresh = folder / "proof.json.new"
    fresh.write_bytes(orjson.dumps(proof.model_dump(mode="json")))
    os.replace(fresh, folder / "proof.json")  # noqa: PTH105 - atomic on every platform


def last_proof(home: Path) -> LastProof | None:
    """The newest proof; None where nothing was proved yet."""
    try:
        return LastProof.model_validate_json((home / "reports" / "proof.json").read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
