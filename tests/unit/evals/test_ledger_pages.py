"""Pages of figures keep what people wrote."""

from pathlib import Path

import pytest

from evals.ledgers.pages import BEGIN, END, write_page
from ledger.errors import BadInput


def test_no_page_yet__holds_the_figures_between_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    write_page(page, "# Figures\n\n1\n")
    assert page.read_text() == f"{BEGIN}\n\n# Figures\n\n1\n\n{END}\n"


def test_measured_again__the_words_around_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\n\n## How to read it\n\nSlowly.\n")
    write_page(page, "new")
    write_page(page, "newer")
    assert page.read_text() == (
        f"before\n{BEGIN}\n\nnewer\n\n{END}\n\n## How to read it\n\nSlowly.\n"
    )


@pytest.mark.parametrize("words", ["all by hand", f"{BEGIN} never closed", f"{END} never begun"])
def test_page_without_both_marks__is_left_alone(tmp_path: Path, words: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(words)
    with pytest.raises(BadInput, match="marks"):
        write_page(page, "new")
    assert page.read_text() == words
