"""Embeddings of a configured endpoint, asked on loopback."""

import json
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from pydantic import SecretStr

from adapters.chroma_knowledge import ChromaKnowledge
from adapters.model_embedding import ModelEmbedding
from adapters.word_index import Note
from graph.bootstrap import create_home
from graph.settings import Settings
from ledger.errors import Conflict

MEANINGS = ("freight carriage", "rebate discount", "tax vat")


class Endpoint(BaseHTTPRequestHandler):
    """Places a text by the meaning its words have, which hashing cannot know."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        data = [
            {"object": "embedding", "index": n, "embedding": place(text)}
            for n, text in enumerate(texts)
        ]
        body = json.dumps(
            {
                "object": "list",
                "model": asked["model"],
                "data": data,
                "usage": {"prompt_tokens": 1, "total_tokens": 1},
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
        """Say nothing."""


def place(text: str) -> list[float]:
    words = set(text.casefold().split())
    return [3.0 * len(words.intersection(each.split())) for each in MEANINGS] + [0.01]


@pytest.fixture
def base_url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


def embedding(base_url: str) -> ModelEmbedding:
    return ModelEmbedding("places", base_url, SecretStr("none"))


def test_rows__have_length_one_and_an_empty_text_none(base_url: str) -> None:
    rows = embedding(base_url).embed(["freight", " ", "tax vat"])
    assert rows.shape == (3, 4)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 1])


def test_search__finds_by_meaning_what_shares_no_word(base_url: str, tmp_path: Path) -> None:
    notes = [Note("a", "acc", "note", date(2026, 1, 1), "carriage paid")]
    notes.append(Note("b", "acc", "note", date(2026, 1, 1), "annual discount"))
    index = ChromaKnowledge(tmp_path, embedding(base_url))
    index.rebuild(notes)
    assert [hit.note_id for hit in index.search("freight", account_id=None, limit=3)] == ["a"]
    index.close()
    other = ChromaKnowledge(tmp_path)
    with pytest.raises(Conflict, match="reindex"):
        other.search("freight", account_id=None, limit=3)
    other.close()


def test_home_that_names_a_model__uses_it(base_url: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", base_url=base_url, embedding_model="places")
    house = create_home(tmp_path / "home", settings=settings)
    try:
        house.open_knowledge().rebuild([Note("a", "x", "note", date(2026, 1, 1), "carriage")])
        (hit,) = house.open_knowledge().search("freight", account_id=None, limit=3)
        assert hit.note_id == "a"
    finally:
        house.close()


def test_nobody_answers__is_said() -> None:
    with pytest.raises(Conflict, match="DUNWELL_EMBEDDING_MODEL"):
        embedding("http://127.0.0.1:9/v1").embed(["freight"])
