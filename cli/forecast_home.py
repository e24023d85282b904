"""`dunwell forecast show`, `calibration`, `scenario`: the cash forecast of a home."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from cli.options import Home, Json, MaybeAsOf, read_day

if TYPE_CHECKING:
    from tools.scenarios import Scenario

app = typer.Typer()


@app.command()
def show(
    grain: Annotated[Literal["weeks", "days"], typer.Option("--by", help="Weeks or days.")] = (
        "weeks"
    ),
    segments: Annotated[bool, typer.Option("--segments", help="Also each segment.")] = False,
    entities: Annotated[
        bool, typer.Option("--entities", help="Also each of our entities that issued invoices.")
    ] = False,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Show what the newest night expects: P10, P50, P90, and what moved since the one before."""
    from cli.home import opened
    from cli.output import emit, note, say
    from ledger.errors import NotFound
    from tools.forecast_record import newest_forecast

    with opened(home) as house, house.ledger.read() as session:
        kept = newest_forecast(session)
    if kept is None:
        raise NotFound("no night has forecast yet: run `dunwell night --as-of DATE`")
    series = kept.parts(segments=segments, entities=entities)
    if json_out:
        emit({"as_of": kept.as_of, "method": kept.method, "series": series, "moved": kept.moved})
        return
    say(f"Cash expected as of {kept.as_of}. {kept.method}.")
    for each in series:
        _show_series(each, grain)
    for line in moved_lines(kept.moved):
        say(line)
    if not any(each["kind"] == "known_billing" for each in series):
        note("No orders are known to the ledger: billing to come is in total alone.")


@app.command()
def calibration(as_of: MaybeAsOf = None, home: Home = None, json_out: Json = False) -> None:
    """Hold past forecasts of this home against the cash that came: coverage, bias, error."""
    from cli.home import opened
    from cli.output import emit, say, show_heading, show_table
    from engines.forecast.record import past_record
    from tools.forecast_record import past_outcomes

    with opened(home) as house, house.ledger.read() as session:
        day = as_of or house.business_date()
        outcomes = past_outcomes(session, day)
    records = {currency: past_record(found) for currency, found in sorted(outcomes.items())}
    if json_out:
        emit({"as_of": day, "records": records})
        return
    if not any(records.values()):
        say("No week that was forecast is over yet.")
    heads = ("Kind", "Weeks ahead", "Weeks", "Within P10-P90 %", "Bias %", "Error %")
    for currency, lines in records.items():
        show_heading(f"Forecasts of {currency} that are over by {day}; 80 % are to fall within")
        show_table(heads, (_record_row(line) for line in lines), right=heads[1:])


@app.command()
def scenario(
    slips: Annotated[
        str | None, typer.Option("--slips", metavar="ACCOUNT", help="It pays everything later.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=90, help="By so many days.")] = 14,
    resolves: Annotated[
        str | None, typer.Option("--resolves", metavar="DISPUTE", help="It is resolved.")
    ] = None,
    on: Annotated[
        date | None, typer.Option("--on", metavar="DATE", parser=read_day, help="On this day.")
    ] = None,
    settled: Annotated[
        int, typer.Option("--settled", min=0, max=100, help="Percent of it that is paid.")
    ] = 100,
    accepts: Annotated[
        str | None, typer.Option("--accepts", metavar="PLAN", help="The customer accepts it.")
    ] = None,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Ask what cash would come if a customer slips, a dispute resolves or a plan is accepted."""
    from cli.home import opened
    from cli.output import emit
    from tools.account_names import find_account
    from tools.risk_models import approved_model
    from tools.scenarios import Happening, play

    with opened(home) as house, house.ledger.read() as session:
        account = find_account(session, slips) if slips else None
        happening = Happening(account, days, resolves, on, settled, accepts)
        approved = approved_model(session, house.home)
        found = play(session, house.policy, as_of or house.business_date(), happening, approved)
    emit(found) if json_out else _show_scenario(found)


def moved_lines(moved: Iterable[dict[str, Any]]) -> Iterable[str]:
    """What moved since the night before, a line each."""
    from ledger.money import Money

    for each in moved:
        currency = each["currency"]
        change = Money(each["after"] - each["before"], currency)
        parts = ", ".join(
            f"{reason} {Money(minor, currency)}" for reason, minor in each["parts"].items()
        )
        yield (
            f"{currency}, {each['weeks']} weeks: {Money(each['after'], currency)}, {change} since "
            f"{each['since']}" + (f" ({parts})" if parts else "")
        )


def _show_series(series: dict[str, Any], grain: str) -> None:
    from cli.output import show_heading, show_table

    named = f", {series['dimension']} {series['value'] or 'not told'}"
    part = "" if series["dimension"] == "currency" else named
    show_heading(f"{series['kind'].replace('_', ' ')} {series['currency']}{part}")
    heads = ("From", "P10", "P50", "P90", "Mean")
    rows = (_span_row(span, series["currency"]) for span in series[grain])
    show_table(heads, rows, right=heads[1:])


def _span_row(span: dict[str, Any], currency: str) -> tuple[str, ...]:
    from batch.report_page import bare
    from ledger.money import Money

    minors = (span[name] for name in ("p10", "p50", "p90", "mean"))
    return (span["starts_on"], *(bare(Money(minor, currency)) for minor in minors))


def _record_row(line: Any) -> tuple[str, ...]:
    shares = (line.covered, line.bias, line.wape)
    # Where no cash came at all there is nothing to take a share of.
    told = (f"{share * 100:.0f}" if abs(share) < 100 else "-" for share in shares)
    return (line.kind.replace("_", " "), str(line.horizon), str(line.weeks), *told)


def _show_scenario(found: "Scenario") -> None:
    from cli.output import amounts, say, show_heading, show_table, told

    show_heading(f"If {found.what}, as of {found.as_of}")
    heads = ("Week of", "Expected", "Instead", "Difference")
    rows = (
        (str(w.starts_on), told(w.expected), told(w.instead), told(w.difference))
        for w in found.weeks
    )
    show_table(heads, rows, right=heads[1:])
    if found.later:
        say(f"Later than these weeks, or not at all: {amounts(found.later)}")
