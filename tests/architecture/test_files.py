"""The committed files work on any machine and name none."""

import subprocess
from pathlib import Path

import pytest

from tests.architecture.file_checks import committed_files, lock_faults, traces_of_a_machine
from tests.support.shared_data import ROOT

# Put together here, so that this file does not hold what it forbids.
HOST = "://" + "packages.example.com"
REGISTRY = "py" + "pi.org"

PROJECT = """
[project]
dependencies = ["Rich>=14"]
[dependency-groups]
dev = ["pytest[x]>=9,<10"]
"""
LOCK = """# a comment
rich==15.0.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via dunwell
pytest==9.2.0 ; python_version < '4' \\
    --hash=sha256:cc
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


class TestTracesOfAMachine:
    def test_this_repository__has_none(self) -> None:
        if not (ROOT / ".git").exists():
            pytest.skip("needs a Git checkout to know which files are committed")
        assert len(committed_files(ROOT)) > 20
        assert traces_of_a_machine(ROOT) == []

    @pytest.mark.parametrize(
        ("text", "finding"),
        [
            (f"--index-url https{HOST}/x", "names a package index"),
            (f'[[tool.uv.index]]\nurl = "https{HOST}/simple"', "names a package index"),
            (f"index-url = http{HOST}", "names a package index"),
            (f"see {REGISTRY}", "names a package index"),
            ("open /" + "root/x", "names a path of one machine"),
            ("'/" + "work/main'", "names a path of one machine"),
            ("/" + "home/ann/x", "names a path of one machine"),
        ],
    )
    def test_file_names_one__it_is_found(self, text: str, finding: str, checkout: Path) -> None:
        (checkout / "a.toml").write_text(text)
        found = traces_of_a_machine(checkout)
        assert [line.split(" ", 1)[1] for line in found] == [finding]

    @pytest.mark.parametrize(
        "text",
        [
            "../work/x",
            "https" + HOST + "/wo" + "rk/x",
            "the index of a book",
            "pip config global.index-url",
        ],
    )
    def test_harmless_text__nothing_is_found(self, text: str, checkout: Path) -> None:
        (checkout / "a.md").write_text(text)
        assert traces_of_a_machine(checkout) == []

    def test_ignored_file__is_not_looked_at(self, checkout: Path) -> None:
        (checkout / ".gitignore").write_text("uv.lock\n")
        (checkout / "uv.lock").write_text(REGISTRY)
        assert traces_of_a_machine(checkout) == []


class TestLock:
    def faults(self, root: Path, lock: str) -> list[str]:
        (root / "pyproject.toml").write_text(PROJECT)
        (root / "requirements.lock").write_text(lock)
        return lock_faults(root)

    def test_this_repository__lock_is_sound(self) -> None:
        assert lock_faults(ROOT) == []

    def test_sound_lock__has_no_fault(self, tmp_path: Path) -> None:
        assert self.faults(tmp_path, LOCK) == []

    @pytest.mark.parametrize(
        ("old", "new", "finding"),
        [
            ("    --hash=sha256:cc\n", "    # none\n", "pytest has no hash"),
            ("# a comment", f"--find-links https{HOST}", "holds a URL"),
            ("# a comment", "-e .", "is not a pinned package"),
            ("rich==15.0.0", "rich>=15.0.0", "is not a pinned package"),
            ("rich==15.0.0", "rich==13.0.0", "nothing satisfies Rich>=14"),
            ("pytest==9.2.0", "pytest-xdist==9.2.0", "nothing satisfies pytest"),
        ],
    )
    def test_faulty_lock__says_what(self, old: str, new: str, finding: str, tmp_path: Path) -> None:
        assert old in LOCK
        assert finding in "\n".join(self.faults(tmp_path, LOCK.replace(old, new)))
