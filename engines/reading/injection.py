"""Words meant for software rather than for people. Advisory: a flag only ever adds caution.

One strong sign flags a message, or two weak ones. Strong signs are made for machines: markup of
chats, hidden or encoded text, orders to an assistant, talk of prompts. Weak ones ask for what a
customer may well ask a person for.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from engines.reading.folding import fold, without_long_words
from engines.reading.model import Part, Span

_LONGEST = 50_000
_ENOUGH = 2
_MOST_SPANS = 12
_GAP = r"\W{1,8}(?:[\w'-]+\W{1,8}){0,5}?"
_NEAR = r"\W{1,8}(?:[\w'-]+\W{1,8}){0,3}?"
_SOFTWARE = (
    r"(?:a\.?i\.?|assistants?|chat ?bots?|bots?|llms?|language models?|gpt\w*|agents?"
    r"|ki(?:-\w+)?|assistenten?"
    r"|sprachmodell|automated (?:system|agent|assistant|software|analysis software|process\w*)"
    r"|copilot"
    r"|asistente|ia|agente|robot|sistema automatico|systeme automatique|automation|software|parser"
    r"|model|processing system|reading system)"
)
# People sign as such.
_NO_TITLE = (
    r"(?!(?:accounts?|accounting|finance|office|personal|executive|sales|purchas\w+|ledger"
    r"|payroll|ap) (?:assistant|agent)s?\s{0,8}(?:,|$|\n))"
)
_ORDERS = (
    r"(?:instruc\w+|rules?|prompts?|guidelines?|directives?|restrictions?|safeguards?|constraints?"
    r"|programming|guardrails?|system message|anweisung\w*|vorgaben|regeln|consignes?|regles"
    r"|reglas|normas|context|protocols?|policy|policies)"
)
_STRONG = tuple(
    re.compile(form)
    for form in (
        # Markup of chats, tools and hidden parts.
        r"<\|?\s?/?(?:im_start|im_end|system|assistant|user|endoftext|eot_id|start_header_id)\b",
        r"\[/?inst\]|<</?sys>>|</?(?:tool_call|function_call|information|instructions?|system"
        r"|prompt|admin\w*"
        r"|interaction-config|sys|tool_result|assistant)[\s>]|\{\s{0,8}\"?(?:role|system|tool"
        r"|function)\"?\s{0,8}:",
        r"#{2,}\s{0,8}(?:system|instruction|new task|assistant|response)|\bbegin (?:system"
        r"|instructions?|prompt)\b",
        r"\[\[\s{0,8}(?:tool|system|call|function|assistant|agent|action|policy|admin|begin|exec)",
        r"<!--(?=[^>]{12})|display\s?:\s?none|font-size\s?:\s?[01](?:px|pt)?\b"
        r"|visibility\s?:\s?hidden"
        r"|color\s?:\s?(?:#fff(?:fff)?|white|transparent)\b|opacity\s?:\s?0\b|white[- ]text",
        r"!\[[^\]\n]{0,80}\]\(https?:|[?&]\w+=(?:balance|your-|\{\{|\[)|\{\{[^}]{1,60}\}\}",
        r"\b(?:hold|status|approved|approved_by|hold_released_by|auto_approve|terms"
        r"|limit)\s?[=:]\s?"
        r"(?:false|true|paid|system|none|released|[a-z]+\d\w*)\b|\bhold\w*\"?\s?:\s?false",
        # Orders that set earlier ones aside.
        r"\b(?:ignore|disregard|forget|override|overrule|bypass|neglect"
        r"|skip over)\b\W{1,8}(?:[\w'-]+\W{1,8}){0,3}?"
        rf"(?:previous|prior|above|all|any|your|earlier|preceding|foregoing|system|safety|every"
        rf"|former)\b{_NEAR}{_ORDERS}\b",
        rf"\b(?:ignorier\w*|missachte\w*|vergiss|vergessen sie|ubergehe\w*|ignorez|oubliez"
        rf"|ignora|ignore|ignoren"
        r"|olvida|olvide|dimentica)\b\W{1,8}(?:[\w'-]+\W{1,8}){0,3}?(?:alle|bisherigen|vorherigen"
        r"|vorigen|obigen|deine|ihre"
        rf"|toutes?|precedentes?|vos|tes|todas|anteriores|previas|tus|sus"
        rf"|tutte)\b{_NEAR}{_ORDERS}\b"
        rf"|\b(?:ignorez|ignora|ignore|ignorez|oubliez|olvida)\b{_NEAR}(?:instruc\w+"
        rf"|consignes?) (?:precedentes?|anteriores|previas)",
        r"\bnever ?mind\b.{0,40}\b(?:ignore|just)\b|\b(?:next|new|real|actual"
        r"|only) task\s?(?:is|:)|\btask complete",
        r"\byour (?:new |real |only )?(?:task|mission|instructions?|directives?"
        r"|programming)\b.{0,20}\b(?:is|are|says?|now)\b",
        # Talk to software.
        rf"(?:^|[\n.:;!?\"'(\[<>*#-])\s{{0,8}}(?:dear |attention |hey |hello |ok |an (?:die |den "
        rf"|das )?|pour |para |note |"
        rf"for |to |@|important(?: message)? (?:for|to) )?(?:the |das |den |die |l'|el |la "
        rf"|all )?{_NO_TITLE}(?:[\w-]+ )?{_SOFTWARE}"
        r"(?:-note)?\s{0,8}(?:[,:\]]|please\b|must\b|should\b|will now\b)",
        rf"\b(?:note|message|instruc\w+|notice|directive|order|anweisung\w*|hinweis|nota"
        rf"|consigne|mensaje|nachricht"
        rf"|instruccion\w*|aviso|command|remark|information|auftrag)\b\W{{1,8}}(?:to|for|an|pour|para"
        rf"|al|a|fur|a l'attention de)"
        rf"\W{{1,8}}(?:\w+\W{{1,8}}){{0,4}}?{_SOFTWARE}\b",
        rf"\b(?:to you|you),? (?:the |an? )?(?:\w+ )?{_SOFTWARE}\b|\bas an? (?:a\.?i\.?"
        rf"|language model|llm)\b",
        r"\b(?:are|is|r) (?:you|this|u) (?:really )?(?:an? |some )?(?:a\.?i\.?|bot|chatbot"
        r"|robot|machine|human or)\b",
        r"\bnice bot\b|\b(?:hey|hi|dear|hello|ok) (?:bot|ai|robot|chatbot|computer|machine)\b",
        r"\b(?:your|the) (?:assistant|bot|chatbot|ai|llm|agent)\b.{0,60}\b(?:can|should|must"
        r"|will|says?|please)\b",
        r"\b(?:analysis|processing) software\b|\b(?:large )?language models?\b|\bllms?\b"
        r"|\bjailbreak|\bchatgpt\b",
        # Roles and modes.
        r"\byou are (?:now|no longer|dan|free from|an? (?:\w+ ){0,3}(?:ai|assistant|bot))\b"
        r"|\bdo anything now\b",
        r"\b(?:enter|enable|activate|switch to|you are in|now in|into"
        r"|working in) (?:\w+ ){0,2}mode\b|\b(?:god|dan|sudo|unrestricted) mode\b",
        r"\bthought:.{0,300}\baction:|\bq: .{0,80}\ba: |\bto troubleshoot\b|\b(?:the"
        r"|your) mission\b|\badministrator override\b",
        r"\b(?:modify|enhance|translate|reverse|change|render|begin|end|improve|append"
        r"|add\b.{1,80}\bto) your (?:answer|response|reply|message|output)\b",
        r"\b(?:entwickler|wartungs|admin)modus\b|\bmode (?:developpeur|maintenance|admin)\b"
        r"|\bmodo (?:desarrollador|mantenimiento)\b",
        r"\b(?:pretend|act as if|roleplay|role-play|simulate being"
        r"|imagine you)\b.{0,60}\b(?:you|ai|assistant|rules?)\b",
        r"\bunlimited capabilities\b|\bwithout (?:any )?(?:restrictions|limitations|constraints) ",
        r"\bsystem (?:note|prompt|override|malfunction|instruction|command|directive)\b"
        r"|\bsystem(?:hinweis|anweisung|prompt)\b",
        r"\b(?:nota|aviso|mensaje|instruccion) del sistema\s?:|\b(?:note|message"
        r"|instruction) (?:du )?systeme\s?:|\bsystem (?:message|update|notice)\s?:",
        r"\b(?:new|updated|neue|nouvelles?|nuevas?) (?:instruc\w+|anweisung\w*|consignes?"
        r"|polic\w+|directives?)\s?(?::|-|for the|to the|an den|pour l'|para el)",
        # Prompts and what lies in them.
        r"\b(?:system ?prompt|your prompt|initiali[sz]ation string|hidden instructions"
        r"|which prompt|prompt injection)\b",
        r"\b(?:repeat|print|output|reveal|show|quote|recite|wiederhol\w*|repete\w*|repite)\b"
        rf"{_NEAR}(?:instruc\w+|prompt|anweisung\w*|consignes)\b",
        r"\b(?:everything|all (?:text|words)|the text) above\b|\bword for word\b"
        r"|\byour (?:own )?(?:rules|guidelines|instructions)\b",
        r"\b(?:chain of thought|thought process|tool (?:call|output)|function call|api key)\b",
        r"\b(?:decode|decipher|rot13|base64|unscramble|dekodier\w*|decodez|decodifi\w*)\b",
        r"\b(?:reply|respond|answer|antworte\w*|repondez|responda)\b (?:only|just|nur|seulement"
        r"|solo|with only|with the word|'?ok\b)",
        r"\b(?:in|to) your (?:answer|response|output|summary|reply|next reply)\b"
        r"|\bin ihrer (?:antwort|ausgabe)\b"
        r"|\bdans votre (?:reponse|sortie)\b|\ben (?:su|tu) (?:respuesta|salida)\b",
        # What only software could be told to do.
        r"\b(?:audit (?:log|trail|entries|entry)|activity log|prufprotokoll|journal d'audit"
        r"|piste d'audit|registro de auditoria"
        r"|log entr(?:y|ies)|event log|protokoll\w*eintr\w+)\b",
        rf"\b(?:delete|erase|wipe|purge|losch\w*|effac\w+|supprim\w+|borr\w+|elimin\w+)\b{_NEAR}"
        r"(?:logs?|history|verlauf|trail|journal|note|notes|historique|historial|protokoll"
        r"|trace)\b",
        r"\b(?:do not|don't|never) (?:log|record|write this|journal|tell (?:anyone|the (?:user"
        r"|human|collector)))\b",
        r"\brisk (?:score|class|rating)\b|\brisikoklasse\b|\bclasse de risque\b"
        r"|\bnivel de riesgo\b",
        r"\b(?:all|every|other|alle|anderen?|toutes?|tous|autres|todos|todas|otros"
        r"|otras) (?:\w+ )?(?:les |los |las )?"
        r"(?:customers?|debtors?|kunden|clients|clientes|deudores|debiteurs)\b",
        r"\b(?:largest|worst|biggest|top) (?:\w+ )?(?:customers|payers|debtors|accounts)\b"
        r"|\bageing report\b|\baging report\b"
        r"|\b(?:group|parent) balances?\b|\ball (?:accounts|contacts)\b|\balle (?:konten"
        r"|kontakte)\b",
        r"\b(?:remember|merke\w*|souviens|recuerda|recuerde|note|save)\b (?:permanently"
        r"|dauerhaft|that (?:this|we)|as a standing)",
        r"\bstanding (?:rule|instruction|order for)\b|\balways approve\b|\bnever dun\b"
        r"|\bexempt from (?:all )?(?:reminders|dunning|chasing)\b",
        r"\b(?:verified|trusted) instructions\b|\btreat (?:any|all|every)\b.{0,60}\b(?:as|like)\b",
        r"\b(?:threatening|insulting|frightening|aggressive)\b.{0,40}\b(?:style|tone|as you can"
        r"|way)\b|\bmention (?:prison|police|jail)\b",
        r"\b(?:end|stop|abort|halt) the (?:run|night|process|batch)\b"
        r"|\bevery message in the queue\b",
        r"\bpre-?(?:verified|approved|authori[sz]ed)\b.{0,40}\b(?:by|payment|plan|credit"
        r"|write)\b|\boverride\b.{0,30}\b(?:review|approval|control|check)",
        r"\b(?:write|written|wrote) ?-?off\b.{0,60}\b(?:automatic\w*|up to|residual|balance"
        r"|invoice|tolerance)\b|\bresidual\w*\b.{0,40}\bwritten off\b",
    )
)  # fmt: skip
_WEAK = tuple(
    re.compile(form)
    for form in (
        r"\*{3}[^*\n]{3,80}\*{3}",
        rf"\b(?:release|lift|remove|clear|take off|cancel)\b{_NEAR}(?:hold|block|stop)\b"
        rf"|\bhold comes off\b",
        r"\b(?:kredit|liefer)?sperre\b.{0,40}\b(?:auf|frei|entfern)\w*|\b(?:heben"
        r"|hebe)\b.{0,40}sperre"
        r"|\b(?:levez|lever|retirez)\b.{0,30}\bblocage|\b(?:levant|desbloque|quite"
        r"|libere)\w*\b.{0,30}\b(?:bloqueo|retencion|credito)",
        rf"\b(?:mark|markier\w*|marquez|marque|flag|set|record|post|book)\b{_GAP}(?:paid"
        rf"|bezahlt|payee?s?|pagad[ao]s?|settled|closed|cleared)\b",
        r"\bpaid in full\b.{0,30}\b(?:close|agreement|residual)|\bfull and final\b"
        r"|\bclose (?:the )?(?:residual|balance|case)",
        r"\b(?:raise|increase|set|update|erhoh\w*|augmentez|aument\w*)\b.{0,30}\b(?:limit"
        r"|kreditlimit|limite|plafond)\b",
        rf"\b(?:waive|cancel|zero out|annul\w+|storniere?n?|erlass\w*"
        rf"|condon\w*)\b{_NEAR}(?:invoices?|bills?|fees?|interest|rechnung\w*|factur\w+|zinsen"
        rf"|debt|balance)\b",
        r"\b(?:credit note|avoir|gutschrift|abono|nota de credito)\b.{0,30}\b(?:full amount"
        r"|total\w*|entire|whole|voll\w*|gesamt\w*)\b|\bcredit 100%",
        r"\bwithout (?:any |further |manual |additional |more )*(?:review|approval|sign-?off"
        r"|checks?|checking|validation|asking|confirmation|human)\b",
        r"\bohne (?:weitere |manuelle |jede )*(?:prufung|freigabe|genehmigung|ruckfrage"
        r"|zustimmung)\b|\bsans (?:autre |aucune )?(?:validation|verification|accord|controle)\b"
        r"|\bsin (?:mas |ninguna |otra )?(?:revision|aprobacion|validacion|autorizacion"
        r"|consultar)\b",
        r"\bno (?:need|reason) (?:to|for)\b|\bno (?:approval|sign-?off|review"
        r"|authori[sz]ation)\b (?:is )?(?:needed|required|necessary)?"
        r"|\bnicht (?:notig|notwendig|erforderlich|erwunscht)\b|\bpas (?:besoin|necessaire)\b"
        r"|\bno (?:hace falta|es necesario|le pregunte)\b",
        r"\b(?:do not|don't|please do not) (?:ask|disturb|check with|bother|contact|call"
        r"|verify)\b|\bskip the (?:approval|check|review)\b|\binutile de\b",
        r"\balready (?:been )?(?:approved|agreed|authori[sz]ed|signed off|verified|reviewed)\b"
        r"|\bhas been (?:reviewed|approved|verified|authori[sz]ed) by\b",
        r"\b(?:bereits|schon) (?:genehmigt|freigegeben|zugesagt|vereinbart)\b"
        r"|\bdeja (?:approuve|valide|accorde)\w*|\bya (?:aprobad|autorizad|acordad|me dio)\w*",
        r"\bas agreed with your\b|\byour (?:credit )?(?:manager|director|boss|cfo|ceo"
        r"|colleague)\b.{0,60}\b(?:agreed|approved|said|confirmed|authori[sz]ed|promised|told)\b",
        r"\bauto[- ]?approved?\b|\bfinding of\b|\bapprover\s?:|\bapproved by\b|\bper (?:cfo|ceo"
        r"|our|agreement)\b",
        r"\b(?:send|e-?mail|issue|mail)\b.{0,40}\b(?:final demand|reminder|notice)\b"
        r".{0,60}\b(?:to|even|all|today|anyway|right away)\b",
        r"\beven though\b.{0,60}\b(?:dispute|hold)\b|\bkeep reminding\b|\bdecide on (?:your"
        r"|the) own\b|\bcarry (?:it )?out\b|\bdo the following\b",
        r"\b(?:use|replace|update|change)\b.{0,40}\b(?:payment link|link in|payment_url"
        r"|bank account shown|iban|remittance account)\b",
        r"\bhttps?://|\bhxxps?://|\bopen the link\b|\bclick\b",
        r"\bimmediately\b|\bright now\b|\bjust send it\b|\bimportant\b\s{0,8}[:!-]"
        r"|\bwichtig\b\s{0,8}[:!-]|\bcritical\b\s{0,8}:",
        r"\binstalment schedule\b|\bpayment plan\b.{0,40}\b(?:approved|accepted|without)\b"
        r"|\b(?:approve|accept|approuvez|genehmig\w*|apruebe\w*)\b.{0,50}\b(?:plan|instal\w*"
        r"|mensualites|raten|cuotas)\b",
        r"\bper (?:section|clause|policy)\b|\byour own (?:credit )?policy\b|\byour policy\b"
        r"|\bauthority\s?:|\bconfirmation of deletion\b|\bconfirm (?:the )?deletion\b",
        r"\byour system\b.{0,40}\b(?:can|should|must|automatically|update)\b"
        r"|\bautomatically\b.{0,30}\b(?:approve|update|release|apply|on receipt)",
        r"\b\d{3} questions\b|\bpart a\b.*\bpart b\b|\btotals? (?:verified|overridden)\b"
        r"|\bpost all lines\b|\btolerance\b|\bon behalf of northgate\b",
    )
)  # fmt: skip
_HIDDEN = re.compile(
    "[\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_ENCODED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{20,4000}={0,2}(?![\w+/])")
_HEX = re.compile(r"(?<![\w])(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[\s,]?){12,2000}(?![\w])")
_ODD_SIGNS = re.compile("[\u2800-\u28ff]{6}|(?:[.·-]{1,6}[ /]{1,3}){10}|(?:\\b\\w ){9}")
_ACCENT = re.compile("[\u0300-\u036f]")
_MOST_ACCENTS = 12  # written apart from their letters; more are there to confuse
_MIXED = re.compile(r"[a-zA-Z][\u0400-\u04ff\u0370-\u03ff]|[\u0400-\u04ff\u0370-\u03ff][a-zA-Z]")
_LEET = re.compile(r"(?<!\S)(?:[a-z]+\d+[a-z]+\w*|\d+[a-z]+\d\w*|[a-z]+\d{3,}[a-z]*)(?![\w/-])")
_FEWEST_LEET = 4
# Digits in the place of letters and letters in the place of digits, as of a page badly read.
_MISREAD = re.compile(r"\b(?:[A-Z]+[015][A-Z]+|\d+[OoIl]\d+)\b")
_FEWEST_MISREAD = 2
_TURNED = frozenset(  # common words, each letter moved by thirteen, and written backwards
    [
        "gur",
        "naq",
        "cyrnfr",
        "nyy",
        "sbe",
        "lbhe",
        "guvf",
        "vafgehpgvbaf",
        "vtaber",
        "nppbhag",
        "vaibvpr",
        "erzvaqre",
        "perqvg",
        "cnlzrag",
        "eryrnfr",
        "eht",
        "dna",
        "esaelp",
        "lla",
        "rof",
        "ruoy",
        "siht",
        "snoitcurtsni",
        "erongi",
        "tnuocca",
        "eciovni",
        "rednimer",
        "tiderc",
        "tnemyap",
        "esaeler",
    ]
)
_WORD = re.compile(r"[a-z]+")


class Signs(NamedTuple):
    """What was found: the weight of it all and the words it is in."""

    weight: int
    spans: tuple[Span, ...]


def find_signs(subject: str, body: str) -> Signs:
    """Look for words meant for software, in the whole of a message, quotes and markup too."""
    weight = 0
    spans: list[Span] = []
    parts: tuple[tuple[Part, str], ...] = (("subject", subject), ("body", body))
    for part, text in parts:
        for start, end, force in _signs_in(text[:_LONGEST]):
            weight += force
            if len(spans) < _MOST_SPANS:
                spans.append(Span("injection", text[start : min(end, start + 200)], start, part))
    return Signs(weight, tuple(spans))


def is_injection(signs: Signs) -> bool:
    """Whether the signs are enough to flag a message."""
    return signs.weight >= _ENOUGH


def _signs_in(text: str) -> Iterator[tuple[int, int, int]]:
    folded = fold(without_long_words(text))
    for forms, force in ((_STRONG, _ENOUGH), (_WEAK, 1)):
        for form in forms:
            if match := form.search(folded):
                yield match.start(), match.end(), force
    yield from _hidden_in(text, folded)


def _hidden_in(text: str, folded: str) -> Iterator[tuple[int, int, int]]:
    """Text that people do not see, or that only a machine would take the trouble to read."""
    short = without_long_words(text)
    for form in (_HIDDEN, _ODD_SIGNS, _MIXED):
        if (match := form.search(short)) and not _is_harmless(match):
            yield match.start(), match.end(), _ENOUGH
    yield from _odd_letters_in(text, folded)
    for match in _ENCODED.finditer(text):
        if _decodes(match.group()):
            yield match.start(), match.end(), _ENOUGH
            break
    for match in _HEX.finditer(text):
        if _is_text(_unhexed(match.group())):
            yield match.start(), match.end(), _ENOUGH
            break


def _odd_letters_in(text: str, folded: str) -> Iterator[tuple[int, int, int]]:
    """Letters with many marks, digits for letters, words turned round."""
    accents = list(_ACCENT.finditer(text))
    if len(accents) > _MOST_ACCENTS:
        yield accents[0].start(), accents[-1].end(), _ENOUGH
    odd = list(_LEET.finditer(folded[:20_000]))
    if len(odd) >= _FEWEST_LEET and 4 * len(odd) >= len(folded[:20_000].split()) / 2:
        yield odd[0].start(), odd[0].end(), _ENOUGH
    misread = list(_MISREAD.finditer(without_long_words(text[:20_000])))
    if len(misread) >= _FEWEST_MISREAD:
        yield misread[0].start(), misread[-1].end(), 1
    turned = [each for each in _WORD.finditer(folded[:20_000]) if each.group() in _TURNED]
    if len(turned) > 1:
        yield turned[0].start(), turned[-1].end(), _ENOUGH


def _is_harmless(match: re.Match[str]) -> bool:
    """A mark of byte order at the start, or one that joins emoji."""
    return match.group() == "\ufeff" and match.start() == 0


def _decodes(token: str) -> bool:
    """Whether a token is text in base64 or base32."""
    padded = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        if _is_text(base64.b64decode(padded + "=" * (-len(padded) % 4))):
            return True
    except (binascii.Error, ValueError):
        pass
    try:
        return _is_text(base64.b32decode(token.rstrip("=") + "=" * (-len(token.rstrip("=")) % 8)))
    except (binascii.Error, ValueError):
        return False


def _unhexed(token: str) -> bytes:
    digits = re.sub(r"0x|\\x|[%\s,]", "", token)
    try:
        return bytes.fromhex(digits[: len(digits) // 2 * 2])
    except ValueError:
        return b""


def _is_text(held: bytes) -> bool:
    try:
        text = held.decode("utf-8")
    except UnicodeDecodeError:
        return False
    letters = sum(each.isalpha() or each == " " for each in text)
    return len(text) >= 10 and " " in text and letters >= 0.85 * len(text)
