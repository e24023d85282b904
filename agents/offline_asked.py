"""What a colleague's question names: an account, an amount, a date."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from engines.reading.amounts import AmountMention, find_amounts
from engines.reading.folding import fold

WHICH_DATE = "Which date do you mean? Write it as year-month-day, such as 2026-03-01."
_QUOTED = re.compile(r"[\"“]([^\"”]{2,80})[\"”]")
_NUMBER = re.compile(r"\b(?:acc_[a-z0-9]{4,}|[A-Z]{0,6}-?\d{3,}[A-Z0-9-]*|[A-Z]+-\d+)\b")
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_IN_DAYS = re.compile(r"\bin (\d{1,3}) (day|week)s?\b", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# A date that people write in words or with other signs; which one it is is not guessed.
_WRITTEN_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\.? (?:of )?{_MONTH}\b|\b{_MONTH} \d{{1,4}}(?:st|nd|rd|th)?\b"
    r"|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b",
    re.IGNORECASE,
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ABOUT = re.compile(r"[^\n(]+ \(([^()\s]+)\)(?:[:,]| stands)")
_PRONOUN = re.compile(r"\b(?:it|its|it's|they|them|their|there|this|that) (?!week|month|day)", re.I)

_COMPARED = re.compile(
    r"\bcompar\w+\s+(?:accounts? )?(.+?)\s+(?:and|with|to|against|versus|vs\.?)\s+(.+)", re.I
)
_AGAINST = re.compile(r"^(.+?)\s+(?:versus|vs\.?)\s+(.+)", re.I)

# Words a question is made of; what is left is the name of an account.
_COMMON = frozenset(
    re.split(
        r"\s+",
        """a about account accounts against aging all am an and any applied approval
        approvals approve are at balance because book brief broke broken by call can
        case cash chase claims contact contract could create credit customer customers
        day days did disagree dispute disputed disputes do does draft due everything
        expect expected exposure follow follow-up for forecast friday from get give
        hardship has have having he hello help her here hi hold how i in inbox
        insolvency invoice invoices is it it's item items its last ledger legal letter
        limit list log long look make manual me message messages monday money month much
        my need next night not note notes now of on open or our out over overdue owe
        owes owing paid past pay payment payments pending place please position prepare
        price priority promise promised promises put receivable record remind reminder
        renewal request route routed said saturday say says schedule send sent set she
        should show situation soon standing stands start statement status still story
        summary sunday task tasks tell that the their them there they they're this
        thursday ticket tickets to today tomorrow tuesday unapplied under unidentified
        until up us wait waiting waits want was we wednesday week weeks went were what
        when where which who whom whose why will with word work worklist would write
        wrote you your action actions adviser agents allowed amount approves binding broken
        contacts credits date dates draft e-mail email emails exposure fresh happened has history
        holds instalment instalments invoice invoices keep keeps kept law laws logged may might
        multiple next number offered often option options outlook payment permitted phone plan
        plans pipeline potential preview ratios rating regulation regulations reliable ring risk
        risky rules score scores see since sms stage standing steps such text there
        these those together under wording yesterday class changed changes new night holds
        preparing propose offer fitting shorter longer memo memos force within currently right
        people person team late lately recent recently done made still news doing debtor
        debtors good bad payer receivables overview list total what's""",
    )
)


def account_named(question: str) -> str | None:
    """The account a question names, as text to look up."""
    if quoted := _QUOTED.search(question):
        return quoted[1]
    bare = _without_figures(question)
    if number := _NUMBER.search(bare):
        return number[0]
    return _longest_name(bare)


def two_accounts(question: str) -> tuple[str, str] | None:
    """The two accounts a question sets side by side."""
    if len(quoted := _QUOTED.findall(question)) >= 2:
        return quoted[0], quoted[1]
    found = _COMPARED.search(question) or _AGAINST.search(question)
    if found is None:
        return None
    first, second = (each.strip(" \t.?!,:;\"“”'") for each in found.groups())
    return (first[:120], second[:120]) if first and second else None


def last_account(history: Sequence[tuple[str, str]]) -> str | None:
    """The number of the account the assistant last spoke of."""
    for speaker, text in reversed(history):
        if speaker == "assistant" and (found := _ABOUT.match(text)):
            return found[1]
    return None


def speaks_of_it(question: str) -> bool:
    """Whether a question refers to what was spoken of before."""
    return _PRONOUN.search(f"{question} ") is not None


def amount_named(question: str) -> tuple[str, str | None] | None:
    """The first amount with its currency, such as ("1200.00", "EUR"), as messages are read."""
    return next(((str(each.value), each.currency) for each in _amounts(question)), None)


def _amounts(question: str) -> list[AmountMention]:
    dates = [found.span() for found in _ISO_DATE.finditer(question)]
    return [each for each in find_amounts(fold(question), dates) if each.currency]


def date_named(question: str, as_of: date) -> date | None:
    """A date: written year first, or counted from the business date; None where it is unclear."""
    if iso := _ISO_DATE.search(question):
        try:
            return date.fromisoformat(iso[0])
        except ValueError:
            return None
    if found := _IN_DAYS.search(question):
        return as_of + timedelta(days=int(found[1]) * (7 if found[2].lower() == "week" else 1))
    if _WRITTEN_DATE.search(question):
        return None
    low = question.lower()
    if "tomorrow" in low:
        return as_of + timedelta(days=1)
    if re.search(r"\btoday\b", low):
        return as_of
    for place, name in enumerate(_DAYS):
        if name in low:
            return as_of + timedelta(days=(place - as_of.weekday() - 1) % 7 + 1)
    return None


def date_unclear(question: str) -> bool:
    """Whether a question names a date in a way that is not guessed at."""
    return not _ISO_DATE.search(question) and _WRITTEN_DATE.search(question) is not None


def _without_figures(question: str) -> str:
    bare = question
    for each in reversed(_amounts(question)):
        bare = f"{bare[: each.start]} | {bare[each.end :]}"
    for pattern in (_ISO_DATE, _IN_DAYS):
        bare = pattern.sub(" | ", bare)
    return bare


def _longest_name(question: str) -> str | None:
    """The longest run of words that no question is made of."""
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[^\s,;:?!|]+|[,;:?!|]", question):
        plain = word.strip(".'’\"()").removesuffix("'s").removesuffix("’s")
        if plain and plain.lower() not in _COMMON and re.match(r"\d*[^\W\d]", plain):
            runs[-1].append(word.strip("'’\"()").removesuffix("'s").removesuffix("’s"))
        elif runs[-1]:
            runs.append([])
    best = max((" ".join(run) for run in runs), key=len)
    return best.rstrip(".") or None
