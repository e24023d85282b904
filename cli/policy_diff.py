"""A policy folder read for a command, and its differences as lines."""

from pathlib import Path
from typing import Any

from graph.settings import read_settings
from guardrails.gate import check_rules
from ledger.errors import NotFound
from ledger.states import Segment
from policies.compare import Change
from policies.load import load_policy
from policies.schema import Policy
from tools.letters import check_template


def read_policy(folder: Path | None, home: Path | None) -> tuple[Policy, Path]:
    """Read a policy folder, or that of the home, without opening its books.

    Raises:
        NotFound: There is no such folder.
        PolicyError: It cannot be used.
    """
    where = folder or read_settings(home).home / "policies"
    if not where.is_dir():
        raise NotFound(f"{where} is no policies folder; `dunwell init` makes one")
    policy = load_policy(where)
    check_rules(policy)
    return policy, where


def render_every_letter(policy: Policy) -> int:
    """Check every letter template; returns how many there are.

    Raises:
        LetterError: One of them cannot be filled.
    """
    for template in policy.letters:
        check_template(template)
    return len(policy.letters)


def missing_letters(policy: Policy) -> list[str]:
    """Letters the ladder asks for in a language that has others, as template and language."""
    languages = sorted({letter.language for letter in policy.letters})
    wanted = dict.fromkeys(stage.template for stage in policy.dunning.stages)
    return [
        f"{template} in {language}"
        for language in languages
        for template in wanted
        if policy.letter_for(template, language, "email", Segment.SMB) is None
    ]


def told(change: Change) -> str:
    """A difference as a line."""
    mark = "LOOSENS" if change.loosens else "       "
    if change.old is None:
        return f"{mark} + {change.where} = {_short(change.new)}"
    if change.new is None:
        return f"{mark} - {change.where} = {_short(change.old)}"
    return f"{mark} ~ {change.where}: {_short(change.old)} -> {_short(change.new)}"


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:87]}..."
