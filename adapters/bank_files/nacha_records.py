"""Records of a NACHA file: where each field stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.bank_files.values import shown
from ledger.errors import BadInput

_WIDTH = 94
_NUMBER = re.compile(r"\d+", re.ASCII)
_PADDING = "9" * _WIDTH
_ADVICE_CODES = range(81, 89)


def records(text: str, name: str) -> Iterator[tuple[int, str]]:
    """Yield each record with its number, filled up to its width; padding is passed over.

    Raises:
        BadInput: A record longer than its width.
    """
    lines = text.splitlines()
    if len(lines) == 1 and len(lines[0].rstrip()) > _WIDTH:
        whole = lines[0]
        lines = [whole[at : at + _WIDTH] for at in range(0, len(whole), _WIDTH)]
    for number, raw in enumerate(lines, start=1):
        line = raw.rstrip()
        if not line or line == _PADDING:
            continue
        if len(line) > _WIDTH:
            raise BadInput(f"{name} line {number}: {len(line)} columns, a record has {_WIDTH}")
        yield number, line.ljust(_WIDTH)


@dataclass(frozen=True, slots=True)
class Control:
    """Counts and sums of a batch or a file."""

    records: int
    routing: int
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class FileControl:
    """What closes a file."""

    batches: int
    control: Control


@dataclass(frozen=True, slots=True)
class Return:
    """Why an entry came back, or what is to be changed about it.

    Attributes:
        code: R01 to R85 for a return, C01 to C14 for a notification of change.
        trace: Trace number of the entry it is about.
        words: What the bank adds; corrected data are its claim, never a change by themselves.
    """

    code: str
    trace: str
    words: str
    is_change: bool


@dataclass(slots=True)
class Entry:
    """An entry with its addenda."""

    code: str
    routing: int
    account: str
    signed: int
    identification: str
    name: str
    trace: str
    line_no: int
    is_international: bool = False
    addenda: list[str] = field(default_factory=list)

    @property
    def originator(self) -> str:
        """Who pays, by the second addendum of an international entry."""
        return next((each[3:38].strip() for each in self.addenda if each[1:3] == "11"), "")

    def information(self) -> str:
        """Payment information of its addenda as one text; words may run across them."""
        international = [each[3:83] for each in self.addenda if each[1:3] == "17"]
        return "".join([each[3:83] for each in self.addenda if each[1:3] == "05"] or international)

    def returned(self) -> Return | None:
        """The return or notification of change among its addenda, the newest last."""
        found = [each for each in self.addenda if each[1:3] in ("98", "99")]
        if not found:
            return None
        last = found[-1]
        is_change = last[1:3] == "98"
        # A returned international entry repeats its amount before the words.
        words = last[35:64] if is_change else last[45 if self.is_international else 35 : 79]
        return Return(last[3:6].strip(), last[6:21].strip(), words.strip(), is_change)


def read_entry(record: str, sec: str, number: int, where: str) -> Entry:
    """Read an entry record in the layout of its class (IAT, CTX, ADV or the common one).

    Raises:
        BadInput: A code or an amount that is none.
    """
    code = record[1:3]
    if not _NUMBER.fullmatch(code):
        raise BadInput(f"{where}: {shown(code)} is not a transaction code")
    international = sec == "IAT"  # it has its account where others have the party
    amount = record[27:39] if sec == "ADV" else record[29:39]
    minor = _whole(amount, "amount", where)
    return Entry(
        code=code,
        routing=_whole(record[3:11], "routing number", where),
        account=(record[39:74] if international else record[12:29]).strip(),
        signed=minor if is_credit(code) else -minor,
        identification="" if international else _identification(record, sec),
        name="" if international else _name(record, sec),
        trace=record[79:94].strip(),
        line_no=number,
        is_international=international,
    )


def is_credit(code: str) -> bool:
    """Whether a transaction code credits the account: 20 to 24 do, 25 to 29 do not, and so on."""
    if int(code) in _ADVICE_CODES:
        return int(code) % 2 == 1
    return int(code[1]) < 5


# Classes that set the name first and the number behind it, and where the number begins.
_NAME_FIRST = {"CIE": 54, "MTE": 61}


def _identification(record: str, sec: str) -> str:
    at = _NAME_FIRST.get(sec)
    return (record[39:54] if at is None else record[at:76]).strip()


def _name(record: str, sec: str) -> str:
    """The party of an entry; in CTX and its like the first four columns count addenda."""
    if sec in _NAME_FIRST:
        return record[39 : _NAME_FIRST[sec]].strip()
    if sec in ("CTX", "ENR") and record[54:58].isdecimal():
        return record[58:74].strip()
    return record[54:76].strip()


def batch_control(record: str, is_advice: bool, where: str) -> Control:
    """Read record 8; advice batches (ADV) have wider sums."""
    debit, credit = (20, 40), (40, 60)
    if not is_advice:
        debit, credit = (20, 32), (32, 44)
    return Control(
        records=_whole(record[4:10], "count", where),
        routing=_whole(record[10:20], "hash", where),
        debit=_whole(record[slice(*debit)], "sum of debits", where),
        credit=_whole(record[slice(*credit)], "sum of credits", where),
    )


def file_control(record: str, is_advice: bool, where: str) -> FileControl:
    """Read record 9; files of advice batches (ADV) have wider sums."""
    debit, credit = (31, 51), (51, 71)
    if not is_advice:
        debit, credit = (31, 43), (43, 55)
    return FileControl(
        batches=_whole(record[1:7], "count of batches", where),
        control=Control(
            records=_whole(record[13:21], "count", where),
            routing=_whole(record[21:31], "hash", where),
            debit=_whole(record[slice(*debit)], "sum of debits", where),
            credit=_whole(record[slice(*credit)], "sum of credits", where),
        ),
    )


def _whole(text: str, what: str, where: str) -> int:
    flat = text.strip()
    if not _NUMBER.fullmatch(flat):
        raise BadInput(f"{where}: {shown(text)} is no {what}; fetch the file again")
    return int(flat)
