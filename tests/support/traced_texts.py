"""Messages people and models write in which everything is a fact of the account.

They were not written with the patterns in view that read them.
"""

from tests.support.traced_accounts import DOLLARS, EUROS, POUNDS

# (account, language, text): everything stated is a fact, or no statement of fact at all.
HARMLESS = [
    (DOLLARS, "en", "Invoice INV-881 for $1,240.00 was due on 31 October 2026, 10 days ago."),
    (DOLLARS, "en", "INV-881 ($1,240.00) and INV-902 ($310.50), together $1,550.50, are open."),
    (DOLLARS, "en", "Could you arrange payment by Friday 27 November 2026?"),
    (DOLLARS, "en", "INV-881 carries the late charge of $18.60 set out in clause 7.2."),
    (DOLLARS, "en", "Both invoices are now past due; three weeks would be too long to wait."),
    (DOLLARS, "en", "Our office is open Monday to Friday, 9:00-17:00, and online 24/7."),
    (DOLLARS, "en", "Payment terms are within 30 days of the invoice date."),
    (DOLLARS, "en", "Page 1 of 2. Northwind Supply is ISO 9001 certified."),
    (DOLLARS, "en", "One of our colleagues will look at it; give us a second."),
    (DOLLARS, "en", "This is a first reminder, not the second one. Thank you!"),
    (DOLLARS, "en", "Dear Jane,\n\nINV-881 is still open.\n\nKind regards,\nNorthwind Supply Ltd"),
    (DOLLARS, "en", "Dear Accounts Payable team,\nplease see PO-7731.\nBest,\nAccounts team"),
    (
        DOLLARS,
        "en",
        "Hello there, quick question about INV-881 of twelve hundred and forty dollars.",
    ),
    (DOLLARS, "en", "Pay here: https://pay.northwind.example/inv/INV-881 or reply to this mail."),
    (DOLLARS, "en", "Write to ar@northwind.example or call +44 20 7946 0018 any time."),
    (DOLLARS, "en", "You promised to pay on 20 November. Thank you, that is noted."),
    (DOLLARS, "en", "We wrote to you on 3 November about INV-902, now 29 days overdue."),
    (DOLLARS, "en", "We wrote to you last Tuesday. The balance is USD 1,550.50 today."),
    (DOLLARS, "en", "Your two open invoices come to $1,550.50 in total."),
    (DOLLARS, "en", "We are writing to Halden Fabrication LLC about account C-20417."),
    (DOLLARS, "en", "We will get back to you within two business days, by Thursday at the latest."),
    (DOLLARS, "en", "A thousand thanks! If 100% of it is paid already, ignore this note."),
    (DOLLARS, "en", "Our address: 14 Harbour Street, Suite 300, Portland, OR 97201."),
    (DOLLARS, "en", "The 20 valves and 3 pumps of that order were delivered in one go."),
    (DOLLARS, "en", "It is a matter of minutes: 1. open the portal 2. choose INV-881 3. confirm."),
    (DOLLARS, "en", "INV-881 is more than a week overdue; INV-902 has been open for 29 days."),
    (DOLLARS, "en", "Nov 27, 2026 works for us, as recorded. The due date was 10/31/2026."),
    (DOLLARS, "en", "The invoice is attached as INV-881.pdf; please reply if anything is wrong."),
    (DOLLARS, "en", "$1,240.00 open on invoice INV-881, due October 31st; $310.50 on INV-902."),
    (DOLLARS, "en", "No late fee has been added. The amount open remains $310.50 on INV-902."),
    (DOLLARS, "en", "In 2026 we moved to paperless invoicing. © 2026 Northwind Supply Ltd"),
    (DOLLARS, "en", "One invoice is 10 days late and one is 29 days late."),
    (DOLLARS, "en", "Please settle by the 27th. This is Northwind Supply, the accounts team."),
    (DOLLARS, "en", "You asked on Tuesday 3 November 2026 for a copy; here it is."),
    (DOLLARS, "en", "The sum of both is fifteen hundred and fifty dollars and fifty cents."),
    (
        DOLLARS,
        "en",
        "Hi Jane Doe, could you tell us when we may expect payment? As soon as you can.",
    ),
    (EUROS, "de", "Ihre Rechnung RE-2026-117 über 1.250,00 € war am 31. Oktober 2026 fällig."),
    (EUROS, "de", "Bitte überweisen Sie bis spätestens 27.11.2026 auf unser Konto."),
    (
        EUROS,
        "de",
        "Guten Tag Frau Keller,\n\nanbei eine Kopie.\n\nMit freundlichen Grüßen\n"
        "Nordhafen Handels GmbH",
    ),
    (EUROS, "de", "Die beiden Rechnungen ergeben zusammen 3.730,75 EUR."),
    (EUROS, "de", "Seit zehn Tagen ist RE-2026-117 überfällig, RE-2026-131 seit drei Wochen."),
    (
        EUROS,
        "de",
        "Unser Büro ist Montag bis Freitag von 8 bis 17 Uhr besetzt, Telefon rund um die Uhr.",
    ),
    (EUROS, "de", "Das ist eine erste Erinnerung. Einer unserer Kollegen hilft gern weiter."),
    (EUROS, "de", "Offen sind zwölfhundertfünfzig Euro aus der Rechnung RE-2026-117."),
    (EUROS, "de", "IBAN: DE89 3704 0044 0532 0130 00, Verwendungszweck RE-2026-131."),
    (
        EUROS,
        "de",
        "Zahlungsziel 30 Tage netto. Hat sich alles erledigt, betrachten Sie dies "
        "als gegenstandslos.",
    ),
    (EUROS, "de", "Sehr geehrte Damen und Herren, zwei Fragen hätten wir noch, vielen Dank."),
    (EUROS, "de", "Können Sie uns bis Freitag, den 27. November, eine Zahlung zusagen?"),
    (EUROS, "de", "Die Rechnung vom 1. Oktober 2026 war vor 10 Tagen fällig."),
    (EUROS, "de", "Wir melden uns innerhalb von zwei Tagen bei Ihnen. Seite 1 von 1."),
    (EUROS, "de", "RE-2026-131 über 2480,75 Euro, fällig am 20.10.2026, ist noch offen."),
    (EUROS, "de", "Wir schreiben der Almacenes Ribera S.L. wegen zweier Rechnungen."),
    (EUROS, "de", "Zahlen Sie einfach online: https://pay.nordhafen.example"),
    (EUROS, "es", "La factura RE-2026-117 de 1.250,00 € venció el 31 de octubre de 2026."),
    (EUROS, "es", "Hace 10 días venció la factura RE-2026-117; sigue pendiente."),
    (EUROS, "es", "Ambas facturas suman en total 3.730,75 euros."),
    (EUROS, "es", "Le rogamos que pague antes del 27 de noviembre de 2026."),
    (
        EUROS,
        "es",
        "Estimada Sra. Keller:\n\nle adjuntamos la copia.\n\nUn saludo,\nNordhafen Handels GmbH",
    ),
    (EUROS, "es", "Estimados señores: es un primer aviso, nada más. Mil gracias."),
    (EUROS, "es", "Horario: lunes a viernes de 9 a 18 h. Uno de nuestros compañeros le atenderá."),
    (EUROS, "es", "Quedan pendientes mil doscientos cincuenta euros de la factura RE-2026-117."),
    (EUROS, "es", "RE-2026-131 lleva 21 días vencida. ¿Podría decirnos si hay algún problema?"),
    (EUROS, "es", "Le responderemos en un plazo de dos días. Plazo de pago: 30 días."),
    (EUROS, "es", "Escribimos a Almacenes Ribera S.L. sobre sus dos facturas abiertas."),
    (EUROS, "es", "Buenos días, ¿ha recibido la factura? Una vez pagada, no hace falta responder."),
    (EUROS, "es", "El importe de 2.480,75 EUR venció el 20/10/2026."),
    (EUROS, "es", "Puede pagar en https://pay.nordhafen.example cuando quiera."),
    (EUROS, "es", "Esperamos su pago a más tardar el viernes 27 de noviembre."),
    (EUROS, "fr", "La facture RE-2026-117 de 1 250,00 € était échue le 31 octobre 2026."),
    (EUROS, "fr", "Les deux factures s'élèvent ensemble à 3 730,75 €."),
    (EUROS, "fr", "Depuis 10 jours, la facture RE-2026-117 est en retard de paiement."),
    (EUROS, "fr", "Merci de régler avant le 27 novembre 2026."),
    (
        EUROS,
        "fr",
        "Bonjour Madame Keller,\n\nvoici la copie.\n\nCordialement,\nNordhafen Handels GmbH",
    ),
    (EUROS, "fr", "Il s'agit d'une première relance. Un de nos collègues vous aidera volontiers."),
    (EUROS, "fr", "Restent dus mille deux cent cinquante euros sur la facture RE-2026-117."),
    (EUROS, "fr", "Nos bureaux sont ouverts du lundi au vendredi, de 9h à 17h30."),
    (EUROS, "fr", "Nous vous répondrons sous deux jours ouvrés. Page 1 sur 2."),
    (EUROS, "fr", "RE-2026-131 (2.480,75 EUR) est échue depuis trois semaines."),
    (EUROS, "fr", "Règlement possible sur https://pay.nordhafen.example, merci mille fois."),
    (EUROS, "fr", "Pourriez-vous payer au plus tard le vendredi 27 novembre ?"),
    (POUNDS, "en", "Of the original invoice SI-940 of £900.00, £500.00 is still open."),
    (
        POUNDS,
        "en",
        "Thank you for your payment of £400.00; the remaining £500.00 is 40 days overdue.",
    ),
    (
        POUNDS,
        "en",
        "As agreed, a 2% reduction (£10.00) applies if SI-940 is paid by 30 November 2026.",
    ),
    (POUNDS, "en", "Dear Castle Works Ltd, SI-940 shows a balance of five hundred pounds."),
    (POUNDS, "en", "SI-940 was due on 1 October 2026, more than five weeks ago."),
    (
        DOLLARS,
        "en",
        "Hi Jane,\n\nJust a quick note that INV-881 and INV-902 are still showing as "
        "open on our side. Could you let me know when we might expect payment?\n\n"
        "Thanks,\nNorthwind Supply Ltd",
    ),
    (
        DOLLARS,
        "en",
        "Good afternoon Jane, thanks for the quick call. We look forward to your "
        "payment on 20 November as promised.",
    ),
    (
        DOLLARS,
        "en",
        "Please find attached a statement showing USD 1,240.00 (INV-881) and USD "
        "310.50 (INV-902), a total of USD 1,550.50.",
    ),
    (
        DOLLARS,
        "en",
        "As a reminder, our hours are 8am to 6pm on weekdays and until noon on Saturday.",
    ),
    (
        DOLLARS,
        "en",
        "This invoice has been with your approvers since 1 October 2026. Is there a "
        "PO number missing other than PO-7731?",
    ),
    (
        DOLLARS,
        "en",
        "If you have already paid, thank you and please ignore this message. It can "
        "take up to 3 business days for a transfer to reach us.",
    ),
    (
        DOLLARS,
        "en",
        "We would be grateful if you could settle the outstanding balance of "
        "$1,550.50 on or before November 27.",
    ),
    (
        DOLLARS,
        "en",
        "One quick question: do you need a second copy of INV-902? It was issued on "
        "September 12, 2026.",
    ),
    (DOLLARS, "en", "You can reach us Monday through Friday between 9 and 5."),
    (
        DOLLARS,
        "en",
        "The order contained 12 pallets in two shipments; both arrived in good condition.",
    ),
    (
        DOLLARS,
        "en",
        "Your account C-20417 has two invoices past their due dates, the older one by 29 days.",
    ),
    (
        DOLLARS,
        "en",
        "In the first half of the year you always paid early, which we truly appreciate.",
    ),
    (DOLLARS, "en", "Invoice INV-881 dated 1 Oct 2026 for 1,240.00 USD fell due on 31 Oct 2026."),
    (DOLLARS, "en", "We have noted your promise for Friday 20 November."),
    (DOLLARS, "en", "Step 1 of 3: log in. Step 2: choose the invoice. Step 3: confirm."),
    (DOLLARS, "en", "A colleague will call you back tomorrow morning to go through INV-881."),
    (DOLLARS, "en", "Our terms are net 30."),
    (DOLLARS, "en", "Dear Sir or Madam,\n\nwe kindly ask for news about INV-902 ($310.50)."),
    (DOLLARS, "en", "Reply STOP at any time. Northwind Supply Ltd, 14 Harbour Street."),
    (
        DOLLARS,
        "en",
        "Both invoices add up to one thousand five hundred and fifty dollars and fifty cents.",
    ),
    (DOLLARS, "en", "The amount due of $310.50 relates to INV-902 and not to INV-881."),
    (DOLLARS, "en", "We can't find any payment against INV-881 as of 10 November 2026."),
    (
        EUROS,
        "de",
        "Guten Morgen Frau Keller, könnten Sie uns kurz sagen, wann wir mit der "
        "Zahlung rechnen dürfen?",
    ),
    (
        EUROS,
        "de",
        "Die Rechnung RE-2026-131 vom 20. September 2026 über 2.480,75 Euro ist am "
        "20. Oktober fällig gewesen.",
    ),
    (
        EUROS,
        "de",
        "Sollte sich Ihre Zahlung mit diesem Schreiben überschnitten haben, bedanken "
        "wir uns herzlich.",
    ),
    (EUROS, "de", "Sie erreichen uns werktags zwischen 8:00 und 16:30 Uhr."),
    (
        EUROS,
        "de",
        "Bitte begleichen Sie den Gesamtbetrag von 3.730,75 € bis zum 27. November 2026.",
    ),
    (
        EUROS,
        "de",
        "Zwei Rechnungen sind noch offen: RE-2026-117 (1.250,00 €) und RE-2026-131 (2.480,75 €).",
    ),
    (EUROS, "de", "Wir haben 14 Paletten in drei Lieferungen geschickt, alles kam an."),
    (EUROS, "de", "Diese Woche haben wir Inventur, Antworten können einen Tag länger dauern."),
    (EUROS, "de", "Mit freundlichen Grüßen\nIhr Team der Nordhafen Handels GmbH"),
    (EUROS, "de", "Bei Fragen antworten Sie einfach hier auf diese Nachricht."),
    (
        EUROS,
        "es",
        "Buenos días: la factura RE-2026-131, por importe de 2.480,75 €, venció el "
        "pasado 20 de octubre.",
    ),
    (
        EUROS,
        "es",
        "¿Podrían confirmarnos cuándo realizarán el pago de las dos facturas pendientes?",
    ),
    (
        EUROS,
        "es",
        "El saldo total asciende a 3.730,75 €. Si ya lo han abonado, ignoren este mensaje.",
    ),
    (EUROS, "es", "Atendemos por la mañana, de 9:00 a 14:00."),
    (EUROS, "es", "Les agradeceríamos el pago hasta el 27/11/2026."),
    (EUROS, "es", "Atentamente,\nEl equipo de cobros\nNordhafen Handels GmbH"),
    (
        EUROS,
        "fr",
        "Bonjour, sauf erreur de notre part, la facture RE-2026-117 d'un montant de "
        "1 250,00 € reste impayée.",
    ),
    (EUROS, "fr", "Vos deux factures représentent un total de 3 730,75 €."),
    (EUROS, "fr", "Nous vous remercions de bien vouloir régler au plus tard le 27 novembre 2026."),
    (
        EUROS,
        "fr",
        "Si votre règlement nous est déjà parvenu, merci de ne pas tenir compte de ce message.",
    ),
    (
        EUROS,
        "fr",
        "La facture du 20 septembre 2026 est arrivée à échéance le 20 octobre 2026, "
        "soit il y a 21 jours.",
    ),
    (
        EUROS,
        "fr",
        "Notre équipe est à votre disposition pour en parler, par mail ou par téléphone.",
    ),
    (
        POUNDS,
        "en",
        "Your part payment of £400.00 has reached us, thank you. £500.00 of SI-940 is left.",
    ),
    (POUNDS, "en", "SI-940 was issued on 1 September 2026 and has been overdue for 40 days."),
]
