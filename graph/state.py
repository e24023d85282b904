"""What the graphs carry between nodes: ids, words and small JSON. The ledger is the record."""

import operator
from typing import Annotated, Any, NotRequired, TypedDict

from langgraph.channels import UntrackedValue

from ledger.facts import AccountFacts


class CaseState(TypedDict):
    """One exception of one account, worked by one role.

    The first eight come with the case; `task` says why it was opened, as a rule id or a word, and
    `receipt_ids` shows it receipts of unknown payers, `note` what a reviewer said who sent it back,
    and `note_by` who that was.
    `facts` spares the next node a read, may be handed in with the case, and is never part of a
    checkpoint.
    """

    case_id: str
    account_id: str
    role: str
    task: NotRequired[str]
    run_id: NotRequired[str | None]
    receipt_ids: NotRequired[list[str]]
    note: NotRequired[str]
    note_by: NotRequired[str]
    occasions: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    explanation: str
    calls: list[dict[str, str]]
    prompt: str
    waiting: list[str]
    outcomes: Annotated[list[str], operator.add]
    facts: Annotated[AccountFacts | None, UntrackedValue]


class ChatState(TypedDict):
    """One turn of a conversation; the conversation itself is in the ledger.

    `user` and `question` come with the turn; `may_ask` is False for a person who only reads, and
    `asked_role` is the role they talk to, where they chose one. `found` is what tools answered,
    `notes` are calls and notes to keep, `blocks` what the answer is made of.
    """

    user: str
    question: str
    may_ask: NotRequired[bool]
    asked_role: NotRequired[str]
    found: NotRequired[list[list[str]]]
    notes: NotRequired[list[dict[str, str]]]
    blocks: NotRequired[list[dict[str, Any]]]
    line: NotRequired[int]
    history: list[list[str]]
    role: str
    answer: str
    wishes: list[dict[str, Any]]
    calls: list[dict[str, str]]
    proposal_ids: list[str]
