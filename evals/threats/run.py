"""Takes controls out one by one, and writes down which test noticed."""

import importlib
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.threats.table import CONTROLS, THREATS, Control
from ledger.clock import stopwatch

PAGE = Path("docs/measured/threats.md")
_WORKERS = 2
_PASSED, _FAILED = 0, 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the tests of a control said with and without it."""

    control: Control
    caught: bool
    said: str


def switch_off(control: Control) -> None:
    """Take a control out of this process, wherever it is held already.

    A function keeps its identity and loses its body, so that no module can have kept the old one.
    """
    module_name, _, path = control.where.partition(":")
    owner: Any = importlib.import_module(module_name)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    target = getattr(owner, name)
    if callable(target) and hasattr(target, "__code__"):
        target.__code__ = control.off.__code__
        target.__defaults__ = control.off.__defaults__
        target.__kwdefaults__ = control.off.__kwdefaults__
        return
    instead = control.off()
    for module in [each for each in sys.modules.values() if each is not None]:
        if getattr(module, name, None) is target:
            setattr(module, name, instead)


def run_without(place: int) -> int:
    """Run the tests of a control in this process, without it; returns what pytest returns."""
    import pytest

    switch_off(CONTROLS[place])
    return int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *CONTROLS[place].tests]))


def try_out(place: int) -> Outcome:
    """Take one control out in a process of its own and see whether a test notices."""
    call = f"from evals.threats.run import run_without; raise SystemExit(run_without({place}))"
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own code
        [sys.executable, "-c", call], capture_output=True, text=True, timeout=600, check=False
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    said = failed[0].partition("::")[2].partition(" ")[0] if failed else done.stdout[-300:]
    return Outcome(CONTROLS[place], done.returncode == _FAILED and bool(failed), said)


def pass_with_all() -> str:
    """Run every named test with every control in place; what it said if one failed."""
    tests = dict.fromkeys(test for control in CONTROLS for test in control.tests)
    call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(call, capture_output=True, text=True, check=False)  # noqa: S603
    return "" if done.returncode == _PASSED else done.stdout[-2000:]


def page(outcomes: Sequence[Outcome], seconds: float) -> str:
    """The measured page: what was taken out and which test noticed."""
    caught = sum(each.caught for each in outcomes)
    lines = [
        "# Threats and their controls",
        "",
        f"{len(THREATS)} threats, {len(outcomes)} controls; each was taken out by itself and the "
        f"tests that name it were run. Noticed: {caught} of {len(outcomes)}. With all controls in "
        f"place the same tests pass. Made by `python -m evals.threats` in {seconds:.0f} s.",
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


def main() -> int:
    """Take out one control after another; write the page; 1 if no test misses one."""
    started = stopwatch()
    if faults := pass_with_all():
        sys.stderr.write(f"with every control in place:\n{faults}\n")
        return 1
    outcomes = []
    with ThreadPoolExecutor(_WORKERS) as pool:
        for each in pool.map(try_out, range(len(CONTROLS))):
            told = "noticed" if each.caught else f"NOT NOTICED\n{each.said}"
            sys.stdout.write(f"{each.control.threat:<4} {each.control.where}: {told}\n")
            sys.stdout.flush()
            outcomes.append(each)
    PAGE.write_text(page(outcomes, stopwatch() - started), "utf-8")
    return 0 if all(each.caught for each in outcomes) else 1
