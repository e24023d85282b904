"""What the pages serve from others is just what the list says, byte for byte."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = json.loads((ROOT / "api" / "pages" / "vendored.json").read_text("utf-8"))
FOLDERS = (ROOT / "api" / "pages" / "static" / "vendor", ROOT / "tests" / "support" / "vendor")


@pytest.mark.parametrize("entry", LIST, ids=lambda entry: entry["member"])
def test_vendored_file__is_the_one_that_was_fetched(entry):
    data = (ROOT / entry["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"]
    assert entry["licence"] in {"0BSD", "MIT", "Apache-2.0", "MPL-2.0"}


def test_vendor_folders__hold_nothing_else():
    found = {path.relative_to(ROOT).as_posix() for folder in FOLDERS for path in folder.iterdir()}
    assert found == {entry["file"] for entry in LIST}
