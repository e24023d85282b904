"""The inbox on a terminal: the queue, a card, the outcome of a decision."""

import sys
from pathlib import Path

import orjson

from cli.account import show_page
from cli.output import safe, say, show_heading, show_table, told
from graph.bootstrap import House
from graph.inbox import Outcome, QueuePage
from ledger.errors import BadInput
from ledger.money import Money, currency_digits
from ledger.queries.inbox import QueueFilter
from ledger.states import ProposalState
from tools.account_names import find_account
from tools.authority import in_words
from tools.inbox_cards import Card, DecisionLine, Draft, PersonLine

_EFFECTS = {
    "carried_out": "Approving carries it out.",
    "delayed": "Approving carries it out later",
    "asks_again": "Approving asks again, because the books moved",
    "refused": "It would be refused now",
    "closed": "Closed",
}


def read_filter(
    house: House,
    states: list[str] | None,
    account: str | None,
    role: str | None,
    rule: str | None,
    assignee: str | None,
    currency: str | None,
    at_least: str | None,
) -> QueueFilter:
    """Turn options into a filter.

    Raises:
        BadInput: A state, role, rule or amount does not exist.
        NotFound: No such account.
    """
    approval = house.policy.approval
    for name, given, known in (
        ("state", states or [], [state.value for state in ProposalState]),
        ("role", [role] if role else [], list(approval.stands_for)),
        ("rule", [rule] if rule else [], list(approval.by_id)),
    ):
        if unknown := [each for each in given if each not in known]:
            raise BadInput(f"no {name} {unknown[0]!r}; there are {', '.join(known)}")
    if currency is not None:
        currency_digits(currency)
    if at_least is not None and currency is None:
        raise BadInput("--min needs --currency")
    account_id = None
    if account is not None:
        with house.ledger.read() as session:
            account_id = find_account(session, account)
    return QueueFilter(
        states=tuple(states or ()),
        account_id=account_id,
        roles=(role,) if role else (),
        rule_id=rule,
        assignee=assignee,
        currency=currency,
        min_minor=Money.of(at_least, currency).minor if at_least and currency else None,
    )


def read_changes(pairs: list[str], body: Path | None) -> dict[str, object]:
    """Read `--set field=value` and `--body FILE`; a value may be JSON.

    Raises:
        BadInput: A pair without "=", or a file that cannot be read.
    """
    changes: dict[str, object] = {}
    for pair in pairs:
        field, equals, value = pair.partition("=")
        if not equals or not field.strip():
            raise BadInput(f"--set {pair!r}: write --set field=value")
        changes[field.strip()] = _value(value)
    if body is not None:
        try:
            text = sys.stdin.read() if str(body) == "-" else body.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"--body {body}: cannot be read ({error})") from None
        changes["body"] = text
    return changes


def _value(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def show_queue(page: QueuePage) -> None:
    """Print a page of the queue."""
    if not page.lines:
        say("Nothing waits." if not page.count else "Nothing more waits.")
        return
    show_table(
        ("Request", "Value", "Age", "Account", "Action", "Needs", "Why"),
        [
            (
                line.id,
                told(line.value),
                f"{line.age_days}d",
                f"{line.account_number} {line.name}",
                line.action_type,
                in_words(line.needs),
                line.why.splitlines()[0][:160] if line.why else "",
            )
            for line in page.lines
        ],
        right=("Value", "Age"),
    )
    more = f"; the next page: --cursor {page.next}" if page.next else ""
    say(f"{len(page.lines)} of {'more than ' if page.more else ''}{page.count}{more}")


def show_card(card: Card) -> None:
    """Print a card: what, the letter, why, what moved, who may decide, the account."""
    show_heading(f"{card.id}  {card.action_words}")
    expires = f"expires after {card.expires_on}"
    say(f"{card.state}, {told(card.value)}, {card.age_days} days old, {expires}, by {card.author}")
    if card.assignee:
        say(f"Given to {card.assignee}.")
    _show_reasons(card)
    if card.draft:
        _show_draft(card.draft)
    if card.ways:
        show_heading("Ways to do it; approve with --choose N")
    for way in card.ways:
        say(f"  {way.number}. {way.says}")
        say(f"     {way.does}")
    if card.said:
        show_heading(f"In the words of {card.said.source}")
        say(card.said.text)
    _show_authority(card)
    show_page(card.brief)
    say(f"\nDigest {card.digest}; approve exactly this with --digest.")


def _show_reasons(card: Card) -> None:
    show_heading("Why it is here")
    say(card.why or "Somebody asked for it.")
    if card.counterfactual:
        say(card.counterfactual)
    for rule in card.rules:
        say(f"  {rule.id}: {rule.says}")
    show_heading("Since it was drafted")
    for line in card.changed or ("nothing moved in the books",):
        say(f"  {line}")
    because = f": {card.now_because}" if card.now_because else ""
    say(f"{_EFFECTS[card.now]}{because}")


def _show_draft(draft: Draft) -> None:
    show_heading(f"The letter ({draft.wording}, {draft.language}, by {draft.channel})")
    say(f"To: {draft.recipient}")
    if draft.cc:
        say(f"Cc: {', '.join(draft.cc)}")
    say(f"Subject: {draft.subject}\n")
    say("\n".join(f"  | {line}" for line in safe(draft.body).splitlines()))
    for made in draft.documents:
        say(f"\nWith it goes {made.name} ({made.digest}):\n")
        say("\n".join(f"  | {line}" for line in safe(made.text).splitlines()))
    if draft.hidden_characters:
        say(f"It holds {draft.hidden_characters} characters that cannot be seen, shown as �.")


def _show_authority(card: Card) -> None:
    authority = card.authority
    show_heading("Who decides")
    say(f"Needed: {in_words(authority.needed) or 'one person with authority'}")
    if authority.approved_by:
        missing = in_words(authority.missing) or "nothing"
        say(f"Approved by {_names(authority.approved_by)}; missing {missing}")
    if card.options:
        say(f"Could approve now: {_names(authority.may_approve) or 'nobody in this home'}")
    for decision in card.decisions:
        say(_decision(decision))
    for option in card.options:
        say(f"  {option.verb}: {option.means}")
    if card.outcome:
        say(f"Outcome: {card.outcome}")
    if card.replaced_by:
        say(f"Replaced by {card.replaced_by}")


def _names(people: tuple[PersonLine, ...]) -> str:
    return ", ".join(f"{person.id} ({', '.join(person.roles)})" for person in people)


def _decision(decision: DecisionLine) -> str:
    reason = f": {decision.reason}" if decision.reason else ""
    return f"  {decision.at:%Y-%m-%d %H:%M} {decision.name} said {decision.verb}{reason}"


def show_outcome(outcome: Outcome) -> None:
    """Print what a decision led to."""
    say(f"{outcome.proposal_id}: {outcome.says}")
    if outcome.happened and outcome.happened != outcome.says:
        say(outcome.happened)
    for proposal_id in outcome.new_proposal_ids:
        say(f"See `dunwell inbox show {proposal_id}`")
