"""Documents as pages: inert HTML always, PDF where WeasyPrint and its system libraries are there.

A page needs nothing but itself: no script, no link, no picture, no font from elsewhere. The same
page gives the same bytes on any machine, so that a permit can bind them; a PDF does not, so it is
made for people at hand and goes with no message by itself.
"""

import functools
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from ledger.errors import Conflict

if TYPE_CHECKING:
    from jinja2 import Template

_NOT_WORDS = frozenset({"style", "title"})
_CELLS = frozenset({"td", "th"})
_LINES = frozenset({"div", "p", "h1", "h2", "tr"})
_HOW = "install the extra `pdf` of dunwell and Pango (on Debian libpango-1.0-0 libpangoft2-1.0-0)"


@dataclass(frozen=True, slots=True)
class PageTable:
    """Columns of a page; the last is flush right. A table without a title stands on its own."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a document says, top to bottom, every line as it is to be read."""

    language: str
    title: str
    sender: tuple[str, ...]
    reader: tuple[str, ...]
    opening: tuple[str, ...] = ()
    tables: tuple[PageTable, ...] = ()
    closing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def html_page(page: Page) -> bytes:
    """A page as HTML that holds nothing active; every text in it is escaped."""
    return _template().render(page=page).encode()


@functools.cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(
        loader=PackageLoader("adapters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("document.html")


def page_text(content: bytes) -> str:
    """The words of a page as a reader sees them: a line for a line, two spaces between cells."""
    reader = _Words()
    reader.feed(content.decode())
    reader.close()
    lines = ("".join(reader.parts)).split("\n")
    return "\n".join(line.strip() for line in lines if line.strip()) + "\n"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - its signature
        """Words of the head are not on the page."""
        self._silent = tag in _NOT_WORDS

    def handle_endtag(self, tag: str) -> None:
        """End a cell or a line."""
        self._silent = False
        if tag in _CELLS:
            self.parts.append("  ")
        elif tag in _LINES:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep what is shown; a line break of the markup shows as a space."""
        if not self._silent:
            self.parts.append(data.replace("\n", " ") if data.strip() else "")


def pdf_page(content: bytes) -> bytes:
    """An HTML page as a PDF.

    Raises:
        Conflict: WeasyPrint or a system library of it is not there.
    """
    missing = pdf_missing()
    if missing:
        raise Conflict(f"no PDF can be made: {missing}; or name a file that ends in .html")
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    nowhere = URLFetcher(allowed_protocols=())
    return HTML(string=content.decode(), url_fetcher=nowhere).write_pdf() or b""


def pdf_missing() -> str:
    """Why no PDF can be made here; empty where one can."""
    try:
        import weasyprint  # noqa: F401
    except ImportError:
        return f"WeasyPrint is not installed: {_HOW}"
    except OSError as error:  # a system library does not load
        return f"{str(error).splitlines()[0]}: {_HOW}"
    return ""
