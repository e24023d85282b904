r"""The words of our four languages that give a number, a day or a name its meaning.

All of them are looked for in every text, whatever its language is said to be. Text is in small
letters when these patterns see it; `\\x01` stands where something has been read already.
"""

import re


def each_of(words: str) -> tuple[str, ...]:
    """The words of a line, so that long lists stay readable."""
    return tuple(words.split())


_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "mon tue wed thu fri sat sun",
)
WEEKDAYS = {name: at for row in _DAYS for at, name in enumerate(row.split())}
WEEKDAYS |= {"sonnabend": 5, "tues": 1, "thur": 3, "thurs": 3, "miercoles": 2, "sabado": 5}
# "mon", "sat" and "sun" are words of our languages too, so they count only beside a date.
FULL_WEEKDAYS = frozenset(" ".join(_DAYS[:4]).split()) | {"sonnabend", "miercoles", "sabado"}
WEEKDAY = rf"(?:{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})"

UNITS = {
    **dict.fromkeys(
        each_of("day days tag tage tagen tages día días dia dias jour jours"),
        1,
    ),
    **dict.fromkeys(each_of("week weeks woche wochen semana semanas semaine semaines"), 7),
    **dict.fromkeys(["fortnight", "fortnights", "quincena", "quinzaine"], 14),
    **dict.fromkeys(each_of("month months monat monate monaten mes meses mois"), 30),
    **dict.fromkeys(each_of("hour hours hrs stunde stunden hora horas heure heures"), 0),
}
UNIT = rf"(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})(?!\w)"
# Between a number and its unit, or a number and "invoices".
OF_DAYS = (
    r"(?:(?:business|working|calendar|full|whole|banking|werk|arbeits|bank|volle[nr]?|ganze[nr]?"
    r"|more|weitere[nr]?|further|short) ){0,2}"
)
OF_INVOICES = frozenset(
    each_of(
        "open overdue unpaid outstanding past due your our these those following listed late "
        "older new offene offenen überfällige überfälligen fällige fälligen unbezahlte "
        "unbezahlten ihre ihrer folgende folgenden sus nuestras siguientes últimas vos nos "
        "dernières autres other more separate different remaining"
    )
)
INVOICES = frozenset(
    each_of("invoices invoice bills rechnungen rechnung facturas factura factures")
)

# Currencies by name, in all four languages; "dollars" may be any country's.
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD"})
CURRENCY_NAMES = {
    **dict.fromkeys(["euro", "euros"], frozenset({"EUR"})),
    **dict.fromkeys(each_of("dollar dollars bucks dólar dólares dolares"), _DOLLARS),
    **dict.fromkeys(
        each_of("pound pounds pfund libra libras livre livres quid sterling"),
        frozenset({"GBP"}),
    ),
    **dict.fromkeys(["franken", "rappen", "francs", "francos"], frozenset({"CHF", "XAF", "XOF"})),
    **dict.fromkeys(["yen", "yenes"], frozenset({"JPY"})),
    **dict.fromkeys(["peso", "pesos"], frozenset({"MXN", "ARS", "COP"})),
    **dict.fromkeys(["złoty", "zloty"], frozenset({"PLN"})),
    **dict.fromkeys(["kronor", "kroner", "kronen"], frozenset({"SEK", "NOK", "DKK"})),
    **dict.fromkeys(["rupees", "rupien", "rupias"], frozenset({"INR"})),
}
CENTS = r"(?:cents?|pence|pennies|céntimos?|centavos?|centimes?)(?!\w)"
# "$" and its like say less in a letter from abroad than in the language's own country.
SIGNS = {
    "$": _DOLLARS | {"MXN", "ARS", "COP"},
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY", "CNY"}),
}
MULTIPLIED = re.compile(
    r" ?(?:k|m|mn|bn|tsd\.?|mio\.?|mrd\.?|thousand|million(?:en|s)?|billions?|tausend|milliarden?"
    r"|mil|mille|mill[oó]n(?:es)?|milliards?|grand)(?!\w)"
)
PERCENT = re.compile(r" ?(?:%|per ?cent|prozent|por ciento|pour cent|percentage points?)")

MONEY_BEFORE = re.compile(
    r"(?:balance|amount(?:s|ing)?|total|sum|owe|owing|outstanding|payable|remit|saldo|betrag|summe"
    r"|restbetrag|importe|monto|deuda|solde|montant|somme|debe|devez)"
    r"(?: (?:due|open|owed|outstanding|of|is|was|to|in|the|us|now|still|von|ist|beträgt|offen"
    r"|pendiente|de|es|dû|du|est|nos|encore|total|remaining|at)){0,3} ?[:=]? ?$"
)
MONEY_NEAR = re.compile(
    r"\b(?:balance|owes?|owing|outstanding|unpaid|remains?|open|due|pay|offen|schulden|betrag|saldo"
    r"|pendientes?|deben?|importe|dus?|devez|solde|montant)\b"
)
TOTAL_BEFORE = re.compile(
    r"\b(?:totals?|totall?ing|together|altogether|in all|sum|combined|insgesamt|zusammen"
    r"|gesamt\w*|summe|en conjunto|suman?|en total|ensemble|au total|somme)\b[^.\x01]*$"
)
TOTAL_AFTER = re.compile(
    r"\s*(?:is |are )?(?:in total|in all|altogether|combined|insgesamt|en total|au total)\b"
)
FEE = re.compile(
    r"(?<!of )\b(?:fees?|charge[sd]?|charging|interest|surcharges?|penalt\w+|costs|compensation"
    r"|entschädigung|\w*gebühr\w*|mahnkosten|\w*zinsen|\w*zinssatz|\w*pauschale|aufschlag|säumnis\w*|recargos?"
    r"|interés|intereses|comisi\w+|penaliza\w+|gastos|indemnizaci\w+|frais|pénalit\w+|intérêts?"
    r"|indemnité\w*|majorations?)\b"
)
PAID = re.compile(
    r"\b(?:paid|received|thanks?|credited|erhalten|eingegangen|dank\w*|bezahlt|gezahlt|überwiesen"
    r"|recib\w+|pagad\w+|gracias|abonad\w+|reçue?s?|merci|payée?s?|versée?s?|réglée?s?)\b"
)
ORIGINAL = re.compile(
    r"\b(?:original\w*|initial\w*|invoiced|invoice (?:total|amount|value)|ursprünglich\w*"
    r"|rechnungsbetrag|rechnungssumme|importe de la factura|facturado|d'origine|facturée?)\b"
)
DISPUTED = re.compile(
    r"\b(?:disput\w+|contested|query|queried|strittig\w*|bestritten\w*|disputad\w+|litig\w+"
    r"|contestée?s?)\b"
)
# The beginnings of those words, to know at once that a text holds none of them.
TOTAL_STEMS = each_of(
    "total together all sum combined insgesamt gesamt zusammen conjunto ensemble somme"
)
FEE_STEMS = each_of(
    "fee charg interest surcharg penalt cost compensation gebühr kosten zins pauschale "
    "aufschlag säumnis recargo entschädigung indemnizaci "
    "interés intereses comisi penaliz gastos frais pénalit intérêt indemnit majoration"
)
PAID_STEMS = each_of(
    "paid received thank credited erhalten eingegangen dank zahlt überwiesen recib pagad gracias "
    "abonad reçu merci payé versé réglé"
)
ORIGINAL_STEMS = each_of(
    "origin initial invoiced total amount value ursprünglich rechnungs importe factur"
)
DISPUTED_STEMS = each_of("disput contest quer strittig bestritten litig")
DUE_BEFORE = re.compile(
    r"(?:\b(?:due|payable|fällig\w*|zahlbar|venc\w+|échue?s?|échéance|exigible)\b|past-due)"
    r"[^.\x01]{0,22}$"
)
DUE_AFTER = re.compile(r"[ ,]{1,2}(?:fällig\w*|zur zahlung fällig|vencid\w+|échue?s?)\b")
OVERDUE = (
    r"(?:overdue|over ?due|late|past[ -]due|past (?:the|its) due|beyond|in arrears|after the due"
    r"|(?:über)?fällig\w*|in verzug|im verzug|verspätet\w*|im rückstand|vencid\w+|de retraso"
    r"|de atraso|de mora|en mora|retrasad\w+|atrasad\w+|tras el vencimiento|échue?s?|en retard"
    r"|de retard|en souffrance|impayée?s?|outstanding|unpaid|offen)\b"
)
OVERDUE_AFTER = re.compile(rf"[ -](?:\w+ ){{0,3}}?{OVERDUE}")
OVERDUE_BEFORE = re.compile(
    rf"\b(?:{OVERDUE}|open|pendiente)[^.\x01]{{0,20}}?"
    r"\b(?:by|for|since|seit|um|desde hace|hace|depuis|de)\b[^.\x01]{0,12}$"
)
SINCE_BEFORE = re.compile(r"\b(?:seit|depuis|desde hace|llevan?|for)(?: [^\W\d_]+){0,2} $")
AGO_AFTER = re.compile(r"(?: ago\b| back\b| earlier\b)")
AGO_BEFORE = re.compile(
    r"\b(?:vor|hace|il y a)(?: (?:mehr als|über|más de|plus de|genau|ya|exactement))? $"
)
THAN_BEFORE = re.compile(
    r"\b(?:(?P<more>more than|well over|over|mehr als|über|más de|plus de)"
    r"|(?:less than|fewer than|under|not yet|weniger als|unter|menos de|moins de)) $"
)
MORE_AFTER = re.compile(r"(?: \w+)? (?:or more|and more|oder mehr|o más|ou plus)")
WITHIN_BEFORE = re.compile(
    r"\b(?:within|inside|in|under|innerhalb|binnen|innert|in den|im|dentro|en|plazo|sous|dans|d'ici"
    r"|délai|have|has|only|haben sie|bleiben(?: ihnen)?|tiene|tienen|quedan|avez|reste|give you)"
    r"(?: (?:the|next|of|von|der|den|nächsten|kommenden|un|el|los|las|próximos|próximas|de|máximo"
    r"|les|prochains|prochaines|délai|plazo|maximum|only|noch|just|solo|exactly|at|most|no|more"
    r"|than)){0,4} $"
)
WITHIN = re.compile(r"\b(?:within|inside|innerhalb|binnen|innert|dentro|plazo|sous|d'ici|délai)\b")
LEFT_AFTER = re.compile(
    r"(?: \w+)? (?:left|remaining|to pay|to settle|zeit|um zu zahlen|para pagar|pour payer)\b"
)
TERMS = re.compile(
    r"\b(?:terms?|net|netto|zahlungsziel|zahlungsfrist|zahlungsbedingungen|plazo de pago"
    r"|condiciones|conditions|délai de (?:paiement|règlement)|of the invoice date|of invoice"
    r"|from invoice|from the invoice|after invoice|nach rechnungs\w+|ab rechnungs\w+"
    r"|fecha de (?:la )?factura|date de (?:la )?facture|contract|vertrag\w*|contrato|contrat)\b"
)
PAY = re.compile(
    r"\b(?:pay\w*|settle\w*|remit\w*|transfer\w*|money|funds|clear|zahl\w+|bezahl\w+|überweis\w+"
    r"|begleich\w+|ausgleich\w*|pag[aouuée]\w*|abon\w+|liquid\w+|pai?e\w*|règle\w*|régle\w*"
    r"|virement\w*|acquitt\w*|vers\w+)\b"
)
# What we promise ourselves is no deadline of the customer's.
OURS = re.compile(
    r"\b(?:we|i|team|colleagues?|someone|you will hear|you'll hear|wir|kolleg\w+|nous|collègues?"
    r"|compañer\w+|equipo)\b.*\b(?:get back|repl\w+|respond\w*|answer\w*|come back|in touch"
    r"|contact\w*|call\w*|review\w*|let you know|send\w*|look\w*|confirm\w*|update\w*|hear|write"
    r"|meld\w+|antwort\w*|prüf\w+|kümmer\w+|bescheid|schick\w+|répond\w*|reviendr\w+"
    r"|recontact\w*|examin\w+|envoy\w+)\b"
    r"|\b(?:le|les|nos) (?:responder|contestar|contactar|llamar|enviar|comunicar|pondr)\w+"
)
BY_BEFORE = re.compile(
    r"\b(?:by|before|until|till|no later than|not later than|latest|on or before|prior to|bis"
    r"|spätestens|vor|antes|hasta|a más tardar|para|avant|au plus tard|jusqu'au|d'ici|pour)"
    r"(?: (?:the|this|next|coming|on|end|of|zum|zu|zur|am|den|dem|der|diesen|kommenden|nächsten"
    r"|spätestens|del?|el|la|este|próximo|le|la|au|ce|no|later|than)){0,3}[, ]{1,2}$"
)
HOURS_BEFORE = re.compile(rf"{WEEKDAY}[^.\x01]{{0,30}}$")
TODAY = "today|tonight|heute|hoy|aujourd'hui|aujourd’hui"
TOMORROW = "tomorrow|morgen|mañana|demain"
YESTERDAY = "yesterday|gestern|ayer|hier"
BEFORE_YESTERDAY = "vorgestern|anteayer|avant-hier"
