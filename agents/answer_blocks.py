"""What an answer is made of: typed blocks, the same from every model, each with its sources.

Blocks are built by code from what tools returned, never by a model; a model only words the text.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Citation(_Part):
    """A row of the ledger that a figure stands on.

    Attributes:
        kind: The table, such as invoice or account; `book` where it is a figure over many rows,
            `policy` for a number of the rules, `question` for one the asker gave.
        id: The id of the row; for `book` the tool and its date.
        figure: The figure as it is written.
    """

    kind: str
    id: str
    figure: str


class TextBlock(_Part):
    """Words. `untraced` are figures no source holds; they are marked in the text as well."""

    kind: Literal["text"] = "text"
    text: str
    citations: tuple[Citation, ...] = ()
    untraced: tuple[str, ...] = ()


class Cell(_Part):
    """A cell of a table, and the row a figure in it stands on."""

    text: str
    citation: Citation | None = None


class CardLine(_Part):
    """A line of a card."""

    label: str
    value: Cell


class AccountCard(_Part):
    """An account at a glance."""

    kind: Literal["account_card"] = "account_card"
    account_id: str
    account_number: str
    name: str
    lines: tuple[CardLine, ...]


class TableBlock(_Part):
    """Rows under heads; `numeric` says which columns are figures."""

    kind: Literal["table", "aging_table"] = "table"
    title: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]


class ChartPoint(_Part):
    """A bar and, where there is one, its band; values are decimals."""

    label: str
    value: str
    low: str | None = None
    high: str | None = None


class ChartBlock(_Part):
    """Data of a chart; who shows it draws it, with a table beside it."""

    kind: Literal["chart"] = "chart"
    title: str
    unit: str
    points: tuple[ChartPoint, ...]
    citation: Citation


class DraftBlock(_Part):
    """The words of a letter; nothing has left by being shown here."""

    kind: Literal["draft"] = "draft"
    title: str
    subject: str
    body: str
    language: str
    recipient: str
    proposal_id: str | None = None
    citation: Citation


class InboxLink(_Part):
    """A request that waits for a colleague."""

    kind: Literal["inbox_link"] = "inbox_link"
    proposal_id: str
    says: str


Block = Annotated[
    TextBlock | AccountCard | TableBlock | ChartBlock | DraftBlock | InboxLink,
    Field(discriminator="kind"),
]
BLOCKS: TypeAdapter[tuple[Block, ...]] = TypeAdapter(tuple[Block, ...])


def blocks_json(blocks: tuple[Block, ...]) -> str:
    """Blocks as they are kept."""
    return BLOCKS.dump_json(blocks).decode()


def read_blocks(text: str) -> tuple[Block, ...]:
    """Blocks back from what was kept."""
    return BLOCKS.validate_json(text)
