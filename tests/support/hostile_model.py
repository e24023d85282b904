"""The option that says how long the hostile model goes on."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite's own run is a fifth of the one the figures are made from."""
    group = parser.getgroup("hostile model")
    group.addoption("--hostile-cases", type=int, default=100, help="cases of the hostile model")
