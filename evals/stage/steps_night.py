"""Nights, dispatches and crashes."""

from datetime import datetime, timedelta
from typing import Any

from batch.dispatch import dispatch as send_what_is_due
from batch.night import run_night
from batch.proof import prove
from batch.proof_evidence import CounterExample
from evals.stage.scene import Stage
from ledger.clock import FixedClock
from policies.load import with_changes


class _PowerCut(BaseException):
    """Nothing catches it, as nothing catches a power cut."""


def night(stage: Stage, days: int = 0) -> None:
    """Run the night of the business date, or of so many days later."""
    stage.day += timedelta(days=days)
    if stage.night is not None:
        stage.night(stage)
        return
    run_night(stage.house, stage.day, lambda *_step: None)


def crash(stage: Stage, phase: str, days: int = 0) -> None:
    """Run a night that breaks off as a phase begins; the phase before it is done."""
    stage.day += timedelta(days=days)

    def cut(name: str, *_counts: int) -> None:
        if name == phase:
            raise _PowerCut

    try:
        run_night(stage.house, stage.day, cut)
    except _PowerCut:
        return
    raise AssertionError(f"the night has no phase {phase!r}, so nothing broke off")


def dispatch(stage: Stage) -> dict[str, int]:
    """Send what is permitted and due, each judged again."""
    done = send_what_is_due(stage.house, stage.day, None)
    return {"sent": done.sent, "stopped": done.stopped, "failed": done.failed}


def night_beside_another(stage: Stage) -> None:
    """Start the night of the business date while another holds the home."""
    with stage.house.night_lock():
        night(stage)


def policy(stage: Stage, **files: dict[str, Any]) -> None:
    """Somebody changes policy files: `contact: {window_opens: "10:00"}`."""
    changed = {}
    for name, values in files.items():
        was = getattr(stage.house.policy, name)
        changed[name] = type(was).model_validate(was.model_dump(by_alias=True) | values)
    stage.house.policy = with_changes(stage.house.policy, **changed)


def at(stage: Stage, instant: str) -> None:
    """Set the real clock of the house, as `2026-03-17T15:00:00+00:00`."""
    stage.house.system_clock = FixedClock(datetime.fromisoformat(instant))


def verify(stage: Stage) -> list[str]:
    """Prove the promises; lists what is broken."""
    found = prove(stage.house, lambda *_step: None)
    return [str(each) for each in found if isinstance(each, CounterExample)]


STEPS: dict[str, Any] = {
    "night": night,
    "crash": crash,
    "night_beside_another": night_beside_another,
    "dispatch": dispatch,
    "policy": policy,
    "at": at,
    "verify": verify,
}
