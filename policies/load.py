"""Reads the policy files of a home, checks them, and hashes what they say."""

import tomllib
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from ledger.ids import digest
from policies.errors import PolicyError
from policies.letter_files import read_letters
from policies.packs import packs_of, recorded_packs_digest
from policies.schema import Policy

__all__ = [
    "PolicyError",
    "check_effective",
    "copy_defaults",
    "load_policy",
    "policy_digest",
    "recorded_digest",
    "with_changes",
]

FILES = (
    "company",
    "contact",
    "dunning",
    "autonomy",
    "approval",
    "cash",
    "credit",
    "dispute",
    "forecast",
    "priority",
    "experiments",
    "tone",
    "replies",
    "promises",
    "portal",
)
_DEFAULTS = Path(str(resources.files("policies") / "defaults"))


def load_policy(folder: Path | None = None) -> Policy:
    """Read the policy of a home; a file the home lacks comes from the defaults.

    Raises:
        PolicyError: A file is not TOML, has an unknown or wrong entry, or breaks a rule of its own.
    """
    values: dict[str, Any] = {name: _read_toml(name, folder) for name in FILES}
    values["letters"] = read_letters(folder)
    values["packs"] = packs_of(folder)
    try:
        policy = Policy.model_validate(values | {"hash": ""})
    except ValidationError as error:
        first = error.errors()[0]
        name, *where = [str(part) for part in first["loc"]] or ["policy"]
        raise PolicyError(
            f"{name}.toml: {'.'.join(where) or 'file'}: {first['msg']}; "
            f"{error.error_count()} finding(s), correct the file and run `dunwell policy check`"
        ) from None
    return policy.model_copy(update={"hash": policy_digest(policy)})


def check_effective(policy: Policy, day: date) -> None:
    """Refuse a policy of which a file takes effect only after a day.

    Raises:
        PolicyError: A file names a later `effective_from`.
    """
    for name in FILES:
        starts = getattr(policy, name).effective_from
        if starts > day:
            raise PolicyError(
                f"{name}.toml: effective_from is {starts}, after {day}: it cannot come into force "
                "yet; set that day or an earlier one, or put the change into the file then"
            )


def policy_digest(policy: Policy) -> str:
    """Digest of everything the policy says, whatever its files look like."""
    said = policy.model_dump(mode="json", exclude={"hash": True, "packs": True})
    said["packs"] = policy.packs.hash
    return digest(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))


def recorded_digest(said: str) -> str:
    """The digest of a policy as it was written down, whatever shape policies have by now.

    Args:
        said: JSON of the whole policy, by the names its files use.

    Raises:
        KeyError, TypeError, ValueError: It is no recorded policy.
    """
    values = orjson.loads(said)
    del values["hash"]
    values["packs"] = recorded_packs_digest(values["packs"])
    for rule in values["approval"]["rules"]:
        rule["account_class"] = rule.pop("class")
    return digest(orjson.dumps(values, option=orjson.OPT_SORT_KEYS))


def with_changes(policy: Policy, **files: BaseModel) -> Policy:
    """The same policy with some files replaced, hashed anew (tests, demo, dry runs)."""
    parts = {name: getattr(policy, name) for name in Policy.model_fields}
    changed = Policy(**(parts | files))  # not a copy: a copy would keep derived values
    return changed.model_copy(update={"hash": policy_digest(changed)})


def copy_defaults(folder: Path) -> list[Path]:
    """Write the commented default files into a folder, leaving existing files alone."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in FILES:
        target = folder / f"{name}.toml"
        if not target.exists():
            target.write_text((_DEFAULTS / f"{name}.toml").read_text("utf-8"), "utf-8")
            written.append(target)
    return written


def let_routine_letters_leave(folder: Path) -> None:
    """Set `mode = "auto"` in a folder of default policies, as an operator would by hand."""
    copy_defaults(folder)
    autonomy = folder / "autonomy.toml"
    said = autonomy.read_text("utf-8")
    autonomy.write_text(said.replace('mode = "draft"', 'mode = "auto"', 1), "utf-8")


def _read_toml(name: str, folder: Path | None) -> dict[str, Any]:
    path = folder / f"{name}.toml" if folder else None
    if path is None or not path.exists():
        path = _DEFAULTS / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path.name}: not readable TOML: {error}") from None
