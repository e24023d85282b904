"""Policy files of a home: defaults for what it lacks, one clear line for what is wrong."""

import json
from pathlib import Path

import pytest

from policies.describe import describe_limits, describe_rule, describe_stage
from policies.load import (
    FILES,
    PolicyError,
    copy_defaults,
    load_policy,
    policy_digest,
    recorded_digest,
    with_changes,
)

DEFAULT = load_policy()


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    copy_defaults(tmp_path)
    return tmp_path


class TestLoad:
    def test_copied_defaults__say_what_the_defaults_say(self, home: Path) -> None:
        assert sorted(path.stem for path in home.glob("*.toml")) == sorted(FILES)
        assert load_policy(home) == DEFAULT

    def test_empty_home__has_the_defaults(self, tmp_path: Path) -> None:
        assert load_policy(tmp_path).hash == DEFAULT.hash

    def test_number_changed__changes_the_hash_and_nothing_else(self, home: Path) -> None:
        edit(home, "contact", "min_days_between = 3", "min_days_between = 4")
        policy = load_policy(home)
        assert policy.contact.min_days_between == 4
        assert policy.hash != DEFAULT.hash
        assert policy.dunning == DEFAULT.dunning

    def test_comment_changed__keeps_the_hash(self, home: Path) -> None:
        edit(home, "cash", "# What posts without a person.", "# Anything else.")
        assert load_policy(home).hash == DEFAULT.hash

    @pytest.mark.parametrize(
        ("name", "old", "new", "says"),
        [
            ("contact", "min_days_between = 3", "min_days_between = 0", "min_days_between"),
            ("contact", "min_days_between = 3", "min_days_betwixt = 3", "contact.toml"),
            ("contact", "min_days_between = 3", "min_days_between = ", "not readable TOML"),
            ("company", '"America/New_York"', '"America/Nowhere"', "no time zone"),
            ("company", 'calendar = "US"', 'calendar = "QQ"', "no calendar"),
            ("dunning", "level = 2", "level = 3", "without a gap"),
            ("dunning", 'USD = "25.00"', 'USD = "25.005"', "more decimals"),
            ("approval", 'effect = "deny"', 'effect = "perhaps"', "approval.toml"),
        ],
    )
    def test_file_that_cannot_be_used__is_named_in_one_line(self, home, name, old, new, says):
        edit(home, name, old, new)
        with pytest.raises(PolicyError, match=says) as refused:
            load_policy(home)
        assert f"{name}.toml" in refused.value.message
        assert "\n" not in refused.value.message

    def test_copy_defaults__leaves_edited_files_alone(self, home: Path) -> None:
        edit(home, "cash", "true", "false")
        assert copy_defaults(home) == []
        assert not load_policy(home).cash.post_named_part_payments


HEAD = "version: 7\nsubject: Hello\n"


class TestLetters:
    def write(self, home: Path, text: str, name: str = "reminder_1.txt") -> None:
        folder = home / "letters" / "en"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")

    def found(self, home: Path, channel: str = "email", segment: str = "smb", language="en"):
        return load_policy(home).letter_for("reminder_1", language, channel, segment)

    def test_letter_of_the_home__replaces_the_default(self, home: Path) -> None:
        self.write(home, f"{HEAD}\nGood morning.\n")
        letter = self.found(home)
        assert (letter.version, letter.subject, letter.body) == (7, "Hello", "Good morning.\n")
        assert not letter.approved
        assert self.found(home, language="de") in DEFAULT.letters

    def test_variant_of_the_home__leaves_the_others(self, home: Path) -> None:
        self.write(home, f"{HEAD}segment: mid\n\nGood morning.\n", "reminder_1.mid.txt")
        assert self.found(home, segment="mid").body == "Good morning.\n"
        assert self.found(home, segment="smb") in DEFAULT.letters
        assert self.found(home, "sms", "mid") in DEFAULT.letters

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Good morning.",
            "subject: Hello\n\nx",
            "version: one\nsubject: x\n\nx",
            f"{HEAD}colour: red\n\nx",
            f"{HEAD}channel: pigeon\n\nx",
            f"{HEAD}version: 8\n\nx",
            f"{HEAD}body: x\n\nx",
            "version: 7\nsubject:\n\nAn e-mail without a subject.",
            f"{HEAD}\n{'x' * 9000}",
        ],
    )
    def test_letter_without_its_head__is_refused_by_name(self, home: Path, text) -> None:
        self.write(home, text)
        with pytest.raises(PolicyError, match=r"en/reminder_1.txt") as refused:
            load_policy(home)
        assert "\n" not in refused.value.message

    def test_two_letters_for_one_use__are_refused(self, home: Path) -> None:
        self.write(home, f"{HEAD}\nx")
        self.write(home, f"{HEAD}\ny", "reminder_1.other.txt")
        with pytest.raises(PolicyError, match=r"for the same use as letters/en/reminder_1\.other"):
            load_policy(home)


class TestLetterFor:
    @pytest.mark.parametrize(
        ("channel", "segment", "name"),
        [
            ("email", "smb", "letters/en/reminder_1.txt"),
            ("portal", "mid", "letters/en/reminder_1.txt"),
            ("sms", "smb", "letters/en/reminder_1.sms.txt"),
            ("email", "enterprise", "letters/en/reminder_1.formal.txt"),
            ("email", "strategic", "letters/en/reminder_1.formal.txt"),
            ("sms", "strategic", "letters/en/reminder_1.sms.txt"),
        ],
    )
    def test_most_specific__wins(self, channel, segment, name) -> None:
        assert DEFAULT.letter_for("reminder_1", "en", channel, segment).name == name

    def test_no_variant__falls_back_to_the_general_letter(self) -> None:
        letter = DEFAULT.letter_for("statement", "fr", "email", "strategic")
        assert letter.name == "letters/fr/statement.txt"

    @pytest.mark.parametrize(
        ("template_id", "language", "channel"),
        [("statement", "en", "sms"), ("reminder_1", "it", "email"), ("reminder_9", "en", "email")],
    )
    def test_none_that_fits__is_none(self, template_id, language, channel) -> None:
        assert DEFAULT.letter_for(template_id, language, channel, "smb") is None

    def test_voice_of_the_company__decides_for_other_segments(self) -> None:
        company = DEFAULT.company.model_copy(update={"voice": "formal", "formal_segments": ()})
        formal = with_changes(DEFAULT, company=company)
        assert formal.letter_for("reminder_2", "de", "email", "smb").voice == "formal"
        assert formal.letter_for("final_notice", "de", "email", "smb").voice is None


class TestWithChanges:
    def test_changed__is_hashed_and_derived_anew(self) -> None:
        assert DEFAULT.minimum_minor["USD"] == 25_00
        cheaper = DEFAULT.dunning.model_copy(update={"minimum_total": {}})
        changed = with_changes(DEFAULT, dunning=cheaper)
        assert changed.minimum_minor == {}
        assert changed.hash == policy_digest(changed) != DEFAULT.hash

    def test_changed_back__has_the_hash_it_had(self) -> None:
        there = with_changes(DEFAULT, cash=DEFAULT.cash.model_copy(update={"version": 2}))
        assert with_changes(there, cash=DEFAULT.cash).hash == DEFAULT.hash


class TestDescribe:
    def test_stage__in_words(self) -> None:
        assert describe_stage(DEFAULT, 2) == "stage 2 (neutral), from 14 days past due"
        assert "a person decides" in describe_stage(DEFAULT, 5)

    def test_rule__says_who_may_approve(self) -> None:
        entry = DEFAULT.approval.by_id["sensitive_contract_needs_review"]
        assert describe_rule(entry).endswith("Approved by: legal or finance_lead.")
        assert "Approved" not in describe_rule(DEFAULT.approval.by_id["no_send_under_hold"])

    def test_contact__tells_the_numbers_in_force(self) -> None:
        told = " ".join(describe_limits(DEFAULT))
        for number in ("3 messages in 7 days", "10 in 30 days", "08:00 and 20:00", "business days"):
            assert number in told
        assert "whole account" in told
        assert "3 banking days have passed after its date" in told
        assert "(3 for cheque, 2 for direct debit, 1 for bank transfer)" in told
        by_item = DEFAULT.contact.model_copy(update={"dispute_scope": "item"})
        assert "its item" in " ".join(describe_limits(with_changes(DEFAULT, contact=by_item)))

    def test_no_way_of_paying_takes_days__the_grace_stands_alone(self) -> None:
        plain = DEFAULT.promises.model_copy(update={"methods": ()})
        (told,) = (
            line
            for line in describe_limits(with_changes(DEFAULT, promises=plain))
            if "promise" in line
        )
        assert told == (
            "A promise counts as broken once 3 banking days have passed after its date without "
            "the money."
        )


class TestRecorded:
    SAID = DEFAULT.model_dump_json(by_alias=True)

    def test_written_down__says_what_its_hash_says(self) -> None:
        assert recorded_digest(self.SAID) == DEFAULT.hash == policy_digest(DEFAULT)

    def test_written_down_before_a_number_existed__still_says_its_hash(self) -> None:
        values = json.loads(self.SAID)
        values["contact"]["no_longer_known"] = 5
        del values["cash"]["post_named_part_payments"]
        told = json.dumps(values)
        assert (
            recorded_digest(told) == recorded_digest(json.dumps(values, indent=1)) != DEFAULT.hash
        )

    def test_pack_rule_is_altered_under_the_old_hash__it_is_seen(self) -> None:
        values = json.loads(self.SAID)
        values["packs"]["rules"][0]["severity"] = "warn"
        assert recorded_digest(json.dumps(values)) != DEFAULT.hash
