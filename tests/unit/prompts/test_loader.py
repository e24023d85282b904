"""A prompt that does not keep the form is refused with what is wrong."""

import pytest

from policies.load import load_policy
from prompts.loader import SECTIONS, PromptError, load_prompt, read_prompt

HEAD = {
    "id": "example",
    "version": "1",
    "role": "collector",
    "inputs": "[company]",
    "policies": "[company]",
    "output": "words",
}


def written(body: str = "You work for {{company}}.", sections=SECTIONS, **head: str) -> str:
    lines = "\n".join(f"{key}: {value}" for key, value in (HEAD | head).items() if value)
    return f"---\n{lines}\n---\n" + "\n\n".join(f"# {name}\n\n{body}" for name in sections)


def test_good_prompt__is_read_and_filled() -> None:
    prompt = read_prompt(written(), "example.md")
    assert prompt.reference.startswith("example@1#")
    assert "You work for Northwind Supplies." in prompt.render(load_policy())


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("# Role\n", "front matter"),
        (written(version=""), "exactly"),
        (written(inputs="[company"), "not YAML"),
        (written(sections=SECTIONS[::-1]), "in this order"),
        (written(sections=SECTIONS[:-1]), "in this order"),
        (written(body="{{company}} {{secret}}"), "undefined variable secret"),
        (written(inputs="[company, invented]"), "undefined variable invented"),
        (written(inputs="[company, limits]"), "limits is never used"),
        (written(policies="[company, contact]"), "policies must be exactly company"),
        (written(body="{{company}} {{rule.no_send_under_hold}}"), "approval, company"),
        (written(body="{{company}} {{> nothing}}"), "no prompts/partials/nothing.md"),
    ],
)
def test_broken_prompt__says_what_is_wrong(raw: str, says: str) -> None:
    with pytest.raises(PromptError, match=says):
        read_prompt(raw, "example.md")


def test_rule_the_policy_lacks__is_refused_when_filled() -> None:
    raw = written(body="{{company}} {{rule.be_nice}}", policies="[approval, company]")
    with pytest.raises(PromptError, match="no rule be_nice"):
        read_prompt(raw, "example.md").render(load_policy())


def test_unknown_prompt__is_refused() -> None:
    with pytest.raises(PromptError, match=r"no prompts/poet\.md"):
        load_prompt("poet")
