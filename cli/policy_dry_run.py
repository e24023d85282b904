"""`dunwell policy dry-run`: a policy tried on the recorded decisions of past nights."""

from dataclasses import asdict
from pathlib import Path

import typer

from batch.policy_trial import Changes, Trial, try_policy
from cli.home import opened
from cli.output import emit, say, show_table
from cli.policy_diff import read_policy


def run(home: Path | None, nights: int, policy_folder: Path | None, json_out: bool) -> None:
    """Say what would differ; exit code 1 where a hold would be broken."""
    policy, where = read_policy(policy_folder, home)
    with opened(home) as house:
        trial = try_policy(house, policy, nights)
    if json_out:
        emit(asdict(trial))
    else:
        _show(trial, where)
    if trial.holds_broken:
        raise typer.Exit(1)


def _show(trial: Trial, where: Path) -> None:
    say(
        f"{where} (version {trial.policy_hash}) on {trial.decisions:,} decisions of "
        f"{len(trial.nights)} night(s): {', '.join(trial.nights)}"
    )
    kinds: dict[str, Changes] = {
        "messages without a person": trial.messages,
        "approvals asked for": trial.approvals,
        "accounts held": trial.holds,
    }
    heads = ("", "same", "added", "removed", "changed")
    show_table(
        heads,
        [(name, c.same, c.added, c.removed, c.changed) for name, c in kinds.items()],
        right=heads[1:],
    )
    for name, changes in kinds.items():
        for example in changes.examples:
            say(f"  {name}: {example}")
    say(f"holds broken: {len(trial.holds_broken)}")
    for broken in trial.holds_broken[:5]:
        say(f"  {broken}")
    say("Accounts of which nothing was due were not judged and are not part of this.")
