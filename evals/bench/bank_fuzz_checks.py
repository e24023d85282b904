"""What must hold of any bank file read: an end in time, one line of refusal, no money lost unseen.

Loss is judged without the readers: the control figures a file states are found in its bytes. Where
they stand as they were, and what was read from the file tied to them, other sums than before must
be refused or flagged.
"""

import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from evals.bench.bank_fuzz_seeds import SeedFile
from ledger.errors import BadInput

SECONDS_TO_READ = 2.0
NAME = "file"
FAULTS = ("crash", "hang", "unclear", "lost", "unproven")

_SHOWN = 100
_CONTROLS: dict[str, re.Pattern[bytes]] = {
    "mt940": re.compile(rb"^[ \t]*:(?:6[02][FM]|90[CD]):[^\r\n]*", re.M),
    "mt942": re.compile(rb"^[ \t]*:(?:6[02][FM]|90[CD]):[^\r\n]*", re.M),
    "camt053": re.compile(
        rb"<(?:\w+:)?(?:Bal|TxsSummry)>.*?</(?:\w+:)?(?:Bal|TxsSummry)>|<!--|-->|<!\[CDATA\[", re.S
    ),
    "bai2": re.compile(rb"^(?:49|98|99),[^\r\n]*", re.M),
    "nacha": re.compile(rb"^[89]\d{20}[^\r\n]*", re.M),
    "x12-820": re.compile(rb"[~'\n]\s*(?:BPR.{24}|CUR.{7}|SE\W\d+)", re.S),
    "remadv": re.compile(rb"'\s*(?:CUX[^']*|UNS.*)", re.S),
    "v11": re.compile(rb"^99[59].*", re.M),
    "lockbox": re.compile(rb"^Check amount:[^\r\n]*", re.M),
}
_CONTROLS["camt052"] = _CONTROLS["camt054"] = _CONTROLS["camt053"]

Sums = dict[str, int]


@dataclass(frozen=True, slots=True)
class Known:
    """A file before it was changed, as far as later reading is compared with it.

    Attributes:
        controls: Control figures it states; empty where it states none or does not tie to them.
    """

    seed: SeedFile
    format: str = ""
    controls: tuple[bytes, ...] = ()
    sums: tuple[tuple[str, int], ...] = ()
    warnings: frozenset[str] = frozenset()


class TooLong(BaseException):
    """Reading went on for too long; nothing that reads may catch it."""


@contextmanager
def time_to_read(seconds: float) -> Iterator[None]:
    """End what takes more processor time than this, where the system can."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def known(seed: SeedFile) -> Known:
    """Read a file as it is; one that is refused is known for nothing but its bytes."""
    try:
        file = read_bank_file(NAME, seed.data)
    except BadInput:
        return Known(seed)
    if file.balances != "tie":
        return Known(seed, file.format)
    controls = controls_of(file.format, seed.data)
    sums = tuple(sorted(sums_of(file).items()))
    return Known(seed, file.format, controls, sums, frozenset(file.warnings))


def controls_of(kind: str, data: bytes) -> tuple[bytes, ...]:
    """The control figures a file of this format states, in order; none where it has none."""
    pattern = _CONTROLS.get(kind)
    plain = data.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return tuple(pattern.findall(plain)) if pattern else ()


def sums_of(file: BankFile) -> Sums:
    """What its booked lines move per currency; what its documents come to if it has no lines."""
    sums: Counter[str] = Counter()
    for line in file.lines:
        sums[line.currency] += line.amount_minor if line.kind == "booked" else 0
    for each in () if file.lines else file.remittances:
        sums[each.currency] += each.net_minor or 0
    return {currency: minor for currency, minor in sums.items() if minor}


def verdict(before: Known, data: bytes, seconds: float = SECONDS_TO_READ) -> tuple[str, str]:
    """How reading a changed file ended.

    Returns:
        `refused`, `read`, `held` (read or refused, and its control figures could judge it) or one
        of `FAULTS`, and what was wrong.
    """
    judges = bool(before.controls) and controls_of(before.format, data) == before.controls
    try:
        with time_to_read(seconds):
            file = read_bank_file(NAME, data)
            file.line_keys()
    except BadInput as error:
        if not _is_one_line(error.message):
            return "unclear", repr(error.message)[:_SHOWN]
        return ("held" if judges else "refused"), ""
    except TooLong:
        return "hang", f"more than {seconds} s"
    except Exception as error:  # noqa: BLE001 - whatever else comes out is the finding
        return "crash", f"{type(error).__name__}: {error}"[:_SHOWN]
    return _verdict_of_read(before, file, judges)


def _verdict_of_read(before: Known, file: BankFile, judges: bool) -> tuple[str, str]:
    for warning in file.warnings:
        if len(warning.splitlines()) != 1:
            return "unclear", repr(warning)[:_SHOWN]
    if unproven := _ties_wrongly(file):
        return "lost", unproven
    if judges and file.balances != "differ" and not _same_money(before, file):
        told = f"{file.format} {file.balances}: {sums_of(file)}, not {dict(before.sums)}"
        if file.balances == "tie":
            return "lost", told
        if before.warnings.issuperset(file.warnings):
            return "unproven", told
    return ("held" if judges else "read"), ""


def _same_money(before: Known, file: BankFile) -> bool:
    """Whether the sums are those of before, in all or in what ties of it.

    Where a change took the name of the currency, the number alone must be the same.
    """
    was = dict(before.sums)
    ties = tuple(each for each in file.statements if each.balances == "tie")
    for sums in (sums_of(file), sums_of(replace(file, statements=ties))):
        if sums == was or (list(sums) == [""] and sums[""] == sum(was.values())):
            return True
    return False


def _ties_wrongly(file: BankFile) -> str:
    """A statement that is said to tie though opening and booked lines miss the closing balance."""
    for each in file.statements:
        ends = (each.opening_minor, each.closing_minor)
        if each.balances != "tie" or file.format == "bai2" or None in ends:
            continue
        moved = sum(line.amount_minor for line in each.lines if line.kind == "booked")
        if (each.opening_minor or 0) + moved != each.closing_minor:
            return f"{file.format} said to tie: {ends[0]} and {moved} are not {ends[1]}"
    return ""


def _is_one_line(message: str) -> bool:
    return message.startswith(NAME) and len(message.splitlines()) == 1
