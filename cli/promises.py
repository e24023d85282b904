"""`dunwell promises`: what was promised both ways, how often it is kept, and saying that it was."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.options import As, Home, Json, MaybeAsOf

if TYPE_CHECKING:
    from tools.promise_pages import PromisesPage

app = typer.Typer(help="Promises, theirs and ours.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="PROMISE", help="As `list` shows it.")]
Note = Annotated[str, typer.Option("--note", help="What was done, or why it counts no more.")]


@app.command("list")
def list_promises(
    account: Annotated[str | None, typer.Option("--account", help="Id, number or name.")] = None,
    side: Annotated[
        Literal["theirs", "ours"] | None, typer.Option("--side", help="Whose; both if left out.")
    ] = None,
    settled: Annotated[bool, typer.Option("--settled", help="Also what is settled.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Lines at most.")] = 50,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List promises by due date, what is overdue first, with the kept rate of an account."""
    from cli.home import opened
    from cli.output import emit
    from tools.account_names import find_account
    from tools.promise_pages import promises_page

    with opened(home) as house, house.ledger.read() as session:
        page = promises_page(
            session,
            house.policy,
            as_of or house.business_date(),
            account_id=find_account(session, account) if account else None,
            side=side,
            settled=settled,
            limit=limit,
        )
    emit(page) if json_out else _show(page)


@app.command()
def keep(
    promise_id: Id, note: Note = "", who: As = None, home: Home = None, json_out: Json = False
) -> None:
    """Say that a promise was kept where the ledger cannot see it; a colleague confirms it."""
    _close(promise_id, "kept", note, who, home, json_out)


@app.command()
def cancel(
    promise_id: Id, note: Note = "", who: As = None, home: Home = None, json_out: Json = False
) -> None:
    """Say that a promise counts no more; a colleague confirms it."""
    _close(promise_id, "cancelled", note, who, home, json_out)


def _close(
    promise_id: str,
    outcome: Literal["kept", "cancelled"],
    note: str,
    who: str | None,
    home: Home,
    json_out: bool,
) -> None:
    from cli.asking import ask
    from cli.home import opened
    from ledger.actions import KeepPromise
    from tools.promise_pages import account_of

    with opened(home) as house:
        with house.ledger.read() as session:
            account_id = account_of(session, promise_id)
        action = KeepPromise(
            account_id=account_id, promise_id=promise_id, outcome=outcome, note=note
        )
        ask(house, who, "collector", action, json_out)


def _show(page: "PromisesPage") -> None:
    from cli.output import say, show_table, told

    if page.record is not None:
        say(page.record.in_words)
    if not page.promises:
        say("Nothing is promised.")
        return
    heads = ("Promise", "Account", "Whose", "What", "Due", "Amount", "State", "")
    rows = [
        (
            line.promise_id,
            f"{line.name} ({line.account_number})",
            line.side,
            line.kind,
            line.due_on,
            told(line.amount),
            line.state,
            line.remark,
        )
        for line in page.promises
    ]
    show_table(heads, rows, right=("Amount",))
