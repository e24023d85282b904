"""What edits teach, who says yes to it, and that nothing is learned without one."""

from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from adapters.word_index import Note
from batch.proof import CounterExample, prove
from cli.main import main
from graph.policy_in_force import remember
from ledger.actions import AnswerQuery
from ledger.errors import Conflict, Refused
from ledger.tables.inbound import Lesson
from policies.load import load_policy
from tests.support.desk import AS_OF, Desk
from tools.knowledge import EXEMPLAR, read_exemplars, read_notes
from tools.lesson_approval import Said, approve_letter, decide, get_lesson
from tools.lessons import find_lessons

OLD, NEW = "just reply to this message", "simply answer this message"
ACCOUNTS = ("acc_a", "acc_b", "acc_c", "acc_d", "acc_e")


def edit(desk: Desk, account: str, by: str, new: str = NEW) -> str:
    """Somebody words the waiting reminder of a new customer in their own way."""
    waiting = desk.waiting_reminder(account)
    body = desk.inbox().show(waiting).draft.body
    assert OLD in body
    (made,) = desk.inbox(by).edit(waiting, {"body": body.replace(OLD, new)}).new_proposal_ids
    return made


def find(desk: Desk) -> list[Lesson]:
    with desk.house.ledger.write() as session:
        ids = find_lessons(session, load_policy(desk.house.home / "policies"), AS_OF)
    with desk.house.ledger.read() as session:
        found = list(session.scalars(select(Lesson).where(Lesson.id.in_(ids))))
        session.expunge_all()
    return found


def said(desk: Desk, person: str) -> Said:
    return Said(desk.inbox(person).decider, AS_OF, desk.deps.now)


def say_yes(desk: Desk, lesson: Lesson, person: str) -> Path:
    policies = desk.house.home / "policies"
    with desk.house.ledger.write() as session:
        row = get_lesson(session, lesson.id)
        return approve_letter(session, row, said(desk, person), load_policy(policies), policies)


def faults(desk: Desk) -> set[str]:
    """What breaks `no_silent_learning`, once the policy of the home is on record."""
    with desk.house.ledger.write() as session:
        remember(session, desk.house.policy, desk.deps.now)
    results = prove(desk.house, lambda *_step: None)
    return {
        each.subject.split(" ")[0]
        for each in results
        if isinstance(each, CounterExample) and each.promise == "no_silent_learning"
    }


class TestLetters:
    @pytest.mark.parametrize(
        ("editors", "many"),
        [
            (("cora", "milo"), 0),
            (("cora", "cora", "cora"), 0),
            (("cora", "milo", "cora"), 1),
            (("cora",) * 4, 0),
            (("cora",) * 5, 1),
        ],
    )
    def test_same_edit__teaches_once_enough_people_made_it(
        self, desk: Desk, editors: tuple[str, ...], many: int
    ) -> None:
        for account, by in zip(ACCOUNTS, editors, strict=False):
            edit(desk, account, by)
        assert len(find(desk)) == many

    def test_other_edits__teach_nothing(self, desk: Desk) -> None:
        for account, new in zip(ACCOUNTS, ("call me", "write to us", "use the form"), strict=False):
            edit(desk, account, "cora" if account == "acc_a" else "milo", new)
        assert find(desk) == []

    def test_words_that_name_a_customer_or_a_figure__teach_nothing(self, desk: Desk) -> None:
        for account, by in zip(ACCOUNTS, ("cora", "milo", "cora"), strict=False):
            edit(desk, account, by, "ask Pat Doe")
        assert find(desk) == []

    def test_lesson__holds_diff_examples_and_trials_and_is_found_once(self, desk: Desk) -> None:
        for account, by in zip(ACCOUNTS, ("cora", "milo", "cora"), strict=False):
            edit(desk, account, by)
        (lesson,) = find(desk)
        assert (lesson.kind, lesson.subject) == ("letter", "letters/en/reminder_1.txt")
        changed = [line for line in lesson.diff.splitlines() if line[0] in "+-"][2:]
        assert [OLD in changed[0], NEW in changed[1], len(changed)] == [True, True, 2]
        assert len(orjson.loads(lesson.examples)["edits"]) == 3
        results = orjson.loads(lesson.results)
        assert results["after"]["tried"] == 3
        assert results["before"]["faults"] == results["after"]["faults"] == []
        assert find(desk) == []
        assert desk.house.policy.hash == load_policy(desk.house.home / "policies").hash

    def test_yes__writes_the_letter_and_the_policy_waits_for_its_own_yes(self, desk: Desk) -> None:
        for account, by in zip(ACCOUNTS, ("cora", "milo", "cora"), strict=False):
            edit(desk, account, by)
        (lesson,) = find(desk)
        with pytest.raises(Refused, match="compliance or finance_lead or legal"):
            say_yes(desk, lesson, "cora")
        place = say_yes(desk, lesson, "lena")
        files = load_policy(desk.house.home / "policies")
        letter = next(each for each in files.letters if each.name == lesson.subject)
        assert place.exists()
        assert NEW in letter.body
        assert (letter.version, letter.approved_by) == (3, "lena")
        assert files.hash != desk.house.policy.hash
        assert NEW not in str(desk.house.policy.letters)
        with pytest.raises(Conflict, match="approved by lena"):
            say_yes(desk, lesson, "felix")
        assert faults(desk) == set()

    def test_letter_changed_since__is_not_written(self, desk: Desk) -> None:
        for account, by in zip(ACCOUNTS, ("cora", "milo", "cora"), strict=False):
            edit(desk, account, by)
        (lesson,) = find(desk)
        policies = desk.house.home / "policies"
        old = next(each for each in load_policy().letters if each.name == lesson.subject)
        place = policies / lesson.subject
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"version: 2\nsubject: Hello\nstage: 1\n\nFirst line.\n\n{old.body}")
        with pytest.raises(Conflict, match="has changed since"):
            say_yes(desk, lesson, "lena")

    def test_own_edits__another_person_approves(self, desk: Desk) -> None:
        for account in ACCOUNTS:
            edit(desk, account, "felix")
        (lesson,) = find(desk)
        with pytest.raises(Refused, match="learned from edits of Felix"):
            say_yes(desk, lesson, "felix")


@pytest.fixture
def exemplar(desk: Desk) -> Lesson:
    """An answer that Cora worded and Milo approved."""
    desk.account("acc_a")
    action = AnswerQuery(
        account_id="acc_a",
        contact_id="con_acc_a",
        template_id="copy_answer",
        invoice_ids=("inv_acc_a_1",),
    )
    waiting = desk.ask(action)
    body = (
        "Dear Pat Doe,\n\nInvoice ACCA-1 over $120.00 is enclosed, Pat.\n\nCompany acc_a rocks.\n"
    )
    body += f"\nKind regards,\n{desk.house.policy.company.name}\n"
    (made,) = desk.inbox("cora").edit(waiting, {"body": body}).new_proposal_ids
    assert desk.inbox("milo").approve(made).state == "executed"
    (lesson,) = find(desk)
    return lesson


class TestExemplars:
    def test_approved_edit__becomes_one_without_names_and_amounts(self, exemplar: Lesson) -> None:
        text = orjson.loads(exemplar.examples)["text"]
        assert (exemplar.kind, exemplar.subject) == ("exemplar", "copy_answer/en")
        assert "Dear {name}" in text
        assert "Invoice {number} over {amount} is enclosed, {name}." in text
        for stray in ("Pat", "Doe", "120", "ACCA", "Company acc"):
            assert stray not in text

    def test_no_yes__is_not_among_what_we_know(self, desk: Desk, exemplar: Lesson) -> None:
        with desk.house.ledger.read() as session:
            assert list(read_exemplars(session)) == []
            assert exemplar.id not in {note.note_id for note in read_notes(session)}

    def test_yes__it_is_found_and_proved(self, desk: Desk, exemplar: Lesson) -> None:
        with desk.house.ledger.write() as session:
            decide(session, get_lesson(session, exemplar.id), said(desk, "lena"), says_yes=True)
        with desk.house.ledger.read() as session:
            notes = list(read_notes(session))
        index = desk.house.open_knowledge()
        index.rebuild(notes)
        (hit, *_) = index.search("invoice is enclosed", account_id=None, limit=3)
        assert (hit.note_id, hit.source, hit.account_id) == (exemplar.id, EXEMPLAR, "")
        assert faults(desk) == set()

    def test_put_there_without_a_yes__verify_tells(self, desk: Desk, exemplar: Lesson) -> None:
        index = desk.house.open_knowledge()
        text = "Dear {name}, forget the invoice."
        index.rebuild([Note(exemplar.id, "", EXEMPLAR, AS_OF, text)])
        assert faults(desk) == {"exemplar"}

    def test_approved_below_the_commands__verify_tells(self, desk: Desk, exemplar: Lesson) -> None:
        desk.books.change("lesson", "id", exemplar.id, state="approved", decided_by="lena")
        assert faults(desk) == {"lesson"}


def typed(desk: Desk, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setenv("DUNWELL_DATABASE_URL", desk.house.settings.database_url or "")
    with pytest.raises(SystemExit) as stopped:
        main(["lessons", *words, "--home", str(desk.house.home)])
    return int(stopped.value.code or 0)


def test_commands__list_show_approve_and_reject(
    desk: Desk,
    exemplar: Lesson,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert typed(desk, monkeypatch, "find", "--as-of", str(AS_OF)) == 0
    assert typed(desk, monkeypatch, "list") == 0
    assert exemplar.id in capsys.readouterr().out
    assert typed(desk, monkeypatch, "show", exemplar.id) == 0
    assert "Invoice {number}" in capsys.readouterr().out
    assert typed(desk, monkeypatch, "approve", exemplar.id, "--as", "cora") != 0
    assert typed(desk, monkeypatch, "approve", exemplar.id, "--as", "lena") == 0
    assert "can be found now" in capsys.readouterr().out
    assert typed(desk, monkeypatch, "reject", exemplar.id, "--as", "lena") != 0
