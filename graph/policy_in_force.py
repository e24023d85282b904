"""Which policy holds: the files of a home count only once the people who must have said yes.

Until the first night the files are the policy. From then on a change of them waits: what lets more
happen, or words a letter anew, for compliance and legal, two people; anything else for one person.
While it waits, the home goes on under the policy it had.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import Session

from ledger.errors import Conflict, Refused
from ledger.journal import audit, insert_new
from ledger.session import Ledger
from ledger.tables.work import PolicyAdoption, PolicyApproval, PolicyVersion
from policies.compare import Change, compare
from policies.load import PolicyError, check_effective, policy_digest
from policies.schema import Policy
from tools.trials import refuse_changed

LOOSENING_NEEDS = ("compliance", "legal")
ANY_OF = ("compliance", "legal", "finance_lead")
_WORDS = ("letters[", "company.payment_details", "company.portal_link")


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A change of the policy files that waits for people.

    Attributes:
        approvals: (person, role) of those who said yes to exactly this change.
        missing: What is still needed: roles that must each say yes, or one entry naming several
            of which any one may.
    """

    old: Policy
    new: Policy
    changes: tuple[Change, ...]
    approvals: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]

    @property
    def needs_both(self) -> bool:
        """Whether compliance and legal must both say yes."""
        return any(each.loosens or each.where.startswith(_WORDS) for each in self.changes)


def policy_in_force(
    ledger: Ledger, files: Policy, now: datetime
) -> tuple[Policy, PolicyChange | None]:
    """The policy that holds, and the change of the files that waits, if one does.

    Raises:
        PolicyError: The policy that holds was recorded in a shape this program does not know, or
            the files hold without approval and one takes effect only after today.
    """
    with ledger.read() as session:
        newest = _newest(session)
        if newest is None:
            check_effective(files, _day(files, now))
            return files, None
        if newest.hash == files.hash:
            return files, None
        old = read_recorded(newest)
        if policy_digest(old) == files.hash:  # recorded in an older shape, it says the same
            return old, None
        change = _change(session, old, files)
    return old, change


def read_recorded(version: PolicyVersion) -> Policy:
    """A policy as it was written down.

    Raises:
        PolicyError: It was written in a shape this program does not know.
    """
    try:
        return Policy.model_validate_json(version.said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "policy"
        raise PolicyError(
            f"policy {version.hash}, recorded {version.first_used_on}: {where}: {first['msg']}; "
            "another version of Dunwell wrote it, open the home with that one"
        ) from None


def is_adopted(session: Session) -> bool:
    """Whether a night has ever run here, so that changes of the policy need approval."""
    return session.scalar(select(PolicyAdoption.seq).limit(1)) is not None


def remember(session: Session, policy: Policy, at: datetime) -> None:
    """Keep what a policy says under its hash, so that decisions under it can be replayed."""
    said = policy.model_dump_json(by_alias=True)
    row = {"hash": policy.hash, "said": said, "first_used_on": at.date()}
    insert_new(session, PolicyVersion, [row])


def adopt(session: Session, policy: Policy, at: datetime, approved_by: tuple[str, ...]) -> None:
    """Bring a policy into force."""
    remember(session, policy, at)
    names = ",".join(approved_by)
    session.add(PolicyAdoption(policy_hash=policy.hash, adopted_at=at, approved_by=names))
    session.flush()
    audit(session, at, "policy_adopted", policy.hash, names or "night", approved_by=approved_by)


def approve(
    session: Session,
    change: PolicyChange,
    person: str,
    roles: frozenset[str],
    at: datetime,
) -> PolicyChange | None:
    """Say yes to a waiting change; it comes into force with the last yes it needs.

    Args:
        session: A writing session.
        change: The change as it was shown.
        person: Who says yes.
        roles: The roles they hold.
        at: Now.

    Returns:
        The change as it still waits, or None where it is in force now.

    Raises:
        Conflict: This person has said yes already, or another policy came into force meanwhile.
        Refused: None of their roles may approve it.
        PolicyError: A file takes effect only after this day.
        BadInput: It changes an experiment under way.
    """
    newest = _newest(session)
    if newest is None or newest.hash != change.old.hash:
        raise Conflict("another policy came into force meanwhile; look at the difference again")
    check_effective(change.new, _day(change.new, at))
    refuse_changed(session, change.new)
    if any(person == each for each, _role in change.approvals):
        raise Conflict(f"{person} has approved this change already; another person must")
    role = next((r for r in change.missing if r in roles), None)
    if role is None and not change.needs_both:
        role = next((r for r in ANY_OF if r in roles), None)
    if role is None:
        raise Refused(
            f"{person} may not approve this change: it waits for {' and '.join(change.missing)}"
        )
    session.add(
        PolicyApproval(
            policy_hash=change.new.hash,
            replaces_hash=change.old.hash,
            person_id=person,
            role=role,
            approved_at=at,
        )
    )
    session.flush()
    audit(session, at, "policy_approved", change.new.hash, person, role=role)
    after = _change(session, change.old, change.new)
    if after.missing:
        return after
    adopt(session, change.new, at, tuple(name for name, _role in after.approvals))
    return None


def _day(policy: Policy, at: datetime) -> date:
    return at.astimezone(ZoneInfo(policy.company.time_zone)).date()


def _newest(session: Session) -> PolicyVersion | None:
    return session.scalars(
        select(PolicyVersion)
        .join(PolicyAdoption, PolicyAdoption.policy_hash == PolicyVersion.hash)
        .order_by(PolicyAdoption.seq.desc())
        .limit(1)
    ).first()


def _change(session: Session, old: Policy, new: Policy) -> PolicyChange:
    rows = session.execute(
        select(PolicyApproval.person_id, PolicyApproval.role)
        .where(PolicyApproval.policy_hash == new.hash, PolicyApproval.replaces_hash == old.hash)
        .order_by(PolicyApproval.seq)
    )
    said_yes = tuple((row.person_id, row.role) for row in rows)
    change = PolicyChange(old, new, tuple(compare(old, new)), said_yes, ())
    given = {role for _person, role in said_yes}
    if change.needs_both:
        missing = tuple(role for role in LOOSENING_NEEDS if role not in given)
    else:
        missing = () if given else (" or ".join(ANY_OF),)
    return PolicyChange(old, new, change.changes, said_yes, missing)
