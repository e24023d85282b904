"""What the committed files may not say.

Each check takes a root and returns one line per finding.
"""

import re
import subprocess
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Where a machine keeps its packages or its files is that machine's business.
INDEX_HOST = re.compile(
    r"(?:pypi|pythonhosted|npmjs|conda|anaconda)\.(?:org|com)\b"
    r"|(?:index|find-links)[\w-]*[\"']?\s*[=: ]\s*[\[\"']*[a-z+]+://"
    r"|:/{2}\S+/simple\b",
    re.IGNORECASE,
)
MACHINE_PATH = re.compile(r"(?<![\w.}~-])/(?:root|work|(?:home|Users)/\w+)/")

PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;]+)")


def committed_files(root: Path) -> list[Path]:
    """List what Git keeps or would keep at the next `git add`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    paths = [root / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file()]


def traces_of_a_machine(root: Path) -> list[str]:
    """Find index hosts and machine paths in the committed files."""
    found = []
    for path in committed_files(root):
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            place = f"{path.relative_to(root).as_posix()}:{number}"
            if INDEX_HOST.search(line):
                found.append(f"{place} names a package index")
            if MACHINE_PATH.search(line):
                found.append(f"{place} names a path of one machine")
    return found


def lock_faults(root: Path) -> list[str]:
    """Find what would make the lock unsafe or useless elsewhere.

    Every line is a package with its version and hashes, no line holds a URL or an option, and each
    dependency that pyproject.toml names is there at a version it accepts.
    """
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    found, pinned = [], {}
    for entry in text.replace("\\\n", " ").splitlines():
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        package = PINNED.match(entry)
        if package is None:
            found.append(f"requirements.lock: {entry[:60].strip()!r} is not a pinned package")
            continue
        pinned.setdefault(canonicalize_name(package["name"]), set()).add(package["version"])
        if "--hash=sha256:" not in entry:
            found.append(f"requirements.lock: {package['name']} has no hash")
    if "://" in text:
        found.append("requirements.lock holds a URL")
    return found + [
        f"requirements.lock: nothing satisfies {wanted}; run scripts/lock"
        for wanted in _direct_dependencies(root)
        if not any(map(wanted.specifier.contains, pinned.get(canonicalize_name(wanted.name), ())))
    ]


def _direct_dependencies(root: Path) -> list[Requirement]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project.get("dependency-groups", {}).values()
    named = [*project["project"].get("dependencies", ()), *(item for g in groups for item in g)]
    return [Requirement(item) for item in named]
