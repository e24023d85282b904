"""What each date, amount and number of a message is said to be: the trained heads asked once."""

from dataclasses import dataclass

from engines.reading.amounts import AmountMention
from engines.reading.dates import DateMention
from engines.reading.documents import DocumentMention
from engines.reading.features import mention_features, sentence_features
from engines.reading.linear import Model
from engines.reading.page import Line, Page

_MOST_ASKED = 400  # mentions of a message that are judged; a table longer than that is a person's


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with the likelihood of each role of what stands in it."""

    at: int
    line: Line
    sentence: dict[str, float]
    dates: tuple[tuple[DateMention, dict[str, float]], ...]
    amounts: tuple[tuple[AmountMention, dict[str, float]], ...]
    documents: tuple[tuple[DocumentMention, dict[str, float]], ...]


def judge(page: Page, model: Model) -> tuple[Judged, ...]:
    """Judge every sentence and mention of a page."""
    found = []
    left = _MOST_ASKED
    for at, line in enumerate(page.lines):
        number = len(line.dates) + len(line.amounts) + len(line.documents)
        left -= number
        if left < 0:
            break
        found.append(
            Judged(
                at,
                line,
                model["sentence"].likelihoods(sentence_features(page, at)),
                tuple(_asked(page, at, line.dates, model, "date")),
                tuple(_asked(page, at, line.amounts, model, "amount")),
                tuple(_asked(page, at, line.documents, model, "document")),
            )
        )
    return tuple(found)


def _asked(page: Page, at: int, mentions: tuple, model: Model, head: str) -> list[tuple]:
    return [(each, model[head].likelihoods(mention_features(page, at, each))) for each in mentions]
