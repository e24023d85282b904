"""What we know about accounts as text, found by meaning and by words.

An index over notes whose text the ledger holds: it may be thrown away and built again at any time.
`ListKnowledge` keeps everything in memory; the index on disk is `adapters.chroma_knowledge`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from adapters.embedding import Embedding, HashingEmbedding
from adapters.word_index import Note, WordIndex

if TYPE_CHECKING:
    import numpy as np

WORDS_FILE = Path("knowledge/index/words.db")
"""Where in a home the words of the index on disk lie."""
KINDS = {
    "contract note": "contract-notes",
    "service ticket": "tickets",
    "resolved dispute": "past-disputes",
    "playbook": "playbooks",
    "approved exemplar": "exemplars",
}
"""The collection of each source of texts; what has another source lies among the others."""
OTHER_KIND = "others"
CANDIDATES = 50
LEAST_LIKENESS = 0.2
"""Cosine under which a note that shares no word with the query is chance, not an answer."""
_RANK_OFFSET = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A note that was found.

    Attributes:
        score: Sum of reciprocal ranks; comparable within one search only.
    """

    note_id: str
    account_id: str
    source: str
    noted_on: date
    text: str
    score: float


class KnowledgePort(Protocol):
    """A searchable set of notes."""

    def rebuild(self, notes: Iterable[Note]) -> None:
        """Replace everything by these notes; what was there stays until all are in."""
        ...

    def add(self, notes: Iterable[Note]) -> None:
        """Add notes; one that is there is replaced."""
        ...

    def search(
        self, query: str, *, account_id: str | None, limit: int, source: str | None = None
    ) -> tuple[Hit, ...]:
        """The notes nearest to a query, best first; of one account or source, or of all."""
        ...

    def count(self, *, besides: str = "") -> int:
        """How many notes can be found, besides those of a source."""
        ...


class ListKnowledge:
    """Notes in memory: the notes of one account, or those of a test."""

    def __init__(self, notes: Iterable[Note] = (), embedding: Embedding | None = None) -> None:
        self._embedding = embedding or HashingEmbedding()
        self.rebuild(notes)

    def rebuild(self, notes: Iterable[Note]) -> None:
        """See `KnowledgePort`."""
        self._words = WordIndex()
        self._vectors: dict[str, np.ndarray] = {}
        self.add(notes)

    def add(self, notes: Iterable[Note]) -> None:
        """See `KnowledgePort`."""
        listed = list(notes)
        vectors = self._embedding.embed([note.text for note in listed])
        self._words.put(listed)
        self._vectors.update({n.note_id: row for n, row in zip(listed, vectors, strict=True)})

    def search(
        self, query: str, *, account_id: str | None, limit: int, source: str | None = None
    ) -> tuple[Hit, ...]:
        """See `KnowledgePort`."""
        wanted = self._embedding.embed([query])[0]
        likeness = {note_id: float(row @ wanted) for note_id, row in self._vectors.items()}
        nearest = nearest_first(likeness)
        return fuse(self._words, query, nearest, account_id=account_id, limit=limit, source=source)

    def count(self, *, besides: str = "") -> int:
        """See `KnowledgePort`."""
        return self._words.count(besides)


def nearest_first(likeness: Mapping[str, float]) -> list[str]:
    """Ids by likeness, without those that are like by chance."""
    near = [note_id for note_id, value in likeness.items() if value >= LEAST_LIKENESS]
    return sorted(near, key=lambda note_id: (-likeness[note_id], note_id))


def fuse(
    words: WordIndex,
    query: str,
    nearest: Sequence[str],
    *,
    account_id: str | None,
    limit: int,
    source: str | None = None,
) -> tuple[Hit, ...]:
    """Join two rankings by reciprocal rank (Cormack et al. 2009), for one account or all.

    Account and source are checked on the rows themselves, whatever the rankings were restricted to.
    """
    by_words = words.rank(query, account_id, CANDIDATES, source)
    found = {
        note_id: note
        for note_id, note in words.notes(list({*nearest, *by_words})).items()
        if account_id in (None, note.account_id) and source in (None, note.source)
    }
    scores = dict.fromkeys(found, 0.0)
    for ranking in (nearest, by_words):
        kept = [note_id for note_id in ranking if note_id in found]
        for rank, note_id in enumerate(kept, start=1):
            scores[note_id] += 1 / (_RANK_OFFSET + rank)
    best = sorted(scores, key=lambda note_id: (-scores[note_id], note_id))[:limit]
    return tuple(_hit(found[note_id], scores[note_id]) for note_id in best)


def _hit(note: Note, score: float) -> Hit:
    return Hit(note.note_id, note.account_id, note.source, note.noted_on, note.text, score)
