"""The fields of an action a person may edit, each with its type, and a form read back into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ledger.actions import MessageAction, ProposedAction
from ledger.errors import BadInput
from ledger.facts import AccountFacts
from ledger.money import Money
from tools.letters import Letter

_FIXED = {"account_id", "type", "wording", "reported_claims", "evidence", "claim_id", "advice_key"}
_LONG = {"body", "summary", "note", "quote"}
Kind = Literal["text", "long", "number", "day", "amount", "yes_no", "choice", "several"]


@dataclass(frozen=True, slots=True)
class EditField:
    """One field of a form.

    Attributes:
        name: Its place in the action; parts of a list are `list.0.field`.
        value: What stands in it, as the form shows it.
        values: Of several, those that are chosen.
        options: What may be chosen, as (value, words).
        currency: Of an amount.
    """

    name: str
    label: str
    kind: Kind
    value: str = ""
    values: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    currency: str = ""


def edit_fields(
    action: ProposedAction,
    facts: AccountFacts,
    currency: str | None,
    letter: Letter | None,
    languages: tuple[str, ...],
) -> tuple[EditField, ...]:
    """The fields of an action, as they stand.

    Args:
        action: What is edited.
        facts: Its account, for what may be chosen.
        currency: Of amounts that name none.
        letter: The letter as it reads now, so that own words begin with it.
        languages: Languages letters exist in.
    """
    fields = []
    money = getattr(action, "currency", None) or currency or ""
    for name, info in type(action).model_fields.items():
        if name in _FIXED:
            continue
        value = getattr(action, name)
        if isinstance(action, MessageAction) and letter is not None and name in ("subject", "body"):
            value = getattr(letter, name)
        options = _options(name, facts, languages)
        fields += _fields(name, info, value, money, options)
    return tuple(fields)


def _options(
    name: str, facts: AccountFacts, languages: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    if name == "contact_id":
        return tuple((c.contact_id, f"{c.name} {c.email or c.phone or ''}") for c in facts.contacts)
    if name in ("invoice_ids", "invoice_id"):
        return tuple((i.invoice_id, f"{i.invoice_number}, {i.open} open") for i in facts.open_items)
    if name == "language":
        return tuple((each, each) for each in languages)
    return ()


def _fields(
    name: str, info: FieldInfo, value: Any, currency: str, options: tuple[tuple[str, str], ...]
) -> list[EditField]:
    label = name.rpartition(".")[2]
    for ending, said in (("_minor", ""), ("_ids", "s"), ("_id", "")):
        label = f"{label.removesuffix(ending)}{said}" if label.endswith(ending) else label
    label = label.replace("_", " ")
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        return [
            field
            for place, part in enumerate(value)
            for inner, its in type(part).model_fields.items()
            for field in _fields(f"{name}.{place}.{inner}", its, getattr(part, inner), currency, ())
        ]
    kind, shown = _kind(name, info, value, currency, options)
    if kind is None:
        return []
    if kind == "choice" and not options:
        options = tuple((str(each), str(each).replace("_", " ")) for each in _literals(info))
    if kind == "several":
        return [EditField(name, label, kind, values=tuple(map(str, value)), options=options)]
    told = currency if kind == "amount" else ""
    return [EditField(name, label, kind, shown, options=options, currency=told)]


def _kind(
    name: str, info: FieldInfo, value: Any, currency: str, options: tuple[tuple[str, str], ...]
) -> tuple[Kind | None, str]:
    told = "" if value is None else str(value)
    types = {info.annotation, *get_args(info.annotation)}
    if isinstance(value, tuple):
        return ("several", "") if options else (None, "")
    if name.endswith("_minor"):
        return "amount", str(Money(value or 0, currency).amount) if currency else told
    if options or _literals(info):
        return "choice", told
    simple: dict[Any, Kind] = {bool: "yes_no", int: "number", date: "day"}
    for kind, word in simple.items():
        if kind in types:
            return word, told
    return ("long" if name.rpartition(".")[2] in _LONG else "text"), told


def _literals(info: FieldInfo) -> tuple[Any, ...]:
    annotation = info.annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def read_edit(
    fields: tuple[EditField, ...],
    action: ProposedAction,
    sent: Mapping[str, list[str]],
) -> dict[str, object]:
    """What a form changes: fields whose value differs from what stood in them.

    Args:
        fields: What the form showed.
        action: What is edited.
        sent: Values by field name, as many as came.

    Raises:
        BadInput: A value does not fit its field.
    """
    changes: dict[str, object] = {}
    for field in fields:
        given = sent.get(field.name, [])
        if field.kind == "several":
            if set(given) != set(field.values):
                changes[field.name] = given
            continue
        value = given[0].replace("\r\n", "\n") if given else ""
        if field.kind == "yes_no":
            value = str(bool(given))
        if value.strip() != field.value.strip():
            changes[field.name] = _read(field, value)
    return _nested(changes, action)


def _read(field: EditField, value: str) -> object:
    if not value.strip() and field.kind not in ("long", "text"):
        return None
    if field.kind == "amount":
        return Money.of(value.strip(), field.currency).minor
    if field.kind == "number":
        try:
            return int(value)
        except ValueError:
            raise BadInput(f"{field.label} is a whole number, not {value!r}") from None
    if field.kind == "yes_no":
        return value == "True"
    return value if field.kind == "long" else value.strip()


def _nested(changes: dict[str, object], action: ProposedAction) -> dict[str, object]:
    """Parts of lists put back into whole lists."""
    whole = {name: value for name, value in changes.items() if "." not in name}
    standing = action.model_dump(mode="json")
    for name, value in changes.items():
        if "." in name:
            outer, place, inner = name.split(".")
            parts = whole.setdefault(outer, [dict(part) for part in standing[outer]])
            parts[int(place)][inner] = value  # type: ignore[index]
    return whole
