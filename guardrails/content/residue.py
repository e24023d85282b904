"""Fields nobody filled and words a writer's tool left behind: nothing a customer should read."""

import re

_FIELDS = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\$\{\w+\}|\{[A-Za-z_][\w .-]*\}"  # {{ name }}, ${name}, {name}
    r"|\[(?:[A-Z][A-Z_ -]{2,}|(?:(?i:your|ihre?[nm]?|su|votre|insert|customer|company|invoice"
    r"|name|nombre|nom|datum|date|fecha|amount|betrag|importe|montant)\b)[^\]\n]{0,40})\]"
    r"|<(?:[A-Z][A-Z0-9_]{2,}|[A-Za-z]+(?:_[A-Za-z0-9]+)+|(?i:first|last|your|company) \w+)>"
    r"|%\(\w+\)s|(?<!\w)%[sd](?!\w)|\b(?:FIXME|TBD|TKTK)\b|(?i:\blorem ipsum\b)"
    r"|\bX{2,}[/.-]X{2,}(?:[/.-]X{2,})?\b"
)
_TOOL_WORDS = re.compile(
    r"\bas an? (?:ai|artificial intelligence|large language|language)\b(?:[ -]\w+){0,2} ?model"
    r"|\bas an ai\b(?! (?:company|start-?up|customer))"
    r"|\bi (?:cannot|can't|am unable to|am not able to) (?:fulfil?l|comply|assist|help)"
    r" with (?:this|that) request"
    r"|\b(?:system|developer) prompt\b"
    r"|\bignore (?:all |any )?(?:previous|prior|earlier) instructions"
    r"|\bhere(?:'s| is) (?:a|the|your) (?:polite |friendly |firm |revised |short )?"
    r"(?:draft|e-?mail|message|letter|reminder)\b[^.\n]{0,40}:"
    r"|^(?:sure|certainly|of course)[!,] here|</?(?:system|assistant|user|instructions?)>"
    r"|\bals (?:ki-)?sprachmodell\b|\bals ki\b(?!-)|\bcomo (?:modelo de lenguaje|una ia)\b"
    r"|\ben tant que (?:mod[eè]le de langage|qu'ia|mod[eè]le d'ia)\b"
    r"|\baqu[ií] tienes? (?:el|un) borrador\b|\bvoici (?:un|le) brouillon\b"
    r"|\bhier ist (?:ein|der) entwurf\b",
    re.IGNORECASE | re.MULTILINE,
)
# One of these stands in everything that is looked for; without them the dear searches are spared.
_FIELD_HINTS = ("{", "[", "<", "%(", "%s", "%d", "FIXME", "TBD", "TKTK", "XX")
_TOOL_HINTS = (
    *("model", "as an ai", "this request", "that request", " prompt", "ignore ", ", here"),
    *("! here", "here's ", "here is ", "<", "als ki", "como una ia", "en tant que "),
    *("borrador", "brouillon", "entwurf"),
)
# Small letters that a search without regard to capitals takes for i and s.
_ALIKE = (("i\u0307", "i"), ("ı", "i"), ("ſ", "s"))


def find_residue(subject: str, body: str) -> tuple[str, ...]:
    """Unfilled fields and traces of a writing tool, in the order of the text."""
    text = f"{subject}\n{body}"
    low = text.lower()
    if not low.isascii():
        for char, plain in _ALIKE:
            low = low.replace(char, plain)
    found: list[re.Match[str]] = []
    if "lorem" in low or any(hint in text for hint in _FIELD_HINTS):
        found += _FIELDS.finditer(text)
    if any(hint in low for hint in _TOOL_HINTS):
        found += _TOOL_WORDS.finditer(text)
    return tuple(match[0] for match in sorted(found, key=lambda match: match.start()))
