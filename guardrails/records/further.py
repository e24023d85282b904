"""Facts a record gives under the name the rules use, beside those it has a place for."""

from collections.abc import Callable, Container
from typing import Any

from guardrails.records.shape import RecordContext
from ledger.errors import BadInput
from policies.packs_schema import Packs, Vocabulary

_PACKS_KEPT = 8
_yes_or_no: dict[str, frozenset[str]] = {}


def yes_or_no_facts(packs: Packs) -> frozenset[str]:
    """The facts of the rules that are a yes or a no, and so may stand among the flags."""
    found = _yes_or_no.get(packs.hash)
    if found is None:
        if len(_yes_or_no) >= _PACKS_KEPT:
            _yes_or_no.clear()
        inputs = packs.vocabulary.inputs.items()
        found = _yes_or_no[packs.hash] = frozenset(n for n, s in inputs if s.type == "bool")
    return found


def further_facts(
    context: RecordContext, vocabulary: Vocabulary, given: Container[str]
) -> dict[str, Any]:
    """Facts of the context that have no place of their own in the shape of a record.

    Args:
        context: The context of a record.
        vocabulary: The names of the facts, and what each of them is.
        given: Names of the facts that come from elsewhere, which nothing here replaces.

    Raises:
        BadInput: A fact is given as something it cannot be.
    """
    found: dict[str, Any] = {}
    for name, value in (context.model_extra or {}).items():
        spec = vocabulary.inputs.get(name)
        if spec is None or name in given or spec.type not in _READ:
            continue
        found[name] = None if value is None else _read(name, spec.type, value)
    return found


def _read(name: str, kind: str, value: Any) -> Any:
    fits, made = _READ[kind]
    if not fits(value):
        raise BadInput(f"context.{name}: {value!r} is not a {kind}")
    return made(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


# The clock is told by the zones, so a time of day is never read from here.
_READ: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any]]] = {
    "bool": (lambda value: isinstance(value, bool), bool),
    "int": (_is_number, int),
    "str": (lambda value: isinstance(value, str), str),
    "set": (_are_words, frozenset),
}
