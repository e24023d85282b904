"""`dunwell verify` and `dunwell replay`: derive again what a home says."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import typer

from batch.proof import CounterExample, Proven, Result, prove
from batch.replay import Replay
from batch.replay import replay as derive_again
from cli.home import opened
from cli.output import emit, note, say
from ledger.clock import SystemClock
from tools.last_proof import LastProof, keep_proof

_EVERY = 5_000


def run(home: Path | None, json_out: bool) -> None:
    """Prove the promises; the first counter-example ends in exit code 1."""
    with opened(home) as house:
        results = prove(house, _progress())
        broken = [each for each in results if isinstance(each, CounterExample)]
        names = tuple(each.promise for each in broken)
        proof = LastProof(
            proved_at=SystemClock().now(), held=len(results) - len(broken), broken=names
        )
        keep_proof(house.home, proof)
    if json_out:
        emit({"holds": not broken, "promises": [_as_json(each) for each in results]})
    else:
        for result in results:
            if isinstance(result, Proven):
                say(f"{result.promise:<24} holds: {result.count:,} {result.of}")
        for result in broken:
            say(f"{result.promise:<24} BROKEN")
        if broken:
            _tell(broken[0])
        else:
            say("Everything on this home derives again.")
    if broken:
        raise typer.Exit(1)


def replay(home: Path | None, run_id: str, account_id: str, json_out: bool) -> None:
    """Derive one decision again; exit code 1 where it comes out otherwise."""
    with opened(home) as house:
        found = derive_again(house, run_id, account_id)
    if json_out:
        emit({"same": found.differs is None, **asdict(found)})
    else:
        _show(found)
    if found.differs is not None:
        raise typer.Exit(1)


def _as_json(result: Result) -> dict[str, object]:
    return {"holds": isinstance(result, Proven), **asdict(result)}


def _tell(broken: CounterExample) -> None:
    say(f"{broken.promise} does not hold: {broken.subject}")
    say(f"  expected: {broken.expected}")
    say(f"  found:    {broken.found}")
    say(f"  look:     {broken.look}")


def _show(found: Replay) -> None:
    say(f"{found.name}: {found.kind} in the night of {found.as_of} ({found.run_id})")
    if found.run_id != found.asked_run_id:
        say("  Nothing came up in the night you asked for; this decision stood.")
    say(f"  {found.reason}")
    for rule in found.rules:
        say(f"  rule {rule}")
    if found.counterfactual:
        say(f"  {found.counterfactual}")
    say(f"  from facts {found.facts_hash} and policy {found.policy_hash}")
    if found.differs is None:
        say("same: it derives again from what was recorded")
    else:
        say(
            f"different: {found.differs.what}: recorded {found.differs.recorded}, "
            f"derived {found.differs.derived}"
        )
    for moved in found.since:
        say(f"  since then: {moved}")


def _progress() -> Callable[[str, int, int], None]:
    """Lines on stderr, one a pass and at most one every few thousand records."""
    told: dict[str, int] = {}

    def progress(name: str, done: int, total: int) -> None:
        if done - told.get(name, 0) >= _EVERY or name not in told:
            told[name] = done
            note(f"{name}: {done:,} of {total:,}" if total else name)

    return progress
