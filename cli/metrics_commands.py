"""`dunwell metrics`, `metrics uplift` and `metrics interest`: of the book, of experiments."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Home, Json, MaybeAsOf

if TYPE_CHECKING:
    from tools.trials import Trial

app = typer.Typer(
    help="Aging, DSO, BPDSO, ADD, CEI, promises, disputes and work, as of any date.",
    invoke_without_command=True,
)


@app.callback()
def metrics(
    ctx: typer.Context, as_of: MaybeAsOf = None, home: Home = None, json_out: Json = False
) -> None:
    """Aging, DSO, BPDSO, ADD, CEI, promises, disputes and work, as of any date."""
    if ctx.invoked_subcommand is None:
        from cli.metrics import run

        run(home, as_of, json_out)


@app.command("uplift")
def measure_uplift(as_of: MaybeAsOf = None, home: Home = None, json_out: Json = False) -> None:
    """Compare the random arms of each experiment with its control, with 95 % intervals."""
    from cli.output import emit, say

    found = _trials(home, as_of)
    if json_out:
        emit({"experiments": found})
        return
    if not found:
        say("No experiment is registered: see experiments.toml among the policies of the home.")
    for trial in found:
        _show(trial)


@app.command("interest")
def late_interest(
    rate: Annotated[str, typer.Option("--rate", metavar="PERCENT", help="A year.")],
    account: Annotated[
        str | None, typer.Argument(help="Its items past due; or give --amount.")
    ] = None,
    amount: Annotated[str | None, typer.Option("--amount", help="A sum instead.")] = None,
    currency: Annotated[str, typer.Option("--currency", help="Of the sum.")] = "GBP",
    days: Annotated[int, typer.Option("--days", min=0, help="It is so many days late.")] = 1,
    as_of: MaybeAsOf = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Work out interest for late payment, simple and by the day; nothing is charged."""
    from cli.metrics_interest import run

    run(home, account, rate, amount, currency, days, as_of, json_out)


def _trials(home: Path | None, as_of: Any) -> "list[Trial]":
    from cli.home import opened
    from tools.trials import trials

    with opened(home) as house, house.ledger.read() as session:
        return trials(session, house.policy, as_of or house.business_date())


def _show(trial: "Trial") -> None:
    from cli.output import say, show_heading

    show_heading(f"{trial.id}, {trial.starts_on} to {trial.ends_on}: {trial.says}")
    if not trial.registered_before:
        say("  Not registered in force before its start: nobody takes part.")
    if trial.stopped_on is not None:
        say(f"  Stopped on {trial.stopped_on}, for it did harm: everybody is as usual since.")
    if trial.drawn:
        arms = ", ".join(f"{name} {count}" for name, count in sorted(trial.drawn.items()))
        say(f"  Accounts drawn: {arms}; those with nothing to measure yet are not compared.")
    for each in trial.results:
        share = each.metric == "paid_share"
        unit, scale = ("percent points", 100) if share else ("days", 1)
        say(
            f"  {each.arm} ({each.accounts}) {each.value * scale:.1f} against "
            f"{each.control_value * scale:.1f} of {each.control}: {each.difference * scale:+.1f} "
            f"{unit}, 95 % from {each.low * scale:+.1f} to {each.high * scale:+.1f}; "
            f"{each.state.replace('_', ' ')}"
        )
