"""The demo as a visitor types it: a night, an approval, a rejection, a proof, another night."""

import json
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from policies.schema_reviewing import ReviewPolicy

UNDO_SECONDS = ReviewPolicy().undo_seconds


def dunwell(*words: str, cwd: Path, expect: int = 0) -> str:
    """Run the command line as a user would, in a folder of its own."""
    done = subprocess.run(
        [Path(sys.executable).with_name("dunwell"), *words],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == expect, done.stderr + done.stdout
    return done.stdout


def suggested(told: str, verb: str) -> list[str]:
    """The command the demo suggests, as words."""
    line = next(line for line in told.splitlines() if f"inbox {verb} prp_" in line)
    return shlex.split(line.strip())[1:]


def card_of(folder: Path, proposal_id: str) -> dict[str, Any]:
    told = dunwell("inbox", "show", proposal_id, "--json", "--home", "dunwell-demo", cwd=folder)
    return json.loads(told)


def test_visit__approval_leaves_rejection_stands_and_the_proof_holds(tmp_path: Path) -> None:
    told = dunwell("demo", cwd=tmp_path)
    assert "= 278 of 278: ties" in told  # one disposition for every account with an open item

    mailbox = tmp_path / "dunwell-demo" / "mail" / "new"
    before = len(list(mailbox.iterdir()))
    approve = suggested(told, "approve")
    dunwell(*approve, cwd=tmp_path)
    approved_at = time.monotonic()
    assert card_of(tmp_path, approve[2])["state"] == "executed"
    assert len(list(mailbox.iterdir())) == before  # it can be taken back for a while
    dunwell(*approve, cwd=tmp_path, expect=2)  # twice: the second is told of the first

    reject = suggested(told, "reject")
    dunwell(*reject, cwd=tmp_path)
    rejected = card_of(tmp_path, reject[2])
    assert rejected["state"] == "rejected"
    time.sleep(max(0.0, approved_at + UNDO_SECONDS + 1 - time.monotonic()))
    dunwell("dispatch", "--home", "dunwell-demo", cwd=tmp_path)
    assert len(list(mailbox.iterdir())) == before + 1
    dunwell("night", "--as-of", "2026-11-20", "--home", "dunwell-demo", cwd=tmp_path)
    why = dunwell("why", rejected["account_id"], "--home", "dunwell-demo", cwd=tmp_path)
    assert "asked again once the facts change" in why

    proof = dunwell("verify", "--home", "dunwell-demo", cwd=tmp_path)
    assert "Everything on this home derives again" in proof
