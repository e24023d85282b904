"""Commands that try and measure the engines alone, over files."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Home, Json

app = typer.Typer()


@app.command()
def guard(
    source: Annotated[
        Path, typer.Option("--in", metavar="FILE", help="JSON lines: a message with its facts.")
    ],
    target: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="JSON lines, one a message.")
    ],
    known_at: Annotated[
        str | None,
        typer.Option("--known-at", metavar="VERSION", help="Rules of an earlier ruleset version."),
    ] = None,
    home: Home = None,
) -> int:
    """Judge messages of a file: allow, warn, require approval or block, and by which rules."""
    from cli.guard import run

    return run(home, source, target, known_at)


@app.command()
def tone(
    source: Annotated[
        Path, typer.Option("--in", metavar="FILE", help="JSON lines: id, text, stage if known.")
    ],
    target: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="JSON lines, one a message.")
    ],
    home: Home = None,
) -> int:
    """Score courtesy and firmness of messages in a file and find what breaks their tone."""
    from cli.tone import run

    return run(home, source, target)


@app.command()
def read(
    source: Annotated[
        Path, typer.Option("--in", metavar="FILE", help="JSON lines: customers' messages.")
    ],
    target: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="JSON lines, one a message.")
    ],
    calendar: Annotated[
        str, typer.Option("--calendar", metavar="COUNTRY", help="Whose business days count.")
    ] = "US",
) -> int:
    """Read customers' messages of a file: claims with their words, and who must look."""
    from cli.read import run

    return run(source, target, calendar)


@app.command()
def bench(
    sizes: Annotated[
        str, typer.Option("--sizes", help="Numbers of accounts.")
    ] = "1000,10000,50000",
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="May be repeated.")
    ] = None,
    inputs: Annotated[
        int, typer.Option("--inputs", min=1, help="Mutated bank files of bank-fuzz.")
    ] = 200_000,
    bank_files: Annotated[
        Path | None,
        typer.Option(
            "--bank-files",
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Real bank files to mutate as well, a subfolder per format.",
        ),
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table of a README.")] = False,
    json_out: Json = False,
) -> None:
    """Run the benchmarks, each against a stated baseline."""
    from cli.bench import run

    run(sizes, only or [], json_out, markdown, inputs, bank_files)


@app.command()
def match(
    open_items: Annotated[Path, typer.Option("--open", metavar="FILE", help="Open items.")],
    payments: Annotated[Path, typer.Option("--payments", metavar="FILE", help="Bank lines.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the answer goes.")],
    customers: Annotated[
        Path | None, typer.Option("--customers", metavar="FILE", help="Names and accounts.")
    ] = None,
    remittances: Annotated[
        Path | None, typer.Option("--remittances", metavar="FILE", help="Remittance advices.")
    ] = None,
    json_out: Json = False,
) -> None:
    """Match payments to open items, from files to a file."""
    from cli.match import run

    run(open_items, customers, payments, remittances, out, json_out)
