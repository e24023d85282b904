"""Text of PDFs and workbooks, read by a process of its own: a bomb there ends that and no more."""

import multiprocessing
import multiprocessing.pool
from collections.abc import Callable

from adapters.inbound_mail.message import Limits


class PdfReader:
    """Reads one file at a time; the process starts with the first and is replaced if stopped."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool: multiprocessing.pool.Pool | None = None

    def text(self, data: bytes) -> tuple[str, str]:
        """The text of a PDF and, where there is none, why."""
        limits = self._limits
        return self._ask(pdf_text, data, limits.pdf_pages, limits.text_characters)

    def table(self, data: bytes) -> tuple[str, str]:
        """The sheets of a workbook as text and, where there is none, why."""
        return self._ask(_sheet_text, data, self._limits.text_characters)

    def _ask(self, read: Callable[..., tuple[str, str]], *given: object) -> tuple[str, str]:
        if self._pool is None:
            # A fresh process: a copy of this one would share its database connections.
            context = multiprocessing.get_context("spawn")
            self._pool = context.Pool(1, _bound, (self._limits.pdf_memory_bytes,))
            self._pool.apply_async(_warm_up).wait(30)
        seconds = self._limits.pdf_seconds
        asked = self._pool.apply_async(read, given)
        try:
            return asked.get(seconds)
        except multiprocessing.TimeoutError:  # a process that died answers nothing either
            self.close()
            return "", f"reading it took more than {seconds:g} seconds"

    def close(self) -> None:
        """Stop the process."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()
            self._pool = None


def _bound(memory_bytes: int) -> None:
    """Bound the memory of the reading process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _warm_up() -> None:
    import pypdf  # noqa: F401 - its import is not a file's time
    import python_calamine  # noqa: F401


def _sheet_text(data: bytes, characters: int) -> tuple[str, str]:
    from adapters.inbound_mail.sheet_text import sheet_text

    return sheet_text(data, characters)


def pdf_text(data: bytes, pages: int, characters: int) -> tuple[str, str]:
    """Read a PDF; returns its text and, where there is none, why."""
    import io
    import logging

    from pypdf import PdfReader as Reader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    parts: list[str] = []
    length = 0
    try:
        reader = Reader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return "", "it is encrypted"
        for number, page in enumerate(reader.pages):
            if number >= pages or length > characters:
                parts.append("[cut: it was longer]")
                break
            parts.append(page.extract_text())
            length += len(parts[-1])
    except MemoryError:
        return "", "it unpacks to more than may be read"
    except (PyPdfError, *_BROKEN) as error:
        if not any(parts):
            return "", f"it is not a PDF that can be read ({type(error).__name__})"
    text = "\n".join(parts).strip()
    return (text[: characters + 1], "") if text else ("", "it holds no text, perhaps a scan")


_BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
    OSError,
    ImportError,
)
