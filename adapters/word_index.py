"""Notes by the words they hold: SQLite's own full-text search, ranked by BM25.

Rare words count more here, which hashing cannot know. It is also the table of contents of an
index: a note that is not in it is not found, whatever else still remembers it.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from adapters.embedding import content_words

_TABLES = """
CREATE TABLE IF NOT EXISTS note (
    seq INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, account_id TEXT NOT NULL,
    source TEXT NOT NULL, noted_on TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS note_account ON note (account_id);
CREATE VIRTUAL TABLE IF NOT EXISTS words
    USING fts5(text, tokenize='porter unicode61 remove_diacritics 2');
"""


@dataclass(frozen=True, slots=True)
class Note:
    """A text we hold about an account, as the ledger has it.

    Attributes:
        note_id: Id of the ledger row, unique over all kinds of rows.
        source: What it is, in words: `contract note`, `ticket T-12`.
    """

    note_id: str
    account_id: str
    source: str
    noted_on: date
    text: str


def listed(path: Path, source: str) -> dict[str, str]:
    """The text of every note of a source in a file of notes, by id; read without a lock.

    Raises:
        ValueError: The file is no such index.
    """
    if not path.exists():
        return {}
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return dict(
            db.execute(
                "SELECT note.id, text FROM note JOIN words ON words.rowid = note.seq "
                "WHERE source = ?",
                (source,),
            )
        )
    except sqlite3.DatabaseError as error:
        raise ValueError(f"{path.name}: {error}") from None
    finally:
        db.close()


class WordIndex:
    """A file of notes, or one in memory. What is put is kept by `all_or_nothing`."""

    def __init__(self, path: Path | None = None) -> None:
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False)
        try:
            self._db.executescript(_TABLES)
        except sqlite3.DatabaseError:
            self._db.close()
            raise

    def put(self, notes: Iterable[Note]) -> None:
        """Add notes; one that is there is replaced."""
        for note in notes:
            self._db.execute(
                "DELETE FROM words WHERE rowid = (SELECT seq FROM note WHERE id = ?)",
                (note.note_id,),
            )
            about = (note.note_id, note.account_id, note.source, note.noted_on.isoformat())
            seq = self._db.execute(
                "INSERT OR REPLACE INTO note (id, account_id, source, noted_on) "
                "VALUES (?, ?, ?, ?)",
                about,
            ).lastrowid
            self._db.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (seq, note.text))

    def all_or_nothing(self) -> AbstractContextManager[object]:
        """Keep what is put inside, or none of it if something fails."""
        return self._db

    def count(self, besides: str = "") -> int:
        """How many notes there are, besides those of a source."""
        query = "SELECT count(*) FROM note WHERE source <> ?"
        return self._db.execute(query, (besides,)).fetchone()[0]

    def rank(
        self, query: str, account_id: str | None, limit: int, source: str | None = None
    ) -> list[str]:
        """Ids of the notes that share a word with a query, best first."""
        words = dict.fromkeys(content_words(query))
        if not words:
            return []
        # Quoted and made of word characters only, so a query cannot use the search language.
        match = " OR ".join(f'"{word}"' for word in words)
        rows = self._db.execute(
            "SELECT note.id FROM words JOIN note ON note.seq = words.rowid "
            "WHERE words MATCH ? AND (? IS NULL OR note.account_id = ?) "
            "AND (? IS NULL OR note.source = ?) ORDER BY bm25(words), note.id LIMIT ?",
            (match, account_id, account_id, source, source, limit),
        )
        return [row[0] for row in rows]

    def notes(self, note_ids: Sequence[str]) -> Mapping[str, Note]:
        """The notes of some ids, by id; unknown ids are left out."""
        marks = ", ".join("?" * len(note_ids))
        rows = self._db.execute(
            "SELECT note.id, account_id, source, noted_on, text FROM note "  # noqa: S608 - marks
            f"JOIN words ON words.rowid = note.seq WHERE note.id IN ({marks})",
            list(note_ids),
        )
        return {row[0]: Note(*row[:3], date.fromisoformat(row[3]), row[4]) for row in rows}

    def close(self) -> None:
        """Close the file."""
        self._db.close()
