"""Pages of figures: what a run measured between two marks, what people wrote around it kept."""

from pathlib import Path

from ledger.errors import BadInput

BEGIN = "<!-- measured: everything up to the closing mark is written by the run -->"
END = "<!-- /measured -->"


def write_page(path: Path, measured: str) -> None:
    """Put what was measured between the marks of a page, or begin a page with it.

    Args:
        path: The page; what stands before and after its marks stays as it is.
        measured: Markdown.

    Raises:
        BadInput: There is a page without the two marks, and overwriting it would lose its words.
    """
    block = f"{BEGIN}\n\n{measured.strip()}\n\n{END}"
    if not path.exists():
        path.write_text(f"{block}\n", encoding="utf-8")
        return
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise BadInput(
            f"{path}: has no marks that say what may be overwritten; put {BEGIN!r} and {END!r} "
            "around the figures, or write another file"
        )
    path.write_text(f"{before}{block}{after}", encoding="utf-8")
