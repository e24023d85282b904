"""A letter without its facts: slots where names, numbers, amounts and dates stood."""

import re

from guardrails.formats import format_day, format_money, printable
from guardrails.known import known_facts
from ledger.actions import MessageAction
from ledger.facts import AccountFacts
from policies.schema import Policy

_ADDRESS = re.compile(r"\S+@\S+|\bhttps?://\S+")
_DIGITS = re.compile(r"[\w/-]*\d(?:[\d.,/'-]*\d)?\w*")
_SLOTS = re.compile(r"(\{number\})(?:\s*[,;]\s*\{number\})+")


def slotted(text: str, facts: AccountFacts, action: MessageAction, policy: Policy) -> str:
    """A letter that names nobody and states no figure, whoever worded it.

    Facts of the ledger go first, as we write them; whatever figure or address is left goes too.
    """
    known, language = known_facts(facts, action), action.language
    people = {printable(contact.name) for contact in facts.contacts}
    stands = {
        **dict.fromkeys([*known.names, *people, printable(facts.name)], "{name}"),
        **dict.fromkeys(known.numbers, "{number}"),
        **{format_money(minor, code, language): "{amount}" for minor, code in known.amounts},
        **{format_day(day, language): "{date}" for day in known.days},
        **dict.fromkeys((policy.company.name, policy.company.signature), "{company}"),
    }
    for fact in sorted(filter(None, stands), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(fact)}(?!\w)", stands[fact], text)
    # A first or last name alone is a name too.
    for part in sorted({part for name in people for part in name.split() if len(part) > 2}):
        text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "{name}", text)
    text = _DIGITS.sub("{number}", _ADDRESS.sub("{address}", text))
    return _SLOTS.sub(r"\1", text.replace("{name} {name}", "{name}"))
