"""Files that come with a form: which are taken, and what can be read of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.inbound_mail.files import FileReader
from adapters.inbound_mail.message import IncomingFile, Limits
from adapters.inbound_mail.pdf_text import PdfReader
from ledger.errors import BadInput
from policies.schema_portal import PortalPolicy

# What a file is counts, not what it is called.
_OPENINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_TEXT = (".txt", ".csv")
TAKEN = "PDF, PNG, JPEG, TXT, CSV"
ENDINGS = ".pdf,.png,.jpg,.jpeg,.txt,.csv"


class FileRefused(BadInput):
    """A file is not taken; `why` is a word a page has a sentence for."""

    code = "file_refused"

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a form brings it; its name is what somebody outside wrote."""

    name: str
    content: bytes


def read_uploads(uploads: Sequence[Upload], policy: PortalPolicy) -> tuple[IncomingFile, ...]:
    """Check files and read what can be read of them, as a mail's attachments are.

    Raises:
        FileRefused: There are too many, or one is too large or of another kind.
    """
    if len(uploads) > policy.most_files:
        raise FileRefused("many", f"{policy.most_files} files at most")
    kinds = [_kind(each, policy) for each in uploads]
    if not uploads:
        return ()
    pdfs = PdfReader(Limits())
    try:
        reader = FileReader(Limits(), pdfs)
        for each, kind in zip(uploads, kinds, strict=True):
            reader.take(each.name, kind, each.content, "utf-8")
        return reader.all()
    finally:
        pdfs.close()


def _kind(upload: Upload, policy: PortalPolicy) -> str:
    if len(upload.content) > policy.file_megabytes * 1_000_000:
        raise FileRefused("large", f"a file has {policy.file_megabytes} MB at most")
    for opening, kind in _OPENINGS:
        if upload.content.startswith(opening):
            return kind
    is_text = upload.name.lower().endswith(_TEXT) and b"\x00" not in upload.content
    if not is_text or not upload.content:
        raise FileRefused("kind", f"only {TAKEN} are taken")
    try:
        upload.content.decode()
    except UnicodeDecodeError:
        raise FileRefused("kind", "a text file is UTF-8") from None
    return "text/csv" if upload.name.lower().endswith(".csv") else "text/plain"
