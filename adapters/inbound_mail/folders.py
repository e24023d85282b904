"""Mails in folders and files: a Maildir, single mails, an mbox."""

import mailbox
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.inbound_mail.parsing import MailReader
from adapters.inbound_mail.source import Found, in_batches, move

_MBOX = b"From "
_SEEN = ":2,S"
_TRUSTED_AGE = timedelta(days=60)


class MailFiles:
    """Files a person names: mails, mboxes, Maildirs. They stay where they are.

    Args:
        paths: Files and folders.
        reader: Takes the mails apart.
        trusts_times: Whether the time of a file tells when the mail arrived.
    """

    def __init__(
        self, paths: Sequence[Path], reader: MailReader, *, trusts_times: bool = True
    ) -> None:
        self.paths = paths
        self.reader = reader
        self.trusts_times = trusts_times
        self.refused: list[str] = []

    def batches(self, now: datetime) -> Iterator[list[Found]]:
        """Every mail in the files."""
        return in_batches(found for path in self._files() for found in self._read(path, now))

    def put_away(self, taken: Sequence[Found]) -> None:
        """Nothing: they are the person's own."""

    def _files(self) -> Iterator[Path]:
        for path in self.paths:
            if not path.exists():
                self.refused.append(f"{path}: there is no such file or folder")
            elif path.is_dir():
                parts = [part for part in (path / "new", path / "cur") if part.is_dir()]
                yield from (file for part in parts or [path] for file in visible_files(part))
            else:
                yield path

    def _read(self, path: Path, now: datetime) -> Iterator[Found]:
        """The mails of a file, the last of them closing it."""
        waiting: Found | None = None
        try:
            arrived_at = self._arrived(path, now)
            for data in self._mails(path):
                if waiting is not None:
                    yield waiting
                message = self.reader.read(data, arrived_at)
                waiting = Found(message, str(path), closes=False)
        except OSError as error:
            self.refused.append(f"{path}: {error.strerror or type(error).__name__}")
            return
        if waiting is None:
            self.refused.append(f"{path}: there is no mail in it")
        else:
            yield Found(waiting.message, waiting.place)

    def _mails(self, path: Path) -> Iterator[bytes]:
        most = self.reader.limits.message_bytes + 1
        with path.open("rb") as file:
            if file.peek(len(_MBOX))[: len(_MBOX)] != _MBOX:
                data = file.read(most)
                yield from [data] if data.strip() else []
                return
        with closing(mailbox.mbox(path, create=False)) as mails:
            for key in mails.iterkeys():
                with closing(mails.get_file(key)) as mail:
                    yield mail.read(most)

    def _arrived(self, path: Path, now: datetime) -> datetime:
        """When the file was written; now, where that cannot be when the mail arrived."""
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        is_likely = self.trusts_times and now - _TRUSTED_AGE <= written <= now
        return written if is_likely else now


class DropFolder(MailFiles):
    """The home's own folder: a Maildir for a mail server or fetcher, and files dropped beside it.

    Args:
        folder: `intake/mail`.
        done: Where single files go once the books have them.
        reader: Takes the mails apart.
        trusts_times: As in `MailFiles`.
    """

    def __init__(self, folder: Path, done: Path, reader: MailReader, *, trusts_times: bool) -> None:
        super().__init__([folder], reader, trusts_times=trusts_times)
        self.folder = folder
        self.done = done

    def put_away(self, taken: Sequence[Found]) -> None:
        """Mails of the Maildir are marked as seen, other files are moved."""
        for place in dict.fromkeys(each.place for each in taken if each.closes):
            path = Path(place)
            if path.parent == self.folder / "new":
                target = self.folder / "cur" / f"{path.name.partition(':')[0]}{_SEEN}"
            else:
                target = self.done / f"{self.folder.name}-{path.name}"
            if why := move(path, target):
                self.refused.append(why)

    def _files(self) -> Iterator[Path]:
        for part in (self.folder / "new", self.folder):
            yield from visible_files(part)


def visible_files(folder: Path) -> list[Path]:
    """Files of a folder by name, without those that are hidden."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
