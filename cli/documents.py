"""`dunwell document`: a copy of an invoice, a statement or a plan, as HTML or PDF."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Home, Json, MaybeAsOf

if TYPE_CHECKING:
    from tools.documents import MadeDocument

app = typer.Typer(help="Documents made from the ledger, as HTML or PDF.", no_args_is_help=True)

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Account id, number or name.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Where to write it; .pdf makes a PDF."),
]
Language = Annotated[
    str | None,
    typer.Option("--language", metavar="CODE", help="en, es, fr or de; the customer's if left out"),
]


@app.command()
def invoice(
    named: Annotated[
        str, typer.Argument(metavar="ACCOUNT/NUMBER", help="Or the number, if one account has it.")
    ],
    out: Out = None,
    language: Language = None,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Make a copy of an invoice, open or settled, with what was set against it."""
    from tools.document_reads import read_invoice

    _make(
        lambda session, day, company: read_invoice(session, named, day, company, language),
        out,
        as_of,
        home,
        json_out,
    )


@app.command()
def statement(
    account: Account,
    out: Out = None,
    currency: Annotated[
        str | None, typer.Option("--currency", metavar="CODE", help="Such as EUR.")
    ] = None,
    language: Language = None,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Make the statement of an account in one currency."""
    from tools.document_reads import read_statement

    _make(
        lambda session, day, company: read_statement(
            session, account, day, company, language, currency
        ),
        out,
        as_of,
        home,
        json_out,
    )


@app.command()
def plan(
    account: Account,
    out: Out = None,
    language: Language = None,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Make the schedule of the newest payment plan of an account."""
    from tools.document_reads import read_plan

    _make(
        lambda session, day, company: read_plan(session, account, day, company, language),
        out,
        as_of,
        home,
        json_out,
    )


def _make(
    read: "Callable[[Any, date, Any], MadeDocument]",
    out: Path | None,
    as_of: date | None,
    home: Path | None,
    json_out: bool,
) -> None:
    from adapters.documents import pdf_page
    from cli.home import opened
    from cli.output import emit, say
    from ledger.errors import BadInput

    with opened(home) as house, house.ledger.read() as session:
        made = read(session, as_of or house.business_date(), house.policy.company)
    place = out or Path(made.name)
    if place.suffix not in (".html", ".pdf"):
        raise BadInput(f"{place}: name a file that ends in .html or .pdf")
    content = pdf_page(made.content) if place.suffix == ".pdf" else made.content
    try:
        place.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{place} cannot be written: {error.strerror}") from None
    if json_out:
        emit({"file": place, "kind": made.kind, "bytes": len(content), "digest": made.file_digest})
    else:
        say(f"{place}: {made.kind.replace('_', ' ')}, {len(content)} bytes")
