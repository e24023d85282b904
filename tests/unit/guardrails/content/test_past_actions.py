from datetime import date

import pytest

from guardrails.content.read import read_content
from guardrails.content.report import PastAction


def actions(text: str) -> tuple[PastAction, ...]:
    return read_content("", text, as_of=date(2026, 11, 21)).past_actions


@pytest.mark.parametrize(
    ("text", "kind", "day", "count"),
    [
        ("We wrote to you on 5 November 2026.", "wrote", date(2026, 11, 5), None),
        ("We wrote to you on November 5 about INV-2.", "wrote", date(2026, 11, 5), None),
        ("This is our third reminder.", "wrote", None, 2),
        ("I left you a voicemail yesterday.", "called", date(2026, 11, 20), None),
        ("Despite our many calls nothing has arrived.", "called", None, 2),
        ("Wir haben Sie am 5. November angeschrieben.", "wrote", date(2026, 11, 5), None),
        ("Le escribimos el 5 de noviembre de 2026.", "wrote", date(2026, 11, 5), None),
        ("Nous vous avons écrit le 5 novembre 2026.", "wrote", date(2026, 11, 5), None),
        ("Ceci est notre troisième rappel.", "wrote", None, 2),
    ],
)
def test_claimed_action__is_read_with_day_and_count(
    text: str, kind: str, day: date | None, count: int | None
) -> None:
    found = [each for each in actions(text) if each.kind == kind]
    assert found
    assert (found[0].day, found[0].count) == (day, count)


@pytest.mark.parametrize(
    "text",
    ["You wrote to us on 5 November 2026; thank you.", "We will write to you again next week."],
)
def test_what_the_customer_did_or_we_shall_do__is_no_past_action(text: str) -> None:
    assert actions(text) == ()


def test_day_without_year__is_the_last_such_day() -> None:
    found = actions("We wrote to you on 24 December about INV-2.")
    assert found[0].day == date(2025, 12, 24)
