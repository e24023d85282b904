from datetime import date

import pytest

from guardrails.content.integrity import check_integrity
from guardrails.content.read import read_content


def kinds(text: str) -> set[str]:
    return {each.kind for each in check_integrity(text, "body")}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("We will s\u200bue", "zero_width"),
        ("law\u00adsuit", "zero_width"),
        ("pay \u202eyadot\u202c", "bidi"),
        ("We will s\u0443e you", "mixed_script"),
        ("\u0440\u0430\u0443 now", "confusable"),
        ("\uff50\uff41\uff59 now", "confusable"),
        ("\U0001d429\U0001d41a\U0001d432 now", "confusable"),
        ("\u24df\u24d0\u24e8 now", "confusable"),
        ('<p style="display:none">we will sue</p>', "hidden_html"),
        ('<span style="color:#ffffff">we will sue</span>', "hidden_html"),
        ('<span style="font-size:1px">we will sue</span>', "tiny_text"),
        ("see data:text/plain;base64,d2Ugd2lsbCBzdWU=", "encoded_blob"),
        ("d2Ugd2lsbCBzdWUgeW91IGluIGNvdXJ0IG5leHQgd2VlayBpZiB5b3U=", "encoded_blob"),
        ("%77%65%20%77%69%6c%6c%20%73%75%65", "encoded_blob"),
        ("&#119;&#101;&#32;&#119;&#105;&#108;&#108;", "encoded_blob"),
    ],
)
def test_hidden_words__are_found(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Señora Muñoz, adjuntamos la factura F-20 por 80,00 €.",
        "Straße 12, Größe „L“, 1\u00a0250,00 €, 3º piso, n° 7, № 8, ™, … – ok",
        "L\u2019échéance était fixée au 4\u202fnovembre\u202f: 96,00\u00a0€",
        "https://pay.northwind.example/inv/INV-881?ref=AbCdEf0123456789AbCdEf0123456789AbCdEf",
        "Thank you 👍🏽 and a family 👨‍👩‍👧 ✔️",
        "Łódź, Škoda, Győr, Ørsted, İzmir",
    ],
)
def test_ordinary_typography__passes(text: str) -> None:
    assert kinds(text) == set()


def test_finding__has_its_place_and_part() -> None:
    report = read_content("a\u200bb", "plain", as_of=date(2026, 11, 21))
    assert [(each.kind, each.start, each.part) for each in report.integrity] == [
        ("zero_width", 1, "subject")
    ]
