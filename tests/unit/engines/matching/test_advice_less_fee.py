"""An advice for a little more than came in: a bank on the way kept its charge."""

from engines.matching.model import OpenDocument
from tests.unit.engines.matching.build import advice, cash, doc, line, match, pay, told

NAMED = (doc("INV-1001", 100_000), doc("INV-1002", 250_000))
# Two sets that are 348,500 by chance.
BY_CHANCE = tuple(
    doc(f"INV-{number}", minor)
    for number, minor in ((2001, 300_000), (2002, 48_500), (2003, 298_500), (2004, 50_000))
)
BOOK: tuple[OpenDocument, ...] = (*NAMED, *BY_CHANCE)
SENT = advice(350_000, line("INV-1001", 100_000), line("INV-1002", 250_000))


def test_sums_by_chance_without_an_advice__are_asked() -> None:
    (found,) = match(BOOK, pay(348_500))
    assert told(found) == ("suggest", "ambiguous_combination")


def test_advice_less_a_fee__counts_more_than_sums_by_chance() -> None:
    (found,) = match(BOOK, pay(348_500), advices=(SENT,))
    assert told(found) == ("auto", "bank_fee")
    assert cash(found).keys() == {"INV-1001", "INV-1002"}


def test_advice_of_a_badly_written_payer__is_found_by_its_documents() -> None:
    sent = advice(350_000, *SENT.lines, payer="ADLR FDS")
    (found,) = match(NAMED, pay(348_500), advices=(sent,))
    assert told(found) == ("auto", "bank_fee")


def test_advice_more_than_a_fee_away__says_nothing_about_sums_by_chance() -> None:
    sent = advice(352_500, line("INV-1001", 100_000), line("INV-1002", 252_500))
    (found,) = match(BOOK, pay(348_500), advices=(sent,))
    assert told(found) == ("suggest", "ambiguous_combination")


def test_only_document_of_that_amount__counts_more_than_an_advice_less_a_fee() -> None:
    (found,) = match((*NAMED, doc("INV-3001", 348_500)), pay(348_500), advices=(SENT,))
    assert cash(found) == {"INV-3001": 348_500}


def test_two_advices_a_fee_away__say_nothing() -> None:
    other = advice(349_500, line("INV-1001", 100_000), line("INV-1002", 249_500))
    (found,) = match(BOOK, pay(348_500), advices=(SENT, other))
    assert told(found) == ("suggest", "ambiguous_combination")
