"""Tasks for people: the list, and saying that one is done or somebody else's."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from api.pages.access import SignedIn
from api.pages.forms import Sent, word
from api.pages.inbox_card import may_decide
from api.pages.render import done, page
from ledger.errors import BadInput
from tools.colleagues import takers
from tools.tasks import TaskFilter, close_task, give_task, open_tasks

router = APIRouter(prefix="/desk/tasks", include_in_schema=False)
TaskId = Annotated[str, Path(max_length=100)]
_SHOWN = 200


@router.get("")
def list_tasks(
    request: Request, visitor: SignedIn, who: Literal["", "mine"] = "", due: bool = False
) -> Response:
    """Open tasks, the earliest due first."""
    house = visitor.house
    as_of = house.business_date()
    wanted = TaskFilter(
        due_by=as_of if due else None, mine=visitor.person if who == "mine" else None
    )
    with house.ledger.read() as session:
        return page(
            request,
            "tasks/list.html",
            visitor,
            found=open_tasks(session, as_of, wanted, _SHOWN),
            takers=takers(session, house.policy),
            may_act=may_decide(visitor),
            who=who,
            due=due,
        )


@router.post("/{task_id}/done")
def close(request: Request, visitor: SignedIn, task_id: TaskId, form: Sent) -> Response:
    """Say that a task is done or not needed any more, and what came of it."""
    house = visitor.house
    outcome = word(form, "outcome", "done")
    if outcome not in ("done", "dropped"):
        raise BadInput("a task is done or dropped")
    day = house.business_date()
    with house.ledger.write() as session:
        task = close_task(
            session,
            task_id,
            visitor.person,
            outcome,
            word(form, "words"),
            house.policy,
            day,
            house.clock_at(day).now(),
        )
    return done(request, _back(form, task.account_id), "The task is closed.")


@router.post("/{task_id}/assign")
def give(request: Request, visitor: SignedIn, task_id: TaskId, form: Sent) -> Response:
    """Give a task to a colleague."""
    house, colleague = visitor.house, word(form, "person")
    with house.ledger.write() as session:
        now = house.clock_at(house.business_date()).now()
        task = give_task(session, task_id, visitor.person, colleague, house.policy, now)
    return done(request, _back(form, task.account_id), f"The task is {colleague}'s now.")


def _back(form: Sent, account_id: str) -> str:
    """The page the form stood on; only ever one of ours."""
    pages = {"today": "/desk", "tasks": "/desk/tasks"}
    return pages.get(word(form, "back"), f"/desk/accounts/{account_id}")
