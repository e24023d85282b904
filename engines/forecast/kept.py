"""A forecast's items as bytes and back, so that the next night can tell what moved."""

import zlib
from datetime import date

import numpy as np
import orjson

from engines.forecast.cash import ExpectedItems

_TEXTS = ("item_id", "account", "currency", "segment", "entity")
_FULL = 65_535


def pack(items: ExpectedItems) -> bytes:
    """Compress items; chances keep a resolution of 1 in 65,535."""
    head = {name: getattr(items, name).tolist() for name in _TEXTS}
    head |= {"as_of": items.as_of.isoformat(), "days": items.days}
    told = orjson.dumps(head)
    amount = items.amount.astype("<i8").tobytes()
    paid = np.rint(items.paid * _FULL).astype("<u2").tobytes()
    return zlib.compress(len(told).to_bytes(8, "little") + told + amount + paid, 1)


def unpack(data: bytes) -> ExpectedItems:
    """Read items back; each row of chances sums to 1."""
    raw = zlib.decompress(data)
    start = 8 + int.from_bytes(raw[:8], "little")
    head = orjson.loads(raw[8:start])
    count, columns = len(head["item_id"]), head["days"] + 1
    amount = np.frombuffer(raw, "<i8", count, start).astype(np.float64)
    paid = np.frombuffer(raw, "<u2", count * columns, start + 8 * count)
    paid = paid.reshape(count, columns).astype(np.float64)
    sums = paid.sum(axis=1, keepdims=True)
    texts = (np.array(head[name], dtype=str) for name in _TEXTS)
    return ExpectedItems(date.fromisoformat(head["as_of"]), *texts, amount, paid / sums)
