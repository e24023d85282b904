"""Who may say yes to a proposal: never its author, within an amount, and once per person."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from ledger.actions import read_action
from ledger.errors import Conflict, Refused
from ledger.journal import decode_roles, recorded_facts
from ledger.money import Money
from ledger.sight import EVERYTHING, Sight, read_sight
from ledger.states import DecisionVerb
from ledger.tables.account import Account
from ledger.tables.work import Decision, Person, Proposal
from policies.schema import Policy
from tools.execute import action_value

RoleSets = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Decider:
    """A signed-in person, the roles they hold and what they see of the book."""

    person_id: str
    name: str
    roles: tuple[str, ...]
    sight: Sight = EVERYTHING

    @classmethod
    def of(cls, person: Person) -> "Decider":
        """From the person's row."""
        roles = tuple(role for role in person.roles.split(",") if role)
        return cls(person.id, person.name, roles, read_sight(person.id, person.sees))

    def check_may_decide(self, policy: Policy) -> None:
        """Refuse somebody who only reads, such as an auditor.

        Raises:
            Refused: No role of theirs has any authority.
        """
        if not any(entry.role in self.roles for entry in policy.approval.authority):
            raise Refused(
                f"{self.name} ({', '.join(self.roles) or 'no role'}) may read the inbox, not decide"
            )


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a proposal is on its way to a yes."""

    author: str
    action_type: str
    value: Money | None
    needed: RoleSets
    approved_by: tuple[Decider, ...]

    def missing(self, policy: Policy, also: tuple[Decider, ...] = ()) -> RoleSets:
        """Role sets nobody has covered yet, counting those in `also` as having said yes."""
        held = [policy.approval.roles_of(person.roles) for person in (*self.approved_by, *also)]
        covered = frozenset().union(*held)
        return tuple(roles for roles in self.needed if not covered.intersection(roles))

    def after(self, decider: Decider, policy: Policy) -> RoleSets:
        """Role sets still missing once this person says yes.

        Raises:
            Refused: They are the author, or lack the authority or every role that is asked for.
            Conflict: They said yes already.
        """
        told = f"{decider.name} ({', '.join(decider.roles) or 'no role'})"
        if decider.person_id == self.author:
            raise Refused("the author of a request never approves it; ask a colleague")
        if not policy.approval.has_authority(decider.roles, self.action_type, self.value):
            stake = f" of {self.value}" if self.value else ""
            raise Refused(f"{told} has no authority for {self.action_type}{stake}")
        if any(person.person_id == decider.person_id for person in self.approved_by):
            raise Conflict("you have approved this already; it waits for somebody else")
        before = self.missing(policy)
        after = self.missing(policy, (decider,))
        if before and before == after:
            raise Refused(f"this still needs {in_words(before)}; {told} covers none of it")
        return after


def in_words(needed: RoleSets) -> str:
    """Role sets as a person says them: "finance_lead or legal, and account_owner"."""
    return ", and ".join(" or ".join(roles) for roles in needed)


def standing_of(session: Session, proposal: Proposal) -> Standing:
    """Read where a proposal stands."""
    action = read_action(proposal.action)
    approvals = session.execute(
        select(Decision.decided_by, Decision.decided_as, Person.name)
        .outerjoin(Person, Person.id == Decision.decided_by)
        .where(Decision.proposal_id == proposal.id, Decision.verb == DecisionVerb.APPROVE)
        .order_by(Decision.version)
    )
    return Standing(
        author=proposal.author,
        action_type=proposal.action_type,
        value=action_value(action, recorded_facts(session, proposal.facts_hash)),
        needed=decode_roles(proposal.approver_roles),
        approved_by=tuple(
            Decider(row[0], row[2] or row[0], tuple(row[1].split(","))) for row in approvals
        ),
    )


def who_may_approve(
    session: Session, standing: Standing, policy: Policy, account_id: str
) -> tuple[Decider, ...]:
    """The people of the home who see the account and whose yes would count now."""
    able = []
    account = session.get_one(Account, account_id)
    for person in session.scalars(select(Person).order_by(Person.id)):
        decider = Decider.of(person)
        if not decider.sight.covers(account):
            continue
        try:
            standing.after(decider, policy)
        except (Refused, Conflict):
            continue
        able.append(decider)
    return tuple(able)
