"""`dunwell eval`: suites, attacks of a file, and a hostile model."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Json
from ledger.errors import BadInput

app = typer.Typer(help="Run the eval suites; exit 1 on a hard breach.")
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes; one a core by default.")
]


@app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    suite: Annotated[
        list[str] | None, typer.Option("--suite", help="Only this suite; may be repeated.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="ID", help="A model of your endpoint, or a player."),
    ] = None,
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="Plays of each case.")] = 1,
    control: Annotated[
        bool, typer.Option("--control", help="Also play the plain tool loop, which must fail.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FOLDER", help="HTML and JSON of every case.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Markdown with the tables.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="FILE", help="What to compare with.")
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Keep this run as the baseline.")
    ] = False,
    mutations: Annotated[
        bool,
        typer.Option("--mutations", help="Switch each control off once; does a case notice?"),
    ] = False,
    list_only: Annotated[bool, typer.Option("--list", help="Only say what there is.")] = False,
    scenarios: Annotated[
        Path | None, typer.Option("--scenarios", metavar="FOLDER", help="Suites of your own.")
    ] = None,
    workers: Workers = None,
    json_out: Json = False,
) -> None:
    """Run the eval suites; exit 1 on a hard breach."""
    if context.invoked_subcommand is not None:
        return
    from cli.evaluate import FOLDER, Asked, list_suites, run

    if list_only:
        list_suites(scenarios or FOLDER, json_out)
        return
    if mutations:
        if suite or model or scenarios or control:
            raise BadInput("--mutations plays every suite of the house; leave the others out")
        from cli.evaluate_mutations import switch_off_each

        switch_off_each(page, json_out)
        return
    run(
        Asked(
            suites=tuple(suite or ()),
            model=model,
            epochs=epochs,
            control=control,
            workers=workers,
            report=report,
            page=page,
            baseline=baseline,
            write_baseline=write_baseline,
            json_out=json_out,
            folder=scenarios or FOLDER,
        )
    )


@app.command()
def attacks(
    source: Annotated[
        Path, typer.Option("--in", metavar="FILE", help="JSON lines: attacks in their carriers.")
    ],
    target: Annotated[Path, typer.Option("--out", metavar="FILE", help="JSON lines, one a row.")],
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Markdown with every table.")
    ] = None,
    workers: Workers = None,
    json_out: Json = False,
) -> None:
    """Play attacks of a file against a model that obeys them; exit 1 if anything came of one."""
    from cli.evaluate_hostile import run_attacks_file

    run_attacks_file(source, target, page, workers, json_out)


@app.command()
def hostile(
    cases: Annotated[int, typer.Option("--cases", min=1, help="How many cases.")] = 500,
    seed: Annotated[int, typer.Option("--seed", help="The same seed, the same attacks.")] = 1,
    json_out: Json = False,
) -> None:
    """Let a hostile model play every role over seeded worlds; exit 1 on a hard breach."""
    from cli.evaluate_hostile import run_hostile_model

    run_hostile_model(cases, seed, json_out)
