"""What is written when a letter is kept: its version, and nothing else of it."""

import pytest

from policies.load import load_policy
from tools.letter_save import next_version

POLICY = load_policy()
HERE = max(
    letter.version for letter in POLICY.letters if letter.use == ("reminder_1", "en", "", "", "")
)


@pytest.mark.parametrize("line", ["version: 7", " version: 7", "version : 7", "version: 7\r"])
def test_version_line_however_it_is_spaced__is_the_only_one_changed(line: str) -> None:
    said = f"{line}\nsubject: A note\n\nHello,\nversion: 3 of our list is enclosed.\n"
    new = next_version(said.encode(), "reminder_1.txt", "en", POLICY)
    assert new.template.version == HERE + 1
    assert "version: 3 of our list" in new.template.body
