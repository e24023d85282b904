"""What `dunwell bank` shows of remittance advices: how many, their documents, what they pay."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from adapters.bank_files.model import UNKNOWN_CURRENCY, BankFile, RemittanceLine
from cli.output import say, show_table
from ledger.money import Money

_HEADS = ("file", "advices", "documents", "paid", "without an amount")


def show_advices(files: Iterable[tuple[str, BankFile]]) -> None:
    """A row per file that holds advices; nothing where none does."""
    rows = [(name, *_figures(file.remittances)) for name, file in files if file.remittances]
    if rows:
        say("Remittance advices:")
        show_table(_HEADS, rows, right=_HEADS[1:])


def _figures(lines: Sequence[RemittanceLine]) -> tuple[object, ...]:
    """Advices, documents, the sum per currency, and documents whose amount nobody says."""
    advices = _by_advice(lines)
    sums: dict[str, int] = {}
    silent = 0
    for own in advices:
        nets = [line.net_minor for line in own if line.net_minor is not None]
        total = own[0].total_minor
        # Documents without amounts are paid by the stated total, of which nothing is known beyond.
        paid = total if len(nets) < len(own) and total is not None else sum(nets)
        silent += len(own) - len(nets)
        sums[own[0].currency] = sums.get(own[0].currency, 0) + paid
    documents = sum(bool(line.reference) for line in lines)
    return len(advices), documents, _shown(sums), silent


def _by_advice(lines: Sequence[RemittanceLine]) -> list[list[RemittanceLine]]:
    groups: dict[tuple[object, ...], list[RemittanceLine]] = {}
    for line in lines:
        key = (line.remittance_id, line.payer, line.advised_on, line.total_minor, line.currency)
        groups.setdefault(key, []).append(line)
    return list(groups.values())


def _shown(sums: dict[str, int]) -> str:
    return ", ".join(
        f"{Decimal(minor).scaleb(-2):f}"
        if currency == UNKNOWN_CURRENCY
        else str(Money(minor, currency))
        for currency, minor in sorted(sums.items())
    )
