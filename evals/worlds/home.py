"""A home with a synthetic portfolio in it: embedded, offline, routine letters leave unattended."""

from datetime import date
from pathlib import Path

from evals.worlds.mix import PortfolioMix
from evals.worlds.portfolio import build_portfolio
from graph.bootstrap import House, create_home, open_house
from graph.settings import Settings
from policies.load import let_routine_letters_leave

AS_OF = date(2026, 3, 17)
"""The business date of these homes; the day after is a business day too."""


def build_home(
    home: Path, mix: PortfolioMix, accounts: int, seed: int, database_url: str | None = None
) -> None:
    """Write a portfolio into a new home in mode auto, its books in a file of it unless told."""
    let_routine_letters_leave(home / "policies")
    house = create_home(settings=Settings(home=home, database_url=database_url))
    try:
        build_portfolio(
            house.ledger, seed=seed, accounts=accounts, as_of=AS_OF, mix=mix, policy=house.policy
        )
    finally:
        house.close()


def reopen(home: Path, database_url: str | None = None) -> House:
    """Open such a home, whatever database and model the environment names."""
    return open_house(settings=Settings(home=home, database_url=database_url))
