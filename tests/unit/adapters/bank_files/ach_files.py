"""Builds small ACH files whose control records agree, for tests to take apart again."""

ROUTING = "07640125"


def entry(
    code: str,
    cents: int,
    *,
    number: str = "INV-1",
    name: str = "ACME INC",
    trace: int = 1,
    addenda: list[str] | None = None,
) -> list[str]:
    """An entry record with its addenda."""
    flag = "1" if addenda else "0"
    first = (
        f"6{code}{ROUTING}1{'123456789':<17}{cents:010d}{number:<15}{name:<22}  {flag}"
        f"{ROUTING}{trace:07d}"
    )
    return [first, *(f"{each:<83}{at:04d}{trace:07d}" for at, each in enumerate(addenda or [], 1))]


def batch(
    *entries: list[str], sec: str = "CCD", number: int = 1, company: str = "ACME"
) -> list[str]:
    """A batch with its control record."""
    records = [record for each in entries for record in each]
    sums = totals(records)
    head = f"5200{company:<16}{'':<20}{'1234567890'}{sec}{'PAYMENT':<10}260220260221   1{ROUTING}"
    return [
        f"{head}{number:07d}",
        *records,
        f"8200{sums[0]:06d}{sums[1]:010d}{sums[2]:012d}{sums[3]:012d}1234567890{'':<25}{ROUTING}"
        f"{number:07d}",
    ]


def totals(records: list[str]) -> tuple[int, int, int, int]:
    """Count, hash, debits and credits of entry and addenda records."""
    entries = [record for record in records if record[0] == "6"]
    count = sum(record[0] in "67" for record in records)
    routing = sum(int(record[3:11]) for record in entries) % 10**10
    debit = sum(int(record[29:39]) for record in entries if record[2] >= "5")
    credit = sum(int(record[29:39]) for record in entries if record[2] < "5")
    return count, routing, debit, credit


def ach_file(*batches: list[str], end: str = "\n") -> bytes:
    """A whole file, filled up to a block of ten records."""
    records = [record for each in batches for record in each]
    sums = totals(records)
    lines = [
        "101 076401251 0764012512602200800A094101BANK                   ORIGIN                 ",
        *records,
        f"9{len(batches):06d}{1:06d}{sums[0]:08d}{sums[1]:010d}{sums[2]:012d}{sums[3]:012d}{'':<39}",
    ]
    lines += ["9" * 94] * (-len(lines) % 10)
    return end.join(line.ljust(94) for line in lines).encode()
