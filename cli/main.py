"""`dunwell`: every command, each importing what it needs only when it runs."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli import (
    cash,
    dispatch,
    dispute,
    documents,
    engine_commands,
    eval_commands,
    forecast,
    hold,
    inbox,
    keys,
    lessons,
    letters,
    mail,
    metrics_commands,
    people,
    plan,
    policy,
    portal,
    promises,
    risk,
    tasks,
    webhooks,
)
from cli.options import AsOf, DemoHome, Home, Json, MaybeAsOf
from cli.output import fail
from ledger.errors import ArError

app = typer.Typer(
    name="dunwell",
    help="Accounts-receivable agents that know when to ask a person.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help answers in half the time
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cash.app, name="cash")
app.add_typer(dispute.app, name="dispute")
app.add_typer(documents.app, name="document")
app.add_typer(eval_commands.app, name="eval")
app.add_typer(forecast.app, name="forecast")
app.add_typer(hold.app, name="hold")
app.add_typer(inbox.app, name="inbox")
app.add_typer(lessons.app, name="lessons")
app.add_typer(letters.app, name="letters")
app.add_typer(mail.app, name="mail")
app.add_typer(metrics_commands.app, name="metrics")
app.add_typer(people.app, name="people")
app.add_typer(keys.app, name="key")
app.add_typer(plan.app, name="plan")
app.add_typer(policy.app, name="policy")
app.add_typer(portal.app, name="portal")
app.add_typer(promises.app, name="promises")
app.add_typer(risk.app, name="risk")
app.add_typer(tasks.app, name="tasks")
app.add_typer(webhooks.app, name="webhooks")
app.command("dispatch")(dispatch.command)
app.add_typer(engine_commands.app)

Account = Annotated[str, typer.Argument(metavar="ID", help="Account id, number or name.")]


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the whole traceback of an error.")
    ] = False,
) -> None:
    """Accounts-receivable agents that know when to ask a person."""


@app.command()
def demo(
    home: DemoHome = None,
    accounts: Annotated[int, typer.Option("--accounts", help="Size of the portfolio.")] = 300,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same company.")] = 7,
    keep: Annotated[
        bool, typer.Option("--keep", help="Go on with the demo that is there.")
    ] = False,
) -> None:
    """Build a synthetic company, run a night over it, and show what waits."""
    from cli.demo import run

    run(home, accounts, seed, keep)


@app.command()
def init(home: Home = None, json_out: Json = False) -> None:
    """Create an empty home with commented policies to edit."""
    from cli.init import run

    run(home, json_out)


@app.command("import")
def import_files(
    kind: Annotated[
        str,
        typer.Argument(help="customers, invoices, credits, receipts, tickets, contracts, orders."),
    ],
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    as_of: MaybeAsOf = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="May be repeated.")
    ] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Where none is named.")] = None,
    dates: Annotated[str | None, typer.Option("--dates", help="DMY, MDY or YMD.")] = None,
    decimal: Annotated[str | None, typer.Option("--decimal", help="point or comma.")] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="Text encoding, instead of finding it.")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Sheet of a workbook.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Import without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only the report.")] = False,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Take in a CSV or XLSX export; a data-quality report first, nothing half-imported."""
    from cli.import_files import run

    run(
        home,
        kind,
        files,
        as_of=as_of,
        columns=columns or [],
        currency=currency,
        dates=dates,
        decimal=decimal,
        encoding=encoding,
        sheet=sheet,
        yes=yes,
        dry_run=dry_run,
        json_out=json_out,
    )


@app.command()
def bank(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only read and check; nothing goes into the ledger.")
    ] = False,
    accept_difference: Annotated[
        bool, typer.Option("--accept-difference", help="Also take in what does not tie.")
    ] = False,
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="Layout of a table; `dunwell bank profiles` lists them."),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--mapping", metavar="PART=COLUMN", help="A column of a table; kept for its header."
        ),
    ] = None,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Take in bank statements and remittances of any supported format, once, if they tie.

    `dunwell bank profiles` lists the layouts of tables that are known by name.
    """
    from cli.bank import run

    run(
        home,
        files,
        json_out,
        dry_run,
        accept_difference,
        as_of,
        profile=profile,
        mapping=mapping or (),
    )


@app.command()
def night(
    as_of: AsOf,
    mode: Annotated[
        Literal["shadow", "draft", "auto"] | None,
        typer.Option("--mode", help="A stricter autonomy for this night only."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Look at so many accounts only.")
    ] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Run a night, or go on with one that was interrupted."""
    from cli.night import run

    run(home, as_of, json_out, mode=mode, limit=limit)


@app.command()
def report(
    as_of: AsOf,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write it as a page.")
    ] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Show the morning report."""
    from cli.report import run

    run(home, as_of, html, json_out)


@app.command()
def chat(
    question: Annotated[
        str | None, typer.Argument(help="One question; without it, a conversation.")
    ] = None,
    session: Annotated[str, typer.Option("--session", help="Name of the conversation.")] = "cli",
    listed: Annotated[bool, typer.Option("--list", help="List your conversations.")] = False,
    search: Annotated[
        str | None, typer.Option("--search", help="List those in which these words were said.")
    ] = None,
    export: Annotated[
        Literal["markdown", "json"] | None, typer.Option("--export", help="Print the conversation.")
    ] = None,
    who: Annotated[str | None, typer.Option("--as", metavar="PERSON", help="Who asks.")] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Ask the assistant about the book; what it wants to do waits in the inbox."""
    from cli.chat import run, run_export, run_list

    if listed or search is not None:
        run_list(home, search, who, json_out)
    elif export is not None:
        run_export(home, session, export, who)
    else:
        run(home, question, session, who, json_out)


@app.command()
def account(named: Account, home: Home = None, json_out: Json = False) -> None:
    """Show the one-page brief of an account."""
    from cli.account import run

    run(home, named, json_out)


@app.command()
def why(named: Account, home: Home = None, json_out: Json = False) -> None:
    """Explain the last decision about an account, with its counterfactual."""
    from cli.account import run_why

    run_why(home, named, json_out)


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 8321,
    home: Home = None,
) -> None:
    """Serve the pages and the API."""
    from cli.serve import run

    run(home, host, port)


@app.command()
def verify(home: Home = None, json_out: Json = False) -> None:
    """Prove the promises on this home; exit 1 with the first counter-example."""
    from cli.verify import run

    run(home, json_out)


@app.command()
def replay(
    run_id: Annotated[str, typer.Argument(metavar="RUN")],
    account_id: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Derive a decision of a night again from what was recorded."""
    from cli.verify import replay as run

    run(home, run_id, account_id, json_out)


@app.command()
def doctor(home: Home = None, json_out: Json = False) -> None:
    """Say what is missing or wrong on this machine and home; exit 1 if anything fails."""
    from cli.doctor import run

    run(home, json_out)


@app.command()
def reindex(home: Home = None, json_out: Json = False) -> None:
    """Build the search over contract notes, tickets and disputes again."""
    from cli.knowledge import run

    run(home, json_out)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; every error is one line on stderr and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run(given, debug="--debug" in given))


def _run(arguments: list[str], debug: bool) -> int:
    try:
        # `--debug` may stand anywhere on the line.
        code = app(
            args=[each for each in arguments if each != "--debug"],
            prog_name="dunwell",
            standalone_mode=False,
        )
        sys.stdout.flush()
    except ArError as error:
        if debug:
            raise
        fail(error.message)
        return 2 if 400 <= error.status_code < 500 else 1
    except BrokenPipeError:
        _close_quietly()
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if debug:
            raise
        return _tell(error)
    return code if isinstance(code, int) else 0


def _tell(error: Exception) -> int:
    """Usage errors tell themselves; anything else is ours and says where to look."""
    if hasattr(error, "format_message"):
        fail(f"{error.format_message()} (see `dunwell --help`)")
        return 2
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    fail(f"unexpected {what}; run it again with --debug for the traceback")
    return 1


def _close_quietly() -> None:
    """Nobody reads on; keep Python from complaining about it at exit."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
