"""The reply desk: what customers wrote becomes claims, and claims become caution or a question.

One message at a time inside the caller's transaction, through the one acting path: every action is
judged by the gate like any other, and what the gate refuses is for a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from engines.reading.model import Reading
from guardrails.verdict import Allow, Deny
from ledger.actions import CreateCallTask
from ledger.facts import AccountFacts
from ledger.journal import audit, insert_new
from ledger.postings_cases import mark_message_answered
from ledger.postings_claims import settle_claims
from ledger.postings_inbound import mark_read
from ledger.queries.account_facts import load_facts
from ledger.queries.replies import Numbers, invoices_by_number, unproven_claims
from ledger.tables.inbound import Claim
from policies.schema import Policy
from tools.inbound_sealed import Incoming
from tools.plans import habits_of
from tools.proposals import Submitted, submit
from tools.reply_actions import Response, answers, respond
from tools.reply_claims import Said, claim_rows
from tools.stop_contact import is_stop_word, obey_linked

AUTHOR = "message_reader"
ROLE = "collector"
_STOP = "stop_contact"
# From here on the trained head agrees that it is a stop; the least sure of the plain ones in the
# cases is at 0.6. Below, the account is held and a person decides whether it is for good.
_AGREED = 0.3


@dataclass
class Handled:
    """What became of messages: how many were read, and the proposals that wait for a person."""

    read: int = 0
    claims: int = 0
    done: int = 0
    to_a_person: int = 0
    failed: int = 0
    waiting: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ReplyDesk:
    """Who handles messages, on what policy and when."""

    session: Session
    policy: Policy
    as_of: date
    now: datetime
    reader: str
    run_id: str | None = None

    def settle(self) -> int:
        """Settle earlier claims by what the books hold now; returns how many."""
        return settle_claims(self.session, self.as_of)

    def handle(self, read: Iterable[tuple[Incoming, Reading]]) -> Handled:
        """Record the claims of messages and act on them, in the caller's write transaction.

        Args:
            read: Messages of known accounts with what was read in them, oldest first.
        """
        read = list(read)
        handled = Handled()
        if not read:
            return handled
        accounts = sorted({row.account_id or "" for row, _reading in read})
        as_of = self.as_of
        facts = load_facts(self.session, as_of, accounts)
        numbers = invoices_by_number(self.session, accounts)
        since = as_of - timedelta(days=self.policy.replies.repeat_window_days)
        asking = {r.account_id or "" for r, each in read if "payment_plan_request" in each.intents}
        habits = habits_of(self.session, asking, as_of)
        for row, reading in read:
            account_id = row.account_id or ""
            repeats = unproven_claims(self.session, [account_id], since).get(account_id, {})
            said = self._said(row, reading, numbers.get(account_id, {}), repeats)
            said = replace(said, habits=habits.get(account_id, {}))
            try:
                with self.session.begin_nested():
                    self._one(row, said, facts[account_id], handled)
            except Exception as error:  # noqa: BLE001 - the case edge: one message fails alone
                self._leave_to_person(row, facts[account_id], error)
                handled.failed += 1
            facts |= load_facts(self.session, as_of, [account_id])
        return handled

    def _said(
        self, row: Incoming, reading: Reading, numbers: Numbers, repeats: dict[str, int]
    ) -> Said:
        return Said(
            inbound_id=row.inbound_id,
            account_id=row.account_id or "",
            contact_id=row.contact_id,
            received_on=row.received_on,
            authentic=row.authentic,
            reading=reading,
            numbers=numbers,
            repeats=repeats,
        )

    def _one(self, row: Incoming, said: Said, facts: AccountFacts, handled: Handled) -> None:
        if _stops_for_good(said.reading):
            obey_linked(self.session, row, self.now)
        response = respond(said, facts, self.policy)
        claims = claim_rows(said, self.policy.replies, facts.as_of)
        handled.claims += insert_new(self.session, Claim, claims)
        done = self._ask(response.actions, facts, self._why(row))
        now_known = load_facts(self.session, facts.as_of, [said.account_id])[said.account_id]
        letters = answers(said, now_known, response.person_because)
        done += self._ask(tuple(letters), now_known, self._why(row))
        if response.answered:
            mark_message_answered(self.session, row.inbound_id)
        mark_read(self.session, [row.inbound_id], self.reader)
        self._note(row, response, done)
        handled.read += 1
        handled.done += sum(isinstance(each.verdict, Allow) for each in done)
        handled.to_a_person += bool(response.person_because)
        handled.waiting += [
            (each.proposal_id, said.account_id) for each in done if each.proposal_id
        ]

    def _leave_to_person(self, row: Incoming, facts: AccountFacts, error: Exception) -> None:
        """A message that could not be handled is a task for a person, and is not tried again."""
        told = f"{type(error).__name__}: {error}"
        task = CreateCallTask(
            account_id=facts.account_id,
            kind="review",
            summary=f"The message {row.inbound_id} could not be handled ({told})"[:500],
            due_on=self.as_of + timedelta(days=1),
        )
        self._ask((task,), facts, self._why(row))
        mark_read(self.session, [row.inbound_id], self.reader)

    def _ask(
        self, actions: tuple[object, ...], facts: AccountFacts, why: str
    ) -> tuple[Submitted, ...]:
        return submit(
            self.session,
            actions,
            author=AUTHOR,
            role=ROLE,
            facts=facts,
            policy=self.policy,
            now=self.now,
            run_id=self.run_id,
            why=why,
        )

    def _why(self, row: Incoming) -> str:
        return f"From the customer's message {row.inbound_id} of {row.received_on}."

    def _note(self, row: Incoming, response: Response, done: tuple[Submitted, ...]) -> None:
        audit(
            self.session,
            self.now,
            "message_read",
            row.account_id or "",
            AUTHOR,
            inbound_id=row.inbound_id,
            reader=self.reader,
            did=[each.action.type for each in done if isinstance(each.verdict, Allow)],
            refused=[each.action.type for each in done if isinstance(each.verdict, Deny)],
            because=list(response.person_because),
        )


def _stops_for_good(reading: Reading) -> bool:
    """Whether a message asks to be left alone so surely that nobody need be asked first."""
    if _STOP not in reading.intents:
        return False
    return reading.confidence.get(_STOP, 0.0) >= _AGREED or is_stop_word(reading.own_text)


def lay_aside(session: Session, messages: Iterable[Incoming], reader: str) -> None:
    """Note that messages were read which lead to nothing."""
    mark_read(session, [each.inbound_id for each in messages], reader)
