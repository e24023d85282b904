"""A kind of question the offline assistant answers, and what its tool is asked with."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from agents.offline_asked import WHICH_DATE, amount_named, date_unclear, two_accounts
from agents.offline_notes import note_search
from agents.offline_turn import Turn

Arguments = dict[str, Any]

_DAYS_OF = {"day": 1, "week": 7, "month": 31}
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.IGNORECASE)
INVOICE = r"\binvoice (?:no\.? ?|number )?#?((?=[\w/-]*\d)[\w/-]{3,})"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of question.

    Attributes:
        words: The words it is known by.
        example: A question of this kind, as `docs/howto/ask.md` shows it.
        account: Whether an account must be named, may be, or plays no part.
        arguments: What the tool is asked with, beside the account; a sentence asks back.
        whole: Whether `arguments` name the account themselves.
    """

    id: str
    role: str
    tool: str
    words: str
    example: str
    account: Literal["needs", "may", "none"] = "needs"
    arguments: Callable[[Turn], Arguments | str] | None = None
    whole: bool = False

    def fits(self, question: str) -> bool:
        """Whether a question is of this kind."""
        return re.search(self.words, question, re.IGNORECASE) is not None


def _is_unclear(question: str) -> bool:
    return date_unclear(question) or _WEEKDAY.search(question) is not None


def on_date(turn: Turn) -> Arguments | str:
    """The date a question names."""
    found = re.search(r"\b\d{4}-\d{2}-\d{2}\b", turn.question)
    if found is None and _is_unclear(turn.question):
        return WHICH_DATE
    return {"on": found[0]} if found else {}


def since_date(turn: Turn) -> Arguments | str:
    """The date since which things are new."""
    found = re.search(r"\bsince (\d{4}-\d{2}-\d{2})\b", turn.question, re.IGNORECASE)
    if found is None and _is_unclear(turn.question):
        return WHICH_DATE
    return {"since": found[1]} if found else {}


def way_of_contact(turn: Turn) -> Arguments | str:
    """The way somebody wants to contact them by."""
    low = turn.question.lower()
    if re.search(r"\b(?:call|phone|ring|telephone)", low):
        return {"way": "call"}
    return {"way": "sms" if re.search(r"\b(?:sms|text)\b", low) else "email"}


def stage_named(turn: Turn) -> Arguments | str:
    """The stage a question names."""
    found = re.search(r"\bstage (\d{1,2})\b", turn.question, re.IGNORECASE)
    return {"stage": int(found[1])} if found else {}


def invoice_named(turn: Turn) -> Arguments | str:
    """The invoice a question names; its number names the account too."""
    found = re.search(INVOICE, turn.question, re.IGNORECASE)
    number = found[1].rstrip(".,;:?!") if found else ""
    return {"invoice_number": number, "account": number}


def pair_named(turn: Turn) -> Arguments | str:
    """The two accounts to compare."""
    named = two_accounts(turn.question)
    if named is None:
        return "Which two accounts? Ask such as: compare Acme and Sundial."
    return {"account": named[0], "other": named[1]}


def notes_wanted(turn: Turn) -> Arguments | str:
    """What is searched for in notes, and whose."""
    return dict(note_search(turn.question, turn.history))


def dispute_named(turn: Turn) -> Arguments | str:
    """The dispute a question names."""
    found = re.search(r"\bdsp_[a-z0-9]+", turn.question)
    if found is None:
        return "Which dispute? Give its id; the list of disputes shows them."
    return {"dispute": found[0]}


def due_within(turn: Turn) -> Arguments | str:
    """How far a question about promises or tasks looks ahead."""
    if found := re.search(r"\b(\d{1,3}) (day|week|month)s?\b", turn.question, re.IGNORECASE):
        return {"due_within_days": int(found[1]) * _DAYS_OF[found[2].lower()]}
    for words, days in (("today", 0), ("tomorrow", 1), ("week", 7), ("month", 31)):
        if words in turn.question.lower():
            return {"due_within_days": days}
    return {}


def weeks_ahead(turn: Turn) -> Arguments | str:
    """How many weeks a forecast is to show."""
    found = re.search(r"\b(\d{1,2}) weeks?\b", turn.question, re.IGNORECASE)
    return {"weeks": int(found[1])} if found else {}


def days_back(turn: Turn) -> Arguments | str:
    """How many days back a question looks."""
    if found := re.search(r"\b(\d{1,2}) days?\b", turn.question, re.IGNORECASE):
        return {"days": max(1, min(50, int(found[1])))}
    return {"days": 7} if "week" in turn.question.lower() else {}


_ACTIONS = (
    (r"write.?off", "write_off"),
    (r"payment plan|instal|\bplan\b", "propose_plan"),
    (r"credit limit|\blimit\b", "set_credit_limit"),
    (r"credit hold", "set_credit_hold"),
    (r"(?:lift|release)\w*.*\bhold|\bhold\b.*(?:lift|release)", "release_hold"),
    (r"\bhold\b", "place_hold"),
    (r"\bcredit\b", "apply_credit"),
    (r"disput", "resolve_dispute"),
    (r"statement", "send_statement"),
    (r"promise", "record_promise"),
    (r"receipt|cash", "apply_receipt"),
    (r"reminder|letter|message|dunning", "send_reminder"),
)


def authority_wanted(turn: Turn) -> Arguments | str:
    """The action and the amount somebody wants approved."""
    low = turn.question.lower()
    action = next((name for words, name in _ACTIONS if re.search(words, low)), None)
    if action is None:
        return "Who approves what? Name it: a write-off, a plan, a credit limit, a letter ..."
    named = amount_named(turn.question)
    if named is None:
        return {"action": action}
    amount = {"amount": named[0]} | ({"currency": named[1]} if named[1] else {})
    return {"action": action} | amount
