"""`dunwell letters`: the templates of this home, how one reads in real cases, and keeping one."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Home, Json

app = typer.Typer(help="Letter templates: list, preview, save.", no_args_is_help=True)

Language = Annotated[
    str | None,
    typer.Option("--language", metavar="CODE", help="en, es, fr or de; a file's folder tells it."),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option("--account", metavar="ID", help="Try it on this account; may be repeated."),
]


@app.command("list")
def list_letters(home: Home = None, json_out: Json = False) -> None:
    """List the letters of this home: what each is for, its version and who approved it."""
    from cli.letter_commands import show_list

    show_list(home, json_out)


@app.command()
def preview(
    named: Annotated[
        str, typer.Argument(metavar="FILE|ID", help="A letter file, or a template's id.")
    ],
    language: Language = None,
    channel: Annotated[str, typer.Option("--channel", help="email, sms or portal.")] = "email",
    segment: Annotated[str, typer.Option("--segment", help="smb, mid, enterprise ...")] = "smb",
    accounts: Accounts = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Show a letter in three real cases of this home, with what the gate says of each."""
    from cli.letter_commands import show_preview

    show_preview(home, named, language, channel, segment, accounts or [], json_out)


@app.command()
def save(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Named after its template.")],
    language: Language = None,
    accounts: Accounts = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Keep a letter in this home's policies if it passes in three real cases."""
    from cli.letter_commands import save_file

    save_file(home, file, language, accounts or [], json_out)
