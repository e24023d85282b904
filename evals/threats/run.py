"""Takes controls out one by one, and writes down which test noticed."""

import argparse
import hashlib
import importlib
import inspect
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import orjson

from evals.threats.table import CONTROLS, THREATS, Control
from evals.threats.taken_out import KEPT
from ledger.clock import stopwatch

PAGE = Path("docs/measured/threats.md")
_WORKERS = 2
_PASSED, _FAILED = 0, 1
_LONGEST = 300
_PYTEST = ("-q", "-x", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tests of a control said without it."""

    control: Control
    caught: bool
    said: str


def switch_off(control: Control) -> None:
    """Take a control out of this process, wherever it is held already.

    A function keeps its identity and loses its body, so that no module can have kept the old one;
    what stands in finds the old one as `KEPT`.
    """
    module_name, _, path = control.where.partition(":")
    owner: Any = importlib.import_module(module_name)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    given = getattr(owner, name)
    target = inspect.unwrap(given)
    if isinstance(target, FunctionType):
        was = FunctionType(target.__code__, target.__globals__, name, target.__defaults__)
        was.__kwdefaults__ = target.__kwdefaults__
        KEPT.append(was)
        target.__code__ = control.off.__code__
        target.__defaults__ = control.off.__defaults__
        target.__kwdefaults__ = control.off.__kwdefaults__
        if hasattr(given, "cache_clear"):
            given.cache_clear()
        return
    instead = control.off()
    for module in [each for each in sys.modules.values() if each is not None]:
        if getattr(module, name, None) is given:
            setattr(module, name, instead)


def run_without(place: int) -> int:
    """Run the tests of a control in this process, without it; returns what pytest returns."""
    import pytest

    return int(pytest.main([*_PYTEST, *CONTROLS[place].tests], [_Without(CONTROLS[place])]))


class _Without:
    """Takes a control out when pytest is set up, and no test has been read yet."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def pytest_sessionstart(self) -> None:
        """Called by pytest."""
        switch_off(self._control)


def try_out(place: int) -> Outcome:
    """Take one control out in a process of its own and see whether a test notices."""
    call = f"from evals.threats.run import run_without; raise SystemExit(run_without({place}))"
    code, told = _ask("-c", call)
    failed = [line for line in told.splitlines() if line.startswith("FAILED")]
    said = failed[0].partition("::")[2].partition(" - ")[0] if failed else told[-300:]
    return Outcome(CONTROLS[place], code == _FAILED and bool(failed), said)


def faults_with_all(tests: Sequence[str]) -> str:
    """Run tests with every control in place; what they said if one failed."""
    code, told = _ask("-m", "pytest", *_PYTEST, *tests)
    return "" if code == _PASSED else told[-2000:]


def _ask(*call: str) -> tuple[int | None, str]:
    """Run our own interpreter on our own code, with all it starts, within its time.

    What it says goes to a file: a grandchild that outlives it would keep a pipe open for ever.
    """
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *call], stdout=told, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code = process.wait(_LONGEST)
        except subprocess.TimeoutExpired:
            code = None
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        told.seek(0)
        said = told.read().decode("utf-8", "replace")
    return code, said if code is not None else f"{said}\nit took more than {_LONGEST} s"


def name_of(control: Control) -> str:
    """What a kept result is found by: the control and everything asked about it."""
    told = f"{control.threat} {control.where} {control.off.__name__} {control.tests}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def read_kept(kept: Path | None) -> Mapping[str, Outcome]:
    """Results of a run that was stopped."""
    if kept is None or not kept.exists():
        return {}
    by_name = {name_of(each): each for each in CONTROLS}
    rows = map(orjson.loads, kept.read_bytes().splitlines())
    return {
        row["name"]: Outcome(by_name[row["name"]], row["caught"], row["said"])
        for row in rows
        if row["name"] in by_name
    }


def page(outcomes: Sequence[Outcome], seconds: float) -> str:
    """The measured page: what was taken out and which test noticed."""
    caught = sum(each.caught for each in outcomes)
    lines = [
        "# Threats and their controls",
        "",
        f"{len(THREATS)} threats, {len(outcomes)} controls; each was taken out by itself and the "
        f"tests that name it were run. Noticed: {caught} of {len(outcomes)}. With all controls in "
        f"place the same tests pass. Made by `python -m evals.threats` in {seconds:.0f} s on "
        "SQLite, two processes at a time, on a machine that did other work too.",
        "",
        "| threat | control | without it this fails |",
        "|---|---|---|",
    ]
    for each in outcomes:
        control = each.control
        told = f"`{each.said}`" if each.caught else "**nothing**"
        named = f"{control.threat} {THREATS[control.threat]}"
        lines.append(f"| {named} | `{control.where}` | {told} |")
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Take out one control after another; write the page; 1 if no test misses one."""
    given = _arguments(arguments)
    started = stopwatch()
    known = read_kept(given.kept)
    left = [place for place, each in enumerate(CONTROLS) if name_of(each) not in known]
    found = dict(known)
    tests = dict.fromkeys(test for place in left for test in CONTROLS[place].tests)
    with ThreadPoolExecutor(_WORKERS) as pool:
        for faults in pool.map(faults_with_all, _shared_out(tests)):
            if faults:
                sys.stderr.write(f"with every control in place:\n{faults}\n")
                return 1
        _tell(f"{len(tests)} tests pass with every control in place")
        for done, each in enumerate(pool.map(try_out, left), 1):
            told = "noticed" if each.caught else f"NOT NOTICED\n{each.said}"
            _tell(f"{done}/{len(left)} {each.control.threat} {each.control.where}: {told}")
            found[name_of(each.control)] = each
            if given.kept and each.caught:
                with given.kept.open("ab") as out:
                    row = {"name": name_of(each.control), "caught": True, "said": each.said}
                    out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    outcomes = [found[name_of(each)] for each in CONTROLS]
    given.page.write_text(page(outcomes, stopwatch() - started), "utf-8")
    return 0 if all(each.caught for each in outcomes) else 1


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    asked = argparse.ArgumentParser(prog="python -m evals.threats")
    asked.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    kept = "file of results as they come; those in it already are not run again"
    asked.add_argument("--kept", type=Path, help=kept)
    return asked.parse_args(given)


def _shared_out(tests: Iterable[str]) -> Iterator[list[str]]:
    """Tests in a share for every worker, those of one file together."""
    files: dict[str, list[str]] = {}
    for test in tests:
        files.setdefault(test.partition("::")[0], []).append(test)
    shares: list[list[str]] = [[] for _ in range(_WORKERS)]
    for number, named in enumerate(files.values()):
        shares[number % _WORKERS] += named
    yield from filter(None, shares)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
