"""Options that several commands share."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def read_day(text: str) -> date:
    """Read a date such as 2026-03-17."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date: write YYYY-MM-DD") from None


Home = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Folder of the home [env DUNWELL_HOME]."),
]
# What a demo overwrites is never the home of the environment.
DemoHome = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Folder of the demo; dunwell-demo without one."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
AsOf = Annotated[
    date, typer.Option("--as-of", metavar="DATE", parser=read_day, help="Business date.")
]
MaybeAsOf = Annotated[
    date | None, typer.Option("--as-of", metavar="DATE", parser=read_day, help="Business date.")
]
As = Annotated[
    str | None,
    typer.Option("--as", metavar="PERSON", help="Who decides [env DUNWELL_USER]."),
]
