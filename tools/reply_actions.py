"""What a message of a customer leads to: caution at once, everything else before a person.

The mapping is code and policy, never a model: a reading says what was claimed, and here stands
what a claim may do. It may pause, open a dispute, note a promise or ask a person; it can never
lift, send, pay or change anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from engines.dunning import choose_contact
from engines.reading.caution import LEFT_ALONE
from engines.reading.contact_wishes import CONTACT_WISH, SAYS_CONTACT
from engines.reading.decision import DOUBT
from engines.reading.model import PromiseClaim
from guardrails.business_days import add_business_days
from ledger.actions import (
    AcceptPlan,
    AnswerQuery,
    CreateCallTask,
    Escalate,
    OpenDisputeCase,
    PlaceHold,
    ProposedAction,
    ProposePlan,
    RecordPromise,
)
from ledger.facts import AccountFacts
from ledger.queries.replies import NamedInvoice
from ledger.states import HoldReason, PlanState
from policies.schema import Policy
from tools.outside_text import clean_text
from tools.plans import requested_plan
from tools.promises import method_days
from tools.reply_claims import Said

_LONGEST_SUMMARY = 2000
# What a person finds to do, beside the hand-over.
_TASKS = {
    "callback_request": ("call", "Call back: "),
    "contact_change": ("find_contact", "Check and enter the new contact: "),
    "wrong_person": ("find_contact", "Find who is in charge: "),
    "process_blocker": ("follow_up", "Clear what blocks the payment: "),
    "bank_change_request": (
        "review",
        "ALARM, change of bank details asked for: call back on a known number, change nothing: ",
    ),
}
# What a dispute is told by; the case that it opens is before a person.
_TOLD_BY_THE_CASE = frozenset({"says dispute", "says short_pay", DOUBT})
# A letter by itself would go the very way, or to the very person, they may have ruled out.
_NO_LETTER = frozenset({LEFT_ALONE, SAYS_CONTACT})
# What a customer with an offered plan may mean as a yes; a person reads it before the plan runs.
_MAY_BE_A_YES = frozenset({"acknowledgement", "promise_to_pay"})


@dataclass(frozen=True, slots=True)
class Response:
    """What a message leads to.

    Attributes:
        actions: Asked for in this order, through the one acting path.
        person_because: Why a person must see it; empty where none need.
        answered: Whether no answer is owed any more.
    """

    actions: tuple[ProposedAction, ...]
    person_because: tuple[str, ...]
    answered: bool


def respond(said: Said, facts: AccountFacts, policy: Policy) -> Response:
    """What a message leads to, from its claims, the account's facts and policy alone."""
    work = _Work(said, facts, policy)
    actions = [*work.holds(), *work.disputes(), *work.paid(), *work.promised(), *work.tasks()]
    actions += work.plans()
    work.look_at_the_rest()
    because = tuple(dict.fromkeys(work.because))
    if because:
        actions.append(work.hand_over(because))
    intents = set(said.reading.intents)
    owed = intents - set(policy.replies.needs_no_answer) - {"promise_to_pay", "already_paid"}
    return Response(tuple(actions), because, answered=not because and not owed)


def answers(said: Said, facts: AccountFacts, because: tuple[str, ...]) -> list[AnswerQuery]:
    """The one template answer that fits what the ledger holds now; none where a person answers."""
    contact = _contact(said, facts)
    if contact is None or said.authentic == "fail" or said.reading.injection:
        return []
    common = {
        "account_id": said.account_id,
        "contact_id": contact,
        "language": said.reading.language,
        "in_reply_to": said.inbound_id,
    }
    if _NO_LETTER & set(said.reading.why_human):
        return []
    intents = said.reading.intents
    disputed = [d for d in facts.disputes if d.opened_on == facts.as_of]
    if disputed and ("dispute" in intents or "short_pay" in intents):
        return [AnswerQuery(**common, template_id="dispute_acknowledgement")]
    if because:
        return []
    named = said.named(said.reading.mentioned_invoices)
    if "request_copy" in intents and named:
        ids = tuple(invoice.invoice_id for invoice in named)
        return [AnswerQuery(**common, template_id="copy_answer", invoice_ids=ids)]
    promises = [p for p in facts.promises if p.direction == "theirs"]
    if "promise_to_pay" in intents and len(promises) == 1:
        about = promises[0].promise_id
        return [AnswerQuery(**common, template_id="promise_confirmation", about=about)]
    return []


def _contact(said: Said, facts: AccountFacts) -> str | None:
    known = {contact.contact_id for contact in facts.contacts}
    if said.contact_id in known:
        return said.contact_id
    best = choose_contact(facts)
    return best.contact_id if best else None


class _Work:
    """One message at the desk; `because` collects why a person must see it."""

    def __init__(self, said: Said, facts: AccountFacts, policy: Policy) -> None:
        self.said, self.facts, self.policy = said, facts, policy
        self.reading, self.rules = said.reading, policy.replies
        self.trusted = said.authentic != "fail" and not said.reading.injection
        self.because: list[str] = []

    def holds(self) -> Iterator[PlaceHold]:
        """What stops at once, whoever wrote it."""
        in_force = {hold.reason for hold in self.facts.holds if hold.invoice_id is None}
        for intent in self.reading.intents:
            reason = self.rules.holds.get(intent)
            if reason and reason not in in_force:
                in_force.add(reason)
                note = f'They wrote on {self.said.received_on}: "{self.said.quote(intent)}"'
                yield PlaceHold(account_id=self.said.account_id, reason=reason, note=note[:400])

    def disputes(self) -> Iterator[OpenDisputeCase]:
        """A case for each disputed invoice, or for the account where none is named."""
        kinds = [kind for kind in ("dispute", "short_pay") if kind in self.reading.intents]
        if not kinds or not self._may_pause(kinds[0]):
            return
        reasons = [self.rules.dispute_codes[r] for r in self.reading.dispute_reasons]
        reason = reasons[0] if reasons else "UNDEFINED"
        invoices = self.said.named(self.reading.disputed_invoices)
        if len(invoices) > self.rules.most_invoices_per_message:
            self.because.append(f"it disputes {len(invoices)} invoices at once")
            return
        already = {d.invoice_id for d in self.facts.disputes}
        closed = [each for each in invoices if not each.open_minor]
        if closed:
            self.because.append("it disputes an invoice that is settled")
        for invoice_id in [i.invoice_id for i in invoices if i.open_minor] or [None]:
            if invoice_id in already or (invoice_id is None and closed):
                continue
            yield OpenDisputeCase(
                account_id=self.said.account_id,
                invoice_id=invoice_id,
                reason=reason,
                quote=self.said.quote(kinds[0]),
                amount_minor=self._disputed_part(invoices),
                claim_id=self.said.claim_id(kinds[0], invoice_id),
            )

    def _disputed_part(self, invoices: tuple[NamedInvoice, ...]) -> int | None:
        """The amount they dispute, where it is a part of the one invoice they name."""
        amount = self.reading.disputed_amount_minor
        if len(invoices) != 1 or amount is None:
            return None
        return amount if 0 < amount < invoices[0].open_minor else None

    def paid(self) -> Iterator[PlaceHold]:
        """A pause of a few days in which cash is searched, on the invoices they say are paid."""
        if "already_paid" not in self.reading.intents or not self._may_pause("already_paid"):
            return
        numbers = tuple(
            n for n in self.reading.mentioned_invoices if n not in self.reading.disputed_invoices
        )
        invoices = self.said.named(numbers)
        open_ids = [i.invoice_id for i in invoices if i.open_minor]
        if invoices and not open_ids:
            return  # the ledger says so too
        ends = self.facts.as_of + timedelta(days=self.rules.already_paid_pause_days)
        paused = {(h.invoice_id, h.ends_on) for h in self.facts.holds}
        note = f'They wrote on {self.said.received_on}: "{self.said.quote("already_paid")}"'
        for invoice_id in open_ids or [None]:
            if (invoice_id, ends) not in paused:
                yield PlaceHold(
                    account_id=self.said.account_id,
                    invoice_id=invoice_id,
                    reason=HoldReason.ALREADY_PAID_CLAIM,
                    ends_on=ends,
                    note=note[:400],
                )

    def promised(self) -> Iterator[RecordPromise]:
        """Promises with a date near enough; every other one is a person's."""
        if not self.reading.promises or not self._may_pause("promise_to_pay"):
            return
        if self.facts.broken_promises >= self.rules.repeats_before_person:
            self.because.append(f"{self.facts.broken_promises} promises were broken before")
            return
        for promise in self.reading.promises:
            if objection := self._objection(promise):
                self.because.append(objection)
                continue
            invoices = [i for i in self.said.named(promise.invoices) if i.open_minor]
            currency = promise.currency or self._currency()
            yield RecordPromise(
                account_id=self.said.account_id,
                due_on=promise.due_on or self.facts.as_of,
                amount_minor=promise.amount_minor if currency else None,
                currency=currency if promise.amount_minor else None,
                invoice_ids=tuple(invoice.invoice_id for invoice in invoices),
                quote=promise.span[:300],
                method_days=method_days(promise.span, self.policy.promises),
                claim_id=self.said.claim_id(
                    "promise_to_pay", invoices[0].invoice_id if invoices else None
                ),
            )

    def tasks(self) -> Iterator[CreateCallTask]:
        """Things for a person to do."""
        calendar = self.policy.company.calendar
        due_on = add_business_days(calendar, self.facts.as_of, 1)
        for intent in self.reading.intents:
            if task := _TASKS.get(intent):
                kind, what = task
                summary = f'{what}"{self.said.quote(intent)}"'
                yield CreateCallTask(
                    account_id=self.said.account_id,
                    kind=kind,
                    summary=summary[:500],
                    due_on=due_on,
                )
        for wish in self._contact_wishes():
            yield CreateCallTask(
                account_id=self.said.account_id,
                kind="find_contact",
                summary=f'Enter when, how or whom to contact, as they say: "{wish}"'[:500],
                due_on=due_on,
            )

    def _contact_wishes(self) -> list[str]:
        """What they say of it, in their words, as one task; none that a task quotes already."""
        quoted = {self.said.quote(each) for each in self.reading.intents if each in _TASKS}
        words = [span.text for span in self.reading.spans if span.kind == CONTACT_WISH]
        words = [" ".join(clean_text(each).split()) for each in words]
        left = [each for each in dict.fromkeys(words) if each not in quoted]
        return [" ".join(left)] if left else []

    def plans(self) -> Iterator[ProposePlan | AcceptPlan]:
        """The plan that fits what they ask for, or their yes to one of ours; both wait for finance.

        Without trust nothing is prepared, and what policy does not allow is told to the person.
        """
        intents = set(self.reading.intents)
        offered = [plan for plan in self.facts.plans if plan.state == PlanState.PROPOSED]
        if not self.trusted:
            return
        if offered and intents & _MAY_BE_A_YES:
            kind = next(each for each in self.reading.intents if each in _MAY_BE_A_YES)
            yield AcceptPlan(
                account_id=self.said.account_id,
                plan_id=offered[-1].plan_id,
                quote=self.said.quote(kind),
                claim_id=self.said.claim_id(kind, None),
            )
        elif "payment_plan_request" in intents and not offered:
            named = self.said.named(self.reading.mentioned_invoices)
            ids = tuple(invoice.invoice_id for invoice in named if invoice.open_minor)
            habits, claim = self.said.habits, self.reading.plan
            found = requested_plan(claim, self.facts, habits, self.policy, ids)
            if isinstance(found, ProposePlan):
                yield found
            else:
                self.because.append(f"they ask for a plan and none can be offered: {found}")

    def look_at_the_rest(self) -> None:
        """What else makes it a person's."""
        if self.reading.injection:
            self.because.append("it gives instructions to software, which are not followed")
        if self.said.authentic == "fail":
            self.because.append("the sender could not be proved, so nothing it says is believed")
        if self.said.unknown:
            told = ", ".join(self.said.unknown[:5])
            self.because.append(f"it names {told}, no invoice of this account")
        alone = set(self.reading.intents) <= set(self.rules.handled_alone)
        disputing = {"dispute", "short_pay"} & set(self.reading.intents)
        if self.reading.needs_human:
            told = self.reading.why_human or ("the words are not clear enough",)
            known = _TOLD_BY_THE_CASE if alone and disputing else ()
            self.because.extend(each for each in told if each not in known)
        if not alone:
            rest = [i for i in self.reading.intents if i not in self.rules.handled_alone]
            self.because.append(f"it is about {', '.join(i.replace('_', ' ') for i in rest)}")
        if not self.reading.intents:
            self.because.append("what it wants was not understood")
        if "request_copy" in self.reading.intents and not self.said.named(
            self.reading.mentioned_invoices
        ):
            self.because.append("it asks for a copy and names no invoice of this account")

    def hand_over(self, because: tuple[str, ...]) -> Escalate:
        """The message for a person of the right role, with the words and what was read."""
        intents = self.reading.intents
        read = ", ".join(intent.replace("_", " ") for intent in intents) or "nothing known"
        text = " ".join(clean_text(self.reading.own_text).split())[:900]
        summary = (
            f'A customer wrote on {self.said.received_on}: "{text}" Read as: {read}. '
            f"A person is asked because {'; '.join(because)}."
        )
        return Escalate(
            account_id=self.said.account_id,
            to_role=self.rules.role_for(intents),
            summary=summary[:_LONGEST_SUMMARY],
        )

    def _may_pause(self, kind: str) -> bool:
        """Whether a claim still buys time: not unproved again and again, not from a stranger."""
        if not self.trusted:
            return False
        if self.said.repeats.get(kind, 0) >= self.rules.repeats_before_person:
            told = kind.replace("_", " ")
            times = self.said.repeats[kind]
            self.because.append(f"{told} was claimed {times} times before and never proved")
            return False
        return True

    def _objection(self, promise: PromiseClaim) -> str:
        """Why a promise is not noted by itself; nothing where it may be."""
        if promise.conditional:
            return "the promise depends on something"
        if promise.due_on is None:
            return "the promise has no date"
        if promise.due_on < min(self.said.received_on, self.facts.as_of):
            return "the promised date is past"
        longest = self.facts.as_of + timedelta(days=self.rules.promise_longest_days)
        if promise.due_on > longest:
            return f"the promised date {promise.due_on} is far off"
        if promise.amount_minor and not (promise.currency or self._currency()):
            return "the currency of the promise is not clear"
        return ""

    def _currency(self) -> str | None:
        return self.facts.currencies[0] if len(self.facts.currencies) == 1 else None
