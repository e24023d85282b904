"""Whether the statements of one file follow each other: each opens with what the last closed with.

A statement can tie by itself and still be one of a row that lost another. Banks also put statements
of far days into one file, so a gap is told; only a page that says it goes on proves a loss.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from adapters.bank_files.model import BankFile, Statement, Tie
from adapters.bank_files.values import shown_amount

_CHAINED = frozenset({"mt940", "camt053"})
_NUMBERED = re.compile(r"0*(\d{1,7})/0*(\d{1,7})", re.ASCII)


def chained(name: str, file: BankFile) -> BankFile:
    """Say where statements do not follow each other; a lost page breaks the totals."""
    if file.format not in _CHAINED:
        return file
    told, is_broken = [], False
    for number, before, after in _pairs(file):
        gap = _gap(before, after)
        if gap:
            told.append(f"{name}: statement {number} ({after.account or 'no account'}) {gap}")
            is_broken = is_broken or before.goes_on
    told += [
        f"{name}: the last page of {each.account or 'no account'} says that another one follows"
        for each in _last_of_each(file)
        if each.goes_on
    ]
    if not told:
        return file
    totals: Tie = "differ" if is_broken else file.totals
    return replace(file, warnings=(*file.warnings, *told), totals=totals)


def _pairs(file: BankFile) -> Iterator[tuple[int, Statement, Statement]]:
    """Each statement (counted from 1) with the one of its account and currency before it."""
    last: dict[tuple[str, str], Statement] = {}
    for number, each in enumerate(file.statements, start=1):
        key = (each.account, each.currency)
        if each.account and key in last and not _same_again(last[key], each):
            yield number, last[key], each
        last[key] = each


def _last_of_each(file: BankFile) -> list[Statement]:
    return list({(each.account, each.currency): each for each in file.statements}.values())


def _same_again(before: Statement, after: Statement) -> bool:
    """A statement that comes twice is no gap."""
    ends = (before.opening_minor, before.closing_minor)
    return before.number == after.number and ends == (after.opening_minor, after.closing_minor)


def _gap(before: Statement, after: Statement) -> str:
    """What is wrong between two statements, "" for nothing."""
    closed, opened = before.closing_minor, after.opening_minor
    is_backwards = after.closing_minor is not None and after.closing_minor == before.opening_minor
    if None not in (closed, opened) and closed != opened and not is_backwards:
        off = shown_amount(opened - closed, after.currency)
        return f"does not open where the one before it closed, difference {off}; is one missing?"
    first, second = _NUMBERED.fullmatch(before.number), _NUMBERED.fullmatch(after.number)
    if first and second and first[1] == second[1] and int(second[2]) > int(first[2]) + 1:
        return f"is page {second[2]} after page {first[2]}; one is missing"
    return ""
