"""`dunwell report`: the morning report of a night, on the terminal, as JSON or as a page."""

from datetime import date
from pathlib import Path

from cli.home import opened
from cli.output import emit, note
from ledger.errors import BadInput


def run(home: Path | None, as_of: date, html: Path | None, json_out: bool) -> None:
    """Show the report as it was written that morning.

    Args:
        home: Folder of the home.
        as_of: Business date of the night.
        html: Where to write the page as well; None for nowhere.
        json_out: Print one JSON document instead of tables.

    Raises:
        NotFound: No night has run as of the date.
        BadInput: The page cannot be written.
    """
    from batch.report import stored_report
    from batch.report_page import report_html
    from cli.morning import show_report

    with opened(home) as house:
        report = stored_report(house, as_of)
    if html is not None:
        try:
            html.write_text(report_html(report), "utf-8")
        except OSError as error:
            raise BadInput(f"{html}: cannot be written: {error.strerror}") from None
        note(f"written to {html}")
    if json_out:
        emit(report.as_json())
    else:
        show_report(report, full=True)
