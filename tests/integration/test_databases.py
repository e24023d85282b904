"""The databases that the other tests stand on."""

from sqlalchemy import inspect, text

from ledger.session import open_engine
from tests.support.database import create_tables


def tables(url: str) -> set[str]:
    engine = open_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_kind_asked_for__url_is_of_that_kind(database_kind: str, database_url: str) -> None:
    expected = {"sqlite": "sqlite:///", "postgres": "postgresql+psycopg://"}[database_kind]
    assert database_url.startswith(expected)


def test_empty_database__has_no_table(empty_database_url: str) -> None:
    assert tables(empty_database_url) == set()


def test_empty_database_upgraded__equals_the_copied_one(
    empty_database_url: str, database_url: str
) -> None:
    create_tables(empty_database_url)
    assert tables(empty_database_url) == tables(database_url)
    assert len(tables(database_url)) > 1


def test_copied_database_changed__template_stays_clean(
    database_url: str, template_database: str, database_kind: str, request
) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE scratch (id integer)"))
    engine.dispose()
    if database_kind == "sqlite":
        template = f"sqlite:///{template_database}"
    else:
        template = request.getfixturevalue("postgres_server").url(template_database)
    assert "scratch" not in tables(template)
