"""`dunwell risk train`, `list`, `approve`, `reject`: models of this home and who let them in."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import As, AsOf, Home, Json

if TYPE_CHECKING:
    from graph.bootstrap import House
    from tools.model_files import Record
    from tools.risk_models import Version

app = typer.Typer()

Name = Annotated[str, typer.Argument(metavar="VERSION", help="As `dunwell risk list` names it.")]


@app.command()
def train(
    as_of: AsOf,
    test_days: Annotated[
        int, typer.Option("--test-days", min=14, max=730, help="Days the back-test covers.")
    ] = 90,
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Learn from the ledger and test it; what comes out is a candidate that waits for a yes."""
    from cli.home import opened
    from cli.output import emit, note, say
    from evals.ledgers.training import TrainOptions
    from evals.ledgers.training import train as learn
    from ledger.clock import SystemClock
    from ledger.queries.payment_history import invoices_known_before
    from tools.cash_ahead import history_of
    from tools.model_files import save
    from tools.risk_models import approved_model, record_training

    with opened(home) as house:
        trainer = _trainer(house, who)
        with house.ledger.read() as session:
            history = history_of(invoices_known_before(session, as_of))
            current = approved_model(session, house.home)
        if current is not None and current.refused:
            note(f"not compared with the model in use: {current.refused}")
        record, files = learn(history, as_of, current, TrainOptions(test_days), note)
        version, sealed = save(house.home, record, files)
        with house.ledger.write() as session:
            now = SystemClock().now()
            record_training(session, version, sealed, as_of, trainer, now)
    if json_out:
        emit({"version": version, "digest": sealed, **record.model_dump(mode="json")})
        return
    say(f"{version} is a candidate: {record.note}.")
    _show_back_test(version, record)
    say(f"To bring it into use: dunwell risk approve {version} --as PERSON")


@app.command("list")
def list_versions(home: Home = None, json_out: Json = False) -> None:
    """Show every version: where it stands, and its back-test beside the one in use then."""
    from cli.home import opened
    from cli.output import emit, say
    from ledger.errors import NotFound, Refused
    from tools.model_files import read_record
    from tools.risk_models import versions

    found: list[tuple[Version, Record | None, str]] = []
    with opened(home) as house, house.ledger.read() as session:
        for each in versions(session).values():
            try:
                found.append((each, read_record(house.home, each.version, each.digest), ""))
            except (NotFound, Refused) as error:
                found.append((each, None, error.message))
    if json_out:
        emit([_as_json(*each) for each in found])
        return
    if not found:
        say("No model was trained here: forecasts rest on each customer's own habit.")
    for version, record, fault in found:
        say(_standing(version))
        if record is None:
            say(f"  {fault}")
        else:
            say(f"  {record.note}")
            _show_back_test(version.version, record)


@app.command()
def approve(name: Name, who: As = None, home: Home = None, json_out: Json = False) -> None:
    """Bring a candidate into use; a finance lead who did not train it."""
    from cli.home import acting, opened
    from ledger.clock import SystemClock
    from tools.risk_models import approve as say_yes

    with opened(home) as house:
        person = acting(house, who)
        with house.ledger.write() as session:
            version = say_yes(session, house.home, name, person, SystemClock().now())
    _told(version, json_out)


@app.command()
def reject(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the journal.")],
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say no to a candidate, or take the version in use out of use."""
    from cli.home import acting, opened
    from ledger.clock import SystemClock
    from tools.risk_models import reject as say_no

    with opened(home) as house:
        person = acting(house, who)
        with house.ledger.write() as session:
            version = say_no(session, name, person, reason, SystemClock().now())
    _told(version, json_out)


def _trainer(house: "House", who: str | None) -> str:
    """The person named, or the owner of the machine where nobody is: a job may train."""
    from cli.home import acting
    from cli.people import OPERATOR

    return acting(house, who).person_id if who or house.settings.user else OPERATOR


def _told(version: "Version", json_out: bool) -> None:
    from dataclasses import asdict

    from cli.output import emit, say

    emit(asdict(version)) if json_out else say(_standing(version))


def _standing(version: "Version") -> str:
    decided = f", by {version.decided_by}" if version.decided_by else ""
    return f"{version.version}: {version.state}{decided}; trained by {version.trained_by}"


def _as_json(version: "Version", record: "Record | None", fault: str) -> dict[str, Any]:
    from dataclasses import asdict

    told = record.model_dump(mode="json") if record else None
    return {**asdict(version), "record": told, "fault": fault}


def _show_back_test(name: str, record: "Record") -> None:
    from cli.output import say, show_table

    test = record.back_test
    say(
        f"  {test.invoices:,} invoices due from {test.first_on}, asked about at issue or, where "
        f"they were open then, on that day; what happened by {test.last_on}:"
    )
    heads = ("Model", *test.candidate)
    rows = [(f"{name}, learnt monthly", test.candidate)]
    if test.in_use is not None:
        rows.append((f"{test.in_use_version}, in use then", test.in_use))
    rows.append(("no model, habits alone", test.no_model))
    lines = [(told, *(_figure(scores.get(head)) for head in heads[1:])) for told, scores in rows]
    show_table(heads, lines, right=heads[1:])


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
