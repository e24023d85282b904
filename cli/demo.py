"""`dunwell demo`: a seeded company, a night over it, the report, and what to do next."""

import shutil
import sys
from datetime import date
from pathlib import Path

from batch.intake_mail import fetch_mail
from batch.night import run_night
from batch.report import write_report
from cli.night import progress_for, show_report
from cli.output import say
from evals.worlds.mails import drop_mails, drop_returned
from evals.worlds.mix import DEMO
from evals.worlds.portfolio import build_portfolio
from graph.bootstrap import House, create_home
from graph.settings import read_settings
from ledger.errors import BadInput
from ledger.states import DecisionVerb
from policies.load import let_routine_letters_leave

MARKER = "this-is-a-demo"
AS_OF = date(2026, 11, 20)


def run(home: Path | None, accounts: int, seed: int, keep: bool) -> None:
    """Build the demo home, run a night, and show what waits.

    Args:
        home: Folder of the demo home; a folder that is not a demo is never touched.
        accounts: Size of the portfolio.
        seed: Seed of the portfolio; the same seed gives the same company.
        keep: Go on with the demo home that is there instead of building it anew.
    """
    settings = read_settings(home or Path("dunwell-demo"))
    folder = settings.home
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise BadInput(f"{folder} holds something else; choose another folder with --home")
    if folder.exists() and not keep:
        shutil.rmtree(folder)
    house = create_home(settings=settings)
    try:
        if not (folder / MARKER).exists():
            _furnish(house, accounts, seed)
            house.close()
            house = create_home(settings=settings)
        with progress_for(AS_OF) as progress:
            run_night(house, AS_OF, progress)
        _return_one(house)
        show_report(write_report(house, AS_OF))
        _what_next(house)
    finally:
        house.close()


def _furnish(house: House, accounts: int, seed: int) -> None:
    """Write the synthetic company and let routine letters leave."""
    say(f"Building a synthetic company: {accounts} customers, a year of history, seed {seed}")
    build_portfolio(house.ledger, seed=seed, accounts=accounts, as_of=AS_OF, mix=DEMO)
    with house.ledger.read() as session:
        drop_mails(session, house.policy, house.home / "intake" / "mail", AS_OF)
    let_routine_letters_leave(house.home / "policies")
    (house.home / MARKER).write_text("rebuilt by every `dunwell demo`\n", "utf-8")


def _return_one(house: House) -> None:
    """Let a letter of the night come back: its address is paused and a person asked for another."""
    folder = house.home / "intake" / "mail"
    with house.ledger.read() as session:
        returned = drop_returned(session, house.policy, folder, AS_OF)
    if returned:
        fetch_mail(house, AS_OF, house.clock_at(AS_OF).now())


def _what_next(house: House) -> None:
    """Name the commands a visitor would try, with ids that exist."""
    from graph.inbox import first_waiting

    where = f"--home {house.home}"
    dunwell = _command()
    waiting = first_waiting(house, 2)
    say("")
    say("What waits for a person:")
    say(f"  {dunwell} inbox list {where}")
    for proposal_id, person, verb in waiting:
        reason = ' --reason "not now"' if verb is DecisionVerb.REJECT else ""
        say(f"  {dunwell} inbox {verb} {proposal_id} --as {person}{reason} {where}")
    say("Open the pages (it prints links that sign you in), ask the assistant, prove the night:")
    say(f"  {dunwell} serve {where}")
    say(f'  {dunwell} chat "who should I work today, and why?" --as cora.lind {where}')
    say(f"  {dunwell} verify {where}")
    say(
        f"The report is {house.home / 'reports' / f'{AS_OF}.html'}, the letters are in "
        f"{house.home / 'mail'}"
    )


def _command() -> str:
    """What to type: the name alone where it is on the path, else where it lies."""
    if shutil.which("dunwell"):
        return "dunwell"
    script = Path(sys.argv[0]).absolute()
    here = Path.cwd()
    return str(script.relative_to(here)) if script.is_relative_to(here) else str(script)
