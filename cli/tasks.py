"""`dunwell tasks`: what people have to do, saying what came of it, giving it to a colleague."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import As, Home, Json, MaybeAsOf

if TYPE_CHECKING:
    from tools.tasks import OpenTasks

app = typer.Typer(help="Tasks for people: list, close, give on.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="TASK", help="As `dunwell tasks list` shows it.")]
_SHOWN = 70


@app.command("list")
def list_tasks(
    account: Annotated[str | None, typer.Option("--account", help="Id, number or name.")] = None,
    mine: Annotated[
        str | None, typer.Option("--of", metavar="PERSON", help="Theirs, or given to nobody.")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only what is due by now.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Lines at most.")] = 50,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List open tasks, the earliest due first."""
    from cli.home import acting, opened
    from cli.output import emit
    from tools.account_names import find_account
    from tools.tasks import TaskFilter, open_tasks

    with opened(home) as house:
        day = as_of or house.business_date()
        person = acting(house, mine) if mine else None
        with house.ledger.read() as session:
            account_id = find_account(session, account) if account else None
            wanted = TaskFilter(account_id, day if due else None, person)
            found = open_tasks(session, day, wanted, limit)
    emit(found) if json_out else _show(found)


@app.command()
def done(
    task_id: Id,
    note: Annotated[str, typer.Option("--note", help="What came of it, in your words.")],
    not_needed: Annotated[
        bool, typer.Option("--not-needed", help="Nobody has to do it any more.")
    ] = False,
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say that a task is done and what came of it; it is kept as a call or a note."""
    from cli.home import acting, opened
    from cli.output import emit, say
    from tools.tasks import close_task

    outcome = "dropped" if not_needed else "done"
    with opened(home) as house:
        person, day = acting(house, who), house.business_date()
        now = house.clock_at(day).now()
        with house.ledger.write() as session:
            close_task(session, task_id, person, outcome, note, house.policy, day, now)
    told = {"task_id": task_id, "state": outcome}
    emit(told) if json_out else say(f"{task_id} is {outcome}.")


@app.command()
def assign(
    task_id: Id,
    colleague: Annotated[str, typer.Argument(metavar="PERSON", help="Who takes it.")],
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Give a task to a colleague."""
    from cli.home import acting, opened
    from cli.output import emit, say
    from tools.tasks import give_task

    with opened(home) as house:
        person = acting(house, who)
        now = house.clock_at(house.business_date()).now()
        with house.ledger.write() as session:
            give_task(session, task_id, person, colleague, house.policy, now)
    told = {"task_id": task_id, "assignee": colleague}
    emit(told) if json_out else say(f"{task_id} is {colleague}'s now.")


def _show(found: "OpenTasks") -> None:
    from cli.output import say, show_table

    if not found.tasks:
        say("No task is open.")
        return
    heads = ("Task", "Due", "Late", "Kind", "Account", "For", "What")
    rows = [
        (
            each.task_id,
            each.due_on,
            each.days_overdue or "",
            each.kind,
            f"{each.name} ({each.account_number})",
            each.assignee or "anybody",
            " ".join(each.summary.split())[:_SHOWN],
        )
        for each in found.tasks
    ]
    show_table(heads, rows, right=("Late",))
    if found.count > len(found.tasks):
        say(f"... and {found.count - len(found.tasks)} more open tasks")
