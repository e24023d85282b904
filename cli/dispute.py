"""`dunwell dispute`: the pipeline, one dispute, its evidence, its end, and the figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.asking import ask
from cli.options import As, Home, Json, MaybeAsOf

if TYPE_CHECKING:
    pass

app = typer.Typer(help="Disputes: list them, see one, add evidence, resolve.", no_args_is_help=True)

_ROLE = "dispute_analyst"
Id = Annotated[str, typer.Argument(metavar="ID", help="Dispute, or the beginning of its id.")]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, number or name.")]
Amount = Annotated[str | None, typer.Option("--amount", help="In the invoice's currency.")]


@app.command("list")
def list_disputes(
    account: Annotated[str | None, typer.Option("--account", help="Id, number or name.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Such as PRICE.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Who answers it.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Lines at most.")] = 50,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List open disputes, most urgent first, with sums per reason."""
    from cli.dispute_view import show_pipeline
    from cli.home import opened
    from cli.output import emit
    from tools.account_names import find_account
    from tools.dispute_pipeline import pipeline

    with opened(home) as house, house.ledger.read() as session:
        found = pipeline(
            session,
            house.policy,
            as_of or house.business_date(),
            account_id=find_account(session, account) if account else None,
            reason=reason.upper() if reason else None,
            owner=owner,
            overdue_only=overdue,
            limit=limit,
        )
    emit(found) if json_out else show_pipeline(found)


@app.command()
def show(
    dispute_id: Id, as_of: MaybeAsOf = None, home: Home = None, json_out: Json = False
) -> None:
    """Show a dispute with its evidence, priority and what usually decides it."""
    from cli.dispute_view import show_dispute
    from cli.home import opened
    from cli.output import emit
    from tools.dispute_pipeline import dispute_page

    with opened(home) as house, house.ledger.read() as session:
        page = dispute_page(session, dispute_id, house.policy, as_of or house.business_date())
    emit(page) if json_out else show_dispute(page)


@app.command()
def evidence(
    dispute_id: Id,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    kind: Annotated[str, typer.Option("--kind", help="Such as delivery_note.")] = "document",
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Keep a file as evidence: its name, digest and, where it is text, its words."""
    from cli.home import acting, opened
    from cli.output import emit, say
    from tools.dispute_desk import note_evidence, read_evidence
    from tools.dispute_pipeline import find_dispute

    given = read_evidence(file)
    with opened(home) as house:
        deps, person = house.deps(), acting(house, who)
        person.check_may_decide(house.policy)
        with house.ledger.write() as session:
            dispute = find_dispute(session, dispute_id)
            key = note_evidence(
                session,
                dispute,
                kind=kind,
                source=given.source,
                body=given.body,
                person_id=person.person_id,
                on=deps.as_of,
                now=deps.now,
            )
            told = {"id": key, "dispute_id": dispute.id, "source": given.source}
    emit(told) if json_out else say(f"{given.source} is kept with {told['dispute_id']}")


@app.command("open")
def open_dispute(
    account: Account,
    reason: Annotated[str, typer.Option("--reason", help="Such as PRICE or QTY_SHORT.")],
    invoice: Annotated[
        str | None, typer.Option("--invoice", help="Its number; without one, the account.")
    ] = None,
    amount: Amount = None,
    quote: Annotated[str, typer.Option("--quote", help="The customer's own words.")] = "",
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Open a dispute: of the account, an invoice, or a part of one."""
    from cli.home import opened
    from tools.dispute_wishes import wish_to_open

    with opened(home) as house:
        with house.ledger.read() as session:
            action = wish_to_open(session, account, reason.upper(), invoice, amount, quote)
        ask(house, who, _ROLE, action, json_out)


@app.command()
def resolve(
    dispute_id: Id,
    resolution: Annotated[
        str,
        typer.Argument(help="credit, rebill, deny, write_off, allow_discount or withdrawn."),
    ],
    amount: Amount = None,
    invoice: Annotated[
        str | None, typer.Option("--invoice", help="Where the account is disputed.")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why; a denial needs it.")] = "",
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Ask for a resolution; a colleague with authority over the amount approves it."""
    from cli.home import opened
    from tools.dispute_wishes import wish_to_resolve

    with opened(home) as house:
        with house.ledger.read() as session:
            action = wish_to_resolve(session, dispute_id, resolution, amount, invoice, note)
        ask(house, who, _ROLE, action, json_out)


@app.command()
def reopen(
    dispute_id: Id,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Ask to take a resolution back: what it took off is charged back."""
    from cli.home import opened
    from ledger.actions import ReopenDispute
    from tools.dispute_pipeline import find_dispute

    with opened(home) as house:
        with house.ledger.read() as session:
            found = find_dispute(session, dispute_id)
            action = ReopenDispute(account_id=found.account_id, dispute_id=found.id, note=note)
        ask(house, who, _ROLE, action, json_out)


@app.command()
def metrics(
    days: Annotated[int, typer.Option("--days", min=1, help="Opened in so many days.")] = 365,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Dispute rate, days to resolve, right first time, and root causes."""
    from cli.dispute_view import show_metrics
    from cli.home import opened
    from cli.output import emit
    from tools.dispute_metrics import dispute_metrics

    with opened(home) as house, house.ledger.read() as session:
        figures = dispute_metrics(session, house.policy, as_of or house.business_date(), days)
    emit(figures) if json_out else show_metrics(figures)
