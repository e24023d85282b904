"""Proof from the records beside the books: claims are quotes, cases ended, policies are known."""

from typing import Any

import orjson
from sqlalchemy import func, select

from adapters.knowledge import WORDS_FILE
from adapters.word_index import listed
from batch.cases import ENDINGS
from batch.proof_evidence import Evidence, in_chunks
from ledger.actions import OpenDisputeCase, ProposedAction, RecordPromise, parse_action, read_action
from ledger.states import RunState
from ledger.tables.inbound import Lesson
from ledger.tables.work import Audit, Message, Permit, Person, PolicyVersion, Proposal, Run
from policies.load import recorded_digest
from tools.knowledge import EXEMPLAR, read_exemplars
from tools.outside_text import clean_text

_CLAIMS = ("open_dispute", "record_promise")


def prove_claims(evidence: Evidence) -> None:
    """What a role says a customer claimed stands, word for word, in a message of the customer."""
    session = evidence.session
    people = set(session.scalars(select(Person.id)))
    asked = select(Proposal.id, Proposal.author, Proposal.action).where(
        Proposal.action_type.in_(_CLAIMS)
    )
    for rows in in_chunks(session, asked, Proposal.id):
        for row in rows:
            if row.author not in people:
                _look_at_claim(evidence, row.id, read_action(row.action))
    done = select(Audit.seq, Audit.actor, Audit.payload).where(
        Audit.kind.in_([f"{kind}_executed" for kind in _CLAIMS])
    )
    for rows in in_chunks(session, done, Audit.seq):
        for row in rows:
            told = orjson.loads(row.payload)
            if row.actor not in people and told.get("proposal_id") is None:
                action = parse_action(told["action"])
                _look_at_claim(evidence, f"journal record {row.seq}", action)


def _look_at_claim(evidence: Evidence, subject: str, action: ProposedAction) -> None:
    tally = evidence["claims_not_commands"]
    if not isinstance(action, OpenDisputeCase | RecordPromise):
        return
    tally.saw()
    wanted = " ".join(clean_text(action.quote).split())
    messages = evidence.session.execute(
        select(Message.subject, Message.body).where(
            Message.account_id == action.account_id, Message.direction == "in"
        )
    )
    texts = (" ".join(clean_text(f"{row[0]}\n{row[1]}").split()) for row in messages)
    if not wanted or not any(wanted in text for text in texts):
        look = f"dunwell why {action.account_id}"
        tally.fault(subject, "the customer's own words", wanted or "no quote", look)


def prove_work_without_model(evidence: Evidence) -> None:
    """Every finished night's cases came to an end: with a request, a task, or a journal entry."""
    tally, session = evidence["model_optional"], evidence.session
    finished = select(func.count()).select_from(Run).where(Run.state == RunState.FINISHED)
    tally.saw((session.scalar(finished) or 0) + len(evidence.cases))
    if not evidence.cases:
        return
    ended = session.execute(
        select(Audit.subject_id, Audit.actor, Audit.at).where(Audit.kind.in_(ENDINGS))
    )
    left = set(evidence.cases).difference(tuple(row) for row in ended)
    for account_id, role, _at in sorted(left):
        look = f"dunwell why {account_id}"
        tally.fault(account_id, f"a case prepared by the {role}", "nothing in the journal", look)


def prove_policies(evidence: Evidence) -> None:
    """Every policy a decision was made under is on record, and says what its hash says."""
    tally, session = evidence["no_silent_learning"], evidence.session
    recorded = set()
    for version in session.scalars(select(PolicyVersion).order_by(PolicyVersion.first_used_on)):
        tally.saw()
        recorded.add(version.hash)
        found = _digest_of(version)
        if found != version.hash:
            tally.fault(f"policy {version.hash}", version.hash, found, "the table policy_version")
    uses: dict[str, Any] = {
        "night": select(Run.policy_hash, func.min(Run.id)),
        "permit": select(Permit.policy_hash, func.min(Permit.outbox_id)),
        "proposal": select(Proposal.policy_hash, func.min(Proposal.id)),
    }
    for kind, query in uses.items():
        for policy_hash, subject in session.execute(query.group_by(query.selected_columns[0])):
            if policy_hash not in recorded:
                found = f"policy {policy_hash}, not recorded"
                tally.fault(f"{kind} {subject}", "a recorded policy", found, "policy_version")


def prove_exemplars(evidence: Evidence) -> None:
    """Every exemplar that can be found among what we know was approved by a person, as it is."""
    tally, session = evidence["no_silent_learning"], evidence.session
    approved = {note.note_id: note.text for note in read_exemplars(session)}
    look = "dunwell lessons list; dunwell reindex builds the index from what is approved"
    with tally.unreadable("the knowledge index", "dunwell reindex"):
        for note_id, text in listed(evidence.house.home / WORDS_FILE, EXEMPLAR).items():
            tally.saw()
            if approved.get(note_id) != text:
                tally.fault(f"exemplar {note_id}", "an approved lesson", text[:80], look)
    said = {
        tuple(row)
        for row in session.execute(
            select(Audit.subject_id, Audit.actor).where(Audit.kind == "lesson_approved")
        )
    }
    decided = select(Lesson.id, Lesson.decided_by).where(Lesson.state == "approved")
    for lesson_id, by in session.execute(decided):
        tally.saw()
        if (lesson_id, by) not in said:
            tally.fault(f"lesson {lesson_id}", f"a yes of {by!r} in the journal", "none", look)


def _digest_of(version: PolicyVersion) -> str:
    try:
        return recorded_digest(version.said)
    except (KeyError, TypeError, ValueError) as error:
        return f"unreadable: {error}"
