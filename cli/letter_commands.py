"""What `dunwell letters` does: list templates, try one on real cases, keep one that passes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cli.home import opened
from cli.output import emit, say, show_heading, show_table
from cli.policy_diff import read_policy
from graph.bootstrap import House
from guardrails.verdict import Allow, Deny, Verdict, explain
from ledger.clock import SystemClock
from ledger.errors import BadInput, NotFound
from ledger.journal import audit
from policies.letter_files import parse_letter, shipped_letters
from policies.letter_template import LetterTemplate
from policies.load import load_policy
from policies.schema import Policy
from tools.letter_choice import choose_cases
from tools.letter_save import check_trials, keep_letter, next_version
from tools.letter_trial import Trial, try_template
from tools.letters import check_template

_ACTOR = "operator"


def show_list(home: Path | None, json_out: bool) -> None:
    """List every letter of a home."""
    policy, _where = read_policy(None, home)
    lines = [_line(letter) for letter in policy.letters]
    if json_out:
        emit(lines)
        return
    heads = ("Letter", "Language", "For", "Version", "From", "Approved by")
    show_table(
        heads,
        [
            (
                line["id"],
                line["language"],
                ", ".join(filter(None, (line["channel"], line["segment"], line["voice"]))) or "any",
                line["version"],
                line["origin"],
                f"{line['approved_by']} {line['approved_on']}" if line["approved_by"] else "nobody",
            )
            for line in lines
        ],
    )


def _line(letter: LetterTemplate) -> dict[str, Any]:
    said = letter.model_dump(mode="json", exclude={"subject", "body"})
    return said | {"origin": "shipped" if letter in shipped_letters() else "home"}


def show_preview(
    home: Path | None,
    named: str,
    language: str | None,
    channel: str,
    segment: str,
    accounts: Sequence[str],
    json_out: bool,
) -> None:
    """Show a template in real cases.

    Raises:
        BadInput: There is no such template, or it is none.
    """
    with opened(home) as house:
        policy = _files(house)
        path = Path(named)
        if path.suffix == ".txt" or path.exists():
            said, name, spoken = _read(path, language)
            template = parse_letter(said, name, spoken)
        else:
            wanted = language or policy.company.language
            template = policy.letter_for(named, wanted, channel, segment)
            if template is None:
                raise NotFound(
                    f"no letter {named!r} in {wanted!r} for {channel} and {segment}; "
                    "`dunwell letters list` shows those there are"
                )
        trials = _tried(house, template, policy, accounts)
    if json_out:
        emit([_trial(each) for each in trials])
        return
    for trial in trials:
        _show(trial)
    passed = sum(not trial.faults for trial in trials)
    say(f"\n{template.name} passes in {passed} of {len(trials)} cases.")


def save_file(
    home: Path | None, file: Path, language: str | None, accounts: Sequence[str], json_out: bool
) -> None:
    """Keep a letter file that passes its trial.

    Raises:
        BadInput: It is no letter, or does not pass; nothing is written.
    """
    with opened(home) as house:
        policy = _files(house)
        said, name, spoken = _read(file, language)
        new = next_version(said, name, spoken, policy)
        trials = _tried(house, new.template, policy, accounts)
        check_trials(new, trials)
        tried = [trial.account_number for trial in trials]
        with house.ledger.write() as session:
            audit(
                session,
                SystemClock().now(),
                "letter_saved",
                new.template.name,
                _ACTOR,
                digest=new.digest,
                version=new.template.version,
                tried_on=tried,
            )
            place = keep_letter(new, house.home / "policies")
    if json_out:
        emit({"file": place, "version": new.template.version, "digest": new.digest})
        return
    say(f"{place} is saved as version {new.template.version}.")
    say("It is used once the change of the policy is approved; see `dunwell policy diff`.")


def _files(house: House) -> Policy:
    """What the policy files of the home say, approved or not yet."""
    return load_policy(house.home / "policies")


def _read(path: Path, language: str | None) -> tuple[bytes, str, str]:
    try:
        said = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    return said, path.name, language or path.resolve().parent.name


def _tried(
    house: House, template: LetterTemplate, policy: Policy, accounts: Sequence[str]
) -> tuple[Trial, ...]:
    check_template(template)
    with house.ledger.read() as session:
        cases = choose_cases(session, template, policy, house.business_date(), accounts)
    return try_template(template, cases, policy)


def _show(trial: Trial) -> None:
    show_heading(f"{trial.account_number} {trial.name} ({trial.shape})")
    if trial.letter is not None:
        say(f"To: {trial.letter.recipient}")
        say(f"Subject: {trial.letter.subject}\n\n{trial.letter.body}")
    for fault in trial.faults:
        say(f"FAILS: {fault}")
    if trial.verdict is not None:
        say(f"The gate: {_said(trial.verdict)}")


def _said(verdict: Verdict) -> str:
    match verdict:
        case Allow():
            return "may leave"
        case Deny():
            return f"refused today. {explain(verdict)}"
        case _:
            return f"waits for a person. {explain(verdict)}"


def _trial(trial: Trial) -> dict[str, object]:
    letter = trial.letter
    return {
        "account_number": trial.account_number,
        "name": trial.name,
        "shape": trial.shape,
        "subject": letter.subject if letter else None,
        "body": letter.body if letter else None,
        "gate": _said(trial.verdict) if trial.verdict else None,
        "faults": trial.faults,
    }
