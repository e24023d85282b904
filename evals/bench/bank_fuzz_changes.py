"""What happens to files on the way: bits flip, lines go missing or come twice, numbers change."""

import random
import re
from collections.abc import Callable, Sequence

Change = Callable[[bytes, random.Random, bytes], bytes]
_MOST_CHANGES = 3
_LARGEST = 65_536

_DIGITS = re.compile(rb"\d+(?:[.,]\d+)*")
_RECORD_ENDS = (b"\n", b"~", b"'", b">")
_PIECES: tuple[bytes, ...] = (
    *b": , ; - + / \\ * ' \" ~ . ^ | = ( ) < > & % $ # ?20 ?32 :61: :86: :62F: 88, 16, 49,".split(),
    *b"<Ntry> </Ntry> <STMTTRN> <!-- --> <![CDATA[ &#x0; <!DOCTYPE RMR* MOA+ !Type:Bank".split(),
    *b"EUR JPY XXX CR DR D C RD 00000000 99999999999999999999999999 1e9 NaN -0 1.000,00".split(),
    b"\0", b"\xff", b"\xc3\xa4", b"\xe4", b"\xe2\x80\xa8", b"\r", b"\n", b"\t", b"\x1a", b"  ",
)  # fmt: skip


def mutant(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Change a file one to three times.

    Args:
        data: The file.
        other: Another file, of which pieces are spliced in.
        rng: The same state, the same mutant.
    """
    for _ in range(rng.randint(1, _MOST_CHANGES)):
        data = rng.choice(CHANGES)(data, rng, other)
    return data[:_LARGEST]


def _flip(data: bytes, rng: random.Random, _other: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 8)) if data else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _put(data: bytes, rng: random.Random, _other: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_PIECES) + data[at:]


def _drop(data: bytes, rng: random.Random, _other: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.choice((1, 2, 3, 8, 40, 200)) :]


def _cut(data: bytes, rng: random.Random, _other: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


def _splice(data: bytes, rng: random.Random, other: bytes) -> bytes:
    at, start = rng.randint(0, len(data)), rng.randint(0, len(other))
    piece = other[start : start + rng.choice((3, 12, 60, 400))]
    return data[:at] + piece + data[at + rng.choice((0, len(piece))) :]


def _in_records(change: Callable[[list[bytes], random.Random], None]) -> Change:
    """A change of whole lines, segments or elements."""

    def changed(data: bytes, rng: random.Random, _other: bytes) -> bytes:
        end = rng.choice([each for each in _RECORD_ENDS if each in data] or [b" "])
        records = data.split(end)
        change(records, rng)
        return end.join(records)

    return changed


def _drop_records(records: list[bytes], rng: random.Random) -> None:
    at = rng.randrange(len(records))
    del records[at : at + rng.choice((1, 1, 2, 5))]


def _double_records(records: list[bytes], rng: random.Random) -> None:
    at = rng.randrange(len(records))
    records[at:at] = records[at : at + rng.choice((1, 1, 2, 5))]


def _swap_records(records: list[bytes], rng: random.Random) -> None:
    one, two = rng.randrange(len(records)), rng.randrange(len(records))
    records[one], records[two] = records[two], records[one]


def _number(data: bytes, rng: random.Random, _other: bytes) -> bytes:
    found = list(_DIGITS.finditer(data))
    if not found:
        return data
    which = rng.choice(found)
    return data[: which.start()] + _other_number(which[0], rng) + data[which.end() :]


def _other_number(number: bytes, rng: random.Random) -> bytes:
    at, digit = rng.randrange(len(number)), str(rng.randrange(10)).encode()
    forms = (
        number[:at] + digit + number[at + 1 :],
        number[:at] + digit + number[at:],
        number[:at] + number[at + 1 :],
        b"-" + number,
        b"+" + number,
        b"0",
        b"",
        number + b"0" * rng.choice((1, 2, 30)),
        number.replace(b".", b"\0").replace(b",", b".").replace(b"\0", b","),
        number.replace(b".", b"").replace(b",", b""),
    )
    return rng.choice(forms)


def _encode(data: bytes, rng: random.Random, _other: bytes) -> bytes:
    text = data.decode("utf-8", "replace") if rng.random() < 0.5 else data.decode("latin-1")
    code = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8", "cp037", "ascii"))
    return text.encode(code, "replace")


def _line_ends(data: bytes, rng: random.Random, _other: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", rng.choice((b"\r\n", b"\n", b"\r", b"\n\n")))


CHANGES: Sequence[Change] = (
    _flip,
    _flip,
    _put,
    _put,
    _drop,
    _cut,
    _splice,
    _in_records(_drop_records),
    _in_records(_double_records),
    _in_records(_swap_records),
    _number,
    _number,
    _number,
    _encode,
    _line_ends,
)
