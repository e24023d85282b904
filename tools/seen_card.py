"""What of a card must be the same when it is approved as when it was read: all that leaves."""

import orjson

from ledger.ids import digest
from tools.inbox_cards import Card

_BINDING = {
    "id", "digest", "action", "action_words", "draft", "ways", "changed", "now", "now_because"
}  # fmt: skip


def card_digest(card: Card) -> str:
    """Digest of the full text a reviewer must have before them to approve a request."""
    said = card.model_dump(mode="json", include=_BINDING)
    return digest(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
