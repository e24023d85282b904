"""A case laid out as it is read."""

from engines.reading.page import Page, lay_out
from evals.inbound.rows import Case

CALENDAR = "US"


def page_of(case: Case) -> Page:
    """The page of a case."""
    return lay_out(case.message, calendar=CALENDAR)
