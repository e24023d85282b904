"""The knowledge index of a home: words in SQLite, vectors in a Chroma of its own or on a server.

Embedded Chroma belongs to exactly one process: two that write lose entries without an error. So the
folder is locked for as long as it is open. Only chats and `dunwell reindex` open it, never a night.
With a server any number of processes may search at once, and only building takes the lock.
"""

import fcntl
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from adapters.chroma_store import REBUILD, Store, drop_collections
from adapters.embedding import Embedding, HashingEmbedding
from adapters.knowledge import Hit
from adapters.word_index import Note
from ledger.errors import Conflict


class ChromaKnowledge:
    """Notes on disk and in Chroma; safe to use from several threads.

    Args:
        folder: Where the index lies.
        embedding: How texts are placed.
        server: Address of a Chroma server; None for the embedded one, which this process then
            holds alone.

    Raises:
        Conflict: Another process has the embedded index.
    """

    def __init__(
        self, folder: Path, embedding: Embedding | None = None, server: str | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._server = folder, server
        self._current, self._next = folder / "index", folder / "next"
        self._embedding = embedding or HashingEmbedding()
        self._one_at_a_time = Lock()
        self._store: Store | None = None
        self._lock_file = (folder / "lock").open("w")
        if server is None:
            try:
                self._take_lock(
                    "the knowledge index is open in another process (a server or a chat of this "
                    "home); ask there, or end it first"
                )
            except Conflict:
                self._lock_file.close()
                raise

    def rebuild(self, notes: Iterable[Note]) -> None:
        """Build a new index beside the old one and change over when it is whole."""
        with self._one_at_a_time, self._building():
            self._throw_away(self._next)
            fresh = Store(self._next, self._embedding, self._server)
            try:
                fresh.add(notes)
            finally:
                fresh.close()
            self._close_store()
            self._throw_away(self._current)
            self._next.rename(self._current)

    def add(self, notes: Iterable[Note]) -> None:
        """See `KnowledgePort`.

        Raises:
            Conflict: The index was built in another way, or cannot be read.
        """
        with self._opened() as store, self._building():
            store.add(notes)

    def search(
        self, query: str, *, account_id: str | None, limit: int, source: str | None = None
    ) -> tuple[Hit, ...]:
        """See `KnowledgePort`.

        Raises:
            Conflict: The index was built in another way, or cannot be read.
        """
        with self._opened() as store:
            return store.search(query, account_id, limit, source)

    def count(self, *, besides: str = "") -> int:
        """See `KnowledgePort`."""
        with self._opened() as store:
            return store.words.count(besides)

    def kinds(self) -> dict[str, int]:
        """How many texts each collection holds."""
        with self._opened() as store:
            return store.counts()

    def close(self) -> None:
        """Give the folder back."""
        with self._one_at_a_time:
            self._close_store()
            self._lock_file.close()

    @contextmanager
    def _opened(self) -> Iterator[Store]:
        from chromadb.errors import ChromaError

        with self._one_at_a_time:
            self._close_replaced()
            try:
                if self._store is None:
                    self._store = Store(self._current, self._embedding, self._server)
                yield self._store
            except (ChromaError, sqlite3.DatabaseError) as error:
                self._close_store()
                raise Conflict(f"the knowledge index cannot be read ({error}); {REBUILD}") from None
            except Exception as error:
                if self._server is None or not _is_of_the_wire(error):
                    raise
                self._close_store()
                raise Conflict(
                    f"the Chroma server does not answer ({type(error).__name__}); start it, or "
                    "name one account, whose notes need no index"
                ) from None

    def _close_replaced(self) -> None:
        """Let go of an index that another process has built anew since."""
        if self._server is None or self._store is None:
            return
        if not self._store.is_at(self._current):
            self._close_store()

    @contextmanager
    def _building(self) -> Iterator[None]:
        """One builder at a time; the embedded index is held by its process anyway."""
        if self._server is None:
            yield
            return
        self._take_lock("the knowledge index is being built by another process; wait for it")
        try:
            yield
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def _take_lock(self, says: str) -> None:
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Conflict(says) from None

    def _throw_away(self, folder: Path) -> None:
        if self._server is not None:
            drop_collections(folder, self._server)
        shutil.rmtree(folder, ignore_errors=True)

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _is_of_the_wire(error: Exception) -> bool:
    """Whether a server did not answer; its client speaks HTTP through a library of its own."""
    library = type(error).__module__.partition(".")[0]
    return isinstance(error, OSError) or library in ("httpx", "httpcore")
