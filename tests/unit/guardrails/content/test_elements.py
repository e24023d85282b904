from datetime import date

import pytest

from guardrails.content.read import read_content


def elements(body: str, names: tuple[str, ...] = ()) -> frozenset[str]:
    return read_content("", body, senders=names, as_of=date(2026, 11, 21)).elements


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("Pay: https://pay.example/a1 Reply STOP to opt out.", "opt_out"),
        ("Click to stop emails to this address: https://b.example/o/9", "opt_out"),
        ("Antworten Sie mit STOP, um keine E-Mails mehr zu erhalten.", "opt_out"),
        ("Répondez STOP pour ne plus recevoir ces courriels.", "opt_out"),
        ("Responda STOP para no recibir más mensajes.", "opt_out"),
        ("This is from a debt collector. Balance $75.00.", "collector_subsequent"),
        ("Beacon Services, a debt collector: please ring Robin.", "collector_subsequent"),
        (
            "This is an attempt to collect a debt; any information obtained will be used for"
            " that purpose.",
            "collector_initial",
        ),
        ("If you disagree with this invoice, reply and tell us why.", "dispute_path"),
        ("Reply to reach a colleague.", "reply_path"),
        ("I am Northwind's automated assistant.", "ai_disclosure"),
        ("Sie lesen eine automatische Antwort unseres KI-Systems.", "ai_disclosure"),
        ("Invoice 14 is open.", "debt_reference"),
        ("Principal USD 100.00, interest USD 4.00, fees USD 0.00", "amount_breakdown"),
    ],
)
def test_required_wording__is_found(text: str, element: str) -> None:
    assert element in elements(text)


@pytest.mark.parametrize(
    ("text", "element"),
    [
        ("To opt out, call us during office hours with your SSN.", "opt_out"),
        ("The stop valves were delivered.", "opt_out"),
        ("Your balance of EUR 120 was due.", "debt_reference"),
        ("Hello Ms Reyes, $88.00 is still open.", "collector_subsequent"),
    ],
)
def test_other_wording__is_no_element(text: str, element: str) -> None:
    assert element not in elements(text)


def test_sender__is_found_by_its_true_name_only() -> None:
    text = "Kind regards,\nNorthwind Supply"
    assert "sender_identity" in elements(text, names=("Northwind Supply",))
    assert "sender_identity" not in elements(text, names=("Northwind Holdings",))


def test_disclosure_in_another_language__does_not_count() -> None:
    german = "Die Rechnung R-3 über 120,00 EUR ist seit dem 3. November 2026 offen.\n"
    assert "opt_out" not in elements(german + "Reply STOP to opt out of these messages.")
    assert "opt_out" in elements(german + "Antworten Sie mit STOPP, um keine Mails zu erhalten.")
    assert "collector_subsequent" not in elements(
        german + "This communication is from a debt collector."
    )
    assert "collector_subsequent" in elements(
        german + "Diese Nachricht kommt von einem Inkassounternehmen."
    )


def test_short_message__still_holds_its_elements() -> None:
    assert "opt_out" in elements("Tallgrass: $312.00 (inv 8841). Reply STOP to opt out.")


@pytest.mark.parametrize(
    "text",
    [
        "This is Prairie Recovery, a registered collection agency.",
        "Esta comunicación proviene de un cobrador de deudas.",
        "Le escribe Cobros Sur, una agencia de cobro registrada, por la factura de Óptica Brell.",
        "Cette communication provient d'une société de recouvrement.",
        "Wir sind ein registriertes Inkassounternehmen und schreiben Ihnen für Optik Brell.",
    ],
)
def test_collector_who_says_so__refers_nobody_to_an_agency(text: str) -> None:
    report = read_content("", text, as_of=date(2026, 11, 21))
    assert "collector_subsequent" in report.elements
    assert not {each for each in report.claims if each.found_by == "lexicon"}
