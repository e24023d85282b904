"""One folder in which world after world is played.

The engine of its database is kept, because it has every statement compiled after the first night;
the files behind it are exchanged.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.bootstrap import House, open_house
from graph.settings import Settings
from ledger.session import Ledger
from policies.load import load_policy


class Room:
    """A home that is opened again and again, each time as a copy of another.

    Args:
        home: A folder of its own.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._ledger: Ledger | None = None

    @contextmanager
    def opened(self, source: Path, *, model: str | None = None, **named: object) -> Iterator[House]:
        """Open a copy of a home; the environment is not read.

        Args:
            source: The home to copy.
            model: The name of the model every reader asks, as where one is configured; the caller
                says which model that is, or names its endpoint. None is the embedded default.
            named: Other settings of the home.
        """
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(source, self.home)
        settings = Settings.model_validate({"home": self.home, "model": model, **named})
        if self._ledger is None:
            house = open_house(settings=settings)
            self._ledger = house.ledger
        else:
            house = House(settings, self._ledger, load_policy(self.home / "policies"))
        try:
            yield house
        finally:
            house.close()

    def keep(self, target: Path) -> None:
        """Copy the home as it was left."""
        shutil.copytree(self.home, target)
