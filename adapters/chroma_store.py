"""One index: words in a file, vectors in Chroma, a collection for each kind of text.

The file of words is the table of contents: what is not in it is not found, whatever Chroma still
holds. It names the collections too, so that several homes can share one server.
"""

import itertools
import sqlite3
import uuid
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from adapters.embedding import Embedding
from adapters.knowledge import CANDIDATES, KINDS, OTHER_KIND, Hit, fuse, nearest_first
from adapters.word_index import Note, WordIndex
from ledger.errors import Conflict

REBUILD = "run `dunwell reindex`, it is rebuilt from the ledger"
_BATCH = 1000
_NAMED_IN = "collections"
# Notes of one template crowd together, and with the default graph the few that are unlike them are
# never reached: 17 of 30 looked-for notes among 10,000 lost, none with these (1 ms more a query).
_GRAPH = {"space": "cosine", "ef_construction": 400, "max_neighbors": 32, "ef_search": 800}


class Store:
    """An index in a folder, its vectors there too or on a server.

    Args:
        folder: Made where it is missing.
        embedding: How texts are placed; kept with the vectors.
        server: Address of a Chroma server; None for the embedded one in the folder.
    """

    def __init__(self, folder: Path, embedding: Embedding, server: str | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._embedding = embedding
        self._prefix = _prefix_of(folder)
        with ExitStack() as opened:
            self.words = WordIndex(folder / "words.db")
            opened.callback(self.words.close)
            self._client = open_server(server) if server else _open_embedded(folder / "chroma")
            opened.callback(close_client, self._client)
            self._vectors = self._collections()
            self._opened = opened.pop_all()

    def add(self, notes: Iterable[Note]) -> None:
        """Vectors first: what a crash leaves behind there is not in the words, so never found."""
        remaining = iter(notes)
        with self.words.all_or_nothing():
            while batch := list(itertools.islice(remaining, _BATCH)):
                # The last of several with one id counts, as it does everywhere.
                batch = list({note.note_id: note for note in batch}.values())
                by_kind: dict[str, list[Note]] = {}
                for note in batch:
                    by_kind.setdefault(KINDS.get(note.source, OTHER_KIND), []).append(note)
                for kind, those in by_kind.items():
                    self._put(self._vectors.get(kind) or self._made(kind), those)
                self.words.put(batch)

    def search(
        self, query: str, account_id: str | None, limit: int, source: str | None
    ) -> tuple[Hit, ...]:
        """Both rankings, joined; over every kind, or the one a source belongs to."""
        wanted = {KINDS.get(source, OTHER_KIND)} if source else set(self._vectors)
        where: dict[str, Any] = {"account_id": account_id} if account_id is not None else {}
        placed = self._embedding.embed([query])
        likeness: dict[str, float] = {}
        for kind in sorted(wanted & set(self._vectors)):
            found = self._vectors[kind].query(
                query_embeddings=placed,
                n_results=CANDIDATES,
                where=where or None,
                include=["distances"],
            )
            pairs = zip(found["ids"][0], found["distances"][0], strict=True)
            likeness |= {note_id: 1 - distance for note_id, distance in pairs}
        nearest = nearest_first(likeness)[:CANDIDATES]
        return fuse(self.words, query, nearest, account_id=account_id, limit=limit, source=source)

    def counts(self) -> dict[str, int]:
        """How many vectors each kind holds."""
        return {kind: vectors.count() for kind, vectors in sorted(self._vectors.items())}

    def close(self) -> None:
        """Close both."""
        self._opened.close()

    def is_at(self, folder: Path) -> bool:
        """Whether this is still the index that lies in a folder."""
        return (folder / _NAMED_IN).exists() and _prefix_of(folder) == self._prefix

    def _put(self, vectors: Any, notes: list[Note]) -> None:
        vectors.upsert(
            ids=[note.note_id for note in notes],
            embeddings=self._embedding.embed([note.text for note in notes]),
            metadatas=[{"account_id": note.account_id} for note in notes],
        )

    def _collections(self) -> dict[str, Any]:
        """The collections there are, all made in one way."""
        names = {f"{self._prefix}{kind}": kind for kind in (*KINDS.values(), OTHER_KIND)}
        listed = {each.name: each for each in self._client.list_collections()}
        found = {kind: listed[name] for name, kind in names.items() if name in listed}
        made = self._way()
        for vectors in found.values():
            if vectors.metadata != made:
                was = vectors.metadata or {}
                raise Conflict(
                    "the knowledge index was built with "
                    f"{was.get('embedding')} of {was.get('dims')} dimensions, this "
                    f"installation uses {made['embedding']} of {made['dims']}; {REBUILD}"
                )
        if not found and self.words.count():
            raise Conflict(f"the knowledge index has words and no vectors here; {REBUILD}")
        return found

    def _made(self, kind: str) -> Any:
        self._vectors[kind] = self._client.get_or_create_collection(
            f"{self._prefix}{kind}",
            metadata=self._way(),
            configuration={"hnsw": _GRAPH},
            embedding_function=None,
        )
        return self._vectors[kind]

    def _way(self) -> Mapping[str, Any]:
        return {"embedding": self._embedding.name, "dims": self._embedding.dims}


def drop_collections(folder: Path, server: str) -> None:
    """Take away what an index, whole or half built, left on a server; nothing where none is."""
    if not (folder / _NAMED_IN).exists():
        return
    prefix = _prefix_of(folder)
    client = open_server(server)
    try:
        for each in client.list_collections():
            if each.name.startswith(prefix):
                client.delete_collection(each.name)
    finally:
        close_client(client)


def close_client(client: Any) -> None:
    """Close a client with its connections."""
    client.close()
    # That of a server, and the one it asks for tenants, would keep theirs as long as Python does.
    for asked in (client, getattr(client, "_admin_client", None)):
        wire = getattr(getattr(asked, "_server", None), "_session", None)
        if wire is not None:
            wire.close()


def open_server(url: str) -> Any:
    """A client of a Chroma server.

    Raises:
        Conflict: It is not an address of one, or nobody answers there.
    """
    from urllib.parse import urlsplit

    from chromadb import HttpClient
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    told = urlsplit(url)
    is_tls = told.scheme == "https"
    if told.scheme not in ("http", "https") or not told.hostname:
        raise Conflict("DUNWELL_CHROMA_URL is no address such as http://127.0.0.1:8000")
    port = told.port or (443 if is_tls else 80)
    # Two clients of one address share a system, and closing one would close the other.
    settings = Settings(anonymized_telemetry=False)
    try:
        return HttpClient(told.hostname, port, is_tls, settings=settings)
    except (ValueError, ChromaError):
        raise Conflict(
            f"no Chroma server answers at {told.hostname}:{port}; start it, or unset "
            "DUNWELL_CHROMA_URL for the embedded one"
        ) from None


def _prefix_of(folder: Path) -> str:
    """What the names of an index's collections begin with; made up once for each index."""
    kept = folder / _NAMED_IN
    if not kept.exists():
        kept.write_text(f"dunwell-{uuid.uuid4().hex[:12]}-", "ascii")
    return kept.read_text("ascii").strip()


def _open_embedded(folder: Path) -> Any:
    from chromadb import PersistentClient
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    try:
        return PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    except (ChromaError, AttributeError) as error:
        # Chroma keeps what failed to open and would hand it out again, for a mended file too.
        with suppress(KeyError):
            SharedSystemClient.clear_system_cache()
        raise sqlite3.DatabaseError(f"its vectors: {error}") from None
