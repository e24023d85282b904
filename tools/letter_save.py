"""Keeping a template a person wrote: only what passed its trial, under the next version."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import BadInput
from ledger.ids import digest
from policies.letter_files import find_letter, parse_letter
from policies.letter_template import LetterTemplate
from policies.schema import Policy
from tools.letter_trial import WANTED, Trial

_VERSION = re.compile(rb"^[^\S\n]*version[^\S\n]*:[^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A template as it would be kept.

    Attributes:
        said: The bytes of its file.
        digest: Of these bytes: what was tried is what is kept.
    """

    template: LetterTemplate
    said: bytes
    digest: str


def next_version(said: bytes, name: str, language: str, policy: Policy) -> NewLetter:
    """Read a template and give it the version after the one in use.

    Raises:
        PolicyError: It is no letter file.
    """
    given = parse_letter(said, name, language)
    before = [letter.version for letter in policy.letters if letter.use == given.use]
    version = max(before, default=0) + 1
    numbered = _VERSION.sub(f"version: {version}".encode(), said, count=1)
    return NewLetter(parse_letter(numbered, name, language), numbered, digest(numbered))


def check_trials(new: NewLetter, trials: Sequence[Trial]) -> None:
    """Refuse a template that was tried too little, or did not pass.

    Raises:
        BadInput: Names the first account where it did not.
    """
    for trial in trials:
        if trial.faults:
            raise BadInput(
                f"{new.template.name} is not saved: for {trial.account_number} "
                f"({trial.shape}): {trial.faults[0]}"
            )
    if len(trials) < WANTED:
        raise BadInput(
            f"{new.template.name} is not saved: it was tried on {len(trials)} of {WANTED} "
            "accounts; this home has no more that fit"
        )


def keep_letter(new: NewLetter, policies: Path) -> Path:
    """Write the file of a template into a policies folder, whole or not at all."""
    place = find_letter(policies, new.template.use) or policies / new.template.name
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_suffix(".new")
    beside.write_bytes(new.said)
    beside.replace(place)
    return place
