"""The cash applier with a batch: certain receipts post, likely ones go before a person."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlmodel import Session

from guardrails.gate import judge
from guardrails.verdict import Allow
from ledger.actions import Allocation, ApplyCredit, ApplyReceipt, ProposedAction, WriteOff
from ledger.chains import append_audit
from ledger.facts import AccountFacts
from ledger.queries.account_facts import load_facts
from policies.schema import Policy
from tools.alternatives import offer
from tools.cash_book import post_certain_receipts, set_receipts_aside
from tools.cash_candidates import ask_whose, keep_candidates, leave_to_requests
from tools.cash_ways import ON_ACCOUNT, PART_PAYMENT, Matched, Way
from tools.cash_words import suggestion_words, way_words
from tools.execute import Writer
from tools.proposals import Submitted, submit

REFUSED = "refused_by_rules"
_NOTES = {"fee": "bank fee taken off the payment", "discount": "cash discount, paid early"}

Waiting = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works a batch, on which facts, in which transaction.

    Attributes:
        dispute_reason: Tells the reason code that fits a payer's words best.
    """

    session: Session
    facts: dict[str, AccountFacts]
    policy: Policy
    now: datetime
    author: str
    run_id: str
    dispute_reason: Callable[[str], str]

    def submit(
        self, actions: Sequence[ProposedAction], why: str = "", unseen: frozenset[str] = frozenset()
    ) -> tuple[Submitted, ...]:
        """Ask for actions on one account, without the receipts that are no concern of it."""
        facts = self.facts[actions[0].account_id]
        receipts = tuple(each for each in facts.receipts if each.receipt_id not in unseen)
        return submit(
            self.session,
            actions,
            author=self.author,
            role=self.author,
            facts=replace(facts, receipts=receipts),
            policy=self.policy,
            now=self.now,
            run_id=self.run_id,
            why=why,
        )


def apply_certain(desk: Desk, batch: Sequence[Matched]) -> tuple[int, Waiting]:
    """Post what the gate allows and ask for the rest; returns how many posted, and what waits.

    A tolerated fee, an earned discount and a named credit memo post with the cash. Where the gate
    wants a person for them the cash posts, and they are asked for beside it: nothing is given away
    without the finance lead.
    """
    whole = _post_whole(desk, [each for each in batch if _has_legs(each.ways[0])])
    alone = [each for each in batch if each.receipt_id not in whole]
    by_receipt = {each.receipt_id: each for each in alone}
    asked = [(_writer(desk, each.ways[0]), each.ways[0].action(each.receipt_id)) for each in alone]
    rest = {action.receipt_id for _writer, action in post_certain_receipts(asked)}
    posted = [each for each in alone if each.receipt_id not in rest]
    waiting = _close_beside(desk, posted)
    left = [each.receipt_id for each in posted if each.ways[0].on_account_minor]
    set_receipts_aside(desk.session, {ON_ACCOUNT: left} if left else {})
    _asked, more = suggest(desk, [by_receipt[key] for key in sorted(rest)])
    return len(whole) + len(posted), waiting + more


def _has_legs(way: Way) -> bool:
    return bool(way.credits) or way.closes_beside


def _post_whole(desk: Desk, batch: Sequence[Matched]) -> set[str]:
    """Post receipts with every leg where the gate allows it; returns which.

    One after the other, on the facts after the last: two payments may count on one credit memo.
    """
    posted = set()
    for each in batch:
        way = each.ways[0]
        action = way.whole_action(each.receipt_id, desk.dispute_reason)
        as_of = desk.facts[way.account_id].as_of
        now_known = load_facts(desk.session, as_of, [way.account_id], [each.receipt_id])
        if isinstance(judge(action, now_known[way.account_id], desk.policy), Allow):
            replace(desk, facts=now_known).submit([action])
            posted.add(each.receipt_id)
    return posted


def suggest(desk: Desk, batch: Sequence[Matched]) -> tuple[int, Waiting]:
    """Put receipts before a person, the best way first; returns how many, and what waits."""
    waiting: Waiting = []
    by_reason: dict[str, list[str]] = defaultdict(list)
    keep_candidates(desk.session, batch)
    strangers = frozenset(each.receipt_id for each in batch if each.account_id is None)
    for each in batch:
        ways = _asked(desk, each)
        actions = list(ways)
        words = suggestion_words(each)
        (result,) = desk.submit(actions[:1], words, strangers - {each.receipt_id})
        reason = each.reason or PART_PAYMENT
        by_reason[reason if result.proposal_id else REFUSED].append(each.receipt_id)
        if result.proposal_id:
            told = list(ways.values())
            offer(desk.session, result.proposal_id, actions[1:], told, desk.author, desk.now)
            waiting.append((result.proposal_id, actions[0].account_id))
    set_receipts_aside(desk.session, by_reason)
    refused = by_reason.get(REFUSED, [])
    asked = [each.receipt_id for each in batch if each.receipt_id not in set(refused)]
    leave_to_requests(desk.session, asked)
    as_of = next(iter(desk.facts.values())).as_of
    ask_whose(desk.session, refused, as_of, desk.author)
    append_audit(desk.session, [_judged(desk, each) for each in batch])
    return sum(len(ids) for reason, ids in by_reason.items() if reason != REFUSED), waiting


def _asked(desk: Desk, matched: Matched) -> dict[ApplyReceipt, str]:
    """Every way as an action with all its legs and in words, the one that is asked for first."""
    asked: dict[ApplyReceipt, str] = {}
    for way, words in zip(matched.ways, way_words(matched), strict=True):
        # Evidence that would post alone is not what this suggestion rests on.
        alone = way.evidence in desk.policy.cash.unattended_evidence
        is_certain = matched.action.value == "auto"
        facts = desk.facts.get(way.account_id)
        disputed = {each.invoice_id for each in facts.disputes} if facts else set()
        evidence = "person" if alone and not is_certain else None
        action = way.whole_action(matched.receipt_id, desk.dispute_reason, disputed, evidence)
        asked.setdefault(action, words)
    return asked


def _writer(desk: Desk, way: Way) -> Writer:
    facts = desk.facts[way.account_id]
    return Writer(desk.session, facts, desk.policy, desk.now, desk.author, desk.run_id)


def _close_beside(desk: Desk, posted: Sequence[Matched]) -> Waiting:
    """Ask for what closes beside the cash, on the facts after it was posted."""
    wanted: dict[str, list[ProposedAction]] = defaultdict(list)
    for each in posted:
        way = each.ways[0]
        wanted[way.account_id] += _credits(way) + _given_up(way, each.receipt_id)
    ids = sorted(key for key, actions in wanted.items() if actions)
    if not ids:
        return []
    as_of = next(iter(desk.facts.values())).as_of
    after = replace(desk, facts=load_facts(desk.session, as_of, ids))
    return [
        (result.proposal_id, account_id)
        for account_id in ids
        for result in after.submit(wanted[account_id])
        if result.proposal_id
    ]


def _credits(way: Way) -> list[ProposedAction]:
    return [
        ApplyCredit(
            account_id=way.account_id,
            credit_id=credit_id,
            allocations=(Allocation(invoice_id=invoice_id, amount_minor=minor),),
        )
        for credit_id, invoice_id, minor in way.credits
    ]


def _given_up(way: Way, receipt_id: str) -> list[ProposedAction]:
    return [
        WriteOff(
            account_id=way.account_id,
            invoice_id=invoice_id,
            amount_minor=minor,
            note=_NOTES[kind],
            kind=kind,
            receipt_id=receipt_id,
        )
        for kind, invoice_id, minor in way.given_up
        if kind == "fee" or kind == "discount"
    ]


def _judged(desk: Desk, matched: Matched) -> dict[str, Any]:
    """The journal record of what was suggested, and on which evidence."""
    said = {
        "reason": matched.reason,
        "ways": [
            {
                "pattern": way.pattern,
                "probability": f"{way.probability:.4f}",
                "cash": [list(part) for part in way.cash],
                "on_account_minor": way.on_account_minor,
            }
            for way in matched.ways
        ],
    }
    return {
        "at": desk.now,
        "kind": "receipt_suggested",
        "subject_id": matched.receipt_id,
        "actor": desk.author,
        "payload": orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode(),
    }
