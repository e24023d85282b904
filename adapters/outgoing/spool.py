"""A folder with a file of everything that was handed over, named by its outbox id.

A file is begun before the hand-over and kept after it. After a crash, what is kept did leave, what
is not there did not, and of what was only begun nobody can tell.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind

_WRITERS = 2


class Spool:
    """The three folders of a Maildir, or others of the same sense.

    Attributes:
        begun: Where a file lies before the hand-over.
        kept: Where it lies afterwards.
        taken: Where whoever picks files up may move them.
    """

    def __init__(
        self,
        folder: Path,
        ending: str,
        begun: str = "tmp",
        kept: str = "new",
        taken: str = "cur",
    ) -> None:
        self.folder, self.ending = folder, ending
        self.begun, self.kept, self.taken = folder / begun, folder / kept, folder / taken
        for part in (self.begun, self.kept, self.taken):
            part.mkdir(parents=True, exist_ok=True)

    def begin(
        self,
        messages: Sequence[OutgoingMessage],
        content: Callable[[OutgoingMessage], bytes],
    ) -> dict[str, Refusal]:
        """Write all and make them durable at once; returns what went wrong by outbox id.

        For what is handed over together: where each goes by itself, `begin_one` notes it.
        """

        def write(message: OutgoingMessage) -> Refusal | None:
            return self._write(message, content)

        with ThreadPoolExecutor(_WRITERS) as pool:  # creating files is waiting, not computing
            said = list(pool.map(write, messages))
        failed = {m.outbox_id: no for m, no in zip(messages, said, strict=True) if no}
        if len(failed) < len(messages):
            os.sync()  # one flush for the batch; one per file costs a millisecond each
        return failed

    def begin_one(
        self, message: OutgoingMessage, content: Callable[[OutgoingMessage], bytes]
    ) -> Refusal | None:
        """Write one and make it durable, just before its own hand-over; or say what went wrong.

        So a crash leaves open only what was under way, not the batch that waited behind it.
        """
        return self._write(message, content, durable=True)

    def _write(
        self,
        message: OutgoingMessage,
        content: Callable[[OutgoingMessage], bytes],
        durable: bool = False,
    ) -> Refusal | None:
        path = self.begun / self.name_of(message.outbox_id)
        try:
            path.write_bytes(content(message))
            if durable:
                for each in (path, self.begun):  # the words, and that there is such a file
                    _flush(each)
        except OSError as error:
            return Refusal(RefusalKind.UNREACHABLE, f"not written: {error}")
        except ValueError as error:
            return Refusal(RefusalKind.MESSAGE, f"not written: {error}")
        return None

    def end_one(self, outbox_id: str, no: Refusal | None) -> None:
        """Note what became of a hand-over: taken, surely not, or nobody can tell."""
        if no is None:
            self.keep_one(outbox_id)
        elif no.kind is not RefusalKind.UNCERTAIN:
            self.drop(outbox_id)

    def keep(self, outbox_ids: Iterable[str]) -> None:
        """Note that messages were handed over."""
        names = [self.name_of(each) for each in outbox_ids]
        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(self._move, names))

    def keep_one(self, outbox_id: str) -> None:
        """Note that one message was handed over."""
        self._move(self.name_of(outbox_id))

    def _move(self, name: str) -> None:
        (self.begun / name).rename(self.kept / name)

    def drop(self, outbox_id: str) -> None:
        """Note that a message surely was not handed over."""
        (self.begun / self.name_of(outbox_id)).unlink(missing_ok=True)

    def name_of(self, outbox_id: str) -> str:
        """The file of a message."""
        return f"{outbox_id}{self.ending}"

    def was_begun(self, outbox_id: str) -> bool:
        """Whether a hand-over was begun and never ended."""
        return (self.begun / self.name_of(outbox_id)).exists()

    def was_kept(self, outbox_id: str) -> bool:
        """Whether a hand-over is noted, wherever the file was moved since.

        A mail program adds its flags to the name of what it moves.
        """
        name = self.name_of(outbox_id)
        return (self.kept / name).exists() or any(True for _ in self.taken.glob(f"{name}*"))

    def files(self) -> dict[str, list[Path]]:
        """Every file of what was handed over, by the outbox id in its name."""
        found: dict[str, list[Path]] = {}
        for part in (self.kept, self.taken):
            for path in sorted(path for path in part.iterdir() if path.is_file()):
                found.setdefault(path.name.partition(".")[0], []).append(path)
        return found


def _flush(path: Path) -> None:
    """Make a file, or the names in a folder, outlast a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
