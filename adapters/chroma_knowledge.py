"""The knowledge index on disk: vectors in an embedded Chroma, words in SQLite, one folder.

Embedded Chroma belongs to exactly one process: two that write lose entries without an error. So the
folder is locked for as long as it is open. Only chats and `dunwell reindex` open it, never a night.
"""

import fcntl
import itertools
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from adapters.embedding import Embedding, HashingEmbedding
from adapters.knowledge import CANDIDATES, Hit, fuse, nearest_first
from adapters.word_index import Note, WordIndex
from ledger.errors import Conflict

_COLLECTION = "notes"
_BATCH = 1000

# Notes of one template crowd together, and with the default graph the few that are unlike them are
# never reached: 17 of 30 looked-for notes among 10,000 lost, none with these (1 ms more a query).
_GRAPH = {"space": "cosine", "ef_construction": 400, "max_neighbors": 32, "ef_search": 800}
_REBUILD = "run `dunwell reindex`, it is rebuilt from the ledger"


class ChromaKnowledge:
    """Notes on disk, held open by this process alone; safe to use from several threads."""

    def __init__(self, folder: Path, embedding: Embedding | None = None) -> None:
        """Take the folder.

        Raises:
            Conflict: Another process has it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._current, self._next = folder / "index", folder / "next"
        self._embedding = embedding or HashingEmbedding()
        self._one_at_a_time = Lock()
        self._store: _Store | None = None
        self._lock_file = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock_file.close()
            raise Conflict(
                "the knowledge index is open in another process (a server or a chat of this home); "
                "ask there, or end it first"
            ) from None

    def rebuild(self, notes: Iterable[Note]) -> None:
        """Build a new index beside the old one and change over when it is whole."""
        with self._one_at_a_time:
            shutil.rmtree(self._next, ignore_errors=True)
            fresh = _Store(self._next, self._embedding)
            try:
                fresh.add(notes)
            finally:
                fresh.close()
            self._close_store()
            shutil.rmtree(self._current, ignore_errors=True)
            self._next.rename(self._current)

    def add(self, notes: Iterable[Note]) -> None:
        """See `KnowledgePort`.

        Raises:
            Conflict: The index was built in another way, or cannot be read.
        """
        with self._opened() as store:
            store.add(notes)

    def search(self, query: str, *, account_id: str | None, limit: int) -> tuple[Hit, ...]:
        """See `KnowledgePort`.

        Raises:
            Conflict: The index was built in another way, or cannot be read.
        """
        with self._opened() as store:
            return store.search(query, account_id, limit)

    def count(self, *, besides: str = "") -> int:
        """See `KnowledgePort`."""
        with self._opened() as store:
            return store.words.count(besides)

    def close(self) -> None:
        """Give the folder back."""
        with self._one_at_a_time:
            self._close_store()
            self._lock_file.close()

    @contextmanager
    def _opened(self) -> "Iterator[_Store]":
        from chromadb.errors import ChromaError

        with self._one_at_a_time:
            try:
                if self._store is None:
                    self._store = _Store(self._current, self._embedding)
                yield self._store
            except (ChromaError, sqlite3.DatabaseError) as error:
                raise Conflict(
                    f"the knowledge index cannot be read ({error}); {_REBUILD}"
                ) from None

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


class _Store:
    """One index: a folder with a Chroma database and a file of words."""

    def __init__(self, folder: Path, embedding: Embedding) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._embedding = embedding
        with ExitStack() as opened:
            self.words = WordIndex(folder / "words.db")
            opened.callback(self.words.close)
            self._client = _open_chroma(folder / "chroma")
            opened.callback(self._client.close)
            self._vectors = self._collection()
            self._opened = opened.pop_all()

    def add(self, notes: Iterable[Note]) -> None:
        """Vectors first: what a crash leaves behind there is not in the words, so never found."""
        remaining = iter(notes)
        with self.words.all_or_nothing():
            while batch := list(itertools.islice(remaining, _BATCH)):
                # The last of several with one id counts, as it does everywhere.
                batch = list({note.note_id: note for note in batch}.values())
                self._vectors.upsert(
                    ids=[note.note_id for note in batch],
                    embeddings=self._embedding.embed([note.text for note in batch]),
                    metadatas=[{"account_id": note.account_id} for note in batch],
                )
                self.words.put(batch)

    def search(self, query: str, account_id: str | None, limit: int) -> tuple[Hit, ...]:
        """Both rankings, joined."""
        found = self._vectors.query(
            query_embeddings=self._embedding.embed([query]),
            n_results=CANDIDATES,
            where={"account_id": account_id} if account_id is not None else None,
            include=["distances"],
        )
        likeness = {
            note_id: 1 - distance
            for note_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }
        nearest = nearest_first(likeness)
        return fuse(self.words, query, nearest, account_id=account_id, limit=limit)

    def close(self) -> None:
        """Close both files."""
        self._opened.close()

    def _collection(self) -> Any:
        """The vectors; the first to open an empty folder says how they are made."""
        made = {"embedding": self._embedding.name, "dims": self._embedding.dims}
        vectors = self._client.get_or_create_collection(
            _COLLECTION,
            metadata=made,
            configuration={"hnsw": _GRAPH},
            embedding_function=None,
        )
        if vectors.metadata != made:
            raise Conflict(
                "the knowledge index was built with "
                f"{vectors.metadata['embedding']} of {vectors.metadata['dims']} dimensions, this "
                f"installation uses {made['embedding']} of {made['dims']}; {_REBUILD}"
            )
        return vectors


def _open_chroma(folder: Path) -> Any:
    from chromadb import PersistentClient
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    try:
        return PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    except (ChromaError, AttributeError) as error:
        # Chroma keeps what failed to open and would hand it out again, for a mended file too.
        SharedSystemClient.clear_system_cache()
        raise sqlite3.DatabaseError(f"its vectors: {error}") from None
