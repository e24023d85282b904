"""Names from the ledger are blotted out where they stand alone, as written or in capitals."""

import pytest

from guardrails.content.protected import KnownNames, known_names


def _known(*names: str) -> KnownNames:
    known = known_names(names)
    assert known is not None
    return known


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dear Judge Ltd, hello", "Dear *********, hello"),
        ("Dear JUDGE LTD, hello", "Dear *********, hello"),
        ("the judge ltd of the court", "the judge ltd of the court"),
        ("Judge Ltd_2, Judge Ltds and Judge Ltd.", "Judge Ltd_2, Judge Ltds and *********."),
        ("Court and Court & Sons", "***** and ************"),
        ("Court Court & Sons", "***** ************"),
    ],
)
def test_known_name__is_blotted_where_it_stands_alone(text: str, left: str) -> None:
    blotted = _known("Court", " Judge Ltd ", "Court & Sons").blot(text)

    assert blotted.replace("\x1f", "*") == left
    assert len(blotted) == len(text)


def test_name_that_ends_in_a_sign__is_found_before_a_space_and_not_before_a_letter() -> None:
    known = _known("A.B.")

    assert known.search("from A.B. to you")
    assert not known.search("from A.B.C. to you")


def test_no_names__are_no_names() -> None:
    assert known_names(["", "  "]) is None
