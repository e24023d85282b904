"""The rooms are ours, import only downwards, and open quickly."""

import shutil
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture import room_checks as checks
from tests.architecture.source_checks import ROOMS
from tests.support.shared_data import ROOT


def make_rooms(root: Path) -> None:
    for room in ROOMS:
        (root / room).mkdir()
        (root / room / "__init__.py").write_text('"""A room."""\n')


class TestNames:
    def test_project_file__lists_the_same_rooms(self) -> None:
        tool = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
        assert tuple(tool["hatch"]["build"]["targets"]["wheel"]["packages"]) == ROOMS
        assert tuple(tool["importlinter"]["root_packages"]) == ROOMS

    def test_repository_last_on_the_path__rooms_are_still_ours(self) -> None:
        # The console script finds an editable install only after everything else.
        path = [entry for entry in sys.path if entry and Path(entry).resolve() != ROOT]
        assert checks.rooms_from_elsewhere(ROOT, [*path, str(ROOT)]) == []

    def test_room_of_that_name_installed_first__it_is_found(self, tmp_path: Path) -> None:
        ours, theirs = tmp_path / "ours", tmp_path / "theirs"
        ours.mkdir()
        make_rooms(ours)
        (theirs / "agents").mkdir(parents=True)
        (theirs / "agents" / "__init__.py").touch()
        assert checks.rooms_from_elsewhere(ours, [str(ours), str(theirs)]) == []
        found = checks.rooms_from_elsewhere(ours, [str(theirs), str(ours)])
        assert [line.split()[0] for line in found] == ["agents"]

    def test_room_missing__it_is_found(self, tmp_path: Path) -> None:
        make_rooms(tmp_path)
        shutil.rmtree(tmp_path / "batch")
        assert checks.rooms_from_elsewhere(tmp_path, [str(tmp_path)]) == ["batch is not found"]

    def test_environment__no_other_distribution_owns_a_room(self) -> None:
        owners = packages_distributions()
        assert "pytest" in owners
        assert checks.rooms_of_others(owners) == []

    def test_other_distribution_owns_a_room__it_is_found(self) -> None:
        owners = {"agents": ["dunwell", "other-agents"], "evals": ["dunwell"], "json": ["x"]}
        assert checks.rooms_of_others(owners) == ["agents belongs to other-agents"]


class TestContracts:
    @pytest.fixture
    def tree(self, tmp_path: Path) -> Path:
        """Empty rooms under the repository's own contracts."""
        make_rooms(tmp_path)
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
        for contract in linter["contracts"]:
            for module in (*contract.get("modules", ()), *contract.get("forbidden_modules", ())):
                room, _, name = module.partition(".")
                if room in ROOMS and name:
                    (tmp_path / room / f"{name}.py").touch()
        return tmp_path

    def test_this_repository__keeps_them(self) -> None:
        assert checks.broken_contracts(ROOT) == ""

    def test_every_module_that_posts__is_closed_to_other_rooms(self) -> None:
        linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
        one_writer = next(each for each in linter["contracts"] if each["id"] == "one-writer")
        there = {f"ledger.{path.stem}" for path in (ROOT / "ledger").glob("postings*.py")}
        assert set(one_writer["forbidden_modules"]) == there

    def test_empty_rooms__keep_them(self, tree: Path) -> None:
        assert checks.broken_contracts(tree) == ""

    @pytest.mark.parametrize(
        ("module", "imports", "contract"),
        [
            ("ledger/money.py", "import graph", "Rooms"),
            ("api/app.py", "import batch", "Rooms"),
            ("agents/collector.py", "import agents.forecaster", "Roles"),
            ("graph/case.py", "import ledger.postings", "Only tools/"),
            ("guardrails/gate.py", "import langgraph", "know no model"),
            ("tools/cash.py", "import fastapi", "FastAPI lives in api/"),
        ],
    )
    def test_import_against_a_contract__it_is_broken(
        self, module: str, imports: str, contract: str, tree: Path
    ) -> None:
        (tree / module).write_text(f"{imports}\n")
        report = checks.broken_contracts(tree)
        broken = [line for line in report.splitlines() if line.endswith("BROKEN")]
        assert len(broken) == 1
        assert contract in broken[0]


class TestHelp:
    MAIN = "{}\n\ndef main():\n    print('Usage: dunwell')\n    raise SystemExit(0)\n"

    def make(self, root: Path, first_line: str) -> Path:
        (root / "cli").mkdir()
        (root / "cli" / "__init__.py").touch()
        (root / "cli" / "main.py").write_text(self.MAIN.format(first_line))
        (root / "chromadb.py").touch()
        return root

    def test_this_repository__loads_nothing_heavy(self) -> None:
        assert checks.heavy_imports_of_help(ROOT) == []

    def test_light_command__nothing_is_found(self, tmp_path: Path) -> None:
        assert checks.heavy_imports_of_help(self.make(tmp_path, "import json")) == []

    def test_heavy_command__it_is_found(self, tmp_path: Path) -> None:
        assert checks.heavy_imports_of_help(self.make(tmp_path, "import chromadb")) == ["chromadb"]

    def test_help_fails__says_so(self, tmp_path: Path) -> None:
        found = checks.heavy_imports_of_help(self.make(tmp_path, "import no_such_module"))
        assert "no_such_module" in found[0]
