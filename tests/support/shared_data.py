"""Where the real files of the field lie: beside the repository, never in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"


def shared(path: str) -> Path:
    """Return a file or folder under `../shared/data`, or skip the test that needs it.

    Args:
        path: The path below that folder, such as `ar/highradius_invoices.csv`.
    """
    found = SHARED_DATA / path
    if not found.exists():
        pytest.skip(f"needs ../shared/data/{path} beside the repository, which is not there")
    return found


@pytest.fixture
def shared_data() -> Callable[[str], Path]:
    """The function `shared`, for a test that would rather ask for it than import it."""
    return shared
