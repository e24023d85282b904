"""Blocks out of what tools returned: cards, tables, charts and drafts, each figure with its row."""

from collections.abc import Callable, Iterable, Sequence

import orjson

from agents.answer_blocks import (
    AccountCard,
    Block,
    CardLine,
    Cell,
    ChartBlock,
    ChartPoint,
    Citation,
    DraftBlock,
    TableBlock,
)
from agents.figures import Found, Sources, figures_in
from agents.offline_turn import Json, money, sums

_MOST_ROWS = 30
Make = Callable[[Json, Sources], Iterable[Block]]


def parts_of(found: Iterable[Found], sources: Sources) -> tuple[Block, ...]:
    """The blocks of a turn, in the order its tools were called; a tool called twice counts once."""
    newest = {tool: said for tool, said in found if tool in _PARTS}
    blocks: list[Block] = []
    for tool, said in newest.items():
        try:
            value = orjson.loads(said)
        except orjson.JSONDecodeError:
            continue
        blocks += _PARTS[tool](value, sources)
    return tuple(blocks)


def _cell(text: str, row: tuple[str, str] | None = None) -> Cell:
    """A cell; one with a figure stands on a row."""
    figure = next(iter(figures_in(text)), None)
    if row is None or figure is None:
        return Cell(text=text)
    return Cell(text=text, citation=Citation(kind=row[0], id=row[1], figure=figure))


def _card(brief: Json, _sources: Sources) -> Iterable[Block]:
    row = ("account", str(brief["account_id"]))
    lines = {
        "Open": sums(brief["open"]),
        "Overdue": sums(brief["overdue"]),
        "Oldest": f"{brief['oldest_days_past_due']} days past due",
        "Unapplied cash": sums(brief["unapplied_cash"]),
        "Open credits": sums(brief["open_credits"]),
        "Open disputes": str(brief["open_disputes"]),
        "Broken promises": str(brief["promises_broken"]),
        "Holds": ", ".join(brief["holds"]) or "none",
        "Last contact": str(brief["last_contact_on"] or "none"),
    }
    yield AccountCard(
        account_id=row[1],
        account_number=brief["account_number"],
        name=brief["name"],
        lines=tuple(CardLine(label=k, value=_cell(v, row)) for k, v in lines.items()),
    )


def _aging(result: Json, sources: Sources) -> Iterable[Block]:
    row = sources.row_of(result, "aging_of_account")
    title = f"Aging of {result['name']} ({result['account_number']}) as of {result['as_of']}"
    yield from _aging_table(title, result["lines"], "total", row)


def _book(result: Json, sources: Sources) -> Iterable[Block]:
    row = sources.row_of(result, "book_metrics")
    yield from _aging_table(f"Aging as of {result['as_of']}", result["lines"], "open", row)


def _aging_table(
    title: str, lines: Sequence[Json], total: str, row: tuple[str, str]
) -> Iterable[Block]:
    if not lines:
        return
    buckets = list(lines[0]["buckets"])
    heads = ("Currency", *(name.replace("_", " ") for name in buckets), "Total")
    yield TableBlock(
        kind="aging_table",
        title=title,
        heads=heads,
        numeric=(False, *(True for _ in heads[1:])),
        rows=tuple(
            (
                Cell(text=line["currency"]),
                *(_cell(money(line["buckets"][name]), row) for name in buckets),
                _cell(money(line[total]), row),
            )
            for line in lines
        ),
    )


def _items(result: Json, _sources: Sources) -> Iterable[Block]:
    if not result["items"]:
        return
    title = f"Open items of {result['name']} ({result['account_number']}), as of {result['as_of']}"
    yield _table(
        title,
        (("Invoice", False), ("Due", False), ("Days late", True), ("Open", True)),
        (
            (
                ("invoice", item["invoice_id"]),
                (
                    item["invoice_number"],
                    item["due_on"],
                    str(item["days_past_due"]),
                    money(item["open"]),
                ),
            )
            for item in result["items"]
        ),
    )


def _overdue(result: Json, _sources: Sources) -> Iterable[Block]:
    yield _table(
        f"Largest overdue balances as of {result['as_of']}",
        (("Account", False), ("Number", False), ("Overdue", True), ("Oldest, days", True)),
        (
            (
                ("account", each["account_id"]),
                (
                    each["name"],
                    each["account_number"],
                    money(each["overdue"]),
                    str(each["oldest_days_past_due"]),
                ),
            )
            for each in result["accounts"]
        ),
    )


def _comparison(result: Json, _sources: Sources) -> Iterable[Block]:
    first, second = result["accounts"]
    rows = (("account", first["account_id"]), ("account", second["account_id"]))
    lines: list[tuple[Cell, ...]] = []
    for label, say in _COMPARED:
        values = [_cell(say(side), row) for side, row in zip((first, second), rows, strict=True)]
        lines.append((Cell(text=label), *values))
    yield TableBlock(
        title=f"Side by side, as of {result['as_of']}",
        heads=("", *(f"{side['name']} ({side['account_number']})" for side in (first, second))),
        numeric=(False, True, True),
        rows=tuple(lines),
    )


_COMPARED: tuple[tuple[str, Callable[[Json], str]], ...] = (
    ("Open", lambda side: sums(side["open"])),
    ("Overdue", lambda side: sums(side["overdue"])),
    ("Oldest, days past due", lambda side: str(side["oldest_days_past_due"])),
    ("Unapplied cash", lambda side: sums(side["unapplied_cash"])),
    ("Open disputes", lambda side: str(side["open_disputes"])),
    ("Broken promises", lambda side: str(side["promises_broken"])),
    ("Promises kept", lambda side: f"{side['kept_percent']}%"),
    ("Holds", lambda side: ", ".join(side["holds"]) or "none"),
    ("Last payment", lambda side: str(side["last_payment_on"] or "none")),
)


def _table(
    title: str,
    heads: Sequence[tuple[str, bool]],
    rows: Iterable[tuple[tuple[str, str], Sequence[str]]],
) -> TableBlock:
    made = []
    for row, cells in rows:
        columns = zip(heads, cells, strict=True)
        made.append(
            tuple(
                _cell(text, row) if numeric else Cell(text=text)
                for (_head, numeric), text in columns
            )
        )
    return TableBlock(
        title=title,
        heads=tuple(head for head, _ in heads),
        numeric=tuple(numeric for _, numeric in heads),
        rows=tuple(made[:_MOST_ROWS]),
    )


def _forecast(result: Json, sources: Sources) -> Iterable[Block]:
    kind, key = sources.row_of(result, "expected_cash")
    currencies = sorted({m["currency"] for week in result["weeks"] for m in week["expected"]})
    for currency in currencies:
        points = [
            ChartPoint(
                label=str(week["starts_on"]),
                value=value,
                low=_in(week["low"], currency),
                high=_in(week["high"], currency),
            )
            for week in result["weeks"]
            if (value := _in(week["expected"], currency)) is not None
        ]
        yield ChartBlock(
            title=f"Expected cash by week, {result['method']}",
            unit=currency,
            points=tuple(points),
            citation=Citation(kind=kind, id=key, figure=points[0].value),
        )


def _in(values: Sequence[Json], currency: str) -> str | None:
    return next((each["amount"] for each in values if each["currency"] == currency), None)


def _letter(result: Json, _sources: Sources) -> Iterable[Block]:
    yield DraftBlock(
        title=f"{result['stage_words']}: a preview, nothing is asked for",
        subject=result["subject"],
        body=result["body"],
        language=result["language"],
        recipient=result["recipient"],
        citation=Citation(
            kind="account", id=result["account_id"], figure=str(result["account_number"])
        ),
    )


_PARTS: dict[str, Make] = {
    "get_account_brief": _card,
    "aging_of_account": _aging,
    "book_metrics": _book,
    "list_open_items": _items,
    "top_overdue": _overdue,
    "compare_accounts": _comparison,
    "expected_cash": _forecast,
    "preview_letter": _letter,
}
