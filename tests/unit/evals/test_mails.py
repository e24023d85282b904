"""The mails that customers of the demo company write on its night."""

from datetime import date
from email import message_from_bytes
from pathlib import Path

import pytest

from evals.worlds.home import AS_OF, build_home, reopen
from evals.worlds.mails import WRITTEN, drop_mails
from evals.worlds.mix import PortfolioMix

MIX = PortfolioMix(due=1.0, stages=(1,))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "home"
    build_home(home, MIX, 80, seed=7)
    house = reopen(home)
    try:
        with house.ledger.read() as session:
            for name in ("first", "again"):
                drop_mails(session, house.policy, home / name, AS_OF)
    finally:
        house.close()
    return home


def test_every_kind__is_written_by_another_customer(folder: Path) -> None:
    mails = {p.stem[3:]: message_from_bytes(p.read_bytes()) for p in (folder / "first").iterdir()}
    assert set(mails) == {*WRITTEN, "unknown"}
    assert len({mails[name]["From"] for name in WRITTEN}) == len(WRITTEN)
    assert "{" not in "".join(str(mail.get_payload()) for mail in mails.values())


def test_same_books__same_mails(folder: Path) -> None:
    first, second = (
        {p.name: p.read_bytes() for p in (folder / name).iterdir()} for name in ("first", "again")
    )
    assert first == second


def test_promise__is_for_a_day_to_come(folder: Path) -> None:
    (path,) = (folder / "first").glob("*-promise.eml")
    told = message_from_bytes(path.read_bytes()).get_payload()
    assert date(2026, 3, 20).strftime("%B %Y") in str(told)
