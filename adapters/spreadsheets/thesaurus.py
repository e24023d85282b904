"""What accounting systems call things, in English, German, French, Spanish and Dutch.

A word is compared without case, accents, spaces and punctuation: "Invoice Number",
"invoice_number" and "invoiceNumber" are one. Before the bar are names that can mean nothing
else; after it are names that mean it when no better column is there.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

KINDS = ("customers", "invoices", "credits", "receipts", "tickets", "contracts")


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field: the shape of its values and the names of its column, likeliest first."""

    shape: str
    strong: dict[str, int]
    weak: dict[str, int]

    def rank(self, key: str) -> tuple[int, int] | None:
        """How well a header names this field, best (0, 0); None if it does not."""
        if key in self.strong:
            return 0, self.strong[key]
        return (1, self.weak[key]) if key in self.weak else None


@lru_cache(maxsize=65_536)
def word_key(text: str) -> str:
    """Return the comparable form of a header or label."""
    text = text.replace("#", " number").replace("ß", "ss")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum())


def _field(shape: str, words: str) -> FieldWords:
    strong, _, weak = words.partition("|")
    return FieldWords(shape, _ranked(strong), _ranked(weak))


def _ranked(words: str) -> dict[str, int]:
    keys = dict.fromkeys(word_key(word) for word in words.split(",") if word.strip())
    return {key: rank for rank, key in enumerate(keys)}


_CUSTOMER = {
    "customer_number": _field(
        "id",
        "customer number, customer no, customer id, customer code, customer account, cust number, "
        "cust no, cust id, account number, account no, account code, client number, client id, "
        "client code, debtor number, debtor no, contact id, kundennummer, kundennr, kunden nr, "
        "kdnr, debitor, debitornr, debitorennummer, debitorennr, debitorenkonto, numero client, "
        "no client, code client, compte client, numero de cliente, no cliente, codigo cliente, "
        "codigo de cliente, id cliente, klantnummer, klantnr, debiteurnummer, debiteurnr, kunnr, "
        "sold to, sold-to party, payer | account, entity, entity id, konto, compte, cuenta",
    ),
    "customer_name": _field(
        "text",
        "customer name, name customer, customer full name, customer, client name, client, "
        "company name, account name, contact name, debtor name, bill to, bill to name, kunde, "
        "kundenname, debitorname, debitorenname, firma, nom client, nom du client, raison sociale, "
        "cliente, nombre cliente, nombre del cliente, razon social, klant, klantnaam, "
        "naam klant, debiteur, debiteurnaam | name, name 1, nom, nombre, naam, contact, "
        "vendor name, company",
    ),
}
_CURRENCY = {
    "currency": _field(
        "text",
        "currency, currency code, currency id, curr, ccy, doc currency, document currency, "
        "invoice currency, transaction currency, iso currency, währung, whrg, belegwährung, "
        "währungscode, devise, code devise, monnaie, moneda, divisa, codigo moneda, valuta, "
        "valutacode, munt, waers, pswsl | hwähr, hauswährung, local currency",
    )
}
_ROW_STATE = {
    "status": _field("text", "status, state, invoice status, document status, estado, statut"),
    "deleted": _field("flag", "deleted, _fivetran_deleted, is deleted, gelöscht, supprime, "
                              "eliminado, verwijderd"),
}  # fmt: skip
_REFERENCE = {
    "invoice_ref": _field(
        "id",
        "invoice number, invoice no, invoice id, invoice, invoice ref, invoice reference, "
        "applied to, applies to, applied to invoice, original invoice, related invoice, "
        "rechnungsnummer, rechnungsnr, rechnung, bezug, rechnungsbezug, facture, numero facture, "
        "factura, numero de factura, factuur, factuurnummer, rebzg "
        "| invoices, invoice refs, invoice numbers",
    )
}
_LEDGER_ITEM = {
    "amount": _field(
        "amount",
        "amount, invoice amount, invoice total, total amount, amount total, gross amount, "
        "original amount, document amount, transaction amount, betrag, betrag brutto, "
        "bruttobetrag, rechnungsbetrag, gesamtbetrag, belegbetrag, betrag in belegwährung, "
        "betr. in bw, montant, montant ttc, total ttc, montant total, importe, "
        "importe total, total factura, monto, bedrag, totaalbedrag, factuurbedrag, wrbtr "
        "| total, gross, brutto, betrag in hauswährung, betr. in hw, dmbtr, value, total inc vat",
    ),
    "open_amount": _field(
        "amount",
        "open balance, open amount, amount due, balance due, outstanding, outstanding amount, "
        "outstanding balance, remaining, remaining amount, remaining credit, unapplied amount, "
        "unapplied, amount remaining, amount unpaid, offen, offener betrag, offener posten, "
        "restbetrag, saldo offen, reste a payer, solde du, montant du, saldo pendiente, pendiente, "
        "importe pendiente, openstaand, openstaand bedrag, openstaand saldo, restant "
        "| balance, solde, saldo",
    ),
    "document_type": _field(
        "text",
        "transaction type, document type, doc type, type, invoice type, art, belegart, "
        "buchungsart, type de document, type de piece, tipo, tipo de documento, tipo documento, "
        "soort, documentsoort, boekingssoort, blart",
    ),
    "side": _field("text", "debit credit, dr cr, d c, soll haben, s h, shkzg, sens, debe haber"),
    **_CURRENCY,
    **_CUSTOMER,
    **_ROW_STATE,
}

FIELDS: dict[str, dict[str, FieldWords]] = {
    "customers": {
        **_CUSTOMER,
        **_CURRENCY,
        "customer_name": _field(
            "text",
            "customer name, name customer, customer full name, company name, display name, "
            "account name, client name, kundenname, firma, firmenname, debitorname, raison sociale, "
            "nom client, razon social, nombre cliente, klantnaam, bedrijfsnaam, name, name 1, "
            "customer | altname, fully qualified name, kunde, client, cliente, klant, nom, nombre, "
            "naam, company",
        ),
        "contact_name": _field(
            "text",
            "contact name, contact person, primary contact, billing contact, ap contact, attention, "
            "ansprechpartner, kontaktperson, interlocuteur, persona de contacto, contactpersoon "
            "| contact, kontakt",
        ),
        "parent_number": _field(
            "id",
            "parent number, parent id, parent customer, parent customer id, parent account, parent, "
            "group number, konzernnummer, muttergesellschaft, societe mere, matriz, "
            "moedermaatschappij, hauptdebitor",
        ),
        "segment": _field(
            "text", "segment, customer segment, tier, customer tier, size, kundensegment, "
                    "kundengruppe, segmento | category, class, kategorie"
        ),
        "strategic": _field(
            "flag", "strategic, is strategic, strategic account, key account, vip, strategisch, "
                    "schlüsselkunde, strategique, estrategico"
        ),
        "owner": _field(
            "text", "owner, account owner, account manager, sales rep, salesrep, collector, "
                    "kundenbetreuer, betreuer, sachbearbeiter, commercial, responsable, gestor, "
                    "accountmanager, eigenaar"
        ),
        "email": _field(
            "text", "email, e-mail, email address, billing email, ap email, invoice email, "
                    "e-mail-adresse, courriel, adresse email, correo, correo electronico, "
                    "e-mailadres | bill email"
        ),
        "phone": _field(
            "text", "phone, phone number, telephone, tel, telefon, telefonnummer, telefono, "
                    "telefoon, telefoonnummer, telf1, numero de telephone | mobile, mobile number, "
                    "mobil, portable, movil, mobiel"
        ),
        "language": _field(
            "text", "language, lang, locale, sprache, langue, idioma, taal, spras"
        ),
        "time_zone": _field(
            "text", "time zone, timezone, tz, zeitzone, fuseau horaire, zona horaria, tijdzone"
        ),
        "country": _field(
            "text", "country, country code, land, ländercode, pays, code pays, pais, codigo pais, "
                    "landcode, land1 | billing country"
        ),
        "region": _field(
            "text", "region, state, province, state province, bundesland, etat, provincia, "
                    "provincie, regio | billing state"
        ),
        "debtor_type": _field(
            "text", "debtor type, legal form, customer type, rechtsform, kundenart, "
                    "forme juridique, tipo de cliente, rechtsvorm, klanttype"
        ),
        "credit_limit": _field(
            "amount", "credit limit, creditlimit, kreditlimit, kreditlinie, limite de credit, "
                      "plafond, limite de credito, kredietlimiet"
        ),
        "terms": _field(
            "text", "terms days, payment terms, terms, term days, payment term, net days, "
                    "zahlungsziel, zahlungsbedingung, zahlungsbedingungen, delai de paiement, "
                    "conditions de paiement, plazo de pago, condiciones de pago, betaaltermijn, "
                    "betalingstermijn | terms code"
        ),
        "email_consent": _field(
            "flag", "email consent, consent email, email opt in, e-mail einwilligung, "
                    "consentement email, consentimiento email, toestemming email"
        ),
        "sms_consent": _field(
            "flag", "sms consent, consent sms, sms opt in, text consent, sms einwilligung, "
                    "consentement sms, consentimiento sms, toestemming sms"
        ),
        "opted_out": _field(
            "flag", "opted out, opt out, optout, do not contact, unsubscribed, no contact, "
                    "mahnsperre kontakt, widerspruch, desinscrit, baja, afgemeld"
        ),
        "deleted": _ROW_STATE["deleted"],
    },
    "invoices": {
        **_LEDGER_ITEM,
        "invoice_number": _field(
            "id",
            "invoice number, invoice no, invoice nr, invoice num, invoice, document number, "
            "document no, doc number, doc no, doc id, num, rechnungsnummer, rechnungsnr, "
            "rechnungs nr, rechnung nr, re nr, belegnummer, belegnr, beleg nr, numero facture, "
            "numero de facture, no facture, facture, numero de factura, numero factura, no factura, "
            "factura, factuurnummer, factuurnr, factuur, belnr, transaction number "
            "| invoice id, document id, row id, id, number, nummer, numero, beleg",
        ),
        "issued_on": _field(
            "date",
            "invoice date, date of invoice, issue date, issued on, issued, document date, doc date, "
            "posting date, transaction date, trandate, rechnungsdatum, belegdatum, buchungsdatum, "
            "buchdatum, ausstellungsdatum, date facture, date de facture, date de facturation, "
            "fecha factura, fecha de factura, fecha de emision, factuurdatum, bldat "
            "| date, datum, fecha, budat, invoice date est, created",
        ),
        "due_on": _field(
            "date",
            "due date, due on, due in date, due, payment due, payment due date, net due date, "
            "maturity date, date due, fällig am, fällig, fälligkeit, fälligkeitsdatum, nettofäll, "
            "nettofälligkeit, zahlbar bis, echeance, date echeance, date d'echeance, vencimiento, "
            "fecha vencimiento, fecha de vencimiento, vervaldatum, vervaldag, faedt",
        ),
        "terms": _field(
            "text",
            "terms days, payment terms, terms, term days, cust payment terms, net days, "
            "zahlungsziel, zahlungsbedingung, zbed, delai de paiement, conditions de paiement, "
            "plazo de pago, condiciones de pago, betaaltermijn, betalingstermijn, zbd1t",
        ),
        "po_number": _field(
            "id",
            "po number, po no, po, purchase order, purchase order number, customer po, "
            "custom po number, customer reference, your reference, bestellnummer, bestellnr, "
            "bestellung, kundenreferenz, numero de commande, bon de commande, numero de pedido, "
            "pedido, orden de compra, ordernummer, inkooporder, uw referentie "
            "| invoice reference, reference, zuordnung, zuonr",
        ),
        "cleared_on": _field(
            "date",
            "clear date, clearing date, cleared on, paid date, paid on, date paid, payment date, "
            "settled date, settled on, fully paid on date, fully paid date, ausgleichsdatum, "
            "ausgleich am, bezahlt am, date de paiement, date reglement, fecha de pago, fecha pago, "
            "betaaldatum, betaald op, augdt | closedate, close date, closed on",
        ),
        "clearing_number": _field(
            "id", "clearing document, clearing number, ausgl.bel., ausgleichsbeleg, augbl"
        ),
        "disputed": _field(
            "flag", "disputed, in dispute, dispute, is disputed, strittig, reklamiert, litige, "
                    "en litige, en disputa, betwist"
        ),
    },
    "credits": {
        **_LEDGER_ITEM,
        **_REFERENCE,
        "credit_number": _field(
            "id",
            "credit number, credit no, credit note number, credit memo number, credit memo no, "
            "credit note, credit memo, credit note id, gutschriftnummer, gutschriftsnummer, "
            "gutschriftnr, gutschrift, numero avoir, avoir, nota de credito, numero nota de credito, "
            "creditnota, creditnotanummer, creditfactuur, document number, document no, doc number, "
            "doc no, num, belegnummer, belegnr | id, number, row id, nummer, numero",
        ),
        "issued_on": _field(
            "date",
            "credit date, credit note date, issue date, issued on, issued, document date, "
            "posting date, transaction date, trandate, gutschriftdatum, belegdatum, buchungsdatum, "
            "date avoir, fecha nota de credito, fecha de emision, creditnotadatum "
            "| date, datum, fecha, created",
        ),
    },
    "receipts": {
        **_LEDGER_ITEM,
        **_REFERENCE,
        "amount": _field(
            "amount",
            "amount, receipt amount, payment amount, amount received, total amount, paid amount, "
            "betrag, zahlbetrag, zahlungsbetrag, montant, montant recu, importe, importe recibido, "
            "monto, bedrag, ontvangen bedrag | total, credit, gutschrift, haben, value",
        ),
        "receipt_number": _field(
            "id",
            "receipt number, receipt no, receipt id, payment number, payment no, payment id, "
            "transaction id, bank reference, bank ref, document number, belegnummer, belegnr, "
            "zahlungsnummer, numero de paiement, numero recu, numero de pago, numero recibo, "
            "betalingsnummer, ontvangstnummer | id, number, row id, nummer, numero",
        ),
        "bank_reference": _field(
            "id",
            "reference number, check number, cheque number, check no, end to end id, "
            "referenznummer, reference paiement, referencia bancaria, kenmerk | reference, referenz",
        ),
        "received_on": _field(
            "date",
            "received on, receipt date, date received, payment date, paid on, value date, "
            "booking date, transaction date, posting date, trandate, zahlungseingang, "
            "zahlungsdatum, valuta, valutadatum, wertstellung, buchungstag, buchungsdatum, "
            "date de paiement, date valeur, fecha de pago, fecha valor, fecha recibo, "
            "betaaldatum, ontvangen op, boekdatum | date, datum, fecha",
        ),
        "payer_name": _field(
            "text",
            "payer, payer name, paid by, remitter, remitter name, counterparty, sender, zahler, "
            "auftraggeber, zahlungspflichtiger, payeur, donneur d'ordre, ordenante, pagador, "
            "betaler, tegenpartij",
        ),
        "memo": _field(
            "text",
            "memo, remittance, remittance information, remittance advice, description, details, "
            "payment details, narrative, private note, verwendungszweck, buchungstext, text, "
            "libelle, motif, communication, concepto, descripcion, omschrijving, mededelingen, sgtxt",
        ),
    },
    "tickets": {
        **_CUSTOMER,
        **_REFERENCE,
        "ticket_number": _field(
            "id", "ticket number, ticket no, ticket id, ticket, case number, case id, case, "
                  "issue key, key, ticketnummer, fallnummer, numero de ticket, numero ticket, "
                  "numero de caso, zaaknummer | id, number, nummer"
        ),
        "opened_on": _field(
            "date", "opened on, opened, open date, opened at, created, created at, created on, "
                    "creation date, eröffnet, eröffnet am, erstellt, erstellt am, cree le, "
                    "date de creation, ouvert le, fecha de apertura, creado, aangemaakt, "
                    "geopend op | date, datum, fecha"
        ),
        "severity": _field(
            "text", "severity, priority, urgency, impact, schweregrad, priorität, dringlichkeit, "
                    "gravite, priorite, severidad, gravedad, prioridad, ernst, prioriteit"
        ),
        "status": _field(
            "text", "status, state, ticket status, zustand, statut, etat, estado, staat"
        ),
        "subject": _field(
            "text", "subject, title, summary, short description, betreff, titel, objet, sujet, "
                    "titre, asunto, titulo, onderwerp | description, beschreibung, descripcion"
        ),
        "deleted": _ROW_STATE["deleted"],
    },
    "contracts": {
        **_CUSTOMER,
        "contract_number": _field(
            "id", "contract number, contract no, contract id, contract, agreement number, "
                  "vertragsnummer, vertrag, numero de contrat, contrat, numero de contrato, "
                  "contrato, contractnummer | id, number"
        ),
        "kind": _field(
            "text", "kind, type, contract type, record type, art, vertragsart, type de contrat, "
                    "tipo, tipo de contrato, soort"
        ),
        "starts_on": _field(
            "date", "starts on, start date, starts, effective date, effective from, valid from, "
                    "beginn, vertragsbeginn, gültig ab, date de debut, debut, fecha de inicio, "
                    "inicio, ingangsdatum, startdatum | date, noted on, datum"
        ),
        "ends_on": _field(
            "date", "ends on, end date, ends, expires, expires on, expiry date, valid to, "
                    "valid until, ende, vertragsende, gültig bis, date de fin, fin, fecha de fin, "
                    "einddatum"
        ),
        "renews_on": _field(
            "date", "renews on, renewal date, renewal, next renewal, verlängerung, "
                    "verlängert am, renouvellement, date de renouvellement, renovacion, "
                    "fecha de renovacion, verlenging, verlengingsdatum"
        ),
        "owner": _field("text", "owner, renewal owner, account manager, sales rep, betreuer, "
                                "responsable, eigenaar"),
        "text": _field(
            "text", "text, note, notes, clause, body, terms, special terms, contract note, "
                    "description, vertragstext, notiz, bemerkung, klausel, clause particuliere, "
                    "texte, remarque, texto, nota, clausula, tekst, notitie, opmerking"
        ),
        "deleted": _ROW_STATE["deleted"],
    },
}  # fmt: skip

# Each inner tuple needs one mapped column; a section line or title may supply the customer.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "customers": (("customer_number", "customer_name"),),
    "invoices": (
        ("invoice_number",),
        ("customer_number", "customer_name"),
        ("amount", "open_amount"),
        ("issued_on", "due_on"),
    ),
    "credits": (
        ("credit_number",),
        ("customer_number", "customer_name"),
        ("amount", "open_amount"),
        ("issued_on",),
    ),
    "receipts": (("amount",), ("received_on",)),
    "tickets": (("ticket_number",), ("customer_number", "customer_name"), ("opened_on",)),
    "contracts": (
        ("customer_number", "customer_name"),
        ("text", "starts_on", "ends_on", "renews_on"),
    ),
}

_UNIT = r"(?:days?|months?|weeks?|tage?|monate?|jours?|mois|d[ií]as?|mes(?:es)?|dagen|maanden)"
BUCKETS = re.compile(
    r"(?i)\s*(?:current|not (?:yet )?due|older|nicht fällig|non échu|no vencido|niet vervallen"
    rf"|(?:[<>]\s*\d{{1,3}}|\d{{1,3}}\s*(?:-\s*\d{{1,3}}|\+))(?:\s*{_UNIT})?(?:\s*past due)?"
    rf"|\d{{1,3}}(?: or more)?\s*{_UNIT}(?: (?:past due|overdue|überfällig))?"
    r")(?: (?:past due|overdue|überfällig))?\s*"
)
_TOTAL_WORDS = (
    "grand total", "report total", "total général", "total general", "total", "totals", "totale",
    "totaux", "totales", "totaal", "eindtotaal", "sum", "summe", "gesamt", "gesamtsumme",
    "endsumme", "gesamtbetrag", "zwischensumme", "subtotal", "sub-total", "sous-total",
    "subtotaal", "suma", "insgesamt",
)  # fmt: skip
_TOTAL = re.compile(
    r"(?i)\s*(?:\*+|" + "|".join(sorted(map(re.escape, _TOTAL_WORDS), key=len, reverse=True))
    + r")(?![^\W\d_])\s*(?:(?:for|für|pour|para|de|voor|of)\s+)?(.*?)\s*:?\s*"
)  # fmt: skip

DOCUMENT_WORDS: dict[str, frozenset[str]] = {
    kind: frozenset(word_key(word) for word in words.split(","))
    for kind, words in {
        "invoice": "invoice, inv, accrec, tax invoice, sales invoice, custinvc, rechnung, facture, "
                   "factura, factuur, rv, dr, finance charge, late fee, debit memo, debit note, "
                   "opening balance, out_invoice",
        "credit": "credit memo, credit note, credit, accreccredit, arcreditnote, custcred, cn, cm, "
                  "gutschrift, avoir, note de credit, nota de credito, abono, creditnota, "
                  "creditfactuur, dg, out_refund, rg",
        "receipt": "payment, receipt, customer payment, custpymt, pmt, deposit, prepayment, "
                   "overpayment, arprepayment, aroverpayment, zahlung, zahlungseingang, anzahlung, "
                   "akontozahlung, paiement, reglement, pago, cobro, betaling, dz",
        "payable": "accpay, accpaycredit, bill, vendor bill, vendbill, vendpymt, vendor credit, "
                   "vendcred, appayment, kr, kg, kz, re, purchase, in_invoice, in_refund",
    }.items()
}  # fmt: skip
VOID_STATES = frozenset(
    word_key(word)
    for word in ("void", "voided", "deleted", "draft", "cancelled", "canceled", "reversed",
                 "storniert", "entwurf", "gelöscht", "brouillon", "annulé", "borrador",
                 "anulado", "anulada", "concept", "geannuleerd", "vervallen")
)  # fmt: skip


def total_scope(label: str) -> str | None:
    """Return what a total line names after its word ("Total for X" -> "X"), None if no total."""
    found = _TOTAL.fullmatch(label)
    return found[1] if found else None
