"""Whatever exports say one after the other, the books end where the last one does."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.imports import Desk, open_desk

HEAD = "customer_number,invoice_number,invoice_date,due_date,amount,currency,open_amount,clear_date"
# One ledger serves every example, so each has customers and days of its own.
EXAMPLES = count()

Statement = tuple[int, int, int | None]


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """Amount, open balance and days since the clear date of one invoice in one export."""
    amount = draw(st.integers(1, 500)) * 10
    left = draw(st.sampled_from([amount, 0, amount // 2, amount - 1]))
    cleared = draw(st.none() | st.integers(-5, 60))
    return amount, left, cleared if left < amount else None


EXPORT = st.dictionaries(st.integers(1, 3), statements(), min_size=1)


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(database_url, tmp_path) as opened:
        yield opened


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(exports=st.lists(EXPORT, min_size=2, max_size=4))
def test_series_of_exports__each_invoice_is_open_as_last_stated(
    desk: Desk, exports: list[dict[int, Statement]]
) -> None:
    example = next(EXAMPLES)
    last: dict[str, int] = {}
    for number, export in enumerate(exports):
        as_of, rows = date(2026, 3, 1) + timedelta(10 * example + number), []
        for at, (amount, left, days) in export.items():
            name = f"C{example}-{at}"
            cleared = as_of - timedelta(days) if days is not None else ""
            rows.append(
                f"C{example},{name},2026-01-10,2026-02-09,{amount / 100:.2f},EUR,"
                f"{left / 100:.2f},{cleared}"
            )
            if days is None or days >= 0:
                last[name] = left
            else:
                last.pop(name, None)  # it waits for the day it is cleared on
        desk.take("invoices", HEAD, *rows, as_of=as_of)
        assert desk.take("invoices", HEAD, *rows, as_of=as_of).unchanged

    found = desk.open_balances()
    assert {name: found[name] for name in last} == last
