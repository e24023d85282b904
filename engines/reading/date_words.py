"""The words and forms of dates: English, German, French, Spanish, and months of some others."""

import re

_MONTH_NAMES = (
    "january jan januar janner januari janvier janv enero ene gennaio janeiro stycznia",
    "february feb februar februari fevrier fev febrero febbraio fevereiro lutego",
    "march mar mrz marz maerz maart mars marzo marco marca",
    "april apr avril avr abril abr aprile kwietnia",
    "may mai mayo mei maggio maio maja",
    "june jun juni juin junio giugno junho czerwca",
    "july jul juli juillet juil julio luglio julho lipca",
    "august aug augustus aout agosto ago sierpnia",
    "september sept sep septembre septiembre setiembre settembre setembro wrzesnia",
    "october oct oktober okt octobre octubre ottobre outubro pazdziernika",
    "november nov novembre noviembre novembro listopada",
    "december dec dezember dez decembre diciembre dic dicembre dezembro grudnia",
)
MONTHS = {word: at for at, line in enumerate(_MONTH_NAMES, 1) for word in line.split()}
_DAY_NAMES = (
    "monday mon mo montag lundi lunes lunedi maandag montags segunda poniedzialek poniedzialku",
    "tuesday tue tues di dienstag mardi martes martedi dinsdag dienstags terca wtorek wtorku",
    "wednesday wed weds mi mittwoch mercredi miercoles mercoledi woensdag mittwochs quarta sroda"
    " srode",
    "thursday thu thur thurs do donnerstag jeudi jueves giovedi donderdag donnerstags quinta"
    " czwartek czwartku",
    "friday fri fr freitag vendredi viernes venerdi vrijdag freitags sexta piatek piatku",
    "saturday sat sa samstag sonnabend samedi sabado sabato zaterdag sobota sobote",
    "sunday sun so sonntag dimanche domingo domenica zondag niedziela niedziele",
)
# Two letters are a day only with a full stop, and some are other words even then.
WEEKDAYS = {
    word: at for at, line in enumerate(_DAY_NAMES) for word in line.split() if len(word) > 2
}
NAMED_DAYS = {
    "today": 0, "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
    "eod": 0, "cob": 0, "just now": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "tomoro": 1, "2moro": 1,
    "2morrow": 1, "tomorow": 1, "day after tomorrow": 2, "yesterday": -1, "yday": -1,
    "last night": -1, "day before yesterday": -2, "a fortnight today": 14, "in a fortnight": 14,
    "within a fortnight": 14, "a week today": 7,
    "heute in einer woche": 7, "in acht tagen": 7, "heute": 0, "heute morgen": 0, "soeben": 0,
    "heute abend": 0, "heute noch": 0, "morgen": 1, "ubermorgen": 2, "uebermorgen": 2,
    "gestern": -1, "vorgestern": -2, "aujourd'hui": 0, "ce jour": 0, "ce matin": 0, "ce soir": 0,
    "cet apres-midi": 0, "a l'instant": 0, "demain": 1, "apres-demain": 2, "apres demain": 2,
    "hier": -1, "avant-hier": -2, "hoy": 0, "esta manana": 0, "esta tarde": 0, "esta noche": 0,
    "ahora mismo": 0, "pasado manana": 2, "manana": 1,
    "sous huitaine": 8, "sous quinzaine": 15, "ayer": -1, "anoche": -1, "anteayer": -2,
    "antes de ayer": -2, "oggi": 0, "domani": 1, "ieri": -1, "vandaag": 0, "gisteren": -1,
    "vanmorgen": 0, "stamattina": 0, "stasera": 0, "vanavond": 0, "overmorgen": 2, "dopodomani": 2,
    "right now": 0,
    "dzisiaj": 0, "dzis": 0, "jutro": 1, "wczoraj": -1, "hoje": 0, "amanha": 1, "ontem": -1,
}  # fmt: skip
NUMBERS = {
    word: at
    for at, line in enumerate(
        (
            "a an one einem einer eine ein un une una uno", "two zwei deux dos couple",
            "three drei trois tres", "four vier quatre cuatro", "five funf fuenf cinq cinco",
            "six sechs seis", "seven sieben sept siete", "eight acht huit ocho",
            "nine neun neuf nueve", "ten zehn dix diez", "eleven elf onze once",
            "twelve zwolf douze doce", "thirteen dreizehn", "fourteen vierzehn quatorze catorce",
            "fifteen funfzehn quinze quince",
        ),
        1,
    )
    for word in line.split()
} | {"twenty": 20, "zwanzig": 20, "vingt": 20, "veinte": 20, "thirty": 30, "dreissig": 30,
     "dreisig": 30, "trente": 30, "treinta": 30, "a couple of": 2, "a few": 3}  # fmt: skip
UNITS = {
    "day": "day", "days": "day", "tag": "day", "tage": "day", "tagn": "day", "jour": "day",
    "dia": "day", "dias": "day", "week": "week", "woch": "week", "sema": "week", "semn": "week",
    "mont": "month", "mona": "month", "mois": "month", "mes": "month", "mese": "month",
    "dage": "day", "dag": "day", "gior": "day", "dni": "day", "weke": "week", "sett": "week",
    "tygo": "week", "maan": "month", "mesi": "month",
    "fort": "week", "werk": "business", "bank": "business", "arbe": "business",
}  # fmt: skip
EDGE = {
    "end": "end", "endof": "end", "theen": "end", "close": "end", "ende": "end", "findu": "end",
    "fin": "end", "finde": "end", "final": "end", "mid": "mid", "middl": "mid", "mitte": "mid",
    "mi": "mid", "media": "mid", "milie": "mid", "early": "start", "begin": "start",
    "start": "start", "anfan": "start", "debut": "start", "princ": "start", "comie": "start",
    "inici": "start", "late": "end", "eind": "end", "einde": "end", "fine": "end", "fim": "end",
    "konie": "end", "konca": "end", "inizi": "start", "last": "end", "medio": "mid",
}  # fmt: skip
NTH = {
    "firs": 1, "1st": 1, "erst": 1, "prem": 1, "1er": 1, "prim": 1, "seco": 2, "2nd": 2,
    "zwei": 2, "deux": 2, "segu": 2, "thir": 3, "3rd": 3, "drit": 3, "troi": 3, "terc": 3,
    "four": 4, "4th": 4, "vier": 4, "quat": 4, "cuar": 4, "last": -1, "letz": -1, "dern": -1,
    "ulti": -1, "fina": -1,
}  # fmt: skip

_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = "(?:" + "|".join(sorted(WEEKDAYS, key=len, reverse=True)) + ")"
_YEAR = r"(?:[\s,/-]{0,2}(?:de |del )?\s?(?P<year>20\d\d|'\d\d)(?![\d.,]\d))?"
_LATER = (
    r"(?P<later>this|next|the following|following|dieses|nachsten|nachster|kommenden|folgenden"
    r"|du mois prochain|prochain|proximo|que viene|siguiente|last|letzten|dernier|pasado)"
)
_LEAD = (
    r"(?:\w*datum|\w*date|on|by|before|until|till|til|for|from|due|dated|of|and|or|to|am|bis|zum|vom|den|ab|per|der"
    r"|dem|und|le|du|au|avant|d'ici|el|dia|del|al|antes|para|hasta|y|et|e|il|op|date|datum|fecha"
    r"|valuta|run|lauf|zahlung|payment|paid|pay)"
)
NUMERIC = re.compile(
    r"(?<![\w.,/-])(?:(?P<iso>20\d\d(?P<sep>[-/.])\d{1,2}(?P=sep)\d{1,2})(?![\w/-])|"
    rf"(?P<lead>\b{_LEAD}\W{{1,3}}(?:the |dem |den |zum |dia |el |le )?)?"
    r"(?P<one>\d{1,2})(?P<mark>[./-])(?P<two>\d{1,2})"
    r"(?:(?P=mark)(?P<year>20\d\d|\d\d)(?![\d])|(?P<stop>\.(?!\d)))?(?![\w/%]|[.,]\d))"
)
TEXTUAL = re.compile(
    r"(?<![\w.,/])(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|ro|do|\.|o|ª|-)?[\s/-]{0,2}(?:of |de |del "
    r"|d')?"
    rf"{_MONTH}{_YEAR}(?:[-/](?P<short>\d\d)\b)?"
)
TEXTUAL_LATER = re.compile(
    rf"\b{_MONTH}\s+(?:the )?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:]|[.,]\d|\s?%){_YEAR}"
)
_OF = r"(?:\s+(?:(?:of|in|im|des|de|du|del|d'|the|le|el|la|diesen|this|each|jedes)\s*){0,3})"
_MONTH_WORD = r"(?:month|monats?|mois|mese|mes|maand|miesiaca)"
NTH_FORM = re.compile(
    r"\b(?P<nth>first|second|third|fourth|last|final|1st|2nd|3rd|4th|erste[rnm]?|zweite[rnm]?"
    r"|dritte[rnm]?|vierte[rnm]?|letzte[rnm]?|premiere?|deuxieme|troisieme|derniere?|primer[oa]?"
    r"|segund[oa]|tercer[oa]?|cuart[oa]|ultim[oa])\s+(?P<business>business |working |trading "
    r"|bank )?"
    rf"(?P<what>{_WEEKDAY}|day|week|tag|werktag|arbeitstag|bankarbeitstag|geschaftstag|woche|jour"
    r"(?: ouvre| ouvrable)?|semaine|dia(?: habil| laborable)?|semana)"
    rf"{_OF}(?:(?:{_LATER} )?{_MONTH_WORD}|{_MONTH})(?:\s(?P<year>20\d\d))?"
)
EDGE_FORM = re.compile(
    r"\b(?P<edge>(?:the )?end|close|month-end|ende|fin|finales|final|mid|middle|mitte|mi"
    r"|mediados|milieu"
    r"|early|beginning|start|anfang|debut|principios|comienzos|inicios|late|einde?|fine|fim"
    r"|koniec|konca)[-\s]"
    rf"(?:(?:of|in|im|des|der|de|du|del|d'|the|le|el|van|di|do)[\s-]*){{0,2}}"
    rf"(?:(?:{_LATER} )?{_MONTH_WORD}\b|{_MONTH})(?:\s(?P<year>20\d\d))?(?! \d)"
)
_SOON = (
    r"(?:this|next|the|following|the following|dieser?|dieses|nachste[rsn]?|kommende[rsn]?"
    r"|folgende[rsn]?|laufende[rsn]?|der|des|cette|la|le|prochaine?|esta|este|proxim[ao]|el)"
)
PERIOD_EDGE = re.compile(
    rf"\b(?:end of (?:{_SOON} ){{0,2}}|close of (?:{_SOON} )?|ende (?:{_SOON} ){{0,2}}"
    rf"|(?:a )?fin (?:de |du )?(?:{_SOON} ){{0,2}}|(?:a )?(?:finales"
    rf"|final) de(?:l)? (?:{_SOON} ){{0,2}})"
    r"(?:(?P<week>week|woche|semaine|semana)|month|monats?|mois|mes"
    r"|(?P<quarter>quarter|quartals?|trimestre)|(?P<year>year|jahres|annee|ano))\b"
    r"(?: prochaine?| suivante?| que viene| proxim[ao]| en curso)?"
    r"|\bbefore the (?:(?P<week3>week)|month) is (?:out|over|up)\b"
    r"|\b(?:next )?(?:month[- ]?end|eom|eow|monatsende|ultimo|quartalsende|jahresende)\b"
    r"|\b(?:wochenende|week-?end)\b(?!\w)|\b(?:eind(?:e)?(?: van)?(?: de)?|fine|fim d[ao]|konca) "
    r"(?:(?P<week2>week|settimana|semana|tygodnia)|maand|mese|mes|miesiaca)\b"
)
DURATION = re.compile(
    r"\b(?:(?P<ago>vor|il y a|hace)|in|within|in the next|over the next|another|innerhalb(?: von)?"
    r"|binnen|dans(?: les)?|sous|d'ici|en(?: los proximos)?|dentro de|in den nachsten"
    r"|dans un delai de|en el plazo de|en un plazo de|at the latest in|spatestens in|entro|tra|fra"
    r"|over|w ciagu|em"
    r"|no later than)\s"
    r"(?:(?:about|around|max|maximal|spatestens|etwa|ca\.?|unos|the next|den nachsten|les|los"
    r"|de) )?"
    rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})[\s-]"
    r"(?P<business>business |working |bank(?:ing)? |trading )?"
    r"(?P<unit>days?|tage?n?|werktagen?|arbeitstagen?|bankarbeitstagen?|jours?|dias?|weeks?|wochen?"
    r"|semaines?|semanas?|months?|monate?n?|mois|mes(?:es|i)?|dagen|weken|maanden?|giorni|settiman[ae]"
    r"|dni|tygodni[ea]?)\b(?:'s? time)?"
    r"(?P<business2> (?:ouvr\w+|habiles|laborables))?"
    r"(?! ago| late| overdue| old| past| after the invoice)"
    r"|\b(?P<count_ago>\d{1,3}|one|two|three|four|five|six|seven|ten|a)\s(?P<unit_ago>days?"
    r"|weeks?)\sago"
)
AFTER_EVENT = re.compile(
    r"\s*(?:,\s*)?(?:from|of|after|following|once|nach|ab|seit|apres|a compter|des|a partir|suivant"
    r"|desde|tras|despues|upon|wenn|sobald)\b(?! (?:today|now|heute|aujourd'hui|hoy"
    r"|this (?:mail|email|message)))"
)
WEEK = re.compile(
    r"\b(?:(?:early|beginning of|start of|anfang|debut|principios de(?: la)?|later|sometime"
    r"|mid)\s)?"
    r"(?:(?:this|next|last|the following|the coming|coming|following|the week after next)\sweek"
    r"|week after next|(?:diese[rn]?|nachste[rn]?|kommende[rn]?|letzte[rn]?|ubernachste[rn]?"
    r"|vergangene[rn]?|laufende[rn]?|folgende[rn]?)\swoche|cette semaine"
    r"|(?:la )?semaine (?:prochaine"
    r"|derniere|suivante)|esta semana|(?:la )?semana (?:que viene|proxima|pasada|siguiente"
    r"|entrante)"
    r"|(?:la )?proxima semana|(?:volgende|komende|deze|vorige) week|(?:la )?prossima settimana"
    r"|(?:la )?settimana prossima|questa settimana|przyszlym tygodniu|tym tygodniu)\b"
    r"(?! (?:on |am )?(?:mon|tue|wed|thu|fri)day)"
)
NAMED_DAY = re.compile(
    r"(?<!guten )(?<!\bla )(?<!good )(?<![\w-])(?P<named>"
    + "|".join(re.escape(each) for each in sorted(NAMED_DAYS, key=len, reverse=True))
    + r")(?![\w-])(?! week)"
)
WEEKDAY = re.compile(
    r"\b(?P<before>(?:this|this coming|coming|next|last|past|following|a week on|a week"
    r"|nachste[nrs]?"
    r"|kommende[nrs]?|diese[nrs]?|letzte[nrs]?|vergangene[nrs]?|vorige[nrs]?|dernier|ce|este"
    r"|komende|volgende|aanstaande|afgelopen|prossimo|questo|scorso|deze"
    r"|proximo"
    r"|pasado)\s)?"
    rf"(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})"
    r"(?:s(?=\s(?:\w+\s)?(?:run|batch|bacs|payments?|cheques?|checks?|list)\b))?\b\.?(?:'s)?"
    r"(?:\s(?P<after>week|in einer woche|en huit|prochain|dernier|proximo|pasado|que viene"
    r"|prossimo|scorso))?"
)
DAY_ONLY = re.compile(
    r"(?<![\w.,/])(?:(?:(?:on|by|before|until|till|til|for|from|the|around|about"
    r"|after)\s(?:the\s)?)?"
    r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)\b"
    r"|(?:am|zum|bis zum|bis|vom|nach dem|ab dem|spatestens am|um den|den|dem|der)\s"
    r"(?P<day2>[0-3]?\d)\.(?=\s|$|[,;)])(?!\s?(?:rate|mahnung|stuck|teil|woche|quartal))"
    r"|(?:le|au|du|d'ici le|avant le|el|el dia|dia|del|al|para el|antes del|hasta el|apres le)\s"
    r"(?P<day3>[0-3]?\d)(?=\s|$|[.,;:!?)])(?!\s?(?:%|por|eur|euro|jours|dias|cajas|cartons|h\b"
    r"|de cada"
    r"|[.,]\d)))"
    r"(?:\s(?:of|des|du|del|de)?\s?(?:the\s)?"
    r"(?P<later>this month|next month|nachsten monats|kommenden monats|mois prochain"
    r"|mes que viene|proximo mes|folgemonats|month))?"
    r"(?!\s?(?:of|de|d')?\s?(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b)"
    r"(?! (?:reminder|notice|letter|instalment|installment|floor|time|party|anniversary|invoice))"
)
MONTH_ONLY = re.compile(
    r"\b(?:in|during|im|en|courant|au mois de|au|em|a|until|before|by|starting|from|ab|a partir de"
    rf"|desde|des|of|for|next|nachsten|le mois de|el mes de|bis|for the)\s{_MONTH}(?! \d|\d)"
    r"|\b(?:next month|nachsten monat|le mois prochain|mois prochain|el proximo mes"
    r"|el mes que viene"
    r"|proximo mes|mes que viene|kommenden monat|this month|diesen monat|ce mois(?:-ci)?"
    r"|este mes)\b"
)
_A_WEEK = (
    r"(?P<{0}>next week|the week after next|week after next|this week|(?:nachste[rn]?"
    r"|kommende[rn]?|diese[rn]?"
    r"|ubernachste[rn]?) woche|(?:la )?semaine prochaine|cette semaine|(?:la )?semana que viene"
    r"|esta semana"
    r"|(?:la )?proxima semana)"
)
DAY_OF_WEEK = re.compile(
    rf"\b(?P<weekday>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\b,?\s(?:of |in |der "
    rf"|de (?:la )?)?"
    + _A_WEEK.format("week")
    + r"\b|\b"
    + _A_WEEK.format("week2")
    + r"\b,?\s(?:on |am |le |el |this |by )?"
    + rf"(?P<weekday2>{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\b"
)
CALENDAR_WEEK = re.compile(
    r"\b(?:kw|calendar week|kalenderwoche|week no\.?|wk)\.?\s?(?P<number>[0-5]?\d)\b"
)
NEXT_MONTH = re.compile(rf"\s*(?:,\s*and|,|and|&|und|et|y|e|/)\s*{_MONTH}(?!\s*\d)")
EARLIER_DAY = re.compile(
    r"(?<![\w.,/€$£])(?P<day>[0-3]?\d)(?:st|nd|rd|th|\.|er)?\s*(?:,\s*and|,|and|&|und|et|y|or"
    r"|oder|/)\s*(?:the |on |am |le |el )*$"
)
