"""Homes for the browser tests: a portfolio after its first night, made once and copied."""

from collections.abc import Iterator

import pytest

from batch.dispatch import dispatch
from batch.night import run_night
from batch.report import write_report
from evals.worlds.mails import drop_mails
from tests.support.browser import Served, served
from tests.support.desk import Desk
from tests.support.played_home import AS_OF, Homes

ACCOUNTS = 40


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """A home after a night with mail; copies of it are cheap."""
    made = Homes(tmp_path_factory.mktemp("worked"))
    made.build(ACCOUNTS)
    assert made._template is not None
    with made._template.opened() as house:
        with house.ledger.read() as session:
            drop_mails(session, house.policy, house.home / "intake" / "mail", AS_OF)
        run_night(house, AS_OF, lambda *_: None)
        write_report(house, AS_OF)
    return made


@pytest.fixture
def office(worked: Homes) -> Iterator[Served]:
    """The worked home, served; what is approved leaves at once."""
    home = worked.copy()
    with (
        home.opened() as house,
        served(house, dispatch=lambda as_of: dispatch(house, as_of, None)) as made,
    ):
        yield made
    worked.drop(home)


@pytest.fixture
def small_office(desk: Desk) -> Iterator[Served]:
    """A home with nothing but people, served."""
    with served(desk.house) as made:
        yield made
