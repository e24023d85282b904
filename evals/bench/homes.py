"""Homes to measure on: a synthetic portfolio, mode auto, on SQLite, whatever the environment."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import update

from evals.worlds.mix import PRESETS
from evals.worlds.portfolio import build_portfolio
from graph.bootstrap import House, create_home, open_house
from graph.settings import Settings
from ledger.tables.work import Feed
from policies.load import copy_defaults

AS_OF = date(2026, 3, 17)
"""The first night: a business day, and so is the day after."""

_FILES = ("ledger.db", "checkpoints.db")


def build_home(home: Path, mix: str, accounts: int, seed: int) -> None:
    """Write a portfolio into a new home whose routine letters leave unattended."""
    copy_defaults(home / "policies")
    autonomy = home / "policies" / "autonomy.toml"
    said = autonomy.read_text("utf-8")
    autonomy.write_text(said.replace('mode = "draft"', 'mode = "auto"', 1), "utf-8")
    house = create_home(settings=Settings(home=home))
    try:
        build_portfolio(
            house.ledger,
            seed=seed,
            accounts=accounts,
            as_of=AS_OF,
            mix=PRESETS[mix],
            policy=house.policy,
        )
    finally:
        house.close()


def reopen(home: Path) -> House:
    """Open a home that was built, with the offline model and the embedded database."""
    return open_house(settings=Settings(home=home))


def let_a_day_pass(house: House) -> date:
    """Nothing happens but the date: every feed has been read again and brought nothing."""
    following = AS_OF + timedelta(days=1)
    with house.ledger.write() as session:
        session.execute(update(Feed).values(read_through=following))
    return following


def stored_bytes(home: Path) -> int:
    """Bytes of ledger and checkpoints on disk, with what their write-ahead logs hold."""
    present = [home / name for name in _FILES if (home / name).exists()]
    for path in present:
        connection = sqlite3.connect(path)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
    return sum(path.stat().st_size for path in present)
