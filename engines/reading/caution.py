"""Plain words for what a person must see, whatever the trained heads make of the rest.

Each form is narrow: it takes the whole turn of phrase, so that everyday mail does not trip it. What
it finds only ever adds caution.
"""

import re
from collections.abc import Iterator, Sequence

from engines.reading.halves import leaves_halves_open
from engines.reading.page import Line, Page
from engines.reading.pairing import REST

LEFT_ALONE = "asks to be left alone"
_THEM = r"(?:us|me|this (?:address|number|mailbox))"
_US = rf"(?:{_THEM}|here)"
# A wish to be left alone, or for less of something; `_LESS` and its like tell them apart.
_WISH = re.compile(
    rf"\b(?:stop|quit|cease) (?:writing|contacting|e-?mailing|mailing|calling|ringing|texting"
    rf"|messaging|phoning|pestering|harassing|bothering|chasing|sending)\b"
    rf"|\b(?:do not|don't|dont|never) (?:ever )?(?:contact|e-?mail|write(?: to)?|call|ring|phone"
    rf"|text|message|bother|chase) {_US}\b(?! (?:if|unless|on|at|about))"
    rf"|\bno (?:more|further) (?:e-?mails?|reminders?|letters?|calls?|texts?|messages?|chas\w+)\b"
    rf"(?! (?:is|are|will) )"
    rf"|\b(?:leave|take|remove|delete|strike)"
    rf" (?:{_THEM}|my (?:mobile|number|address|name)(?: \w+)?) (?:alone|off|from)\b(?! the naughty)"
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
# Before a wish: they tell what they do themselves.
_OURSELVES = re.compile(
    r"\b(?:we|i|they|he|she|it)(?: (?:will|would|shall|have to|had to|must|can|could|did|now|also"
    r"|all|then))* $"
)
_NEAR = 60  # letters
# Behind a wish: it is for less of something, or at another hour, or not needed after all.
_LESS = re.compile(
    r"[\s,(]*(?:again |please |bitte |sie )?(?:"
    r"(?:before|after|between|until|till|outside|vor|nach|zwischen|avant|apres|entre"
    r"|antes de|despues de) (?:\S+ )?(?:\d|noon|midday|lunch|hours|office|working|opening|seven"
    r"|eight|nine|ten|eleven|twelve|one|two|three|four|five|six|mon|tues|wednes|thurs|fri|satur|sun)"
    r"|(?:(?:are|is|will be|should be) )?(?:needed|necessary|required|notig|notwendig"
    r"|erforderlich|necessaires?|necesari[oa]s?)\b"
    r"|(?:for|on|about|zu|pour|para) (?:inv\w*|#|this|that|these|\d)"
    r"|(?:\w+ )?(?:stop|hold)\b|(?:it|this|that|cheques?|checks?|payments?) "
    r"|(?:[\w'-]+ ){0,5}(?:cc|bcc|cop(?:y|ies)|(?:order |delivery )?confirmations?|newsletters?"
    r"|orders?|delivery|deliveries|adverts?|offers?|promotions?|tenders?|quotes?|surveys?)\b)"
)
_THINGS_WISH = re.compile(
    r"\b(?:(?:stop|quit|cease) sending|cess\w+.*|arretez.*|smett\w+ di|dej(?:en?|ad) de"
    r" (?:mandar|enviar))"
)
# What a wish to send no more must be about, to be one to be left alone: our messages, or all of it.
_MESSAGES = re.compile(
    r"\s*(?:[.!?]|$|(?:(?:us|me|to (?:us|me|this)|any|all|more|these|your|those|such|the|out"
    r"|same|further|automat\w+|so many|to (?:my|our)) )*(?:e-?mails?|mails?|texts?|sms|reminders?"
    r"|letters?|messages?|demands?|dunning|notices?|notifications?|anything|stuff|address|number|these"
    r"|them|this|things)\b(?! (?:by|on|in) (?:post|paper|fax)))"
)
_GOODS = re.compile(
    r"[^,.;!?]{0,40}\b(?:doublons?|copies|papier\w*|livr\w+|marchandises?|commandes?|duplicad\w+"
    r"|copias?|papel|mercanc\w+|entregas?|pedidos?|duplicat\w+|merce|ordini|consegn\w+|copie)\b"
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
_KIN = (
    r"(?:husband|wife|partner|spouse|father|mother|dad|mum|mom|son|daughter|brother|sister|child"
    r"|owner|founder|boss|director|proprietor|colleague|bookkeeper"
    r"|mann|frau|vater|mutter|sohn|tochter|bruder|schwester|inhaber\w*|chef\w*|partner\w*"
    r"|mari|femme|pere|mere|fils|fille|frere|soeur|associe\w*|gerant\w*|patron\w*"
    r"|marido|mujer|esposa|esposo|padre|madre|hijo|hija|hermano|hermana|socio|socia|duen[oa])"
)
_PERSON = rf"(?:{_KIN}|who|he|she|il|elle)"
_TITLE = r"(?:, (?:mr|mrs|ms|dr|herr|frau|mme|don)\b\.?)?"
_NAMED = rf"{_KIN}\b{_TITLE}"
# Up to five words about a person; where something is said or done in them, it is that which died.
_ABOUT = (
    r"(?: (?!(?:says?|said|sagt\w*|dit|dice|dijo|told|thinks?|thought|reports?|wrote|claims?|it|its"
    r"|that|which|when|because|since|until|if|while|whose|his|her|their|dass|weil|que)\b)\S+)"
)
_WAS = r"(?:is|was|are|were|has been|ist|war|est|etait|esta|estaba|e)"
_DIED = (
    r"(?:died|gestorben|verstorben|decedee?s?|murio|fallecio|(?:a|ha|had|es|ist) (?:muerto|muerta"
    r"|fallecido|fallecida)|est morte?)"
)
_DEATH = re.compile(
    rf"\b{_NAMED}{_ABOUT}{{0,5}} {_DIED}\b(?! (?:laughing|of laughter|de (?:rire|fatigue|faim)))"
    rf"|, who{_ABOUT}{{0,5}} {_DIED}\b"
    rf"|\b(?:who|he|she|il|elle)(?: (?:has|had|is|was|ist|est|a|sadly|suddenly|recently|just"
    rf"|unexpectedly))* {_DIED}\b(?! and (?:made|left|put)| de (?:rire|fatigue|faim)| laughing)"
    rf"|\b(?:{_NAMED}{_ABOUT}{{0,3}}|he|she|il|elle) {_WAS} (?:sadly |now |already |also |leider"
    r" )?(?:dead|tot|mort[es]?|muert[oa]|fallecid[oa])\b(?=\s*(?:[.,;!?)]|$|and|but|now|since|so"
    r"|und|seit|et|depuis|y|desde))"
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
    return bool(alone) or any(
        not _is_for_less(each, wish) for each in spoken for wish in _wishes(each)
    )


def says_less(page: Page) -> bool:
    """Whether all that sounds like a stop asks for less of something, or for another hour."""
    wishes = any(_wishes(each.sentence.folded) for each in page.lines)
    return wishes and not says_stop(page)


def _wishes(folded: str) -> list[re.Match[str]]:
    """Words of a sentence that may ask to be left alone."""
    return [
        each
        for each in _WISH.finditer(folded)
        if not _OURSELVES.search(folded[max(0, each.start() - _NEAR) : each.start()])
    ]


def _is_for_less(folded: str, wish: re.Match[str]) -> bool:
    """Whether a wish is for fewer copies or goods, or calls at another hour, not for silence."""
    words, end = wish.group(), wish.end()
    if words.endswith(" sending"):
        return not _MESSAGES.match(folded, end)
    if _THINGS_WISH.match(words) and _GOODS.match(folded, end):
        return True
    return bool(_LESS.match(folded, end))


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
    if any(_wishes(each.sentence.folded) for each in lines):
        yield LEFT_ALONE
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
    if _PROMISING & set(intents) and any(leaves_halves_open(each) for each in lines):
        yield "pays in halves and does not say of what"
    if _PROMISING & set(intents) and any("ask_leave" in each.concepts for each in lines):
        yield "asks for leave"


def _pays_otherwise(line: Line) -> bool:
    return "paid_past" in line.concepts and bool(_OTHER_PAYER.search(line.sentence.folded))
