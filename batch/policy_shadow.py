"""What rules that do not hold yet would have stopped, had they held on past nights."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from batch.policy_trial import ended_nights, recorded_turns
from graph.bootstrap import House
from guardrails.case import Case, Draft
from guardrails.compliance.rules_of_place import pending_objections
from ledger.facts import AccountFacts
from policies.schema import Policy
from tools.collections_turn import take_turn
from tools.outgoing import JudgedMessage

EXAMPLES = 3


@dataclass
class WouldStop:
    """Messages of past nights a pending rule would have stopped.

    Attributes:
        accounts: The first few of them, by account number.
    """

    messages: int = 0
    accounts: list[str] = field(default_factory=list)


@dataclass
class Shadow:
    """Pending rules beside the messages that left on past nights."""

    nights: int
    messages: int = 0
    by_rule: dict[str, WouldStop] = field(default_factory=dict)


def would_have_stopped(house: House, nights: int) -> Shadow:
    """Judge the unattended messages of the newest nights by the rules still to start.

    Args:
        house: The home; no night on it means nothing was sent that could have been stopped.
        nights: How many of the newest nights.
    """
    with house.ledger.read() as session:
        runs = ended_nights(session, nights)
        shadow = Shadow(len(runs))
        for run in runs:
            for facts in recorded_turns(session, run):
                turn = take_turn(facts, house.policy, run.started_at)
                for case in _cases(turn.leaving, facts, house.policy):
                    _count(shadow, case)
    return shadow


def _cases(
    leaving: tuple[JudgedMessage, ...], facts: AccountFacts, policy: Policy
) -> Iterator[Case]:
    for each in leaving:
        if each.letter is not None:
            draft = Draft(each.letter.subject, each.letter.body, each.letter.language)
            yield Case(each.action, facts, policy, each.release_at, draft)


def _count(shadow: Shadow, case: Case) -> None:
    shadow.messages += 1
    for rule_id in {each.rule_id for each in pending_objections(case)}:
        stopped = shadow.by_rule.setdefault(rule_id, WouldStop())
        stopped.messages += 1
        if len(stopped.accounts) < EXAMPLES:
            stopped.accounts.append(case.facts.account_number)
