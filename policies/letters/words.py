"""The words around the slots of a letter: column heads, greetings, lead-ins, per language."""

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
