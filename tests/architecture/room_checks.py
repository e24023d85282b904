"""How the rooms stand beside each other and in the environment."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.machinery import PathFinder
from pathlib import Path

from tests.architecture.source_checks import ROOMS

DISTRIBUTION = "dunwell"
HEAVY = ("langgraph", "sqlmodel", "chromadb")

# Run as `dunwell --help` and say afterwards, on the last line, which heavy libraries were loaded.
ASK_FOR_HELP = f"""
import sys
sys.argv = ["dunwell", "--help"]
from cli.main import main
try:
    main()
except SystemExit as stop:
    if stop.code:
        raise
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def rooms_from_elsewhere(root: Path, path: Sequence[str]) -> list[str]:
    """Find rooms that an import along the path would take from outside the repository."""
    found = []
    for room in ROOMS:
        spec = PathFinder.find_spec(room, path)
        if spec is None or spec.origin is None:
            found.append(f"{room} is not found")
        elif Path(spec.origin).resolve().parent != root / room:
            found.append(f"{room} comes from {spec.origin}")
    return found


def rooms_of_others(owners: Mapping[str, Sequence[str]]) -> list[str]:
    """Find rooms whose name another installed distribution owns.

    Args:
        owners: What `importlib.metadata.packages_distributions()` returns.
    """
    return [
        f"{room} belongs to {owner}"
        for room in ROOMS
        for owner in sorted(set(owners.get(room, ())) - {DISTRIBUTION})
    ]


def broken_contracts(root: Path) -> str:
    """Check the import contracts of a tree; return the report if one is broken, else nothing."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache", "--no-logo"], cwd=root, capture_output=True, text=True
    )
    return done.stdout + done.stderr if done.returncode else ""


def heavy_imports_of_help(root: Path) -> list[str]:
    """Return the heavy libraries that `dunwell --help` loads, for it must answer at once."""
    done = subprocess.run(
        [sys.executable, "-c", ASK_FOR_HELP], cwd=root, capture_output=True, text=True
    )
    if done.returncode:
        return [f"dunwell --help failed: {done.stderr.strip()[-500:]}"]
    return done.stdout.splitlines()[-1].split()
