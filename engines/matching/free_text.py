"""Free text of a payer as lines: which document, how much, and what was kept back.

A reading counts only where its lines sum to the receipt and fit what is open; text that commands
or explains nothing is not read. What comes of it is a suggestion, never a posting.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engines.matching.classify import states_deduction, states_discount, states_less
from engines.matching.references import Certainty, ReferenceIndex

_AMOUNT = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,' ]?\d{3})*[.,]\d\d(?![\d.,]?\d)")
_MOST_WORDS = 400
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class FreeLine:
    """One document of a free text; `quote` stands in the text as it is.

    Attributes:
        kind: What was kept back: a deduction or a discount.
    """

    doc_id: str
    net_minor: int
    quote: str
    kept_minor: int = 0
    kind: str = "deduction"


def holds_together(lines: Sequence[FreeLine], owed: Mapping[str, int], amount: int) -> bool:
    """Whether lines sum to the receipt, each within its document, and say more than one sum."""
    tells = len(lines) > 1 or any(line.kept_minor for line in lines)
    once = len({line.doc_id for line in lines}) == len(lines)
    fits = all(
        line.net_minor > 0
        and line.kept_minor >= 0
        and line.net_minor + line.kept_minor <= owed.get(line.doc_id, 0)
        for line in lines
    )
    return tells and once and fits and sum(line.net_minor for line in lines) == amount


def read_by_rules(
    text: str, index: ReferenceIndex, owed: Mapping[str, int], amount: int
) -> tuple[FreeLine, ...]:
    """Lines of a text in a currency of two decimals; none where no reading holds together."""
    parts = _parts(text, index)
    for net_stated in (True, False):
        lines = tuple(line for part in parts if (line := _line(*part, owed, net_stated)))
        if len(lines) == len(parts) and holds_together(lines, owed, amount):
            return lines
    return ()


def amounts_in(text: str) -> list[int]:
    """Amounts with two decimals in the order of the text, in minor units."""
    return [int(re.sub(r"\D", "", found)) for found in _AMOUNT.findall(text)]


def one_document(reference: str, index: ReferenceIndex) -> str:
    """The only open document a reference is, exactly; nothing where it is none or several."""
    hits = [hit for hit in index.find(reference).hits if hit.certainty is Certainty.EXACT]
    found = {doc_id for hit in hits for doc_id in hit.doc_ids}
    return found.pop() if len(found) == 1 else ""


def _parts(text: str, index: ReferenceIndex) -> list[tuple[str, str]]:
    """The text from each document to the next, with the document."""
    words = list(re.finditer(r"\S+", text))[:_MOST_WORDS]
    starts: list[tuple[int, str]] = []
    for word in words:
        doc_id = "" if _AMOUNT.fullmatch(word[0].strip(".,;")) else one_document(word[0], index)
        if doc_id and (not starts or starts[-1][1] != doc_id):
            starts.append((word.start(), doc_id))
    ends = [*(start for start, _doc in starts[1:]), len(text)][: len(starts)]
    return [
        (doc_id, text[start:end].strip()) for (start, doc_id), end in zip(starts, ends, strict=True)
    ]


def _line(doc_id: str, said: str, owed: Mapping[str, int], net_stated: bool) -> FreeLine | None:
    """A document with the words behind it; the second amount, if any, is what was kept back."""
    number, _, words = said.partition(" ")
    amounts = amounts_in(words)
    kind = "discount" if states_discount(words) else "deduction"
    lacks = kind == "discount" or states_deduction(words) or states_less(words)
    quote = f"{number} {words}".strip()
    if not amounts or len(amounts) > _DECIMALS or (len(amounts) > 1 and not lacks):
        return None
    stated, kept = amounts[0], amounts[1] if len(amounts) > 1 else 0
    if len(amounts) == 1 and lacks:
        kept = owed.get(doc_id, 0) - stated
    net = stated if net_stated or len(amounts) == 1 else stated - kept
    return FreeLine(doc_id, net, quote, kept, kind)
