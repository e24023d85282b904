"""Text from outside is opened by readers only: modules without tools, or that show it inert."""

import ast
from pathlib import Path

from tests.architecture.source_checks import room_files
from tests.support.shared_data import ROOT

READERS = {
    "agents/message_reader.py": "turns it into claims; it has no tools",
    "cli/mail.py": "shows it to a person, free of control signs",
}
HOME = "guardrails/untrusted.py"


def openings(root: Path) -> set[str]:
    """Modules that open text from outside, or reach for what is inside it."""
    found = set()
    for name, path in room_files(root):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            used = node.attr if isinstance(node, ast.Attribute) else getattr(node, "value", "")
            if used in ("open_to_read", "_Untrusted__text") and name != HOME:
                found.add(name)
    return found


def test_only_readers__open_it() -> None:
    assert openings(ROOT) <= set(READERS)


def test_opening_elsewhere__is_seen(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "letters.py").write_text("def f(x):\n    return x.open_to_read()\n")
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "a.py").write_text(
        "def f(x):\n    return getattr(x, '_Untrusted__text')\n"
    )
    assert openings(tmp_path) == {"tools/letters.py", "graph/a.py"}
