"""`dunwell policy approve`: a person says yes to a change of the policy files."""

from dataclasses import asdict
from pathlib import Path

from cli.home import acting, opened
from cli.output import emit, say
from cli.policy_diff import told
from graph.policy_in_force import PolicyChange, approve
from ledger.clock import SystemClock
from ledger.errors import Conflict, NotFound


def run(home: Path | None, who: str | None, seen: str | None, json_out: bool) -> None:
    """Show the change that waits; with the digest of what was seen, record the yes.

    Raises:
        NotFound: No change of the policy files waits.
        Conflict: The files are not what was seen.
    """
    with opened(home) as house:
        change = house.policy_change
        if change is None:
            raise NotFound("nothing waits: the policy files say what is in force")
        if seen is None:
            _show(change, change.missing, json_out)
            return
        if not seen or not change.new.hash.startswith(seen):
            raise Conflict(f"the files now say {change.new.hash[:12]}, not {seen}; look again")
        person = acting(house, who)
        with house.ledger.write() as session:
            roles = frozenset(person.roles)
            left = approve(session, change, person.person_id, roles, SystemClock().now())
    missing = left.missing if left else ()
    _show(change, missing, json_out, approved_by=person.person_id)


def _show(
    change: PolicyChange, missing: tuple[str, ...], json_out: bool, approved_by: str = ""
) -> None:
    if json_out:
        changes = [asdict(each) for each in change.changes]
        emit({"policy": change.new.hash, "changes": changes, "missing": list(missing)})
        return
    for each in change.changes:
        say(told(each))
    waits = f"it waits for {' and '.join(missing)}" if missing else "it is in force now"
    if approved_by:
        say(f"Approved by {approved_by}: {waits}.")
    else:
        say(f"Not in force: {waits}.")
        say(f"To say yes to this: dunwell policy approve --seen {change.new.hash[:12]} --as PERSON")
