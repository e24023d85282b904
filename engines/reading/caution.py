"""Plain words for what a person must see, whatever the trained heads make of the rest.

Each form is narrow: it takes the whole turn of phrase, so that everyday mail does not trip it. What
it finds only ever adds caution.
"""

import re
from collections.abc import Iterator, Sequence

from engines.reading.page import Line, Page
from engines.reading.pairing import REST

_US = r"(?:us|me|this (?:address|number|mailbox)|here)"
_STOP = re.compile(
    rf"\b(?:stop|quit|cease) (?:writing|contacting|e-?mailing|mailing|calling|ringing|texting"
    rf"|messaging|phoning|pestering|harassing|bothering|chasing|sending)\b"
    rf"|\b(?:do not|don't|dont|never) (?:ever )?(?:contact|e-?mail|write(?: to)?|call|ring|phone"
    rf"|text|message|bother|chase) {_US}\b(?! (?:if|unless|on|at|about))"
    rf"|\bno (?:more|further) (?:e-?mails?|reminders?|letters?|calls?|texts?|messages?|chas\w+)\b"
    rf"(?! (?:is|are|will) )"
    rf"|\b(?:leave|take|remove|delete|strike) (?:{_US}|my (?:mobile|number|address|name)(?: \w+)?)"
    rf" (?:alone|off|from)\b(?! the naughty)"
    r"|\bunsubscribe\b(?! (?:here|link|at|:))|\bkeine (?:weiteren )?(?:mails|schreiben|mahnungen"
    r"|nachrichten|anrufe|erinnerungen) mehr\b|\b(?:schreiben|rufen|mailen) sie (?:uns|mir|mich)"
    r" (?:bitte )?nicht mehr\b|\bnicht mehr (?:anschreiben|anrufen|kontaktieren|schreiben)\b"
    r"|\b(?:uns|mich|mir) (?:bitte )?nicht mehr (?:an\b|mails)"
    r"|\bcessez\b|\bcesser (?:vos|de m|de n)"
    r"|\bne (?:m'|nous |me )(?:ecrivez|contactez|appelez|relancez) plus\b|\barretez (?:de|vos)\b"
    r"|\bno (?:me|nos) (?:escriban?|escribais|manden?|mandeis|llamen?|llameis|contacten?) mas\b"
    r"|\b(?:dejen?|dejad) de (?:llamar|escribir|mandar|enviar|molestar)|\bsmett\w+ di\b"
    r"|\bnon (?:mi|ci) (?:scriv\w+|contatt\w+|chiam\w+) piu\b"
    r"|\bniet meer (?:mailen|schrijven|bellen)"
    r"|\bnao (?:me|nos) (?:escrev\w+|contact\w+|lig\w+) mais\b|\bprosze (?:juz )?nie pisac\b"
)
_STOP_ALONE = re.compile(r"\W*(?:stop|stopp|stop all|unsubscribe|arret|baja|abmelden)\W*")
_CALL = re.compile(
    r"\b(?:call|ring|phone) (?:me|us)\b(?! (?:if|back if))|\b(?:could|can|would) (?:you|someone"
    r"|somebody|anyone|one of you) (?:please )?(?:ring|phone|call)\b"
    r"|\bgive (?:me|us) a (?:call|ring)\b"
    r"|\b(?:bitte )?rufen sie (?:mich|uns)\b|\b(?:ruf|ruft) (?:mich|uns) (?:mal )?an\b"
    r"|\bbitte um (?:einen )?(?:ruckruf|anruf)|\brappelez-(?:moi|nous)\b"
    r"|\b(?:me|nous) r?appeler\b"
    r"|\bllam(?:ad|en|ar|e|a)(?:me|nos)\b|\b(?:me|nos) (?:puede\w*|podeis|podria\w*) llamar\b"
    r"|\b(?:mi|ci) (?:chiami|chiamate|richiami)\b|\b(?:mij|ons) (?:even )?(?:terug)?bellen\b"
)
_LATER = re.compile(
    r"\b(?:could|can|may|might|would) (?:\S+ ){1,3}(?:wait|be (?:moved|pushed|shifted|postponed))\b"
    r"|\b(?:push|shift|move|extend|postpone|delay)\w* (?:\S+ ){0,4}(?:out )?(?:to|till|until|by)"
    r" (?:the )?(?:\d|end|mid|next|mon|tues|wed|thur|fri|sat|sun|jan|feb|mar|apr|may"
    r"|jun|jul|aug|sep|oct"
    r"|nov|dec)(?=[^?]*\?)|\b(?:can|could|may) (?:we|i) (?:please )?(?:have|get|pay) (?:\S+ ){0,6}"
    r"(?:instead|later|until|till|extra|more time)\b|\bmore time\b(?=[^.]*\?)"
    r"|\bgeht (?:es|das) auch (?:am|bis|erst|im|ende|mitte)"
    r"|\b(?:aufschub|fristverlangerung|stundung)\b"
    r"|\breporter (?:au|a|l'echeance|le)\b|\b(?:ca|cela) irait\b|\bpatienter jusqu\w*"
    r"|\b(?:me|nos) (?:podri\w+|podei\w+|pued\w+) esperar\b|\baplazar\b|\baplazamiento\b"
    r"|\bprorrog\w+\b|\brinviare (?:al|a)\b|\b(?:adiar|adiamento)\b|\buitstel\b|\bprzesunac\b"
)
_OTHER_PAYER = re.compile(
    r"\b(?:by|from|through|via|durch|von|vom|par|por|da|depuis|aus|desde|unsere|notre)\b[^.]{0,40}"
    r"\b(?:ltd|llc|gmbh|sas|sarl|bv|ag|inc|kg|dac|plc|pty|s\.?l|s\.?a|spa|srl|holdings?|parent"
    r"|sister company|group company|subsidiary|muttergesellschaft|schwester\w*|maison mere"
    r"|matriz)\b"
)
_OTHER_ACCOUNT = re.compile(
    r"\bnew (?:bank|account|iban|sort code|details)\b|\b(?:account|details|iban)\b[^.]{0,30}"
    r"\b(?:changed|in your (?:e-?mail|mail|letter))\b|\bneue[snr]? (?:konto|bankverbindung|iban)\b"
    r"|\bnouve\w+ (?:compte|rib|iban|coordonnees)\b|\bnueva cuenta\b|\bcuenta nueva\b"
    r"|\bnuovo (?:conto|iban)\b|\bnieuwe? (?:rekening|iban)\w*"
)
_WHEN = re.compile(
    r"\b(?:when|once|after(?= (?!next))|until|upon|subject to|wenn|sobald|nachdem"
    r"|quand|lorsqu\w*|une fois|des que|apres|cuando|en cuanto|una vez"
    r"|tras|quando|appena|als|zodra|jak|kiedy|gdy|nach (?:klarung|freigabe|erhalt))\b"
)
_PERSON = (
    r"(?:husband|wife|partner|spouse|father|mother|dad|mum|mom|son|daughter|brother|sister|child"
    r"|owner|founder|boss|director|proprietor|colleague|bookkeeper|who|he|she"
    r"|mann|frau|vater|mutter|sohn|tochter|bruder|schwester|inhaber\w*|chef\w*|partner\w*"
    r"|mari|femme|pere|mere|fils|fille|frere|soeur|associe\w*|gerant\w*|patron\w*|il|elle"
    r"|marido|mujer|esposa|esposo|padre|madre|hijo|hija|hermano|hermana|socio|socia|duen[oa])"
)
_DEATH = re.compile(
    rf"\b{_PERSON}\b(?: \S+){{0,5}} (?:died|dead|gestorben|verstorben|tot|mort[es]?|decedee?s?"
    rf"|murio|muerto|muerta|fallecio|fallecido|fallecida)\b"
    r"|\b(?:passed away|bereave\w*|widow(?:er|ed)?|late (?:husband|wife|father|mother))\b"
    r"|\b(?:death|funeral|tod|todesfall|trauerfall|beerdigung|deces|deuil|obseques|fallecimiento"
    r"|funeral) (?:of|in (?:the|our|my)|von|meine\w*|unsere\w*|de|du|en la familia)\b"
    r"|\b(?:trauerfall|todesfall|en deuil)\b"
)
_ILLNESS = re.compile(
    rf"\b(?:my|our|meine?|unsere?|mon|ma|notre|mi|nuestr[oa]) {_PERSON}\b[^.]{{0,60}}"
    r"\b(?:cancer|stroke|chemo\w*|heart attack|intensive care|krebs|schlaganfall|cancer du"
    r"|infarctus|ictus|infarto)\b"
    r"|\b(?:i|we) (?:cannot|can't|can not) (?:sleep|go on|cope)\b"
    r"|\b(?:end|take) my (?:own )?life\b|\bkill myself\b|\bsuicid\w+\b"
)
_PROMISING = frozenset(("promise_to_pay", "extension_request"))


def says_stop(page: Page) -> bool:
    """Whether a sentence plainly asks not to be written to or called any more."""
    spoken = [each.sentence.folded for each in page.lines]
    alone = len(spoken) == 1 and _STOP_ALONE.fullmatch(spoken[0])
    return bool(alone) or any(_STOP.search(each) for each in spoken)


def says_hardship(page: Page) -> bool:
    """Whether a sentence plainly tells of a death, a grave illness or despair."""
    spoken = [each.sentence.folded for each in page.lines]
    return any(_DEATH.search(each) or _ILLNESS.search(each) for each in spoken)


def leaves_the_rest_open(line: Line) -> bool:
    """Whether a sentence makes what is left wait for something."""
    folded = line.sentence.folded
    rest = REST.search(folded)
    return bool(rest and _WHEN.search(folded, rest.end()))


def cautions(page: Page, intents: Sequence[str]) -> Iterator[str]:
    """Why a person must see a message, told from its plain words.

    Args:
        page: The message laid out.
        intents: What it was found to be about.
    """
    lines = page.lines
    if any(_CALL.search(each.sentence.folded) for each in lines):
        yield "asks to be called"
    if any(_LATER.search(each.sentence.folded) for each in lines):
        yield "asks for more time"
    if any(_pays_otherwise(each) for each in lines):
        yield "paid by another company"
    if any(_OTHER_ACCOUNT.search(each.sentence.folded) for each in lines):
        yield "speaks of another bank account"
    if any("data_request" in each.concepts for each in lines):
        yield "asks what we hold of them"
    if _PROMISING & set(intents) and any("ask_leave" in each.concepts for each in lines):
        yield "asks for leave"


def _pays_otherwise(line: Line) -> bool:
    return "paid_past" in line.concepts and bool(_OTHER_PAYER.search(line.sentence.folded))
