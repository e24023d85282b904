"""The life of a trained model: candidate, in use, replaced or rejected; the journal says which."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from ledger.errors import Conflict, NotFound, Refused
from ledger.journal import audit
from ledger.queries.risk_models import (
    APPROVED,
    REJECTED,
    SUBJECT,
    TRAINED,
    USED,
    ModelEvent,
    model_events,
)
from tools.authority import Decider
from tools.model_files import check_files, load, read_record

if TYPE_CHECKING:
    from engines.risk.model import TimingModel

APPROVER = "finance_lead"
CANDIDATE, IN_USE, REPLACED, REJECTED_STATE = "candidate", "in use", "replaced", "rejected"


@dataclass(frozen=True, slots=True)
class Version:
    """A trained model as the journal knows it.

    Attributes:
        digest: sha256 of its record, which holds those of its files.
        as_of: It learnt from what was known before this day.
        decided_by: Who approved or rejected it last; empty for a candidate.
    """

    version: str
    digest: str
    as_of: date
    trained_by: str
    state: str = CANDIDATE
    decided_by: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class InUse:
    """The version people approved last.

    Attributes:
        model: Ready to use; None where its files may not be used.
        refused: Why not, in a line.
        history_from: Day of issue of the oldest invoice it was learnt with.
    """

    version: Version
    model: "TimingModel | None"
    refused: str = ""
    history_from: date | None = None


def versions(session: Session) -> dict[str, Version]:
    """Every version ever trained here, oldest first."""
    return states_of(model_events(session))


def states_of(events: list[ModelEvent]) -> dict[str, Version]:
    """Where each version stands after what the journal tells."""
    found: dict[str, Version] = {}
    for event in events:
        name = event.said["version"]
        if event.kind == TRAINED:
            as_of = date.fromisoformat(event.said["as_of"])
            found[name] = Version(name, event.said["digest"], as_of, event.actor)
        elif name in found and event.kind in (APPROVED, REJECTED):
            if event.kind == APPROVED:
                # What was compared with the version before can no longer be approved.
                found |= {
                    each.version: replace(each, state=REPLACED, decided_by=event.actor)
                    for each in found.values()
                    if each.state in (CANDIDATE, IN_USE)
                }
            state = IN_USE if event.kind == APPROVED else REJECTED_STATE
            found[name] = replace(found[name], state=state, decided_by=event.actor)
    return found


def in_use(session: Session) -> Version | None:
    """The version people approved last, unless one took it out of use."""
    return next((each for each in versions(session).values() if each.state == IN_USE), None)


def record_training(
    session: Session, version: str, digest: str, as_of: date, actor: str, at: datetime
) -> None:
    """Journal a new candidate.

    Raises:
        Conflict: The same model was trained before.
    """
    known = versions(session).get(version)
    if known is not None:
        raise Conflict(f"model {version} was trained already and is {known.state}; nothing is new")
    said = {"version": version, "digest": digest, "as_of": as_of.isoformat()}
    audit(session, at, TRAINED, SUBJECT, actor, **said)


def approve(session: Session, home: Path, name: str, person: Decider, at: datetime) -> Version:
    """Bring a candidate into use, bound to what its files say now.

    Raises:
        NotFound: There is no such version, or its files are gone.
        Conflict: It was decided already, or compared with another than the one in use.
        Refused: The person trained it or is no finance lead; or a file differs.
    """
    known = versions(session)
    candidate = _candidate(known, name)
    if APPROVER not in person.roles:
        raise Refused(f"{person.name} may not approve a model: it takes a {APPROVER}")
    if person.person_id == candidate.trained_by:
        raise Refused("whoever trained a model never approves it; ask a colleague")
    record = read_record(home, candidate.version, candidate.digest)
    check_files(home, candidate.version, candidate.digest)
    current = next((each for each in known.values() if each.state == IN_USE), None)
    current_name = current.version if current else ""
    if record.back_test.in_use_version != current_name:
        was, now = record.back_test.in_use_version or "no model", current_name or "no model"
        raise Conflict(
            f"model {candidate.version} was compared with {was}, and {now} is in use now; "
            "train again with `dunwell risk train`"
        )
    said = {"version": candidate.version, "digest": candidate.digest, "replaces": current_name}
    audit(session, at, APPROVED, SUBJECT, person.person_id, as_role=APPROVER, **said)
    return replace(candidate, state=IN_USE, decided_by=person.person_id)


def reject(session: Session, name: str, person: Decider, reason: str, at: datetime) -> Version:
    """Say no to a candidate, or take the version in use out of use.

    Raises:
        NotFound: There is no such version.
        Conflict: It is neither a candidate nor in use.
        Refused: The person is no finance lead.
    """
    found = _known(versions(session), name)
    if APPROVER not in person.roles:
        raise Refused(f"{person.name} may not reject a model: it takes a {APPROVER}")
    if found.state not in (CANDIDATE, IN_USE):
        raise Conflict(f"model {found.version} is {found.state} already, by {found.decided_by}")
    said = {"version": found.version, "digest": found.digest, "reason": reason}
    audit(session, at, REJECTED, SUBJECT, person.person_id, as_role=APPROVER, **said)
    return replace(found, state=REJECTED_STATE, decided_by=person.person_id)


def approved_model(session: Session, home: Path) -> InUse | None:
    """The model in use, read from its files; None where people approved none.

    Files that are gone or differ from what was approved are not used, and the answer says why.
    """
    current = in_use(session)
    if current is None:
        return None
    try:
        model = load(home, current.version, current.digest)
        record = read_record(home, current.version, current.digest)
    except (NotFound, Refused) as error:
        return InUse(current, None, error.message)
    return InUse(current, model, history_from=record.learnt.first_issued_on)


def record_use(session: Session, used: Version, at: datetime, run_id: str) -> None:
    """Journal the first night that used a version since another was used."""
    uses = [event for event in model_events(session) if event.kind == USED]
    if not uses or uses[-1].said["digest"] != used.digest:
        said = {"version": used.version, "digest": used.digest, "run_id": run_id}
        audit(session, at, USED, SUBJECT, "night", **said)


def what_to_do(session: Session, as_of: date, refit_days: int) -> str | None:
    """What people have to do about models, in a line; None where there is nothing."""
    known = versions(session).values()
    current = next((each for each in known if each.state == IN_USE), None)
    waiting = [each for each in known if each.state == CANDIDATE]
    if waiting:
        newest = waiting[-1].version
        return f"a trained risk model waits: `dunwell risk list`, then approve or reject {newest}"
    if current is not None and (as_of - current.as_of).days > refit_days:
        age = (as_of - current.as_of).days
        return (
            f"the risk model in use has learnt nothing for {age} days: "
            f"`dunwell risk train --as-of {as_of}`, compare, approve"
        )
    return None


def _known(known: dict[str, Version], name: str) -> Version:
    if name not in known:
        raise NotFound(f"no model {name!r} was trained here; `dunwell risk list` shows them")
    return known[name]


def _candidate(known: dict[str, Version], name: str) -> Version:
    found = _known(known, name)
    if found.state != CANDIDATE:
        raise Conflict(f"model {found.version} is {found.state} already, by {found.decided_by}")
    return found
