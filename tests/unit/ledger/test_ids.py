"""The same thing always gets the same id."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.ids import digest, make_id

PARTS = st.lists(st.one_of(st.text(st.characters(exclude_characters="\x1f")), st.integers()))


@given(PARTS)
def test_equal_parts__equal_ids_of_one_shape(parts) -> None:
    made = make_id("inv", *parts)
    assert made == make_id("inv", *parts)
    prefix, _, rest = made.partition("_")
    assert prefix == "inv"
    assert len(rest) == 16
    assert rest.isalnum()
    assert rest == rest.lower()


@given(PARTS, PARTS)
def test_other_parts__other_ids(one, two) -> None:
    if len(one) == len(two):
        same = [str(part) for part in one] == [str(part) for part in two]
        assert (make_id("x", *one) == make_id("x", *two)) == same


def test_parts_joined_otherwise__are_another_thing() -> None:
    assert make_id("x", "ab", "c") != make_id("x", "a", "bc")
    assert make_id("x", "a", "b") != make_id("y", "a", "b")


def test_digest__is_stable_over_releases() -> None:
    assert digest(b"") == "cae66941d9efbd404e4d88758ea67670"
    assert digest(b"a") != digest(b"b")
