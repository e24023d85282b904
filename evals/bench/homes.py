"""What a bench does to a home between nights, and how much of the disk it takes."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import update

from evals.worlds.home import AS_OF
from graph.bootstrap import House
from ledger.tables.work import Feed

_FILES = ("ledger.db", "checkpoints.db")


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
