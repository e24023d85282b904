"""What the offline assistant can be asked: which kind of question it is, and the answer's steps."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from agents.offline_answers import SAY
from agents.offline_asked import account_named, last_account, speaks_of_it
from agents.offline_kind import Kind
from agents.offline_kinds import KINDS
from agents.offline_say import SAY_MORE
from agents.offline_turn import PROPOSE, Move, Turn, Want
from agents.offline_wishes import WISHES, Wish, note_wanted

OFFLINE_NOTE = "(Offline assistant: answered by rules from the ledger, without a language model.)"
HELP = """I can answer from the ledger:
- whom to work today, and why; the story of an account; its open items, aging, statement, payments
- promises due, open disputes, messages, tickets and notes; exposure, credit limit and standing
- what was agreed with an account about a subject, or who agreed to it; calls and notes we kept
- unapplied cash, expected cash, what waits for approval, why an account stands where it does
- two accounts compared, one invoice, contacts, the next action; what changed; how the night went
- whether, how often and by whom a customer may be contacted; who approves what; which law holds
- the words of a stage, plan options, holds, tasks, DSO and CEI, the aging of any date
I can ask for these, each as a request that the rules judge and a person approves:
- draft a reminder or statement, record a promise, place a hold, open a dispute, add a call task,
  prepare a plan
I can keep what you say: log a call or a note with an account, the words behind a colon.
Name the account by its number, or put its name in quotes."""
CANNOT = "I cannot do that offline. "
_CLOSE = 3
_CLOSE_ENOUGH = 45
_HELP = re.compile(
    r"^\W*(?:help|hi|hello|what can you|who are you|how do(?:es)? (?:this|you))\b", re.I
)


def route_question(question: str) -> str:
    """The role that answers a question."""
    if note_wanted(question):
        return "account_clerk"
    wish, kind = _intent(question)
    return wish.role if wish else kind.role if kind else "collector"


def close_kinds(question: str) -> tuple[str, ...]:
    """Examples of the kinds of question that are worded most like one nobody knows."""
    from rapidfuzz import fuzz, process

    found = process.extract(
        question,
        [kind.example for kind in KINDS],
        scorer=fuzz.token_set_ratio,
        limit=_CLOSE,
        score_cutoff=_CLOSE_ENOUGH,
    )
    return tuple(example for example, _score, _place in found)


def question_move(turn: Turn) -> Move:
    """Answer a question, or ask for an action, one step at a time."""
    wish, kind = _intent(turn.question)
    if _HELP.search(turn.question):
        move: Move = HELP
    elif note := note_wanted(turn.question):
        move = _keep(turn, *note)
    elif wish:
        move = _ask(turn, wish)
    elif kind:
        move = _answer(turn, kind)
    else:
        move = _cannot(turn.question)
    return f"{move}\n{OFFLINE_NOTE}" if isinstance(move, str) else move


def _intent(question: str) -> tuple[Wish | None, Kind | None]:
    wish = next((each for each in WISHES if each.fits(question)), None)
    return wish, next((each for each in KINDS if each.fits(question)), None)


def _cannot(question: str) -> str:
    close = close_kinds(question)
    near = "".join(f"\n- {example}" for example in close)
    return f"{CANNOT}{f'Close to it, I can answer:{near}' if close else ''}\n{HELP}"


def _answer(turn: Turn, kind: Kind) -> Move:
    if kind.tool in turn.results:
        say: Callable[[Any], str] = (SAY | SAY_MORE)[kind.tool]
        return say(turn.results[kind.tool])
    if kind.tool in turn.failures:
        return _told(turn.failures[kind.tool])
    if kind.tool not in turn.offered:
        return f"I may not look that up here ({kind.tool})."
    given = kind.arguments(turn) if kind.arguments else {}
    if isinstance(given, str):
        return given
    if kind.whole:
        return [Want(kind.tool, given)]
    named = _account(turn, kind.account)
    if named is None and kind.account == "needs":
        return _WHICH
    return [Want(kind.tool, ({"account": named} if named else {}) | given)]


_WHICH = "Which account do you mean? Give its number, or its name in quotes."


def _account(turn: Turn, account: str) -> str | None:
    """The account a question is about: named in it, or the one spoken of before."""
    if account == "none":
        return None
    named = account_named(turn.question)
    if named is None and (account == "needs" or speaks_of_it(turn.question)):
        named = last_account(turn.history)
    return named


def _keep(turn: Turn, kind: str, about: str, words: str) -> Move:
    """Keep a call or a note in the colleague's own words."""
    if "log_note" in turn.results:
        kept = turn.results["log_note"]
        also = " A promise or dispute in it is not recorded by that: ask for it as well."
        told = f"{kept['name']} ({kept['account_number']}): kept as a {kept['kind']}."
        return told + (also if re.search(r"promis|disput", words, re.IGNORECASE) else "")
    if "log_note" in turn.failures:
        return _told(turn.failures["log_note"])
    if "log_note" not in turn.offered:
        return "You may read here; somebody who works accounts keeps calls and notes."
    if not words:
        return "What shall I keep? Write it behind a colon, as you want it to stand."
    named = account_named(about) or last_account(turn.history)
    if named is None:
        return _WHICH
    return [Want("log_note", {"account": named, "words": words, "kind": kind})]


def _ask(turn: Turn, wish: Wish) -> Move:
    if turn.noted:
        built = wish.build(turn)
        wanted = built if isinstance(built, list) and len(built) == len(turn.noted) else []
        asked = " and ".join(
            kind.replace("_", " ") + (_restated(wanted[place]) if wanted else "")
            for place, kind in enumerate(turn.noted)
        )
        about = turn.results[wish.subject]
        return f"{about['name']} ({about['account_number']}): I asked for: {asked}."
    if PROPOSE not in turn.offered:
        return "You may read here; somebody who works accounts has to ask for that."
    if PROPOSE in turn.failures:
        return f"That cannot be asked for: {turn.failures[PROPOSE]}."
    for tool in (wish.subject, *wish.reads):
        if tool in turn.failures:
            return _told(turn.failures[tool])
        if tool not in turn.results:
            named = _account(turn, "needs")
            return _WHICH if named is None else [Want(tool, {"account": named})]
    built = wish.build(turn)
    if isinstance(built, str):
        return built
    account = turn.results[wish.subject]["account_id"]
    return [Want(PROPOSE, {"action": {"account_id": account, **action}}) for action in built]


def _restated(action: Mapping[str, Any]) -> str:
    """The amount and the day of a wish as they were understood, for its author to see."""
    parts = []
    if "amount" in action:
        parts.append(f" of {action['amount']} {action['currency']}")
    for name, word in (("due_on", "for"), ("ends_on", "until")):
        if name in action:
            parts.append(f" {word} {action[name]}")
    return "".join(parts)


def _told(failure: str) -> str:
    """What a tool said, as a sentence."""
    return f"{failure[:1].upper()}{failure[1:]}."
