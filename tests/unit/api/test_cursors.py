"""Cursors come back as they were written, and anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import read_cursor, write_cursor
from ledger.errors import BadInput


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_key__comes_back(key: str) -> None:
    assert read_cursor(write_cursor(key)) == key


def test_no_cursor__is_the_beginning() -> None:
    assert read_cursor(None) is None


@pytest.mark.parametrize("cursor", ["\u20ac", "a", "gA"])
def test_not_one_of_ours__is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="not a cursor"):
        read_cursor(cursor)
