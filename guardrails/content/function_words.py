"""Words that tell a language: its small words, and the commonest of our trade."""

_WORDS = {
    "en": """the a an of and to is
are was were be been being have has had do does did will would can
could should may might must shall not this that these those it its he she they we you i our your
their my his her us them me with for from by on at as if or but so than then when while where which
who what how why any all some no there here about after before until unless into over under again
please thank thanks dear hello hi regards sincerely kind best yours faithfully invoice invoices
payment payments due overdue reminder balance owed owe unpaid open total attached reply questions
let know have received statement second first third second just only still yet don won
isn doesn didn t ll ve re pay paid today tomorrow monday tuesday wednesday thursday friday""",
    "es": """el la los las un una unos unas de del al y o que en con por para su sus se le les lo
nos nuestro nuestra nuestros nuestras usted ustedes es son esta este estos estas eso esto ha han
hemos he fue era ser estar esta estamos esta como mas muy pero si no ya sin sobre hasta desde cuando
donde porque si tambien entre todo toda todos todas otro otra a mi tu te me yo buenos dias
estimado estimada estimados gracias saludo saludos cordial cordiales atentamente factura facturas
pago pagos vencida vencidas vencio vencimiento pendiente pendientes recordatorio importe euros
favor bien parece plazo plazos tres rogamos ruego adjunto adjuntamos quedamos quedo tiene puede
cualquier duda cuenta le hola señor senor senora queda recibido dinero pague pagar""",
    "fr": """le la les un une des du de d l et ou que qui en dans avec par pour sur sous votre vos
notre nos vous nous il elle ils elles je tu on ce cette ces cet est sont etait a ont avons avez ai
ete etre avoir ne pas plus mais si sans jusqu quand comme aussi tres tout toute tous toutes au aux
se s qu n c j y dont leur leurs bonjour madame monsieur merci cordialement salutations veuillez
bien facture factures paiement reglement echeance impayee impaye impayes solde somme montant
relance rappel prions priere courrier compte chez votre afin ci joint jour
echue echu avant apres encore deja reste restent regler payer""",
    "de": """der die das den dem des ein eine einen einem einer eines und oder dass wenn ob als wie
in im an am auf aus bei mit nach von vom zu zum zur fuer fur uber uber unter bis seit durch ohne
gegen um ist sind war waren wird werden wurde wurden sein haben hat hatte habe kann konnen konnte
muss mussen soll sollte darf nicht kein keine keinen noch schon nur auch sehr so aber doch es er sie
wir ihr ihre ihren ihrem ihrer uns unser unsere unseren unserer ich mich mir du dich dir dein deine
diese dieser dieses diesen diesem bitte danke vielen dank sehr geehrte geehrter guten tag hallo
freundlichen grussen grusse gruss mit herr frau rechnung rechnungen zahlung zahlungen betrag fallig
offen offene offenen erinnerung mahnung uberweisen konto kollegin kollege falls damit hier da
sich man jetzt heute morgen seien sowie""",
    "it": """il lo gli della delle dei degli nel nella di che e sono per con non una fattura
pagamento entro saldo scadenza gentile grazie vi si le cordiali saluti preghiamo vostra vostro
nostro nostra questa questo anche ancora piu essere stato""",
    "pt": """o os um uma do da dos das no na nos nas em que com nao por para ao voce sua seu
fatura pagamento obrigado obrigada ate esta foi favor prezado prezada nossa nosso mais vencimento
pelo pela atenciosamente cumprimentos""",
    "nl": """de het een en van is dat op te voor met zijn niet aan er om bij uit wij u uw ons onze
deze dit door over factuur betaling openstaande graag vriendelijke groet vriendelijk wordt heeft
hebben naar nog geachte maar ook""",
    "pl": """nie sie na w z do i o ze jest za od prosimy platnosc faktury faktura pilna panstwa
oraz przez dla""",
}
# Words people write in other languages too ("la", "de", "total"); they decide little but count.
EVIDENCE: dict[str, tuple[str, ...]] = {}
for _language, _listed in _WORDS.items():
    for _word in set(_listed.split()):
        EVIDENCE[_word] = (*EVIDENCE.get(_word, ()), _language)

COMMON: dict[str, frozenset[str]] = {
    language: frozenset(listed.split()) for language, listed in _WORDS.items()
}
# Words most letters of our trade hold; a pattern is better called up by another of its words.
_FREQUENT = {
    "en": """supply on credit in accounts account deliver delivered delivery bank team order line
dispute query collection write note call charge take colleague number email request office service
new time help look name date details matter kind sort people support money good right find card
month week day back need want send make more department customer company copy bring reach like""",
    "es": """cuenta banco equipo pedido entrega linea mensaje importe fecha nueva cliente empresa
servicio correo telefono puede gracias partida responda llame carta mes semana dia""",
    "fr": """compte banque equipe commande livraison ligne message montant date nouvelle client
societe service courriel telephone pouvez repondez appelez mois semaine jour somme question""",
    "de": """konto bank team bestellung lieferung zeile nachricht betrag datum neue kunde firma
service mail telefon kollegin antworten rufen monat woche tag frage posten position""",
}
MET: dict[str, dict[str, float]] = {
    language: dict.fromkeys((form for word in listed.split() for form in (word, f"{word}*")), 0.2)
    | dict.fromkeys(COMMON[language], 0.5)
    for language, listed in _FREQUENT.items()
}
