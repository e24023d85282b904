"""Reads the compliance packs of a home, checks them, and hashes what they say."""

import functools
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import orjson
import yaml
from pydantic import BaseModel, ValidationError

from ledger.ids import digest
from policies.errors import PolicyError
from policies.packs_checks import record_clashes, rule_faults, vocabulary_faults
from policies.packs_schema import PackRule, Packs, Vocabulary

FOLDER = "compliance"
_DEFAULTS = Path(str(resources.files("policies") / FOLDER))
_VOCABULARY = "vocabulary.yaml"
_PACK_FIELDS = {"family", "read_on", "rules"}
# libyaml reads the packs ten times faster; the plain loader reads the same where it is missing.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ALERT_DAYS = 60
_REVIEW_AFTER_DAYS = 365
Model = TypeVar("Model", bound=BaseModel)


def load_packs(folder: Path | None = None) -> Packs:
    """Read the packs of a home; a file the home lacks comes with the project.

    Args:
        folder: The policies folder of the home. A file in its `compliance` folder stands for the
            one of the same name; a file of another name is added.

    Raises:
        PolicyError: A file is not YAML, has an unknown or wrong entry, or its rules do not fit
            the vocabulary or each other.
    """
    files = _files(folder)
    vocabulary = _checked(Vocabulary, _read(files.pop(_VOCABULARY)), _VOCABULARY, "")
    found: list[tuple[str, PackRule]] = []
    for name, path in files.items():
        found.extend((name, rule) for rule in _read_rules(name, _read(path)))
    rules = tuple(rule for _name, rule in found)
    _refuse([f"{FOLDER}/{fault}" for fault in _faults(found, vocabulary)])
    said = vocabulary.model_dump(mode="json")
    return Packs(
        vocabulary=vocabulary, rules=rules, hash=_digest(said, (rule.hash for rule in rules))
    )


def packs_of(folder: Path | None) -> Packs:
    """The packs of a home; those that come with the project are read once a process.

    Raises:
        PolicyError: As `load_packs`.
    """
    if folder is None or not (folder / FOLDER).is_dir():
        return _shipped_packs()
    return load_packs(folder)


@functools.cache
def _shipped_packs() -> Packs:
    return load_packs()


def check_started(packs: Packs, as_of: date) -> None:
    """Fail while a rule that should hold by now still waits for a person to activate it.

    Raises:
        PolicyError: A pending rule's day has come.
    """
    _refuse(
        [
            f"{rule.id} was to hold from {rule.effective.from_} and is still pending: "
            "activate it, or give it its new day"
            for rule in pending_rules(packs)
            if rule.effective.from_ and rule.effective.from_ <= as_of
        ]
    )


def pending_rules(packs: Packs) -> tuple[PackRule, ...]:
    """Rules that do not hold yet, the next to start first."""
    waiting = (rule for rule in packs.rules_known_at() if rule.status == "pending")
    return tuple(sorted(waiting, key=lambda rule: (rule.effective.from_ or date.max, rule.id)))


def review_due(rule: PackRule, as_of: date) -> bool:
    """Whether a source was read so long ago that a person should read it again."""
    return (as_of - rule.reviewed_on).days > _REVIEW_AFTER_DAYS


def _files(folder: Path | None) -> dict[str, Path]:
    found = {path.name: path for path in sorted(_DEFAULTS.glob("*.yaml"))}
    if folder is not None:
        _refuse(
            [
                f"{FOLDER}/{path.name}: packs are read from *.yaml alone; name it {path.stem}.yaml"
                for path in sorted((folder / FOLDER).glob("*.yml"))
            ]
        )
        found |= {path.name: path for path in sorted((folder / FOLDER).glob("*.yaml"))}
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        value = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())
        raise PolicyError(f"{FOLDER}/{path.name}: not readable YAML: {said}") from None
    if not isinstance(value, dict):
        raise PolicyError(f"{FOLDER}/{path.name}: holds no entries, write `name: value` lines")
    return value


def _read_rules(name: str, pack: dict[str, Any]) -> Iterator[PackRule]:
    """The records of one file; its `family` and `read_on` hold for each that says nothing else."""
    if unknown := sorted(map(str, pack.keys() ^ _PACK_FIELDS)):
        raise PolicyError(f"{FOLDER}/{name}: {unknown[0]}: a pack has family, read_on and rules")
    if not isinstance(pack["rules"], list):
        raise PolicyError(f"{FOLDER}/{name}: rules: is no list")
    for number, rule in enumerate(pack["rules"], 1):
        if not isinstance(rule, dict):
            raise PolicyError(f"{FOLDER}/{name}: rule {number} is no record")
        where = str(rule.get("id", f"rule {number}"))
        yield _checked(PackRule, _completed(rule, pack), name, f"{where}: ")


def _completed(rule: dict[str, Any], pack: dict[str, Any]) -> dict[str, Any]:
    sources = rule.get("source")
    if isinstance(sources, list):
        dated = [{"read_on": pack["read_on"]} | s if isinstance(s, dict) else s for s in sources]
        rule = rule | {"source": dated}
    return {"family": pack["family"]} | rule


def _checked(model: type[Model], value: dict[str, Any], name: str, where: str) -> Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "record"
        raise PolicyError(f"{FOLDER}/{name}: {where}{field}: {first['msg']}") from None


def _faults(found: list[tuple[str, PackRule]], vocabulary: Vocabulary) -> Iterator[str]:
    rules = tuple(rule for _name, rule in found)
    for fault in vocabulary_faults(vocabulary, rules):
        yield f"{_VOCABULARY}: {fault}"
    for name, rule in found:
        for fault in rule_faults(rule, vocabulary):
            yield f"{name}: {rule.id}: {fault}"
    file_of = {id(rule): name for name, rule in found}
    for rule, fault in record_clashes(rules):
        yield f"{file_of[id(rule)]}: {rule.id}: {fault}"


def _refuse(faults: list[str]) -> None:
    if faults:
        more = f"; {len(faults)} findings, correct them" if len(faults) > 1 else ""
        raise PolicyError(f"{faults[0]}{more}")


def recorded_packs_digest(said: dict[str, Any]) -> str:
    """The digest of packs as they were written down, from their own words and not their hash."""
    rules = (digest(orjson.dumps(rule, option=orjson.OPT_SORT_KEYS)) for rule in said["rules"])
    return _digest(said["vocabulary"], rules)


def _digest(vocabulary: dict[str, Any], rule_hashes: Iterable[str]) -> str:
    said = {"vocabulary": vocabulary, "rules": sorted(rule_hashes)}
    return digest(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
