"""What the offline assistant can be asked, who answers, and how: a table of intents."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from agents.offline_answers import SAY
from agents.offline_asked import account_named, last_account, speaks_of_it
from agents.offline_notes import NOTE_WORDS, note_search
from agents.offline_turn import PROPOSE, Move, Turn, Want
from agents.offline_wishes import WISHES, Wish

OFFLINE_NOTE = "(Offline assistant: answered by rules from the ledger, without a language model.)"
HELP = """I can answer from the ledger:
- whom to work today, and why; the story of an account; its open items, aging, statement, payments
- promises due, open disputes, messages, tickets and notes; exposure and credit limit
- what was agreed with an account about a subject, or who agreed to it
- unapplied cash, expected cash, what waits for approval, why an account stands where it does
I can ask for these, each as a request that the rules judge and a person approves:
- draft a reminder or statement, record a promise, place a hold, open a dispute, add a call task
Name the account by its number, or put its name in quotes."""
CANNOT = "I cannot do that offline. " + HELP


@dataclass(frozen=True, slots=True)
class Intent:
    """A kind of question: the words it is known by, the role and the tool that answer it."""

    role: str
    tool: str
    words: str
    account: Literal["needs", "may", "none"] = "needs"

    def fits(self, question: str) -> bool:
        """Whether a question is of this kind."""
        return re.search(self.words, question, re.IGNORECASE) is not None


READS: tuple[Intent, ...] = (
    Intent("dispute_analyst", "search_notes", NOTE_WORDS, "may"),
    Intent(
        "collector",
        "list_accounts_to_work",
        r"\b(?:who|whom|which (?:accounts?|customers?))\b.*"
        r"\b(?:work|call|chase|start|contact|next)\b"
        r"|what (?:should|do|can) (?:i|we) (?:do|work|start)|worklist|priorit|to-?do",
        "none",
    ),
    Intent(
        "collector",
        "list_waiting_approvals",
        r"approv|inbox|\bwait(?:s|ing)?\b.*\b(?:for|decision|request)|pending request",
        "may",
    ),
    Intent("collector", "why_routed", r"^\s*(?:and )?why\b|\brouted\b|reason for"),
    Intent(
        "forecaster",
        "expected_cash",
        r"forecast|expect(?:ed)?\b.*\b(?:cash|money|pay)|(?:cash|money)\b.*\bexpect|"
        r"cash.*\b(?:next|coming|week)|come[s]? in\b",
        "may",
    ),
    Intent(
        "cash_applier",
        "list_unapplied_cash",
        r"unapplied|unidentified|on[- ]account|unmatched",
        "may",
    ),
    Intent("credit_analyst", "credit_exposure", r"exposure|credit limit|\blimit\b|credit hold"),
    Intent("dispute_analyst", "list_disputes", r"disput|contest|challenge", "may"),
    Intent("collector", "list_promises", r"promis|commit", "may"),
    Intent("credit_analyst", "aging_of_account", r"ag(?:e)?ing|buckets?|how old"),
    Intent(
        "collector",
        "list_open_items",
        r"statement|open items?|open invoices?|invoices?\b|owes?\b|"
        r"overdue|past due|balance|outstanding",
    ),
    Intent("credit_analyst", "list_payments", r"\bpaid\b|payments?\b|pay(?:s|ing)? habit|remitt"),
    Intent(
        "collector",
        "list_messages",
        r"messages?\b|wrote|\bsaid\b|\bsay\b|repl(?:y|ied)|e-?mails?\b|"
        r"conversation|correspond",
    ),
    Intent(
        "dispute_analyst",
        "list_tickets_and_notes",
        r"tickets?\b|contract|\bnotes?\b|renewal|\bwhat\b.*\bagreed?\b",
    ),
    Intent(
        "collector",
        "get_account_brief",
        r"stor(?:y|ies)|brief|summar|tell me|about|status|situation|"
        r"who is|account|contact|overview|how is|what (?:is|do we know)",
    ),
)
_HELP = re.compile(
    r"^\W*(?:help|hi|hello|what can you|who are you|how do(?:es)? (?:this|you))", re.I
)


def route_question(question: str) -> str:
    """The role that answers a question."""
    wish, read = _intent(question)
    return wish.role if wish else read.role if read else "collector"


def question_move(turn: Turn) -> Move:
    """Answer a question, or ask for an action, one step at a time."""
    wish, read = _intent(turn.question)
    if _HELP.search(turn.question):
        move: Move = HELP
    elif wish:
        move = _ask(turn, wish)
    elif read:
        move = _answer(turn, read)
    else:
        move = CANNOT
    return f"{move}\n{OFFLINE_NOTE}" if isinstance(move, str) else move


def _intent(question: str) -> tuple[Wish | None, Intent | None]:
    wish = next((each for each in WISHES if each.fits(question)), None)
    return wish, next((each for each in READS if each.fits(question)), None)


def _answer(turn: Turn, intent: Intent) -> Move:
    if intent.tool in turn.results:
        say: Callable[[Any], str] = SAY[intent.tool]
        return say(turn.results[intent.tool])
    if intent.tool in turn.failures:
        return _told(turn.failures[intent.tool])
    return _call(turn, intent.tool, intent.account)


def _ask(turn: Turn, wish: Wish) -> Move:
    if turn.noted:
        asked = " and ".join(kind.replace("_", " ") for kind in turn.noted)
        brief = turn.results["get_account_brief"]
        return f"{brief['name']} ({brief['account_number']}): I asked for: {asked}."
    if PROPOSE not in turn.offered:
        return "You may read here; somebody who works accounts has to ask for that."
    if PROPOSE in turn.failures:
        return f"That cannot be asked for: {turn.failures[PROPOSE]}."
    for tool in ("get_account_brief", *wish.reads):
        if tool in turn.failures:
            return _told(turn.failures[tool])
        if tool not in turn.results:
            return _call(turn, tool, "needs")
    built = wish.build(turn)
    if isinstance(built, str):
        return built
    account = turn.results["get_account_brief"]["account_id"]
    return [Want(PROPOSE, {"action": {"account_id": account, **action}}) for action in built]


def _call(turn: Turn, tool: str, account: str) -> Move:
    if tool not in turn.offered:
        return f"I may not look that up here ({tool})."
    if tool == "search_notes":
        return [Want(tool, note_search(turn.question, turn.history))]
    named = None
    if account != "none":
        named = account_named(turn.question)
        if named is None and (account == "needs" or speaks_of_it(turn.question)):
            named = last_account(turn.history)
        if named is None and account == "needs":
            return "Which account do you mean? Give its number, or its name in quotes."
    arguments: dict[str, Any] = {"account": named} if named else {}
    if tool == "list_promises":
        arguments |= _due_within(turn.question)
    return [Want(tool, arguments)]


def _due_within(question: str) -> dict[str, int]:
    """How far a question about promises looks ahead."""
    for words, days in (("today", 0), ("tomorrow", 1), ("week", 7), ("month", 31)):
        if words in question.lower():
            return {"due_within_days": days}
    return {}


def _told(failure: str) -> str:
    """What a tool said, as a sentence."""
    return f"{failure[:1].upper()}{failure[1:]}."
