"""Finding notes: the same contract in memory and on disk, then the tool, the chat and the night."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chroma_knowledge import ChromaKnowledge
from adapters.chroma_store import close_client, open_server
from adapters.embedding import HashingEmbedding
from adapters.knowledge import KnowledgePort, ListKnowledge
from graph.bootstrap import create_home
from graph.settings import Settings
from ledger.errors import Conflict
from tests.support.chroma_server import chroma_url
from tests.support.note_pairs import PAIRS, hits_at, note, notes_with_pairs

__all__ = ["chroma_url"]
Opener = Callable[..., ChromaKnowledge]

TEXTS = (
    "Two percent discount if paid within ten days.",
    "Freight is included in the unit price.",
    "Late interest was waived in March.",
    "Pallets arrived wet, replacement requested.",
)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opener]:
    """Opens the index of this test; what is left open is closed."""
    there: list[ChromaKnowledge] = []

    def opener(**options: object) -> ChromaKnowledge:
        there.append(ChromaKnowledge(tmp_path / "knowledge", **options))
        return there[-1]

    yield opener
    for each in there:
        each.close()


@pytest.fixture(params=["list", "chroma", "server"])
def knowledge(request: pytest.FixtureRequest, opened: Opener) -> KnowledgePort:
    if request.param == "list":
        return ListKnowledge()
    return opened(
        server=request.getfixturevalue("chroma_url") if request.param == "server" else None
    )


def ids(
    port: KnowledgePort, query: str, account_id: str | None = None, limit: int = 5
) -> list[str]:
    return [hit.note_id for hit in port.search(query, account_id=account_id, limit=limit)]


class TestContract:
    def test_nothing_added__nothing_is_found(self, knowledge: KnowledgePort) -> None:
        assert knowledge.count() == 0
        assert ids(knowledge, "discount") == []

    def test_note__is_found_whole(self, knowledge: KnowledgePort) -> None:
        notes = [note(n, text) for n, text in enumerate(TEXTS)]
        knowledge.add(notes)
        hit = knowledge.search("discount for early payment", account_id=None, limit=1)[0]
        assert (hit.note_id, hit.account_id, hit.source, hit.noted_on, hit.text) == (
            notes[0].note_id,
            notes[0].account_id,
            notes[0].source,
            notes[0].noted_on,
            notes[0].text,
        )
        assert knowledge.count() == len(TEXTS)

    def test_misspelt_question__still_finds(self, knowledge: KnowledgePort) -> None:
        knowledge.add([note(n, text) for n, text in enumerate(TEXTS)])
        assert ids(knowledge, "intrest wavied")[0] == "ctn_2"

    @pytest.mark.parametrize("query", ["", "?!", '"', "text:x* NEAR(", "zebra painting lessons"])
    def test_question_without_an_answer__finds_nothing(
        self, knowledge: KnowledgePort, query: str
    ) -> None:
        knowledge.add([note(n, text) for n, text in enumerate(TEXTS)])
        assert ids(knowledge, query) == []

    def test_limit__cuts(self, knowledge: KnowledgePort) -> None:
        knowledge.add([note(n, f"freight invoice {n}") for n in range(9)])
        assert len(ids(knowledge, "freight", limit=3)) == 3

    def test_account_given__canary_of_another_is_never_found(
        self, knowledge: KnowledgePort
    ) -> None:
        mine = [note(n, f"freight terms {n}", "acc_mine") for n in range(3)]
        canary = [note(10 + n, f"CANARY freight terms {n}", "acc_other") for n in range(80)]
        knowledge.add([*canary, *mine])
        for query in ("CANARY freight terms", "freight", "CANARY"):
            found = knowledge.search(query, account_id="acc_mine", limit=50)
            assert {hit.account_id for hit in found} <= {"acc_mine"}
        assert set(ids(knowledge, "freight", "acc_mine")) == {n.note_id for n in mine}
        assert ids(knowledge, "freight", "acc_unknown") == []

    def test_rebuild__equals_adding_bit_by_bit(self, knowledge: KnowledgePort) -> None:
        notes = notes_with_pairs(100)
        for start in range(0, len(notes), 10):
            knowledge.add(notes[start : start + 10])
        questions = [question for _text, question in PAIRS]
        grown = [knowledge.search(each, account_id=None, limit=5) for each in questions]
        knowledge.rebuild(notes)
        assert knowledge.count() == len(notes)
        assert [knowledge.search(each, account_id=None, limit=5) for each in questions] == grown

    def test_note_added_again__is_replaced(self, knowledge: KnowledgePort) -> None:
        knowledge.add([note(1, "freight is free"), note(2, "rebate of three percent")])
        knowledge.add([note(1, "licence billed twice", "acc_b")])
        assert ids(knowledge, "freight") == []
        assert ids(knowledge, "licence billed", "acc_b") == ["ctn_1"]
        assert ids(knowledge, "licence billed", "acc_a") == []
        assert knowledge.count() == 2

    def test_rebuild__forgets_what_is_gone(self, knowledge: KnowledgePort) -> None:
        knowledge.add([note(1, "freight is free")])
        knowledge.rebuild([note(2, "rebate of three percent")])
        assert ids(knowledge, "freight is free") == []

    def test_one_id_twice_in_a_batch__the_last_counts(self, knowledge: KnowledgePort) -> None:
        knowledge.add([note(1, "freight is free"), note(1, "licence billed twice")])
        assert (knowledge.count(), ids(knowledge, "freight"), ids(knowledge, "licence")) == (
            1,
            [],
            ["ctn_1"],
        )

    def test_paraphrases_among_2000_others__are_found(self, knowledge: KnowledgePort) -> None:
        knowledge.rebuild(notes_with_pairs(2000))
        found = hits_at(lambda question, limit: ids(knowledge, question, limit=limit))
        assert found[1] >= 20
        assert found[5] >= 22

    def test_source_given__other_kinds_are_never_found(self, knowledge: KnowledgePort) -> None:
        same = "Freight was billed twice; credited."
        knowledge.add(
            [
                replace(note(1, same), source="contract note"),
                replace(note(2, same), source="resolved dispute"),
                replace(note(3, same), source="playbook"),
            ]
        )
        found = knowledge.search("freight twice", account_id=None, limit=5, source="playbook")
        assert [hit.note_id for hit in found] == ["ctn_3"]
        assert len(ids(knowledge, "freight twice")) == 3


class TestKinds:
    @pytest.mark.parametrize("where", ["embedded", "server"])
    def test_every_kind__has_a_collection(
        self, opened: Opener, request: pytest.FixtureRequest, where: str
    ) -> None:
        server = request.getfixturevalue("chroma_url") if where == "server" else None
        knowledge = opened(server=server)
        sources = ("contract note", "resolved dispute", "playbook", "approved exemplar", "memo")
        knowledge.rebuild(
            replace(note(n, f"freight {n}"), source=each) for n, each in enumerate(sources)
        )
        assert knowledge.kinds() == {
            "contract-notes": 1,
            "exemplars": 1,
            "others": 1,
            "past-disputes": 1,
            "playbooks": 1,
        }


class TestOnServer:
    def test_two_homes__share_a_server_and_no_note(self, chroma_url: str, tmp_path: Path) -> None:
        homes = [ChromaKnowledge(tmp_path / name, server=chroma_url) for name in ("one", "two")]
        for number, home in enumerate(homes):
            home.add([note(number, "freight is free")])
        assert [ids(home, "freight") for home in homes] == [["ctn_0"], ["ctn_1"]]
        for home in homes:
            home.close()

    def test_two_processes__search_at_once_and_see_what_one_rebuilt(
        self, chroma_url: str, opened: Opener
    ) -> None:
        one, two = opened(server=chroma_url), opened(server=chroma_url)
        one.add([note(1, "freight is free")])
        assert ids(two, "freight") == ["ctn_1"]
        before = collections(chroma_url)
        one.rebuild([note(2, "freight costs five")])
        assert ids(two, "freight") == ["ctn_2"]
        assert len(collections(chroma_url)) == len(before)

    def test_rebuild_fails_half_way__the_old_index_answers_and_nothing_is_left_behind(
        self, chroma_url: str, opened: Opener
    ) -> None:
        def failing() -> Iterator:
            yield note(2, "rebate")
            raise RuntimeError("the ledger went away")

        knowledge = opened(server=chroma_url)
        knowledge.add([note(1, "freight is free")])
        before = collections(chroma_url)
        with pytest.raises(RuntimeError):
            knowledge.rebuild(failing())
        assert ids(knowledge, "freight") == ["ctn_1"]
        knowledge.rebuild([note(3, "retention withheld")])
        assert ids(knowledge, "freight") == []
        assert len(collections(chroma_url)) == len(before)

    @pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://127.0.0.1:9"])
    def test_no_server_there__is_one_line(self, opened: Opener, url: str) -> None:
        with pytest.raises(Conflict, match=r"DUNWELL_CHROMA_URL"):
            opened(server=url).count()

    def test_setting__leads_to_the_server(self, chroma_url: str, tmp_path: Path) -> None:
        house = create_home(settings=Settings(home=tmp_path / "home", chroma_url=chroma_url))
        try:
            house.open_knowledge().add([note(1, "freight is free")])
            again = ChromaKnowledge(tmp_path / "home" / "knowledge", server=chroma_url)
            assert ids(again, "freight") == ["ctn_1"]
            again.close()
        finally:
            house.close()


def collections(url: str) -> set[str]:
    client = open_server(url)
    try:
        return {each.name for each in client.list_collections()}
    finally:
        close_client(client)


class TestOnDisk:
    def test_closed_and_opened_again__finds_the_same(self, opened: Opener) -> None:
        first = opened()
        first.add([note(n, text) for n, text in enumerate(TEXTS)])
        before = first.search("freight", account_id=None, limit=5)
        first.close()
        assert opened().search("freight", account_id=None, limit=5) == before

    def test_rebuild_fails_half_way__the_old_index_answers(self, opened: Opener) -> None:
        def failing() -> Iterator:
            yield note(2, "rebate")
            raise RuntimeError("the ledger went away")

        knowledge = opened()
        knowledge.add([note(1, "freight is free")])
        with pytest.raises(RuntimeError):
            knowledge.rebuild(failing())
        assert ids(knowledge, "freight") == ["ctn_1"]
        knowledge.rebuild([note(3, "retention withheld")])
        assert ids(knowledge, "freight") == []

    def test_add_fails_half_way__nothing_of_it_is_found(self, opened: Opener) -> None:
        def failing() -> Iterator:
            yield from (note(n, f"rebate {n}") for n in range(1500))
            raise RuntimeError("the ledger went away")

        knowledge = opened()
        knowledge.add([note(9001, "freight is free")])
        with pytest.raises(RuntimeError):
            knowledge.add(failing())
        assert (knowledge.count(), ids(knowledge, "rebate")) == (1, [])

    @pytest.mark.parametrize("other", ["dims", "name"])
    def test_built_by_another_embedding__is_refused_until_rebuilt(
        self, opened: Opener, other: str
    ) -> None:
        class Renamed(HashingEmbedding):
            name = "signed-hashing-0"

        old = opened(embedding=HashingEmbedding(64) if other == "dims" else Renamed())
        old.add([note(1, "freight is free")])
        old.close()
        knowledge = opened()
        for attempt in (
            lambda: knowledge.search("freight", account_id=None, limit=1),
            lambda: knowledge.add([note(2, "rebate")]),
            knowledge.count,
        ):
            with pytest.raises(Conflict, match="dunwell reindex"):
                attempt()
        knowledge.rebuild([note(2, "rebate")])
        assert ids(knowledge, "rebate") == ["ctn_2"]

    @pytest.mark.parametrize("file", ["chroma/chroma.sqlite3", "words.db"])
    def test_damaged_file__is_one_line_and_rebuild_mends_it(
        self, opened: Opener, tmp_path: Path, file: str
    ) -> None:
        first = opened()
        first.add([note(1, "freight is free")])
        first.close()
        (tmp_path / "knowledge" / "index" / file).write_bytes(b"not a database" * 999)
        knowledge = opened()
        with pytest.raises(Conflict, match=r"cannot be read.*dunwell reindex"):
            knowledge.count()
        knowledge.rebuild([note(1, "freight is free")])
        assert ids(knowledge, "freight") == ["ctn_1"]

    def test_second_process__is_refused_until_the_first_ends(
        self, opened: Opener, tmp_path: Path
    ) -> None:
        program = (
            "import sys; from pathlib import Path\n"
            "from adapters.chroma_knowledge import ChromaKnowledge\n"
            "held = ChromaKnowledge(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
        )
        command = [sys.executable, "-c", program, str(tmp_path / "knowledge")]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "open\n"
            with pytest.raises(Conflict, match="open in another process"):
                opened()
            other.kill()
        assert opened().count() == 0

    def test_indexing_and_searching__connects_to_nothing(
        self, opened: Opener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[object] = []
        for name in ("connect", "connect_ex", "sendto"):
            monkeypatch.setattr(
                socket.socket, name, lambda _self, *where, name=name: asked.append((name, where))
            )
        monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **_: asked.append(where))
        knowledge = opened()
        knowledge.rebuild([note(n, text) for n, text in enumerate(TEXTS)])
        assert ids(knowledge, "freight")
        assert asked == []
