"""Wishes to act that the offline assistant understands: each becomes a request, never an act."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from agents.offline_asked import WHICH_DATE, amount_named, date_named, date_unclear
from agents.offline_reading import dispute_reason
from agents.offline_turn import Json, Turn

Action = dict[str, Any]
_HOLD_WORDS = (
    ("insolvency", r"insolven|bankrupt"),
    ("hardship", r"hardship"),
    ("legal_representation", r"lawyer|legal"),
    ("opt_out", r"opt(?:ed)?[- ]out|stop writing"),
    ("already_paid_claim", r"already paid|claims? to have paid"),
    ("promised_credit", r"promised credit|credit note"),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish: the words it is known by, what to read first, and the request it becomes.

    Attributes:
        subject: The read that says which account is meant; it comes first.
    """

    role: str
    words: str
    build: Callable[[Turn], list[Action] | str]
    reads: tuple[str, ...] = ()
    subject: str = "get_account_brief"

    def fits(self, question: str) -> bool:
        """Whether a question is this wish; one that asks who, what or whether is none."""
        if _ASKS.search(question):
            return False
        return re.search(self.words, question, re.IGNORECASE) is not None


def _brief(turn: Turn) -> Json:
    return turn.results["get_account_brief"]


def _as_of(turn: Turn) -> date:
    return date.fromisoformat(_brief(turn)["as_of"])


def _reminder(turn: Turn) -> list[Action] | str:
    due = _brief(turn)["next_reminders"]
    if not due:
        return "No reminder is due for this account: the ladder calls for none today."
    keys = ("stage", "template_id", "contact_id", "language", "currency", "invoice_ids")
    return [{"type": "send_reminder", **{key: each[key] for key in keys}} for each in due]


def _statement(turn: Turn) -> list[Action] | str:
    brief = _brief(turn)
    if not brief["open"] or not brief["best_contact_id"]:
        return "There is nothing open to state, or nobody to send it to."
    base = {"type": "send_statement", "contact_id": brief["best_contact_id"]}
    best = next(c for c in brief["contacts"] if c["contact_id"] == brief["best_contact_id"])
    language = best["language"] or brief["language"]
    return [{**base, "language": language, "currency": m["currency"]} for m in brief["open"]]


def _promise(turn: Turn) -> list[Action] | str:
    due_on = date_named(turn.question, _as_of(turn))
    if due_on is None:
        return "By when? Give the date of the promise as YYYY-MM-DD."
    action: Action = {"type": "record_promise", "due_on": due_on.isoformat()}
    if named := amount_named(turn.question):
        overdue = _brief(turn)["overdue"] or _brief(turn)["open"]
        currency = named[1] or (overdue[0]["currency"] if len(overdue) == 1 else None)
        if currency is None:
            return "In which currency? Give the amount with its currency code."
        action |= {"amount": named[0], "currency": currency}
    return [{**action, "quote": turn.question[:300]}]


def _hold(turn: Turn) -> list[Action] | str:
    reason = next(
        (name for name, words in _HOLD_WORDS if re.search(words, turn.question, re.I)), "manual"
    )
    if date_unclear(turn.question):
        return WHICH_DATE
    action: Action = {"type": "place_hold", "reason": reason, "note": turn.question[:300]}
    until = date_named(turn.question, _as_of(turn))
    return [{**action, "ends_on": until.isoformat()} if until else action]


def _dispute(turn: Turn) -> list[Action] | str:
    items = turn.results["list_open_items"]["items"]
    named = [i for i in items if i["invoice_number"].lower() in turn.question.lower()]
    words = re.sub(r"(?i)\bdisputes?\b", " ", turn.question)
    action: Action = {
        "type": "open_dispute",
        "reason": dispute_reason(words),
        "quote": turn.question[:300],
    }
    return [{**action, "invoice_id": named[0]["invoice_id"]} if len(named) == 1 else action]


def _call_task(turn: Turn) -> list[Action] | str:
    if date_unclear(turn.question):
        return WHICH_DATE
    due_on = date_named(turn.question, _as_of(turn)) or _as_of(turn)
    kind = "follow_up" if re.search(r"follow", turn.question, re.I) else "call"
    task = {"type": "create_call_task", "kind": kind, "summary": turn.question[:500]}
    return [{**task, "due_on": due_on.isoformat()}]


def _plan(turn: Turn) -> list[Action] | str:
    found = turn.results["plan_options"]
    if found["none_because"]:
        return f"No plan can be asked for: {found['none_because']}."
    wanted = next((name for name in ("shorter", "longer") if name in turn.question.lower()), None)
    named = [option for option in found["options"] if option["name"] == (wanted or "fitting")]
    option = (named or found["options"])[0]
    told = "; ".join(f"{each['name']}: {each['risk']}" for each in found["options"])
    return [
        {
            "type": "propose_plan",
            "currency": found["currency"],
            "invoice_ids": found["invoice_ids"],
            "parts": [
                {"due_on": part["due_on"], "amount": part["amount"]["amount"]}
                for part in option["parts"]
            ],
            "frequency": option["frequency"],
            "note": f"The {option['name']} option. {told}"[:2000],
        }
    ]


_DO = r"\b(?:record|log|note|enter|register|save)\b"
_ASKS = re.compile(
    r"^\W*(?:who|whose|whom|which|what|how|why|when|where|does|did|is|are|show|list|compare|may"
    r"|am i|should)\b",
    re.IGNORECASE,
)
_MAKE = r"\b(?:draft|send|write|prepare|create)\b"
WISHES: tuple[Wish, ...] = (
    Wish("collector", rf"{_DO}.*\bpromis|\bpromised (?:to pay|us|[\d$€£])", _promise),
    Wish("collector", rf"{_MAKE}.*\bstatement", _statement),
    Wish(
        "collector",
        rf"^(?!\s*(?:preview|see|read)\b).*{_MAKE}.*\b(?:reminder|letter|dunning|message|e-?mail)"
        r"|\bremind (?!me)",
        _reminder,
    ),
    Wish(
        "collector",
        r"\b(?:place|put|set|add)\b.*\bhold\b|^\s*(?:please )?hold\b|\bstop chasing\b",
        _hold,
    ),
    Wish(
        "collector",
        rf"(?:{_DO}|\b(?:open|raise|create|file)\b (?:a |the )?(?:new )?)\s*.*\bdispute\b(?!s)",
        _dispute,
        ("list_open_items",),
    ),
    Wish(
        "collector",
        r"\b(?:create|schedule|add|set up|make|plan)\b.*\b(?:call|task|follow[- ]?up)\b"
        r"|\bremind me\b",
        _call_task,
    ),
    Wish(
        "policy_adviser",
        r"\b(?:propose|prepare|offer|set up|draft|ask for|request)\b.*\b(?:plan|instal+ments?)\b",
        _plan,
        subject="plan_options",
    ),
)

NOTE_WISH = re.compile(
    r"^\W*(?:please )?(?:log|record|save|keep|add|write down|note down|make)\b"
    r"(?: (?:a|an|the|this|my|down))* (?:phone )?(?P<kind>call|note)\b(?! tasks?\b)",
    re.IGNORECASE,
)


def note_wanted(question: str) -> tuple[str, str, str] | None:
    """A call or a note to keep: its kind, what names the account, and the words; None for none."""
    found = NOTE_WISH.search(question)
    if found is None:
        return None
    about, _, words = question.partition(":")
    return found["kind"].lower(), about, words.strip()
