"""What an answer is made of: words with their sources, cards and tables, drafts and requests."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session

from agents.answer_blocks import Block, Citation, DraftBlock, InboxLink, TextBlock
from agents.answer_parts import parts_of
from agents.figures import Found, Sources, marked, sources_of
from graph.deps import Deps
from ledger.actions import MessageAction
from ledger.facts import AccountFacts
from ledger.tables.account import Account
from ledger.tables.receivable import Receipt
from tools.letters import LetterError, render_letter
from tools.proposals import Submitted

_MOST_NUMBERS = 400


def compose(
    session: Session,
    deps: Deps,
    said: str,
    found: Sequence[Found],
    question: str,
    asked: Iterable[tuple[Submitted, AccountFacts]] = (),
) -> tuple[str, tuple[Block, ...]]:
    """The words of an answer as they are shown, and its blocks.

    A figure that no tool result of the turn holds is marked in the words: whoever worded them did
    not read it anywhere.

    Args:
        session: Where numbers of rows are turned into their ids.
        deps: The books and their date.
        said: The words, without links and pictures.
        found: What tools answered in this turn.
        question: What the person asked; a figure of theirs is theirs.
        asked: Requests the answer led to, with the accounts they are about.
    """
    sources = Sources(found, deps.as_of, question, _ids(session, found))
    citations, loose = sources_of(said, sources)
    text = marked(said, loose)
    blocks: list[Block] = [TextBlock(text=text, citations=citations, untraced=loose)]
    blocks += parts_of(found, sources)
    for done, facts in asked:
        blocks += _request(done, facts, deps)
    return text, tuple(blocks)


def _request(done: Submitted, facts: AccountFacts, deps: Deps) -> Iterable[Block]:
    """The draft of a message that was asked for, and where it waits."""
    what = done.action.type.replace("_", " ")
    if isinstance(done.action, MessageAction) and done.proposal_id:
        try:
            letter = render_letter(done.action, facts, deps.policy)
        except LetterError:
            letter = None
        if letter is not None:
            yield DraftBlock(
                title=f"{what} to {facts.name}, as it waits for approval",
                subject=letter.subject,
                body=letter.body,
                language=letter.language,
                recipient=letter.recipient,
                proposal_id=done.proposal_id,
                citation=Citation(kind="proposal", id=done.proposal_id, figure=done.proposal_id),
            )
    if done.proposal_id:
        says = f"{what} for {facts.name} ({facts.account_number}) waits for a colleague"
        yield InboxLink(proposal_id=done.proposal_id, says=says)


def _ids(session: Session, found: Sequence[Found]) -> dict[tuple[str, str], str]:
    """Ids of the accounts and receipts that results know by number only."""
    accounts: set[str] = set()
    receipts: set[str] = set()
    for _tool, said in found:
        try:
            _numbers(orjson.loads(said), accounts, receipts)
        except orjson.JSONDecodeError:
            continue
    known: dict[tuple[str, str], str] = {}
    for kind, table, column, numbers in (
        ("account", Account, Account.account_number, accounts),
        ("receipt", Receipt, Receipt.receipt_number, receipts),
    ):
        wanted = sorted(numbers)[:_MOST_NUMBERS]
        rows = session.execute(select(column, table.id).where(column.in_(wanted))) if wanted else ()
        known |= {(kind, number): key for number, key in rows}
    return known


def _numbers(value: Any, accounts: set[str], receipts: set[str]) -> None:
    if isinstance(value, Mapping):
        for name, into in (("account_number", accounts), ("receipt_number", receipts)):
            if isinstance(number := value.get(name), str):
                into.add(number)
        for each in value.values():
            _numbers(each, accounts, receipts)
    elif isinstance(value, list):
        for each in value:
            _numbers(each, accounts, receipts)
