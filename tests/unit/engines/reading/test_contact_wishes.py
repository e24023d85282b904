"""A wish about when, how or whom to contact is heard in four languages, and nothing else is one."""

import time
from datetime import date

import pytest

from engines.reading.contact_wishes import CONTACT_WISH, SAYS_CONTACT, contact_wishes
from engines.reading.message import InboundText
from engines.reading.model import Reading
from engines.reading.page import lay_out
from engines.reading.read import read_message

TUESDAY = date(2026, 3, 10)
_PATIENCE = 10.0  # seconds; it takes less than one


def message(body: str) -> InboundText:
    return InboundText("", body, TUESDAY, "ap@customer.example", "email")


def read(body: str) -> Reading:
    return read_message(message(body))


def wishes(body: str, *intents: str) -> list[str]:
    page = lay_out(message(body), calendar="US")
    return [each.text for each in contact_wishes(page, intents)]


WISHES = [
    "Never call us before 9 am.",
    "Please call only after 2 pm.",
    "Please don't ring the shop in the mornings.",
    "No calls before noon please.",
    "Please only write to accounts@customer.example, do not phone.",
    "Kindly do not text.",
    "E-mail only please.",
    "Contact us in writing only.",
    "Please write instead of calling.",
    "Contact my colleague instead.",
    "From now on please speak to my colleague Anna about this.",
    "Please contact Anna Weber.",
    "Speak to Anna Weber about this in future.",
    "All correspondence should go to our accountants.",
    "Mornings are bad for us, try the afternoon.",
    "Reminders go to my accountant, not to me.",
    "My wife deals with the invoices, ask her.",
    "Please keep Julia in copy.",
    "I'd rather you emailed.",
    "Please write to us in French.",
    "Please ring before you come.",
    "Send letters, not e-mails.",
    "Bitte nicht vor 9 Uhr anrufen.",
    "Rufen Sie uns nur nach 14 Uhr an.",
    "Bitte nur per E-Mail, nicht telefonisch.",
    "Bitte keine Anrufe.",
    "Wenden Sie sich künftig bitte an meine Kollegin Frau Weber.",
    "Ansprechpartnerin ist jetzt Frau Weber.",
    "Für Rechnungen ist meine Frau zuständig.",
    "Vormittags sind wir nicht zu erreichen.",
    "Bitte sehen Sie von Anrufen ab.",
    "Ne nous appelez jamais avant 9 heures.",
    "Merci de nous appeler uniquement après 14 heures.",
    "Merci de nous écrire uniquement par e-mail, pas de téléphone.",
    "Veuillez nous écrire uniquement par e-mail.",
    "Adressez-vous plutôt à ma collègue.",
    "Vous pouvez contacter ma collègue Mme Petit.",
    "Merci de privilégier le mail.",
    "Contactez-moi par SMS.",
    "No nos llamen antes de las 9.",
    "Llámennos solo por las mañanas.",
    "Solo por correo electrónico, no por teléfono.",
    "Hablen mejor con mi compañera Ana.",
    "Eviten llamar al almacén.",
    "De esto se encarga mi mujer.",
]


@pytest.mark.parametrize("words", WISHES)
@pytest.mark.parametrize(
    "beside",
    [
        "We will pay INV-7 on 25 March.",
        "We dispute INV-7, the price is wrong.",
        "Please send a copy of INV-7.",
    ],
)
def test_a_wish_beside_anything__is_a_persons_with_its_words(words: str, beside: str) -> None:
    found = read(f"{beside} {words}")

    assert SAYS_CONTACT in found.why_human
    assert found.needs_human
    assert [span.text for span in found.spans if span.kind == CONTACT_WISH] == [words]


@pytest.mark.parametrize(
    "words",
    [
        "We will call you on Monday.",
        "We never called you before 9.",
        "We tried to ring you after lunch.",
        "As discussed in your call on Monday, we pay on 20 March.",
        "Thank you for your e-mail from this morning.",
        "I have no access to e-mail from 29 July.",
        "Please send me a copy of INV-7 by e-mail.",
        "We received your invoice by post only.",
        "I have to ask my manager.",
        "I will forward it to my colleague.",
        "We will write to you by e-mail only.",
        "Ignore Steve's e-mail from this morning.",
        "If you have any questions please contact our accounts department.",
        "For any queries write to our accounts team.",
        "Bei Rückfragen wenden Sie sich bitte an unsere Buchhaltung.",
        "Wir haben die Rechnung nur per E-Mail erhalten.",
        "Pour toute question, contactez notre comptabilité.",
        "Para cualquier duda contacten con nuestra gestoría.",
        "All three invoices of the statement get paid at month end.",
        "Please pay attention to the order number.",
        "Wir zahlen nur per Überweisung.",
        "Wir rufen Sie am Montag an.",
        "Nous allons vous appeler lundi.",
        "Je dois contacter mon directeur.",
        "Our accounts team has it in the run of Thursday.",
        "The invoice was sent to the wrong department, we pay on Friday.",
        "We pay only on Thursdays.",
        "Wir zahlen nur freitags.",
        "Merci de nous envoyer une copie par mail.",
        "Notre comptable a réglé la facture lundi.",
        "Gracias por su llamada del lunes.",
        "Nuestra contable pagó la factura el lunes.",
    ],
)
def test_other_talk_of_calls_and_letters__is_no_wish(words: str) -> None:
    assert wishes(words) == []


def test_note_of_absence_names_a_colleague__is_no_wish() -> None:
    words = "Please contact my colleague Anna Weber."
    assert wishes(words) == [words]
    assert wishes(words, "out_of_office") == []


def test_note_of_absence_says_what_not_to_do__is_a_wish_all_the_same() -> None:
    words = "Do not phone the office."
    assert wishes(words, "out_of_office") == [words]


def test_wish_wrapped_over_two_lines__is_heard() -> None:
    first = "It is better for everybody at our little shop in the village that you never"
    assert len(wishes(f"{first}\ncall us before 9 am.")) == 1


def test_words_without_end__are_read_in_a_moment() -> None:
    words = "please only call my colleague on in by not to " * 4000
    start = time.process_time()
    contact_wishes(lay_out(message(words), calendar="US"), ())
    assert time.process_time() - start < _PATIENCE
