"""A change of the policy files counts only once the people who must have said yes."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from batch.night import run_night
from graph.policy_in_force import adopt, policy_in_force, read_recorded
from ledger.tables.account import Account
from ledger.tables.experiment import ExperimentUnit
from ledger.tables.work import PolicyVersion
from policies.load import PolicyError, load_policy
from tests.integration.test_cli import Captured, typed
from tests.integration.test_report import quietly
from tests.support.played_home import AS_OF, Homes, PlayedHome

TOMORROW = AS_OF + timedelta(days=1)


@pytest.fixture
def after_a_night(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> PlayedHome:
    home = homes.copy()
    if home.url:
        monkeypatch.setenv("DUNWELL_DATABASE_URL", home.url)  # the command opens it by its folder
    with home.opened() as house:
        run_night(house, AS_OF, quietly)
    return home


def edit(home: PlayedHome, file: str, old: str, new: str) -> None:
    path = home.folder / "policies" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def loosen(home: PlayedHome) -> None:
    edit(home, "contact.toml", "max_contacts_per_7_days = 3", "max_contacts_per_7_days = 9")


def add_people(capsys: Captured, home: PlayedHome) -> None:
    for person, role in (("carl", "compliance"), ("lena", "legal"), ("cora", "collector")):
        words = ("people", "add", person, "--name", person, "--role", role)
        assert typed(capsys, *words, "--home", home.folder)[0] == 0


def approve(capsys: Captured, home: PlayedHome, person: str, *more: str):
    at = ("--home", home.folder)
    shown = json.loads(typed(capsys, "policy", "approve", "--json", *at)[1])
    words = ("policy", "approve", "--seen", shown["policy"][:12], "--as", person)
    return typed(capsys, *words, *more, *at)


def weekly_cap(home: PlayedHome) -> int:
    with home.opened() as house:
        return house.policy.contact.max_contacts_per_7_days


def test_before_the_first_night__the_files_are_the_policy(homes: Homes) -> None:
    home = homes.copy()
    loosen(home)
    assert weekly_cap(home) == 9


def test_loosened_after_a_night__the_old_policy_holds(after_a_night: PlayedHome) -> None:
    loosen(after_a_night)
    assert weekly_cap(after_a_night) == 3
    with after_a_night.opened() as house:
        assert house.policy_change is not None
        assert house.policy_change.missing == ("compliance", "legal")
        night = run_night(house, TOMORROW, quietly)
    assert night is not None
    assert weekly_cap(after_a_night) == 3


def test_loosening__needs_compliance_and_legal(after_a_night: PlayedHome, capsys: Captured) -> None:
    loosen(after_a_night)
    add_people(capsys, after_a_night)
    code, _out, err = approve(capsys, after_a_night, "cora")
    assert (code, "may not approve" in err) == (2, True)
    code, out, _err = approve(capsys, after_a_night, "carl")
    assert (code, "waits for legal" in out) == (0, True)
    code, _out, err = approve(capsys, after_a_night, "carl")
    assert (code, "another person" in err) == (2, True)
    assert weekly_cap(after_a_night) == 3
    code, out, _err = approve(capsys, after_a_night, "lena")
    assert (code, "in force" in out) == (0, True)
    assert weekly_cap(after_a_night) == 9


def test_tightening__needs_one_person(after_a_night: PlayedHome, capsys: Captured) -> None:
    edit(
        after_a_night, "contact.toml", "max_contacts_per_7_days = 3", "max_contacts_per_7_days = 2"
    )
    add_people(capsys, after_a_night)
    assert weekly_cap(after_a_night) == 3
    code, out, _err = approve(capsys, after_a_night, "lena", "--json")
    assert (code, json.loads(out)["missing"]) == (0, [])
    assert weekly_cap(after_a_night) == 2


def test_edited_after_an_approval__starts_over(after_a_night: PlayedHome, capsys: Captured) -> None:
    loosen(after_a_night)
    add_people(capsys, after_a_night)
    assert approve(capsys, after_a_night, "carl")[0] == 0
    edit(after_a_night, "contact.toml", "per_7_days = 9", "per_7_days = 8")
    code, out, _err = approve(capsys, after_a_night, "lena")
    assert (code, "waits for compliance" in out) == (0, True)


def test_takes_effect_later__nobody_can_approve_it_yet(
    after_a_night: PlayedHome, capsys: Captured
) -> None:
    edit(after_a_night, "dunning.toml", "effective_from = 2019", "effective_from = 2999")
    add_people(capsys, after_a_night)
    code, out, _err = typed(capsys, "policy", "approve", "--home", after_a_night.folder)
    assert (code, "dunning.effective_from: 2019-01-01 -> 2999-01-01" in out) == (0, True)
    code, _out, err = approve(capsys, after_a_night, "lena")
    assert (code, "dunning.toml: effective_from is 2999-01-01" in err) == (2, True)
    with after_a_night.opened() as house:
        assert house.policy.dunning.effective_from.year == 2019
        assert house.policy_change is not None
        assert house.policy_change.approvals == ()


def test_takes_effect_later__a_new_home_does_not_open_under_it(
    homes: Homes, capsys: Captured
) -> None:
    home = homes.copy()
    edit(home, "tone.toml", "effective_from = 2019", "effective_from = 2999")
    with pytest.raises(PolicyError, match=r"tone\.toml: .* 2999-01-01"), home.opened():
        pass


def test_letter_worded_anew__is_a_loosening(after_a_night: PlayedHome) -> None:
    letters = after_a_night.folder / "policies" / "letters" / "en"
    letters.mkdir(parents=True)
    text = "version: 9\nsubject: {{ total }}\n\nDear {{ contact }},\n\n{{ items }}\n"
    (letters / "reminder_1.txt").write_text(text, "utf-8")
    with after_a_night.opened() as house:
        assert house.policy_change is not None
        assert house.policy_change.needs_both


def test_nothing_waits__says_so(after_a_night: PlayedHome, capsys: Captured) -> None:
    add_people(capsys, after_a_night)
    code, _out, err = typed(
        capsys, "policy", "approve", "--as", "lena", "--home", after_a_night.folder
    )
    assert (code, "nothing" in err.lower()) == (2, True)


def test_mode_of_one_night__may_only_be_stricter(
    after_a_night: PlayedHome, capsys: Captured
) -> None:
    words = ("night", "--as-of", TOMORROW, "--home", after_a_night.folder)
    edit(after_a_night, "autonomy.toml", 'mode = "auto"', 'mode = "shadow"')
    add_people(capsys, after_a_night)
    assert approve(capsys, after_a_night, "lena")[0] == 0
    code, _out, err = typed(capsys, *words, "--mode", "auto")
    assert (code, "autonomy.toml" in err) == (2, True)
    assert typed(capsys, *words, "--mode", "shadow")[0] == 0


def test_recorded_before_a_setting_had_a_name__nothing_waits(
    after_a_night: PlayedHome,
) -> None:
    with after_a_night.opened() as house:
        ledger, files = house.ledger, house.policy
        older = files.model_copy(update={"hash": "recorded in an older shape"})
        with ledger.write() as session:
            adopt(session, older, house.deps().now, ())
        in_force, change = policy_in_force(ledger, files, house.deps().now)
    assert in_force.hash == older.hash
    assert change is None


def test_recorded_in_a_shape_nobody_knows__one_clear_line() -> None:
    said = load_policy().model_dump_json(by_alias=True)
    version = PolicyVersion(hash="h", said=said, first_used_on=AS_OF)
    assert read_recorded(version) == load_policy()
    version.said = said.replace('"min_days_between"', '"days_between"')
    with pytest.raises(PolicyError, match=r"policy h, recorded .*: contact.min_days_between: "):
        read_recorded(version)


def test_experiment_under_way_is_changed__nobody_can_approve_it(
    capsys: Captured, after_a_night: PlayedHome
) -> None:
    add_people(capsys, after_a_night)
    with after_a_night.opened() as house, house.ledger.write() as session:
        account = session.scalars(select(Account.id)).first()
        values = {"segment": "smb", "arm": "called", "assigned_on": AS_OF}
        session.add(ExperimentUnit(experiment_id="calls", account_id=account, **values))
    path = after_a_night.folder / "policies" / "experiments.toml"
    uncommented = path.read_text("utf-8").replace("call_small_accounts", "calls")
    lines = [line.removeprefix("# ") for line in uncommented.splitlines()]
    begin = lines.index("[[experiments]]")
    kept = [line for line in uncommented.splitlines()[:begin] if not line.startswith("#")]
    end = next(n for n, line in enumerate(lines[begin:], begin) if line == "]")
    path.write_text("\n".join([*kept, *lines[begin : end + 1]]), "utf-8")
    code, _out, err = approve(capsys, after_a_night, "lena")
    assert (code, "experiment calls began" in err, len(err.splitlines())) == (2, True, 1)
