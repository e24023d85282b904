from datetime import date

import pytest

from guardrails.content.read import read_content


def languages(text: str) -> tuple[str, frozenset[str]]:
    report = read_content("", text, as_of=date(2026, 11, 21))
    return report.language, report.languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Invoice INV-2 for $50.00 was due on 3 November 2026.", "en"),
        ("Bitte überweisen Sie 120,00 EUR zur Rechnung R-3.", "de"),
        ("Señora Muñoz, adjuntamos la factura F-20 por 80,00 EUR.", "es"),
        ("La facture F-12 est arrivée à échéance le 2 novembre 2026.", "fr"),
        ("Prosimy o pilną płatność faktury FV-3.", "pl"),
        ("La preghiamo di saldare la fattura entro venerdì.", "it"),
        ("Wij verzoeken u vriendelijk de factuur te betalen.", "nl"),
        ("Por favor, efetue o pagamento da fatura até sexta-feira.", "pt"),
    ],
)
def test_business_sentence__is_told_by_language(text: str, language: str) -> None:
    assert languages(text)[0] == language


def test_sentence_in_another_language__is_noticed() -> None:
    text = "Your invoice INV-2 is still open.\nProsimy o pilną płatność tej faktury do piątku."
    assert languages(text)[1] == {"en", "pl"}


def test_foreign_names__do_not_make_a_letter_mixed() -> None:
    text = (
        "Dear Señora Muñoz,\n\nInvoice INV-2 for Verdier et Fils SARL was due on 3 November 2026."
        "\n\nKind regards,\nJürgen Weißmüller\nBäckerei Grünwald GmbH"
    )
    assert languages(text) == ("en", frozenset({"en"}))


@pytest.mark.parametrize("line", ["Re: aplazar", "AM-15", "Aceros Villalba, S. L.", "Beleg AT-13."])
def test_name_or_reference__is_in_no_second_language(line: str) -> None:
    text = f"{line}\nCould you tell us when we can expect payment of invoice INV-2?"
    assert languages(text) == ("en", frozenset({"en"}))
