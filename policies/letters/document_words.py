"""The words of the documents that go with letters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentWords:
    """What a document says in one language beside the words of letters."""

    copy_title: str
    statement_title: str
    plan_title: str
    account: str
    as_of: str
    settled: str
    total: str
    balance: str
    parts: str
    applied: str
    applied_on: str
    payment: str
    write_off: str
    credit: str
    adjustment: str
    copy_note: str
    statement_note: str
    plan_note: str


DOCUMENT_WORDS = {
    "en": DocumentWords(
        copy_title="Copy of invoice",
        statement_title="Statement of account",
        plan_title="Payment plan",
        account="Account",
        as_of="As of",
        settled="Settled so far",
        total="Total",
        balance="Balance of your account",
        parts="Open by due date",
        applied="Set against this invoice",
        applied_on="Date",
        payment="Payment",
        write_off="Write-off",
        credit="Credit memo",
        adjustment="Adjustment",
        copy_note="This copy shows the invoice as our books hold it. It does not replace the "
        "original invoice.",
        statement_note="Credits and payments not yet applied are taken off.",
        plan_note="Amounts and dates as they stand in our books.",
    ),
    "de": DocumentWords(
        copy_title="Kopie der Rechnung",
        statement_title="Kontoauszug",
        plan_title="Ratenplan",
        account="Kundenkonto",
        as_of="Stand",
        settled="Bisher ausgeglichen",
        total="Summe",
        balance="Saldo Ihres Kontos",
        parts="Offen nach Fälligkeit",
        applied="Mit dieser Rechnung verrechnet",
        applied_on="Datum",
        payment="Zahlung",
        write_off="Ausbuchung",
        credit="Gutschrift",
        adjustment="Berichtigung",
        copy_note="Diese Kopie zeigt die Rechnung, wie unsere Bücher sie führen. Sie ersetzt die "
        "Originalrechnung nicht.",
        statement_note="Gutschriften und noch nicht zugeordnete Zahlungen sind abgezogen.",
        plan_note="Beträge und Termine, wie sie in unseren Büchern stehen.",
    ),
    "fr": DocumentWords(
        copy_title="Copie de la facture",
        statement_title="Relevé de compte",
        plan_title="Plan de paiement",
        account="Compte",
        as_of="Situation au",
        settled="Réglé à ce jour",
        total="Total",
        balance="Solde de votre compte",
        parts="Solde par échéance",
        applied="Imputé sur cette facture",
        applied_on="Date",
        payment="Paiement",
        write_off="Passage en perte",
        credit="Avoir",
        adjustment="Ajustement",
        copy_note="Cette copie présente la facture telle qu'elle figure dans nos livres. Elle ne "
        "remplace pas la facture originale.",
        statement_note="Les avoirs et les paiements non encore affectés sont déduits.",
        plan_note="Montants et dates tels qu'ils figurent dans nos livres.",
    ),
    "es": DocumentWords(
        copy_title="Copia de la factura",
        statement_title="Extracto de cuenta",
        plan_title="Plan de pagos",
        account="Cuenta",
        as_of="A fecha de",
        settled="Liquidado hasta ahora",
        total="Total",
        balance="Saldo de su cuenta",
        parts="Pendiente por vencimiento",
        applied="Aplicado a esta factura",
        applied_on="Fecha",
        payment="Pago",
        write_off="Cancelación contable",
        credit="Abono",
        adjustment="Ajuste",
        copy_note="Esta copia muestra la factura tal como figura en nuestros libros. No sustituye "
        "a la factura original.",
        statement_note="Los abonos y los pagos aún sin asignar están descontados.",
        plan_note="Importes y fechas tal como figuran en nuestros libros.",
    ),
}
