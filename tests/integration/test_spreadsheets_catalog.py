"""The catalog of flaws and the code that raises them name the same things."""

import re
from pathlib import Path

import adapters.spreadsheets
import tools
from adapters.spreadsheets.catalog import CATALOG


def test_every_flaw_of_the_catalog__is_raised_somewhere() -> None:
    readers = Path(adapters.spreadsheets.__path__[0]).glob("*.py")
    writers = Path(tools.__path__[0]).glob("import_*.py")
    sources = [path.read_text("utf-8") for path in (*readers, *writers)]
    raised = {
        code
        for text in sources
        if "CATALOG: dict" not in text
        for code in re.findall(r'"([a-z]+(?:_[a-z]+)+)"', text)
    }
    families = ("unknown_", "future_")

    unused = {code for code in CATALOG if code not in raised and not code.startswith(families)}

    assert unused == set()
