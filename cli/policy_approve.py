"""`dunwell policy approve`: a person says yes to a change of the policy files."""

from dataclasses import asdict
from pathlib import Path

from cli.home import acting, opened
from cli.output import emit, say
from cli.policy_diff import told
from graph.policy_in_force import approve
from ledger.clock import SystemClock
from ledger.errors import NotFound


def run(home: Path | None, who: str | None, json_out: bool) -> None:
    """Show the change that waits, record the yes, and say what is still missing."""
    with opened(home) as house:
        change = house.policy_change
        if change is None:
            raise NotFound("nothing waits: the policy files say what is in force")
        person = acting(house, who)
        with house.ledger.write() as session:
            roles = frozenset(person.roles)
            left = approve(session, change, person.person_id, roles, SystemClock().now())
    missing = list(left.missing) if left else []
    if json_out:
        changes = [asdict(each) for each in change.changes]
        emit({"policy": change.new.hash, "changes": changes, "missing": missing})
        return
    for each in change.changes:
        say(told(each))
    waits = f"it waits for {' and '.join(missing)}" if missing else "it is in force now"
    say(f"Approved by {person.person_id}: {waits}.")
