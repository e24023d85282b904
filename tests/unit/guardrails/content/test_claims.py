import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from guardrails.content.claims import lexicon_of
from guardrails.content.pattern import BadPattern, compile_pattern
from guardrails.content.read import read_content

SENTENCES = Path(__file__).with_name("sentences")
AS_OF = date(2026, 11, 21)
LEAST_RECALL, MOST_FALSE_ALARMS = 0.97, 0.01


def lexicon_claims(text: str) -> set[str]:
    report = read_content("", text, as_of=AS_OF)
    return {each.claim for each in report.claims if each.found_by == "lexicon"}


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_written_sentences__nearly_all_claims_found_and_harmless_ones_left_alone(
    language: str,
) -> None:
    counts: Counter[str] = Counter()
    lines = (SENTENCES / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        found = lexicon_claims(row["text"])
        if row["label"] == "violating":
            counts["found" if row["claim"] in found else "missed"] += 1
        else:
            asserted = set() if row["claim"] == "asserted_past_action" else {"asserted_past_action"}
            counts["false" if found - asserted else "clean"] += 1
    assert counts["found"] / (counts["found"] + counts["missed"]) >= LEAST_RECALL
    assert counts["false"] / (counts["false"] + counts["clean"]) <= MOST_FALSE_ALARMS


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_lexicon__has_patterns_for_every_claim_class(language: str) -> None:
    labels = {pattern.label for pattern in lexicon_of(language).patterns}
    rows = (SENTENCES / "en.jsonl").read_text(encoding="utf-8").splitlines()
    classes = {json.loads(row)["claim"] for row in rows} - {"asserted_past_action"}
    assert classes <= labels
    assert any(label.startswith("past.") for label in labels)


def test_customer_named_judge_on_court_street__is_no_claim() -> None:
    text = "Dear Ms Judge,\nthe suspension kits went to 14 Court Street for Arrest-A-Pest Ltd."
    assert lexicon_claims(text) == set()


def test_known_name__is_no_evidence() -> None:
    text = "The pallets for Bailiff & Lawsuit were delivered on 4 October."
    assert "legal_action_threat" in lexicon_claims(text)
    report = read_content("", text, names=("Bailiff & Lawsuit",), as_of=AS_OF)
    assert not {each for each in report.claims if each.found_by == "lexicon"}


@pytest.mark.parametrize(
    "text",
    [
        "We will file a l4wsuit next week.",
        "We will file a l a w s u i t next week.",
        "We will file a l.a.w.s.u.i.t next week.",
        "We will file a law\u200bsuit next week.",
        "We will file a l\u0430wsuit next week.",
        "We will file a law&shy;suit next week.",
        "We will file a \uff4c\uff41\uff57\uff53\uff55\uff49\uff54 next week.",
    ],
)
def test_disguised_word__is_read(text: str) -> None:
    assert "legal_action_threat" in lexicon_claims(text)


def test_claim_in_subject__has_its_part_and_place() -> None:
    report = read_content("Re: FINAL NOTICE", "Invoice INV-2 is open.", as_of=AS_OF)
    found = next(each for each in report.claims if each.claim == "false_urgency")
    assert (found.part, found.start, found.span) == ("subject", 4, "FINAL NOTICE")


def test_customers_own_words__are_no_claim() -> None:
    text = 'You wrote: "I will see you in court". A colleague will answer you.'
    assert "legal_action_threat" not in lexicon_claims(text)


@pytest.mark.parametrize("line", ["(court", "court)", "( |court)", "..", "c0urt!", "@nobody x"])
def test_unreadable_pattern__is_refused(line: str) -> None:
    with pytest.raises(BadPattern):
        compile_pattern("legal_action_threat", line, {}, {})


def test_umlaut__matches_both_spellings() -> None:
    pattern = compile_pattern("x", "Maßnahmen für", {}, {})
    for text in ("masnahmen fur", "massnahmen fuer"):
        assert pattern.find(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your payment.",
        "No late fee applies to this invoice.",
        "We have taken this address off our reminders.",
        "We require payment by 5 May.",
        "Final reminder: invoice INV-3",
        "Please do not worry about the invoice, your payment has arrived.",
        "You asked whether a lawyer wrote this: no, it comes from the accounts desk.",
        "The prison kitchen has confirmed the trays.",
        "Último recordatorio de la factura F-3",
        "Dernier rappel pour la facture F-3",
        "Letzte Erinnerung zu Rechnung R-3",
        "Bitte betrachten Sie dieses Schreiben nach Zahlung als gegenstandslos.",
    ],
)
def test_harmless_wording__is_no_claim(text: str) -> None:
    assert lexicon_claims(text) == set()


def test_answer_that_presses__is_not_excused() -> None:
    text = "You asked what comes next: unless you pay, our lawyers file a lawsuit."
    assert "legal_action_threat" in lexicon_claims(text)


def test_letters_of_one_template__differ_only_in_what_is_blotted() -> None:
    texts = (f"We will sue Alder {n} Ltd over invoice INV-{n}77 of 1,{n}50.00." for n in (1, 23))
    for text in texts:
        report = read_content("", text, names=("Alder 1 Ltd", "Alder 23 Ltd"), as_of=AS_OF)
        claim = next(each for each in report.claims if each.claim == "legal_action_threat")
        assert text[claim.start :].startswith(claim.span)


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_every_line_of_a_lexicon__is_an_expression(language: str) -> None:
    for pattern in lexicon_of(language).patterns:
        assert len(pattern.positive) == len(pattern.wanted) > 0, pattern.line
        assert len(pattern.negative) == len(pattern.unwanted), pattern.line


def test_line_nobody_called_up__is_not_compiled_yet() -> None:
    pattern = compile_pattern("x", "sue you &! never", {}, {})
    assert "positive" not in vars(pattern)
    assert pattern.find("we sue you") is not None
    assert pattern.find("we never sue you") is None
