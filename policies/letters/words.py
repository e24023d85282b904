"""The words around a letter's slots, and the lines every letter of a kind must carry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What a letter says in one language outside its template."""

    anyone: str
    invoice: str
    purchase_order: str
    due: str
    open_amount: str
    credit: str
    issued: str
    receipt: str
    received: str
    amount: str
    pay_to: str
    pay_online: str


WORDS = {
    "en": Words(
        anyone="Sir or Madam",
        invoice="Invoice",
        purchase_order="Your order",
        due="Due date",
        open_amount="Open amount",
        credit="Credit memo",
        issued="Issued",
        receipt="Payment not yet applied",
        received="Received",
        amount="Amount",
        pay_to="Payment details:",
        pay_online="Pay online:",
    ),
    "de": Words(
        anyone="meine Damen und Herren",
        invoice="Rechnung",
        purchase_order="Ihre Bestellung",
        due="Fällig am",
        open_amount="Offener Betrag",
        credit="Gutschrift",
        issued="Ausgestellt am",
        receipt="Noch nicht zugeordnete Zahlung",
        received="Eingegangen am",
        amount="Betrag",
        pay_to="Bankverbindung:",
        pay_online="Online bezahlen:",
    ),
    "fr": Words(
        anyone="Madame, Monsieur",
        invoice="Facture",
        purchase_order="Votre commande",
        due="Échéance",
        open_amount="Solde dû",
        credit="Avoir",
        issued="Émis le",
        receipt="Paiement non encore affecté",
        received="Reçu le",
        amount="Montant",
        pay_to="Coordonnées de paiement :",
        pay_online="Paiement en ligne :",
    ),
    "es": Words(
        anyone="señoras y señores",
        invoice="Factura",
        purchase_order="Su pedido",
        due="Vencimiento",
        open_amount="Importe pendiente",
        credit="Abono",
        issued="Emitido el",
        receipt="Pago aún sin asignar",
        received="Recibido el",
        amount="Importe",
        pay_to="Datos de pago:",
        pay_online="Pago en línea:",
    ),
}


@dataclass(frozen=True, slots=True)
class RequiredLines:
    """What the renderer adds, so that no author of a template can forget it.

    Attributes:
        opt_out_email: How to stop e-mails to the address.
        opt_out_sms: How to stop text messages to the number.
        automated: That a reply was written by a machine.
        collector: That a collector writes.
        collector_first: What a collector's first message says besides.
    """

    opt_out_email: str
    opt_out_sms: str
    automated: str
    collector: str
    collector_first: str


REQUIRED = {
    "en": RequiredLines(
        opt_out_email="If you would rather not get e-mails at this address, reply with STOP.",
        opt_out_sms="Reply STOP to opt out.",
        automated="This reply was written by our automated assistant.",
        collector="This communication is from a debt collector.",
        collector_first="We are attempting to collect a debt, and any information obtained will "
        "be used for that purpose.",
    ),
    "de": RequiredLines(
        opt_out_email="Wenn Sie an diese Adresse keine E-Mails mehr erhalten möchten, antworten "
        "Sie mit STOPP.",
        opt_out_sms="Keine SMS mehr? Antworten Sie mit STOPP.",
        automated="Diese Antwort hat unser automatischer Assistent verfasst.",
        collector="Diese Nachricht kommt von einem Inkassounternehmen.",
        collector_first="Wir sind mit dem Einzug einer Forderung befasst; alle Angaben, die wir "
        "dabei erhalten, werden zu diesem Zweck verwendet.",
    ),
    "fr": RequiredLines(
        opt_out_email="Si vous ne souhaitez plus recevoir d'e-mails à cette adresse, répondez "
        "STOP.",
        opt_out_sms="Pour ne plus recevoir de SMS, répondez STOP.",
        automated="Notre assistant automatique a rédigé cette réponse.",
        collector="Cette communication provient d'une société de recouvrement.",
        collector_first="Nous cherchons à recouvrer une créance, et toute information obtenue "
        "sera utilisée à cette fin.",
    ),
    "es": RequiredLines(
        opt_out_email="Si no desea recibir más correos en esta dirección, responda con BAJA.",
        opt_out_sms="Para no recibir más SMS, responda BAJA.",
        automated="Esta respuesta la ha escrito nuestro asistente automático.",
        collector="Esta comunicación proviene de un cobrador de deudas.",
        collector_first="Intentamos cobrar una deuda, y toda la información que obtengamos se "
        "utilizará para ese fin.",
    ),
}
