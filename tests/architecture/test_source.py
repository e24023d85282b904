"""The rooms' source keeps to what the design allows, and each check can tell the difference."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import source_checks as checks
from tests.support.shared_data import ROOT

Check = Callable[[Path], list[str]]
EVERY_CHECK = [
    checks.environment_reads,
    checks.clock_reads,
    checks.questions_elsewhere,
    checks.commits_elsewhere,
    checks.floats_near_money,
    checks.standard_library_shadows,
    checks.code_in_room_fronts,
    checks.long_modules,
]

LONG = "x = 1\n" * (checks.MODULE_LINES + 1)

# Each case: the check, a file and a text it must refuse there.
REFUSED = [
    (checks.environment_reads, "cli/main.py", "import os\nos.environ.get('X')\n"),
    (checks.environment_reads, "graph/case.py", "from os import getenv as g\ng('X')\n"),
    (checks.environment_reads, "graph/nodes/settings.py", "import os as o\no.environ['X']\n"),
    (checks.clock_reads, "tools/cash.py", "from datetime import datetime\ndatetime.now()\n"),
    (checks.clock_reads, "tools/cash.py", "import datetime as dt\nx = dt.date.today\n"),
    (checks.clock_reads, "batch/run.py", "from time import time\ntime()\n"),
    (checks.clock_reads, "batch/clock.py", "import time\ntime.time()\n"),
    (
        checks.questions_elsewhere,
        "graph/case.py",
        "from langgraph.types import interrupt\ninterrupt(1)\n",
    ),
    (
        checks.questions_elsewhere,
        "graph/case.py",
        "from langgraph.types import interrupt as i\ni(1)\n",
    ),
    (
        checks.questions_elsewhere,
        "graph/nodes/ask.py",
        "from langgraph import types\ntypes.interrupt(1)\n",
    ),
    (checks.commits_elsewhere, "tools/cash.py", "session.commit()\n"),
    (checks.commits_elsewhere, "ledger/journal.py", "a.session.commit()\n"),
    (checks.floats_near_money, "ledger/money.py", "amount: float = 0\n"),
    (checks.floats_near_money, "tools/cash.py", "def f(total: 'float | None'): ...\n"),
    (checks.floats_near_money, "tools/cash.py", "def balance() -> dict[str, float]: ...\n"),
    (
        checks.floats_near_money,
        "ledger/tables/a.py",
        "from sqlalchemy import Float\nc = Column(Float)\n",
    ),
    (checks.floats_near_money, "ledger/tables/a.py", "import sqlalchemy as sa\nc = sa.REAL()\n"),
    (
        checks.floats_near_money,
        "ledger/tables/a.py",
        "import sqlalchemy as sa\nsa.Column('amount', sa.Float())\n",
    ),
    (
        checks.floats_near_money,
        "guardrails/tone/score.py",
        "from ledger.money import Money\nx: float = 0\n",
    ),
    (checks.standard_library_shadows, "agents/collections.py", ""),
    (checks.standard_library_shadows, "adapters/email/smtp.py", ""),
    (checks.code_in_room_fronts, "tools/__init__.py", ""),
    (checks.code_in_room_fronts, "tools/__init__.py", '"""Tools."""\nfrom tools import cash\n'),
    (checks.code_in_room_fronts, "ledger/tables/__init__.py", "x = 1\n"),
    (checks.long_modules, "ledger/journal.py", LONG),
    (checks.long_modules, "tests/unit/test_a.py", LONG),
]

# The same for texts it must let pass, so that no check refuses everything.
ALLOWED = [
    (checks.environment_reads, "graph/settings.py", "import os\nos.environ.get('X')\n"),
    (checks.environment_reads, "cli/main.py", "import os\nos.getpid()\nenviron = 1\n"),
    (checks.clock_reads, "ledger/clock.py", "from datetime import datetime\ndatetime.now()\n"),
    (checks.clock_reads, "tools/cash.py", "def f(clock):\n    return clock.now(), clock.today()\n"),
    (checks.clock_reads, "batch/run.py", "import time\ntime.sleep(1)\ntime.perf_counter()\n"),
    (
        checks.questions_elsewhere,
        checks.ASKER,
        "from langgraph.types import interrupt\ninterrupt(1)\n",
    ),
    (
        checks.questions_elsewhere,
        "graph/case.py",
        '"""interrupt() is for one node."""\ninterrupts = 1\n',
    ),
    (checks.commits_elsewhere, "ledger/session.py", "session.commit()\n"),
    (checks.commits_elsewhere, "ledger/migrations/env.py", "connection.commit()\n"),
    (checks.commits_elsewhere, "tools/cash.py", "commit = 'commit()'\n"),
    (checks.floats_near_money, "ledger/facts.py", "kept_rate: float\ndef score() -> float: ...\n"),
    (checks.floats_near_money, "engines/risk.py", "amount: float = 0\n"),
    (checks.floats_near_money, "ledger/money.py", "amount_minor: int\n"),
    (checks.floats_near_money, "guardrails/tone/score.py", "courtesy: float = 1.0\n"),
    (
        checks.floats_near_money,
        "ledger/tables/a.py",
        "import sqlalchemy as sa\nsa.Column('risk_score', sa.Float())\n",
    ),
    (checks.floats_near_money, "ledger/tables/a.py", "risk_score: float = Field(sa_type=Float)\n"),
    (checks.standard_library_shadows, "agents/collector.py", ""),
    (checks.standard_library_shadows, "api/__main__.py", ""),
    (checks.code_in_room_fronts, "tools/__init__.py", '"""Tools."""\n'),
    (checks.code_in_room_fronts, "tools/cash.py", "x = 1\n"),
    (checks.long_modules, "ledger/journal.py", "x = 1\n" * checks.MODULE_LINES),
    (checks.long_modules, "ledger/migrations/versions/0001_a.py", LONG),
]


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("check", EVERY_CHECK, ids=lambda check: check.__name__)
def test_this_repository__keeps_the_rule(check: Check) -> None:
    assert check(ROOT) == []


@pytest.mark.parametrize(("check", "name", "text"), REFUSED)
def test_file_breaks_the_rule__it_is_found(
    check: Check, name: str, text: str, tmp_path: Path
) -> None:
    write(tmp_path, name, text)
    findings = check(tmp_path)
    assert findings
    assert all(finding.startswith(name) for finding in findings)


@pytest.mark.parametrize(("check", "name", "text"), ALLOWED)
def test_file_keeps_the_rule__nothing_is_found(
    check: Check, name: str, text: str, tmp_path: Path
) -> None:
    write(tmp_path, name, text)
    assert check(tmp_path) == []


def test_every_check__is_shown_to_refuse_and_to_allow() -> None:
    assert {case[0] for case in REFUSED} == {case[0] for case in ALLOWED} == set(EVERY_CHECK)
