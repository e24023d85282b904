"""Plain words for when, how or whom to contact: a wish that nothing settles but a person.

Each form takes the whole turn of phrase. The firm ones tell us what to do or leave alone; the mild
ones also stand in notes of absence and below a letter, where they ask for nothing.
"""

import re
from collections.abc import Sequence

from engines.reading.model import Span
from engines.reading.page import Page
from engines.reading.sentences import Sentence

CONTACT_WISH = "contact_wish"
SAYS_CONTACT = "says when, how or whom to contact"

_NUMBER = (
    r"(?:\d{1,2}\b|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|noon|midday"
    r"|lunch\w*|(?:the )?(?:office|working|business|opening|school) (?:hours|times)"
    r"|(?:the )?(?:morning|afternoon|evening)|work|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b"
)
_DAY = r"(?:on |at )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|(?:the )?weekends?)\b"
_TIME = (
    rf"(?:(?:before|after|between|until|till|outside(?: of)?|during|from|past|at|in|around)"
    rf" (?:\w+ )?{_NUMBER}|{_DAY}|in the (?:mornings?|afternoons?|evenings?)|at (?:night|lunch\w*))"
)
_CALL = r"(?:call|ring|phone|telephone|text|contact|reach|message|e-?mail|write(?: to)?)"
_WITH = rf"(?:{_CALL}|(?:speak|talk|get in touch|deal|liaise) (?:to|with)|reach out to|turn to)"
_CHANNEL = (
    r"(?:e-?mails?|mail|post|letter|writing|(?:tele)?phone|texts?(?: messages?)?|sms|fax|whatsapp)"
)
_OUR_MAN = (
    r"(?:(?:my|our|the) (?:\w+ ){0,2}?(?:colleagues?|accountants?|book-?keepers?|accounts?|finance"
    r"|ap|purchasing|procurement|purchase ledger|payables?|department|team|buyers?|manager|boss"
    r"|director|owner|partner|husband|wife|son|daughter|assistant|secretary|head office"
    r"|headquarters|parent company|lawyers?|solicitors?|(?:tax )?advis[eo]rs?|agent|successor"
    r"|replacement)|(?:mr|mrs|ms|miss|dr)\.? \w+)\b"
)
_LETTERS = (
    r"(?:correspondence|communications?|contact|enquiries|inquiries|queries|questions|reminders"
    r"|calls|e-?mails?|mails?|letters|messages)"
)
_FROM_NOW = r"(?:from now on|in (?:the )?future|going forward|henceforth)"
_ZEIT = (
    r"(?:(?:vor|nach|zwischen|ab|bis|aus+erhalb|wahrend|um) (?:\w+ )?(?:\d{1,2}\b|mittag|acht|neun"
    r"|zehn|elf|zwolf|\w*zeit(?:en)?\b|feierabend)|(?:vor|nach)mittags?\b|morgens|abends|mittags"
    r"|(?:mon|diens|donners|frei|sams|sonn)tags?\b|mittwochs?\b|(?:am )?wochenende)"
)
_KANAL = r"(?:e-?mail|mail|post|brief|telefon|sms|fax|whatsapp)"
_HEURE = (
    r"(?:(?:avant|apres|entre|a partir de|jusqu'a|en dehors des?) (?:\w+ )?(?:\d{1,2}|midi|heures"
    r"|neuf|dix|onze|huit)|le (?:matin|soir|week-end)|l'apres-midi|en matinee"
    r"|les? (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?)"
)
_VOIE = r"(?:e-?mails?|mails?|courriels?|courriers?|ecrit|telephone|sms|fax|lettre)"
_HORA = (
    r"(?:(?:antes|despues) de(?:l| las?)? (?:\d|medio|comer|nueve|diez|ocho|horario)"
    r"|(?:a partir de|entre|hasta) las|fuera del? horario|en horario|por las? (?:mananas?|tardes?"
    r"|noches?)|(?:los|el) (?:lunes|martes|miercoles|jueves|viernes|sabados?|domingos?|fin))"
)
_VIA = r"(?:escrito|correo(?: electronico)?|e-?mail|mail|telefono|carta|sms|whatsapp|fax)"
_LLAME = (
    r"(?:(?:llam(?:en?|ad|eis|es|ar)|contact(?:en?|ad|eis|es|ar)|telefone(?:en?|ad|ar)"
    r"|escrib(?:an?|id|ais|ir))(?:me|nos)?)"
)
_APPELEZ = (
    r"(?:(?:r?appele|contacte|telephone)[rz]|ecrivez|ecrire|joignez|joindre)(?:-(?:moi|nous))?"
)
# What tells us to do it so, or to leave it.
_FIRM = re.compile(
    r"|".join(
        (
            rf"\b{_CALL}(?: (?:us|me|him|her|them|here|back|again|anyone|anybody"
            rf"|(?:our|my|the|this) \w+))?(?:,? (?:please|only|just|not|never|ever"
            rf"|preferably|always))* {_TIME}",
            rf"\bno (?:phone |telephone )?(?:calls?|texts?|text messages|letters|faxes|visits?)\b"
            rf"(?=[^.!?]{{0,30}}\b{_TIME}|,? please|\s*[.!?;,]|$)",
            rf"\b(?:do not|don't|dont|never|not to|please not|rather not|no longer)(?: ever| try"
            rf" to)? {_CALL}\b(?! (?:it|this|that|for|into|off|out|a|an|down|true)\b)",
            rf"\bonly (?:be )?(?:\w+ ){{0,2}}(?:by|via|through|in|over|per) (?:the )?{_CHANNEL}\b",
            rf"\b(?:by|via|through|in|over|per) (?:the )?{_CHANNEL} (?:only|exclusively)\b"
            rf"|\b{_CHANNEL} only\b(?=\s*[.!?;,]|$| please)",
            rf"\b(?:only|exclusively|solely|always) (?:use|{_CALL})\b",
            rf"\b(?:use|{_WITH})\b [^!?]{{1,60}}\b(?:only|exclusively|{_FROM_NOW})\b",
            r"\b(?:instead of|rather than) (?:by )?(?:calls?|calling|phon\w+|ringing|texts?"
            r"|texting|writing|e-?mail\w*|mailing|post|letters?|contacting)\b",
            rf"\b{_WITH}\b[^.!?]{{1,60}}\binstead\b(?! of)",
            rf"\b(?:nicht|nie|niemals|nur|erst)\b[^.!?]{{0,30}}\b{_ZEIT}[^.!?]{{0,20}}\b(?:an(?:ruf\w*"
            r"|zurufen)?|melden|kontaktieren|schreiben|telefonieren)\b",
            rf"\b(?:rufen|kontaktieren|schreiben) sie\b[^.!?]{{0,30}}\b{_ZEIT}",
            rf"\b(?:anrufe?|telefonate?|ruckrufe?)\b[^.!?]{{0,20}}\b(?:nur|erst|nicht|nie)\b"
            rf"[^.!?]{{0,20}}\b{_ZEIT}",
            r"\b(?:bitte|uns|mich)(?: \w+)? (?:nicht|nie|niemals)(?: mehr)?(?: \w+)? (?:anrufen"
            r"|anzurufen|telefonisch|kontaktieren)\b|\b(?:rufen|kontaktieren|schreiben) sie (?:uns"
            r" |mich |hier |dort |bitte ){0,2}(?:nicht|nie|niemals)\b",
            rf"\b(?:nicht|nur|ausschlies+lich|lieber|am besten|bevorzugt)(?: noch| bitte| mehr)?"
            rf" (?:(?:per|via|uber) {_KANAL}|schriftlich|telefonisch|postalisch)\b",
            rf"\b(?:schriftlich|per {_KANAL}) (?:und )?nicht\b",
            r"\bkeine (?:anrufe|telefonate|briefe|sms|besuche)\b",
            r"\b(?:statt|anstatt|anstelle)\b[^.!?]{0,25}\b(?:anzurufen|telefon\w*|anruf\w*"
            r"|zu schreiben)\b",
            r"\bnur (?:noch )?(?:an|unter) (?:diese|folgende|die adresse|\S+@)",
            rf"\b{_APPELEZ}\b[^.!?]{{0,30}}\b{_HEURE}",
            rf"\bpas (?:par|de|d') ?(?:appels?(?: telephoniques?)?|{_VOIE})\b",
            r"\bne (?:nous |me |m'|pas )?(?:telephonez|appelez|appeler|telephoner|contactez"
            r"|ecrivez)\b",
            rf"\b(?:uniquement|seulement|exclusivement|plutot|de preference|que) par {_VOIE}\b"
            rf"|\bpar {_VOIE} (?:uniquement|seulement|exclusivement)\b",
            r"\b(?:au lieu|plutot que) (?:de |d')(?:nous |m'|me )?(?:telephoner|appeler|ecrire)\b",
            rf"\b{_LLAME}\b[^.!?]{{0,30}}\b{_HORA}",
            rf"\bno (?:me |nos )?{_LLAME}\b",
            rf"\b(?:solo|solamente|unicamente|exclusivamente|mejor|preferiblemente)(?: \w+){{0,2}}"
            rf" (?:por|via|mediante) {_VIA}\b|\bpor {_VIA} (?:solo|solamente|unicamente"
            r"|exclusivamente)\b",
            rf"\bno por {_VIA}\b|\b(?:sin|nada de|eviten?) (?:las )?llamadas\b",
            r"\ben (?:vez|lugar) de (?:llamar|telefonear|escribir)\w*",
        )
    )
)
# What only tells who or which way is the right one.
_MILD = re.compile(
    r"|".join(
        (
            rf"\b{_WITH} (?:directly )?{_OUR_MAN}",
            rf"\b(?:address|direct|route|refer)\b [^.!?]{{1,60}}\bto {_OUR_MAN}",
            rf"\b(?:send|forward|address|direct)\b[^.!?]{{1,60}}\bto\b[^!?]{{1,60}}\b(?:instead"
            rf"(?! of)|{_FROM_NOW})\b",
            rf"\b(?:all|future|further) (?:\w+ )?{_LETTERS}\b[^.!?]{{0,40}}\b(?:to|through|via"
            r"|with)\b",
            r"\b(?:future|further) (?:invoices|statements)\b[^.!?]{0,20} to\b"
            r"|\b(?:invoices|statements|bills) (?:\w+ ){0,2}go to\b",
            r"\b(?:right|best|correct|new|main) (?:person|contact)\b[^.!?]{0,30}\b(?:is|would"
            r" be)\b",
            rf"\bnot (?:by|via|over) (?:the )?{_CHANNEL}\b",
            rf"\b(?:i|we|he|she)(?:'d| would)? prefer\w*\b[^.!?]{{0,40}}\b(?:{_CHANNEL}|calls?"
            r"|called|contacted|phoned|written to)\b",
            rf"\b(?:i|we|he|she|nobody|no one|colleague|team|office)\b[^.!?]{{0,30}}\b(?:available"
            rf"|reachable|reached|contactable|answers?|picks? up)\b[^.!?]{{0,20}}\b{_TIME}",
            rf"\b(?:best|good|convenient|easiest) (?:time|way|hour) to {_CALL}\b",
            r"\b(?:wenden sie sich|richten sie|sprechen sie|melden sie sich|adressieren sie)\b"
            r"[^.!?]{0,50}\b(?:an|mit|bei)\b",
            r"\b(?:kontaktieren|schreiben|rufen|fragen) sie (?:\w+ ){0,3}?(?:meine\w*|unsere\w*"
            r"|frau|herrn|die buchhaltung|das buro)\b",
            r"\bansprechpartner\w*\b[^.!?]{0,40}\b(?:ist|sind)\b|\b(?:ist|sind)\b[^.!?]{0,40}"
            r"\bansprechpartner",
            rf"\b{_ZEIT}[^.!?]{{0,20}}\berreichbar\b|\b(?:nur|erst) [^.!?]{{0,20}}\berreichbar\b",
            r"\b(?:adressez|contactez|ecrivez|appelez|rapprochez|tournez|dirigez|contacter|joindre"
            r"|vous adresser|parlez)(?:-vous)?\b (?:\w+ ){0,3}?(?:mon|ma|mes|notre|nos|le service"
            r"|la comptabilite|le siege|m\.|mme|madame|monsieur)\b",
            r"\b(?:adressez|dirigez|tournez|rapprochez)-vous\b",
            r"\binterlocut\w+\b[^.!?]{0,30}\best\b|\best\b[^.!?]{0,30}\binterlocut",
            rf"\b(?:joignable|disponible)s?\b[^.!?]{{0,25}}\b{_HEURE}",
            r"\b(?:contact(?:en?|ad)|habl(?:en?|ad)|dirija\w*|escrib(?:an?|id)|llam(?:en?|ad)"
            r"|pregunt(?:en?|ad)|pongan?se|pongase)\b (?:\w+ ){0,4}?(?:con|a|al|por) (?:mi|mis"
            r"|nuestr\w+|el|la|don|dona|sr|sra|contabilidad|administracion)\b",
            r"\bla persona (?:de contacto|encargada|responsable)\b",
            rf"\b(?:disponible|localizable)s?\b[^.!?]{{0,25}}\b{_HORA}",
        )
    )
)
# A name in capitals behind such words.
_NAMED = re.compile(
    rf"(?:^|\b(?:please|kindly|better|should|must|can|could|may) )(?:\w+ )?{_WITH}"
    r" (?P<name>[a-z]{2,})"
)
# Before a form: they tell what they do themselves, or it is a noun.
_OURSELVES = re.compile(
    r"(?:\b(?:we|i|they|he|she|wir|ich|let me|let us)(?:'\w+)?|\bit(?='| \w)"
    r"|(?:^|[,;:] |\b(?:et|mais|que|car) )(?:nous|je|j'ai)(?= \w))"
    r"(?: (?!you\b|please\b|kindly\b|prefer|ask\b|want\b|bitte\b|prie\b|vous prions\b)[\w']+){0,4}"
    r" $"
)
_NOUN = re.compile(
    r"\b(?:your|a|an|our|my|this|that|last|phone|telephone|by|per|via|of|in|with|from|first|next"
    r"|will|would|shall|has|had|the|\w+'s|access to) $"
)
_NEAR = 60
# What an absence or the foot of a letter says: whom to ask should there be something to ask.
_COURTESY = re.compile(
    r"\b(?:any|for) (?:\w+ )?(?:questions?|queries|quer(?:y|ies)|enquir\w+|inquir\w+|assistance"
    r"|concerns?)\b|\bif you (?:have|need|require)\b|\bshould you (?:have|need|require)\b|\burgent"
    r"|\b(?:bei|fur) (?:\w+ )?(?:ruck)?fragen\b|\bdringend\w*|\bfalls sie\b|\bpour toute\b"
    r"|\bsi vous avez\b|\bpara cualquier\b|\bsi tienen?\b|\bcualquier (?:duda|consulta)\b"
)
_TOLD = re.compile(
    r"\b(?:received|got|came|arrived|erhalten|bekommen|gekommen|recue?s?|recibid\w+|llego|llegaron)\b"
)
_SAID_BY_ABSENCE = frozenset(("out_of_office", "bounce"))


def contact_wishes(page: Page, intents: Sequence[str]) -> tuple[Span, ...]:
    """The sentences that say when, how or whom to contact.

    Args:
        page: The message laid out.
        intents: What it was found to be about; a note of absence names others by its nature.
    """
    absent = bool(_SAID_BY_ABSENCE & set(intents))
    return tuple(
        each.sentence.span(CONTACT_WISH)
        for each in page.lines
        if _is_firm(each.sentence) or (not absent and _is_mild(each.sentence))
    )


def _is_firm(sentence: Sentence) -> bool:
    folded = sentence.folded.replace("\n", " ")
    if _TOLD.search(folded):
        return False
    return any(not _is_told(folded, each.start()) for each in _FIRM.finditer(folded))


def _is_mild(sentence: Sentence) -> bool:
    folded = sentence.folded.replace("\n", " ")
    if _COURTESY.search(folded):
        return False
    if any(not _is_told(folded, each.start()) for each in _MILD.finditer(folded)):
        return True
    names = (each.start("name") for each in _NAMED.finditer(folded))
    return any(sentence.text[at : at + 2].istitle() for at in names)


def _is_told(folded: str, at: int) -> bool:
    """Whether words before a form make it a report of theirs and no wish."""
    before = folded[max(0, at - _NEAR) : at]
    return bool(_OURSELVES.search(before) or _NOUN.search(before))
