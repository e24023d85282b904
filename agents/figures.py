"""Which figures a text states, and the rows they stand on: nothing is said that was not read.

A figure is any run of signs with a digit in it: an amount, a date, a number of days, an invoice
number. It is traced if a result of this turn's tools holds it. Amounts in words, such as "twelve
hundred dollars", are read as the gate reads them in letters.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from agents.answer_blocks import Citation
from engines.reading.amounts import find_amounts
from engines.reading.folding import fold
from guardrails.tracing.facts import known_record
from guardrails.tracing.message import trace
from tools.outside_text import inside_fence

Found = tuple[str, str]
"""A tool and the JSON it answered, or what it said when it did not."""

_TOKEN = re.compile(r"[^\s\"“”()\[\]{};!?*|<>=…~]*\d[^\s\"“”()\[\]{};!?*|<>=…~]*")
_EDGES = ".,:'’`+/-–"
_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|[$€£])(?=\d)|(?<=\d)(?:[A-Z]{3}|[$€£%])$")
_LIST_MARK = re.compile(r"^\s*\d{1,2}[.)](?=\s)", re.MULTILINE)
_WORDED_DAY = re.compile(
    r"\b(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)? (?P<m1>[A-Z][a-z]{2,8})"
    r"|(?P<m2>[A-Z][a-z]{2,8}) (?P<d2>\d{1,2})(?:st|nd|rd|th)?)(?:,? (?P<y>\d{4}))?\b"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Which row an object of a result is, by the first of these names it holds.
_ROWS = (
    ("invoice_id", "invoice"),
    ("receipt_id", "receipt"),
    ("receipt_number", "receipt"),
    ("credit_id", "credit_memo"),
    ("promise_id", "promise"),
    ("dispute_id", "dispute"),
    ("proposal_id", "proposal"),
    ("hold_id", "hold"),
    ("plan_id", "plan"),
    ("task_id", "call_task"),
    ("note_id", "account_note"),
    ("message_id", "message"),
    ("contact_id", "contact"),
    ("run_id", "run"),
    ("rule_id", "policy"),
    ("account_id", "account"),
    ("account_number", "account"),
)
_POLICY_TOOLS = frozenset({"contact_rules", "who_approves"})


class Sources:
    """Every figure that was read in a turn, and where it stands."""

    def __init__(
        self,
        found: Iterable[Found],
        on: date,
        question: str = "",
        ids: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        """Read what tools found.

        Args:
            found: Tools with what they answered; the first to hold a figure is its source.
            on: The business date, on which a figure over many rows holds.
            question: What the person said; a figure of theirs is theirs, not the books'.
            ids: Ids of rows that results know by number only, by kind and number.
        """
        self.on = on
        self._ids = ids or {}
        self._numbers: dict[Decimal, tuple[str, str]] = {}
        self._words: dict[str, tuple[str, str]] = {}
        self.amounts: set[tuple[int, str]] = set()
        for tool, said in found:
            self._take(tool, said)
        for token in figures_in(question):
            self._keep(token, ("question", ""))
        for amount in find_amounts(fold(question), ()):  # also those written 1.500,50
            self._number(amount.value, ("question", ""))

    def _take(self, tool: str, said: str) -> None:
        try:
            value = orjson.loads(said)
        except orjson.JSONDecodeError:
            value = {"said": said}
        self._walk(value, self._whole(tool, value))

    def _whole(self, tool: str, value: Any) -> tuple[str, str]:
        """What a figure stands on that is of no one row."""
        on = (value.get("as_of") if isinstance(value, dict) else None) or self.on.isoformat()
        return ("policy", tool) if tool in _POLICY_TOOLS else ("book", f"{tool}:{on}")

    def row_of(self, value: Mapping[str, Any], tool: str) -> tuple[str, str]:
        """The row a result is about as a whole."""
        row = _row_of(value) or self._whole(tool, value)
        return row[0], self._ids.get(row, row[1])

    def _walk(self, value: Any, row: tuple[str, str], name: str = "") -> None:
        if isinstance(value, dict):
            self._object(value, row)
        elif isinstance(value, list):
            self._number(Decimal(len(value)), row)
            for each in value:
                self._walk(each, row, name)
        elif isinstance(value, bool) or value is None:
            return
        elif isinstance(value, int | float):
            self._measure(value, row, name)
        else:
            self._string(str(value), row)

    def _object(self, value: dict[str, Any], row: tuple[str, str]) -> None:
        row = _row_of(value) or row
        if set(value) == {"amount", "currency"}:
            amount = Decimal(value["amount"])
            self._number(amount, row)
            self._number(-amount, row)
            minor = int(amount.scaleb(-int(amount.as_tuple().exponent)))
            self.amounts.add((minor, value["currency"]))
            return
        for name, each in value.items():
            for token in figures_in(name.replace("_", " ")):
                self._keep(token, row)
            self._walk(each, row, name)

    def _measure(self, value: float, row: tuple[str, str], name: str) -> None:
        exact = Decimal(str(value))
        shown = {exact, *(round(exact, places) for places in (0, 1, 2))}
        if name.endswith(("_rate", "_ratio", "_share", "share")):
            shown |= {round(exact * 100, places) for places in (0, 1)}
        if name.endswith("_permille"):
            shown |= {exact / 10, round(exact / 10, 0)}
        for each in shown:
            self._number(each, row)

    def _string(self, value: str, row: tuple[str, str]) -> None:
        for token in figures_in(inside_fence(value)):
            self._keep(token, row)

    def _keep(self, token: str, row: tuple[str, str]) -> None:
        if (number := _as_number(token)) is not None:
            self._number(number, row)
        self._words.setdefault(token.lower(), row)

    def _number(self, value: Decimal, row: tuple[str, str]) -> None:
        self._numbers.setdefault(value.normalize(), row)

    def of(self, figure: str) -> Citation | None:
        """The row a figure stands on; None where none was read."""
        number = _as_number(figure)
        row = self._words.get(figure.lower())
        if row is None and number is not None:
            row = self._numbers.get(number.normalize())
        if row is None and "-" in figure.strip("-"):
            row = self._of_range(figure)
        if row is None:
            return None
        kind, key = row
        return Citation(kind=kind, id=self._ids.get(row, key), figure=figure)

    def _of_range(self, figure: str) -> tuple[str, str] | None:
        """Both ends of "1-30"; not an invoice number, whose parts mean nothing alone."""
        ends = [_as_number(part) for part in figure.split("-")]
        rows = [self._numbers.get(end.normalize()) for end in ends if end is not None]
        return rows[0] if len(rows) == len(ends) == 2 and all(rows) else None

    def of_day(self, day: int, month: int, year: int | None, figure: str) -> Citation | None:
        """The row a date in words stands on."""
        for token in self._words:
            try:
                known = date.fromisoformat(token)
            except ValueError:
                continue
            if (known.day, known.month) == (day, month) and year in (None, known.year):
                kind, key = self._words[token]
                return Citation(kind=kind, id=self._ids.get((kind, key), key), figure=figure)
        return None


def figures_in(text: str) -> Iterator[str]:
    """Every figure of a text, as written, without the signs around it."""
    for found in _TOKEN.finditer(text):
        token = found[0].strip(_EDGES)
        token = token.removesuffix("'s").removesuffix("’s").strip(_EDGES)
        if token:
            yield _CURRENCY.sub("", token).strip(_EDGES) or token


def sources_of(text: str, sources: Sources) -> tuple[tuple[Citation, ...], tuple[str, ...]]:
    """The citations of a text, and its figures that were read nowhere."""
    cited: dict[str, Citation] = {}
    loose: dict[str, None] = {}
    text = _LIST_MARK.sub(" ", text)
    bare = _WORDED_DAY.sub(lambda found: _worded_day(found, sources, cited), text)
    for figure in figures_in(bare):
        if (citation := sources.of(figure)) is not None:
            cited.setdefault(figure, citation)
        else:
            loose.setdefault(figure)
    for span in _amounts_in_words(text, sources):
        loose.setdefault(span)
    return tuple(cited.values()), tuple(loose)


def marked(text: str, loose: Iterable[str]) -> str:
    """The text with a mark behind each figure that was read nowhere."""
    for figure in sorted(loose, key=len, reverse=True):
        pattern = rf"(?<![\w.,-]){re.escape(figure)}(?![\w-]|[.,]\d)"
        text = re.sub(pattern, f"{figure} [not in the books]", text)
    return text


def _worded_day(found: re.Match[str], sources: Sources, cited: dict[str, Citation]) -> str:
    month = (found["m1"] or found["m2"])[:3].lower()
    if month not in _MONTHS:
        return found[0]
    day, year = int(found["d1"] or found["d2"]), found["y"]
    place = _MONTHS.index(month) + 1
    citation = sources.of_day(day, place, int(year) if year else None, found[0])
    if citation is None:
        return found[0]
    cited.setdefault(found[0], citation)
    return " "


def _amounts_in_words(text: str, sources: Sources) -> list[str]:
    """Amounts no digit gives away, which the sources do not hold."""
    known = known_record(sources.on, (), amounts=sources.amounts)
    return [
        each.span
        for each in trace("", text, known, "en", strict=False)
        if each.kind in ("amount", "total", "fee") and not any(c.isdigit() for c in each.span)
    ]


def _as_number(token: str) -> Decimal | None:
    plain = _CURRENCY.sub("", token)
    return Decimal(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else None


def _row_of(value: Mapping[str, Any]) -> tuple[str, str] | None:
    for name, kind in _ROWS:
        if isinstance(key := value.get(name), str) and key:
            return kind, key
    return None
