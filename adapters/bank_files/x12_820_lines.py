"""What the documents of an 820 say under the reading that sums to the payment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_CREDIT_MEMO = "CM"


@dataclass(slots=True)
class Document:
    """A document as written (RMR with what follows it), amounts in minor units."""

    kind: str
    reference: str
    paid: int | None
    billed: int | None
    discount: int | None
    number: int
    adjustments: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def adjusted(self) -> int:
        """Sum of its adjustments, signed as written."""
        return sum(amount for amount, _ in self.adjustments)


@dataclass(frozen=True, slots=True)
class Read:
    """A document as understood: gross = net + discount + deduction where gross is told."""

    reference: str
    net: int | None
    gross: int | None
    discount: int
    deduction: int
    reason: str
    notes: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Documents:
    """All lines, what they miss of the payment, and how they had to be read."""

    lines: tuple[Read, ...]
    difference: int = 0
    remarks: tuple[str, ...] = ()


def read_documents(
    documents: list[Document], loose: list[tuple[int, str]], total: int | None
) -> Documents:
    """Find the reading whose amounts sum to the payment.

    Args:
        documents: Documents in order.
        loose: Adjustments that belong to no document.
        total: The payment; None if the file does not say.
    """
    if not documents:
        return _unnamed(loose, total)
    outside = sum(amount for amount, _ in loose)
    for reading, remark in _READINGS:
        nets = [reading(each) for each in documents]
        if None in nets:
            continue
        own = sum(net for net in nets if net is not None)
        if total is not None and total in (own, own + outside):
            # Adjustments outside the documents count where the sum needs them.
            extra = loose if total != own else []
            lines = (*map(_read, documents, nets), *_adjusted(extra))
            return Documents(lines, remarks=(remark,) if remark else ())
    nets = [_as_written(each) for each in documents]
    own = sum(net for net in nets if net is not None)
    is_told = bool(loose) or any(net is not None for net in nets)
    difference = total - own - outside if total is not None and is_told else 0
    return Documents((*map(_read, documents, nets), *_adjusted(loose)), difference)


def _as_written(document: Document) -> int | None:
    return document.paid if document.paid is not None else document.billed


def _swapped(document: Document) -> int | None:
    return document.billed if document.billed is not None else document.paid


def _credits_off(document: Document) -> int | None:
    paid = _as_written(document)
    return -abs(paid) if paid is not None and document.kind == _CREDIT_MEMO else paid


def _adjusted_net(document: Document) -> int | None:
    paid = _as_written(document)
    return None if paid is None else paid + document.adjusted


def _reduced_net(document: Document) -> int | None:
    paid = _as_written(document)
    return None if paid is None else paid - sum(abs(amount) for amount, _ in document.adjustments)


_READINGS: tuple[tuple[Callable[[Document], int | None], str], ...] = (
    (_as_written, ""),
    (_swapped, "RMR05 is what was paid and RMR04 what was billed: only so the lines sum up"),
    (_credits_off, "credit memos are taken off: only so the lines sum up"),
    (_adjusted_net, ""),
    (_reduced_net, "adjustments are taken off: only so the lines sum up"),
)


def _read(document: Document, net: int | None) -> Read:
    told = [each for each in (document.paid, document.billed) if each is not None and each != net]
    gross = told[0] if told else net
    if not told and net is not None and document.discount and document.discount > 0:
        gross = net + document.discount
    missing = (gross - net) if gross is not None and net is not None else 0
    # A discount is what was taken for paying early; a negative one is a short payment.
    discount = document.discount if document.discount == missing else 0
    taken = discount if discount and discount > 0 and missing > 0 else 0
    deduction = max(missing - taken, 0)
    reasons = [words for _, words in document.adjustments if words] if deduction else []
    return Read(
        reference=document.reference,
        net=net,
        gross=gross,
        discount=taken,
        deduction=deduction,
        reason=", ".join(reasons),
        notes=tuple(document.notes),
        number=document.number,
    )


def _adjusted(loose: list[tuple[int, str]]) -> Iterator[Read]:
    """Adjustments without a document: a line of its own for each."""
    for amount, words in loose:
        yield Read("", amount, amount, 0, 0, words, (), 0)


def _unnamed(loose: list[tuple[int, str]], total: int | None) -> Documents:
    """A payment that names no document is still a payment."""
    remark = ("no document is named (no RMR)",) if total is not None else ()
    lines = tuple(_adjusted(loose)) if loose else ()
    if total is not None and not lines:
        lines = (Read("", total, None, 0, 0, "", (), 0),)
    return Documents(lines, remarks=remark)
