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
    r"|replacement)|head office|headquarters"
    r"|(?:mr|mrs|ms|miss|dr)\.? \w+)\b"
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
            rf"|(?:our|my|the|this) \w+)(?: back)?)?(?: tomorrow| today)?(?:,? (?:please|only"
            rf"|just|not|never|ever|preferably|always))* {_TIME}",
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
            rf"(?:^|[,;:] ?|\b(?:please|kindly|and|but|or) ){_WITH} only\b",
            rf"\b(?:phone )?(?:calls?|calling|visits?)\b[^.!?]{{0,30}}\b(?:not|only|never)\b"
            rf"[^.!?]{{0,20}}\b{_TIME}",
            rf"^(?:but |please )?(?:not|never|only)\b[^.!?]{{0,12}}\b{_TIME}(?: please)?\W*$",
            r"\b(?:mornings?|afternoons?|evenings?|weekends?|(?:mon|tues|wednes|thurs|fri)days)"
            r" (?:are|is) (?:\w+ )?(?:bad|good|best|better|fine|difficult|impossible)\b",
            rf"\b(?:do not|don't|dont|never|stop) send\w*\b[^.!?]{{0,40}}\bby {_CHANNEL}\b",
            rf"\b(?:everything|anything|all of it|put (?:it|this|all))\b[^.!?]{{0,30}}\b(?:in"
            rf" writing|by {_CHANNEL})\b",
            r"\b(?:and|but|,) not to (?:me|us|this (?:address|mailbox|number))\b",
            r"\b(?:do not|don't|dont|never|stop) (?:use|using) (?:this|my|that|the|our) (?:\w+ )?"
            r"(?:number|address|mobile|e-?mail|line|mailbox)\b",
            r"\b(?:stop|quit|cease|avoid) (?:calling|ringing|phoning|texting|e-?mailing|contacting"
            r"|writing)\b",
            r"\b(?:write|reply|answer|speak|letters?|correspond|communicate|e-?mails?)\b"
            r"[^.!?]{0,25}\bin (?:english|german|french|spanish|italian|dutch|polish)\b",
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
            r"\bkeine (?:weiteren )?(?:anrufe|telefonate|briefe|post|e-?mails|mails|sms|besuche)\b",
            r"\b(?:von|auf) (?:weiteren )?(?:anrufen|telefonaten|briefen|mails|besuchen)\b"
            r"[^.!?]{0,20}\b(?:ab|absehen|abzusehen|verzichten)\b",
            r"\b(?:schreiben|antworten|korrespond\w+)\b[^.!?]{0,25}\bauf (?:deutsch|englisch"
            r"|franzosisch|spanisch|italienisch)\b",
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
            rf"\b(?:evite[rz]|privilegie[rz]|prefere[rz]|favorise[rz])\b[^.!?]{{0,30}}\b(?:appel\w*"
            rf"|telephon\w*|ecri\w*|{_VOIE})\b",
            r"\b(?:ecri\w+|repond\w+)\b[^.!?]{0,25}\ben (?:francais|anglais|allemand|espagnol)\b",
            rf"\b{_LLAME}\b[^.!?]{{0,30}}\b{_HORA}",
            rf"\bevit\w+ (?:\w+ )?(?:llam\w+|telefon\w+|escrib\w+|{_VIA})\b",
            rf"\b(?:prefier\w+|preferi\w+|mejor)\b[^.!?]{{0,25}}\b(?:llam\w+|escrib\w+|{_VIA})\b",
            rf"\b(?:usen?|utilicen?|usad)\b[^.!?]{{0,15}}\b(?:{_VIA}|direccion|numero|buzon)\b",
            rf"\btodo por {_VIA}\b|\bpor escrito,? por favor\b",
            r"\b(?:escrib\w+|respond\w+|contest\w+)\b[^.!?]{0,25}\ben (?:espanol|ingles|aleman"
            r"|frances)\b",
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
            rf"\b(?:mail|ask|copy(?: in)?|cc|involve|up with|it with|only) {_OUR_MAN}",
            rf"\b(?:everything|all|go|goes|please)\b[^.!?]{{0,20}}\b(?:through|via) {_OUR_MAN}",
            r"\b(?:keep|put|add|copy|include)\b[^.!?]{1,30}\bin (?:copy|cc|the loop)\b",
            rf"\b{_OUR_MAN}[^.!?]{{0,20}} (?:deals? with|handles?|looks? after|takes? care of"
            r"|is (?:now )?(?:in charge|responsible|the (?:one|right|person|contact)))\b",
            rf"\b{_LETTERS} (?:\w+ ){{0,2}}?(?:go|be (?:sent|directed|addressed)|belong) to\b",
            r"\buse (?:my|our|the|this|another) (?:\w+ )?(?:address|number|mobile|line|mailbox)\b",
            r"\bleave a (?:message|voicemail)\b",
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
            rf"\b(?:best|good|convenient|easiest) (?:time|way|hour) to {_CALL}\b",
            r"\b(?:wenden sie sich|richten sie|sprechen sie|melden sie sich|adressieren sie)\b"
            r"[^.!?]{0,50}\b(?:an|mit|bei)\b",
            r"\b(?:kontaktieren|schreiben|rufen|fragen) sie (?:\w+ ){0,3}?(?:meine\w*|unsere\w*"
            r"|frau|herrn|die buchhaltung|das buro)\b",
            r"\bansprechpartner\w*\b[^.!?]{0,40}\b(?:ist|sind)\b|\b(?:ist|sind)\b[^.!?]{0,40}"
            r"\bansprechpartner",
            r"\b(?:mahnungen|rechnungen|anfragen|mails|korrespondenz|post|alles)\b (?:bitte |nur"
            r" |noch |kunftig |ab sofort |in zukunft )+(?:\w+ )?(?:an|uber)\b",
            r"\b(?:ist|sind) (?:\w+ ){0,4}zustandig\b|\bkummer[nt]\w* sich\b[^.!?]{0,20}\b(?:meine?"
            r"|unsere?|frau|herr)\b|\b(?:meine?|unsere?|frau|herr)\b[^.!?]{0,20}\bkummer[nt]\w*"
            r" sich\b",
            r"\b(?:kunftig|in zukunft|ab sofort)\b[^.!?]{0,20}\b(?:per|an|uber|bei|mit)\b",
            r"\b(?:nehmen|setzen)\b[^.!?]{0,40}\bin (?:kopie|cc)\b",
            r"\b(?:adressez|contactez|ecrivez|appelez|rapprochez|tournez|dirigez|contacter|joindre"
            r"|vous adresser|parlez)(?:-vous)?\b (?:\w+ ){0,3}?(?:mon|ma|mes|notre|nos|le service"
            r"|la comptabilite|le siege|m\.|mme|madame|monsieur)\b",
            r"\b(?:adressez|dirigez|tournez|rapprochez)-vous\b",
            r"\b(?:passe[rz]|voye[rz]|voir)\b[^.!?]{0,20}\b(?:par|avec) (?:mon|ma|mes|notre|nos"
            r"|le service|la comptabilite|mme|madame|monsieur)\b",
            r"\b(?:toutes?|tous|vos) (?:\w+ ){0,2}(?:correspondances?|courriers|relances|demandes"
            r"|appels|questions)\b[^.!?]{0,40}\b(?:a|au|par|aupres de) (?:mon|ma|notre|nos|la|le"
            r"|cette|\S+@)",
            r"\ben copie\b(?= de (?:vos|tous|toute)|\W*$)",
            r"\bla (?:bonne )?personne (?:a contacter|a joindre)\b",
            r"\b(?:ma|mon|notre)\b[^.!?]{0,25}\bs'(?:en )?occupe\b",
            r"\binterlocut\w+\b[^.!?]{0,30}\best\b|\best\b[^.!?]{0,30}\binterlocut",
            r"\b(?:contact(?:en?|ad)|habl(?:en?|ad)|dirija\w*|escrib(?:an?|id)|llam(?:en?|ad)"
            r"|pregunt(?:en?|ad)|pongan?se|pongase)\b (?:\w+ ){0,4}?(?:con|a|al|por) (?:mi|mis"
            r"|nuestr\w+|el|la|don|dona|sr|sra|contabilidad|administracion)\b",
            r"\bla persona (?:de contacto|encargada|responsable)\b",
            r"\bse (?:encarga|ocupa)\b[^.!?]{0,20}\b(?:mi|nuestr[oa])\b|\b(?:mi|nuestr[oa])\b"
            r"[^.!?]{0,25}\bse (?:encarga|ocupa)\b",
            r"\b(?:pong\w+|pon|incluy\w+)\b[^.!?]{0,20}\ben copia\b",
            r"^(?:todas )?(?:las|los) (?:reclamaciones|recordatorios|consultas|comunicaciones)\b,?"
            r" (?:siempre )?(?:a|al|con) (?:mi|nuestr\w+|la|el)\b",
        )
    )
)
# What they tell of themselves: when and how they can be reached.
_OWN = re.compile(
    r"|".join(
        (
            rf"\b(?:rather|better|easier|prefer\w*)(?: if| that)?"
            rf" (?:you|to|it) (?:\w+ ){{0,2}}?(?:{_CALL}|called|e-?mailed|wrote|texted|phoned|rang"
            r"|spoke)\b",
            r"\b(?:not|isn't) the right (?:person|contact|address|department|number|mailbox)\b",
            r"\b(?:i|we) can only (?:talk|speak|answer|take calls|be reached)\b",
            rf"\b(?:i|we|he|she)(?:'d| would)? prefer\w*\b[^.!?]{{0,40}}\b(?:{_CHANNEL}|calls?"
            r"|called|contacted|phoned|written to)\b",
            rf"\b(?:i|we|he|she|nobody|no one|colleague|team|office)\b[^.!?]{{0,30}}\b(?:available"
            rf"|reachable|reached|contactable|answers?|picks? up)\b[^.!?]{{0,20}}\b{_TIME}",
            r"\b(?:nicht|nur|erst|am besten)\b[^.!?]{0,30}\b(?:erreich\w+|zu sprechen|im buro)\b",
            rf"\b{_ZEIT}[^.!?]{{0,20}}\berreichbar\b",
            rf"\b(?:joignable|disponible)s?\b[^.!?]{{0,25}}\b(?:seulement|uniquement"
            rf"|{_HEURE})",
            rf"\b(?:disponible|localizable)s?\b[^.!?]{{0,25}}\b{_HORA}",
        )
    )
)
# In looser words: ways and people to reach, in a sentence that asks, allows or rules out.
_REACHING = re.compile(
    r"\b(?:(?:tele)?phone|phoning|calls?|calling|ring|ringing|text|texts|texting|sms|whatsapp"
    r"|letters|voicemail|contact|speak|talk|write|anruf\w*|anzurufen|telefon\w*|handy|briefe?"
    r"|schreiben sie|melden sie|wenden|ansprechpartner\w*|appele[rz]|telephone[rz]?|courriers?"
    r"|ecri(?:vez|re)|contacte[rz]|joindre|llam(?:en?|ad|ar)(?:me|nos)?|telefono|movil"
    r"|escrib(?:an?|id|ir)(?:me|nos)?|contact(?:en?|ar)(?:me|nos)?|hablen?|pregunten?)\b"
    r"|-(?:moi|nous) par\b"
)
_ASKING = re.compile(
    r"\b(?:please|kindly|could you|can you|would you|you should|should|must|bitte|merci d[e']"
    r"|veuillez|svp|il faut|por favor|favor|ruego|not|no|don't|never|only|rather|instead|nicht|nur"
    r"|nie|kein\w*|erst|ne|pas|uniquement|seulement|plutot|solo|nunca|mejor)\b|^\W*(?:call|phone|ring|text"
    r"|write|send|speak|talk|contact|use)\b|-(?:moi|nous|le|la)\b|^\W*(?:llam|escrib|habl|pregunt|contact)"
)
# What such a sentence may be about instead: papers to send, or what happened.
_OTHERWISE = re.compile(
    r"\b(?:invoices?|cop(?:y|ies)|statements?|pdf|remittance|credit notes?|order|delivery|pod"
    r"|receipt|capital|your (?:\w+ )?contact|rechnung\w*|kopien?|rechnungskopie\w*|auszug|beleg\w*"
    r"|gutschrift|lieferschein|factures?|copies?|releve|avoir|bon|facturas?|copias?|extracto|abono|albaran|thank\w*|danke"
    r"|vielen dank|merci (?:pour|de votre)|gracias|received|got|came|sent|called|wrote|spoke|talked"
    r"|erhalten|bekommen|recue?s?|recib\w+|paid|pay|payments?|bezahlt|zahlen|zahlung|payer|paie\w*"
    r"|paiement|pagar\w*|pago|pagamos)\b"
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
    if _OWN.search(folded):
        return True
    if any(not _is_told(folded, each.start()) for each in _MILD.finditer(folded)):
        return True
    return _is_loose(folded) or _is_named(sentence, folded)


def _is_loose(folded: str) -> bool:
    found = _REACHING.search(folded)
    if not found or not _ASKING.search(folded) or _OTHERWISE.search(folded):
        return False
    return not _is_told(folded, found.start())


def _is_named(sentence: Sentence, folded: str) -> bool:
    names = (each.start("name") for each in _NAMED.finditer(folded))
    return any(sentence.text[at : at + 2].istitle() for at in names)


def _is_told(folded: str, at: int) -> bool:
    """Whether words before a form make it a report of theirs and no wish."""
    before = folded[max(0, at - _NEAR) : at]
    return bool(_OURSELVES.search(before) or _NOUN.search(before))
