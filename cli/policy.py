"""`dunwell policy`: check what the files say, show it, compare it, try it on past nights."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.options import As, Home, Json, read_day

At = Annotated[
    date | None,
    typer.Option("--at", metavar="DATE", parser=read_day, help="A day; today without one."),
]

app = typer.Typer(help="The rules and numbers a manager may change.", no_args_is_help=True)


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="A policies folder; without it, that of the home.")
    ] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say whether the policy can be used: files, rules, letters."""
    from cli.output import emit, say
    from cli.policy_diff import missing_letters, read_policy, render_every_letter

    policy, where = read_policy(folder, home)
    rules, letters = len(policy.approval.rules), render_every_letter(policy)
    missing = missing_letters(policy)
    if json_out:
        emit(
            {
                "folder": where,
                "hash": policy.hash,
                "rules": rules,
                "letters": letters,
                "missing_letters": missing,
            }
        )
        return
    say(f"{where} can be used: {rules} rules, {letters} letters")
    for each in missing:
        say(f"  there is no {each}: such letters wait for a person")
    say(f"version {policy.hash}")


@app.command()
def show(home: Home = None, json_out: Json = False) -> None:
    """Say in sentences what the policy of this home does."""
    from cli.output import emit, say, show_heading
    from cli.policy_diff import read_policy
    from policies.describe import describe_limits, describe_rule, describe_stage

    policy, where = read_policy(None, home)
    if json_out:
        emit(policy)
        return
    show_heading(f"Policy of {where}, version {policy.hash}")
    say(f"Autonomy is {policy.autonomy.mode}.")
    for line in describe_limits(policy):
        say(line)
    for stage in policy.dunning.stages:
        waits = ", always waits for a person" if stage.needs_approval else ""
        say(f"  {describe_stage(policy, stage.level)}{waits}")
    show_heading("Rules")
    for rule in policy.approval.rules:
        say(f"  {describe_rule(rule)}")


@app.command()
def diff(
    old: Annotated[
        Path | None, typer.Argument(help="A policies folder; without it, the defaults.")
    ] = None,
    new: Annotated[
        Path | None, typer.Argument(help="A policies folder; without it, that of the home.")
    ] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Compare two policies; what lets more happen without a person is marked."""
    from cli.output import emit, say
    from cli.policy_diff import read_policy, told
    from policies.compare import compare
    from policies.load import load_policy

    before = read_policy(old, home)[0] if old else load_policy()
    after, _where = read_policy(new, home)
    changes = compare(before, after)
    if json_out:
        emit({"old": before.hash, "new": after.hash, "changes": changes})
        return
    for change in changes:
        say(told(change))
    loose = sum(change.loosens for change in changes)
    say(f"{len(changes)} difference(s), {loose} of them loosening" if changes else "No difference.")


@app.command("dry-run")
def dry_run(
    nights: Annotated[int, typer.Option("--nights", min=1, help="How many past nights.")] = 5,
    policies: Annotated[
        Path | None, typer.Option("--policies", metavar="DIR", help="The policy to try.")
    ] = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say which messages, approvals and holds of past nights would differ."""
    from cli.policy_dry_run import run

    run(home, nights, policies, json_out)


@app.command("approve")
def approve_change(
    seen: Annotated[
        str | None, typer.Option("--seen", metavar="VERSION", help="Say yes to what was shown.")
    ] = None,
    who: As = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Show the change of the policy files that waits, then say yes to it; loosening takes two."""
    from cli.policy_approve import run

    run(home, who, seen, json_out)


@app.command("list")
def list_rules(
    place: Annotated[
        str | None, typer.Option("--place", help="US-CA, EU-DE, ...; several with commas.")
    ] = None,
    debtor: Annotated[
        str | None, typer.Option("--debtor", help="consumer, sole_trader, guarantor or business.")
    ] = None,
    role: Annotated[str | None, typer.Option("--role", help="first_party or third_party.")] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="email, sms, portal, letter or voice.")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", help="consumer or commercial.")
    ] = None,
    at: At = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List the compliance rules in force, for a message or for all."""
    from cli.policy_packs import list_rules as run

    given = {"place": place, "debtor": debtor, "role": role, "channel": channel}
    run(home, given | {"purpose": purpose}, at or _today(), json_out)


@app.command()
def pending(
    at: At = None,
    nights: Annotated[int, typer.Option("--nights", min=1, help="How many past nights.")] = 5,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """List the compliance rules still to start, how soon, and what each would have stopped."""
    from cli.policy_packs import list_pending

    list_pending(home, at or _today(), nights, json_out)


@app.command()
def explain(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="Such as UNI-18.")],
    at: At = None,
    home: Home = None,
    json_out: Json = False,
) -> None:
    """Say all about a compliance rule: test, sources, examples, what it limits, its review."""
    from cli.policy_packs import explain_rule

    explain_rule(home, rule_id, at or _today(), json_out)


def _today() -> date:
    from ledger.clock import SystemClock

    return SystemClock().today()
