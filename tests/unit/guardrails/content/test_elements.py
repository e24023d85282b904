import pytest

from guardrails.content.elements import find_elements


@pytest.mark.parametrize(
    ("text", "language", "element"),
    [
        ("Pay: https://pay.example/a1 Reply STOP to opt out.", "en", "opt_out"),
        ("Click to stop emails to this address: https://b.example/o/9", "en", "opt_out"),
        ("Antworten Sie mit STOP, um keine E-Mails mehr zu erhalten.", "de", "opt_out"),
        ("Répondez STOP pour ne plus recevoir ces courriels.", "fr", "opt_out"),
        ("Responda STOP para no recibir más mensajes.", "es", "opt_out"),
        ("This is from a debt collector. Balance $75.00.", "en", "collector_subsequent"),
        ("Beacon Services, a debt collector: please ring Robin.", "en", "collector_subsequent"),
        (
            "This is an attempt to collect a debt; any information obtained will be used for"
            " that purpose.",
            "en",
            "collector_initial",
        ),
        ("If you disagree with this invoice, reply and tell us why.", "en", "dispute_path"),
        ("Reply to reach a colleague.", "en", "reply_path"),
        ("I am Northwind's automated assistant.", "en", "ai_disclosure"),
        ("Sie lesen eine automatische Antwort unseres KI-Systems.", "de", "ai_disclosure"),
        ("Invoice 14 is open.", "en", "debt_reference"),
        ("Principal USD 100.00, interest USD 4.00, fees USD 0.00", "en", "amount_breakdown"),
    ],
)
def test_required_wording__is_found(text: str, language: str, element: str) -> None:
    assert element in find_elements(text, language)


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
    assert element not in find_elements(text, "en")


def test_sender__is_found_by_its_true_name_only() -> None:
    text = "Kind regards,\nNorthwind Supply"
    assert "sender_identity" in find_elements(text, "en", names=("Northwind Supply",))
    assert "sender_identity" not in find_elements(text, "en", names=("Northwind Holdings",))
