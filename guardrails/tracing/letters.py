"""Every amount, date, number, link and bank detail of a message must be a fact of the ledger.

`untraced` reads the finished words, whoever wrote them, and knows nothing of how they came about.
A letter whose facts stand exactly as we write them is cleared by cancelling them out: nothing but
plain words may be left. Anything else is read closely.
"""

import functools
import itertools
import re
from dataclasses import replace
from datetime import date

from guardrails.formats import LANGUAGES, format_day, format_money
from guardrails.known import known_company, known_facts, known_invoices
from guardrails.tracing.close_reading import MARK
from guardrails.tracing.facts import Known, KnownCompany
from guardrails.tracing.message import said_in_words, trace
from guardrails.tracing.report import Untraced
from guardrails.tracing.stated import stated
from guardrails.tracing.written import (
    CHANGES,
    ENDING,
    NAMED_CURRENCIES,
    OPENERS,
    SMALL_CODES,
    SPANS,
)
from ledger.actions import MessageAction
from ledger.facts import AccountFacts
from policies.schema import Policy

__all__ = ["Untraced", "untraced"]

_SOMEBODY = "Ada Lee"
_LONGEST_PREFIX = 4
_GAP = "[ \u00a0\u202f]"
_UNUSUAL = re.compile(rf"[^A-Za-zÀ-ÖØ-öø-ıĴ-ľŁ-ňŊ-ž \n\u00a0\u202f.,;:!?'’()«»„“”\"–—…¿¡{MARK}-]")
# What is said in words is there whatever the day is.
_ANY_DAY = date(2000, 1, 1)
_GLUED = re.compile(r"\.(?=\w)")
# A fact that does not stand alone may be part of another: a sign, a unit, a longer number. Between
# two spaces or at the end of a line it stands alone on that side, which settles most of a table.
_NOT_ALONE = re.compile(
    rf"{MARK}(?:(?<=[^{OPENERS}]{MARK})"
    rf"|(?<=\w{_GAP}{MARK})(?<=(?:[A-Z]{{3}}|(?i:{'|'.join(SMALL_CODES)})){_GAP}{MARK})"
    rf"|(?!  |\n)(?:(?!{ENDING})|(?={_GAP}{MARK})|(?={_GAP}?(?:[A-Z]{{3}}(?!\w)"
    rf"|(?i:{CHANGES}|{SPANS}|(?:{'|'.join((*SMALL_CODES, *NAMED_CURRENCIES))})(?!\w))))))"
)


def untraced(
    subject: str,
    body: str,
    facts: AccountFacts,
    policy: Policy,
    language: str,
    action: MessageAction | None = None,
    *,
    more_amounts: frozenset[tuple[int, str]] = frozenset(),
) -> tuple[Untraced, ...]:
    """Find what a message states that is no fact of the ledger or of the company.

    Args:
        subject: Its subject line.
        body: Its body.
        facts: The account as of now.
        policy: Holds our own names, links and bank details.
        language: The language of the message.
        action: What is to be sent; a reminder may name its own invoices only. Without one,
            everything open on the account may be named.
        more_amounts: Amounts of the ledger that a document may state and a letter may not.

    Returns:
        Every finding in the order of the text; empty when all of it is traced.
    """
    if language not in LANGUAGES:
        return (Untraced(language, 0, "language", f"one of {', '.join(LANGUAGES)}"),)
    known, company = known_facts(facts, action), known_company(policy.company)
    known = replace(known, amounts=known.amounts | more_amounts) if more_amounts else known
    rest = _without_facts(f"{subject}\n{body}", known, company, language)
    cleared = rest is not None and _only_words_and_marks(rest)
    if rest is not None and cleared and not _states_in_words(_bare(rest, known, company), language):
        return ()
    known = replace(known, company=company, invoices=known_invoices(facts, known))
    if cleared:
        return said_in_words(subject, body, known, language)
    return trace(subject, body, known, language, strict=True)


def skeleton(
    text: str, facts: AccountFacts, policy: Policy, language: str, action: MessageAction
) -> str:
    """A letter with a stand-in for every fact: the same for all letters of a template.

    What is left is all its words, for readers that care for words alone. A number of the customer
    that holds words of its own is left as it is.
    """
    if language not in LANGUAGES:
        return text
    known, company = known_facts(facts, action), known_company(policy.company)
    plain = replace(known, numbers=tuple(n for n in known.numbers if _is_reference(n)))
    rest = _without_facts(text, plain, company, language)
    if rest is None:
        return text
    for name in known.names:
        rest = rest.replace(name, _SOMEBODY)
    lines = [" ".join(line.replace(MARK, "1").split()) for line in rest.split("\n")]
    return "\n".join(line for line, _same in itertools.groupby(lines))


@functools.lru_cache(maxsize=65_536)
def _is_reference(number: str) -> bool:
    """Whether a number holds nothing to read: no spaces, and no more letters than a prefix has."""
    return " " not in number and sum(map(str.isalpha, number)) <= _LONGEST_PREFIX


def _bare(rest: str, known: Known, company: KnownCompany) -> str:
    """The same for all letters of a template: no names, no widths of columns."""
    for name in (*known.names, *company.plain):
        rest = rest.replace(name, MARK)
    while "  " in rest:
        rest = rest.replace("  ", " ")
    return rest


def _without_facts(text: str, known: Known, company: KnownCompany, language: str) -> str | None:
    """The text with a mark for every fact that stands as we write it."""
    if MARK in text:
        return None
    written = [
        *company.lines,
        *known.numbers,
        *[format_money(minor, currency, language) for minor, currency in known.amounts],
        *[format_day(day, language) for day in known.days],
    ]
    written.sort(key=len, reverse=True)
    for fact in written:
        text = text.replace(fact, MARK)
    return text.replace(str(known.count), MARK)


def _only_words_and_marks(text: str) -> bool:
    """Whether nothing but plain words is left of a text once its facts are taken out.

    Says yes only where the close reading would find nothing; that it does so is tested.
    """
    return (
        _UNUSUAL.search(text) is None
        and _GLUED.search(text) is None
        and _NOT_ALONE.search(text) is None
    )


@functools.lru_cache(maxsize=4096)
def _states_in_words(rest: str, language: str) -> bool:
    """Whether the words beside the facts state anything; one template's letters leave the same."""
    return bool(stated("", rest, language, _ANY_DAY))
