"""What people do: customers write, colleagues decide, enter and ask."""

from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from sqlalchemy import select

from evals.stage.scene import Scene
from graph.conversation import ask as ask_the_assistant
from graph.inbox import Inbox, decider_of
from ledger.errors import NotFound
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.account import Contact
from ledger.tables.work import Proposal


def mail(
    scene: Scene, body: str, subject: str = "Re: Your account", sender: str | None = None
) -> None:
    """The customer's contact writes; the next night takes it in."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender or _address(scene)
    message["To"] = scene.house.policy.company.sender_email
    message["Subject"] = subject
    number = len(scene.notes) + 1  # a night empties the folder; a number may not come again
    message["Message-ID"] = f"<{scene.key}-{number}@customer.example>"
    message["Date"] = datetime.combine(scene.stage.day, time(9), UTC)
    message.set_content(body)
    folder = scene.house.home / "intake" / "mail"
    (folder / f"{scene.key}-{number}.eml").write_bytes(message.as_bytes())


def _address(scene: Scene) -> str:
    with scene.house.ledger.read() as session:
        found = session.scalars(
            select(Contact).where(Contact.account_id == scene.account_id).order_by(Contact.id)
        ).first()
    if found is None or not found.email:
        raise NotFound(f"{scene.case.id}: the customer has no address to write from")
    return f"{found.name or 'Accounts payable'} <{found.email}>"


def decide(
    scene: Scene,
    verb: str = "approve",
    person: str = "felix.ortega",
    which: int = 0,
    action: str | None = None,
    **how: Any,
) -> dict[str, Any]:
    """Somebody decides one of the customer's waiting requests.

    Args:
        scene: The case.
        verb: A verb of the inbox.
        person: Who decides.
        which: Which of them, in the order they were made.
        action: Only requests of this type.
        how: What the verb needs: reason, changes, choose, until, note, assignee, seen_digest.
    """
    scene.stage.by_people = True
    proposal = waiting_request(scene, which, action)
    house = scene.house
    decider = decider_of(house, person)
    inbox = Inbox(house, house.deps(scene.stage.day), decider, attended=False)
    outcome = getattr(inbox, verb)(proposal, **how)
    return {"state": outcome.state, "says": outcome.says, "happened": outcome.happened}


def waiting_request(scene: Scene, which: int = 0, action: str | None = None) -> str:
    """Id of one of the customer's waiting requests, counted in the order they were made."""
    with scene.house.ledger.read() as session:
        found = session.scalars(
            select(Proposal)
            .where(
                Proposal.account_id == scene.account_id,
                Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)),
            )
            .order_by(Proposal.created_at, Proposal.id)
        ).all()
    keys = [each.id for each in found if action in (None, each.action_type)]
    if which >= len(keys):
        raise NotFound(f"{scene.case.id}: {len(keys)} requests wait, none is number {which}")
    return keys[which]


def ask(scene: Scene, question: str, person: str = "cora.lind", role: str | None = None) -> Any:
    """A colleague asks the assistant; `$account` in the question is the customer's number."""
    house = scene.house
    question = question.replace("{account}", scene.account_id)
    reply = ask_the_assistant(house, decider_of(house, person), f"s_{scene.key}", question, role)
    return {
        "answer": reply.answer,
        "role": reply.role,
        "requests": len(reply.proposal_ids),
        "looked_up": list(reply.looked_up),
    }


STEPS: dict[str, Any] = {"mail": mail, "decide": decide, "ask": ask}
