"""Every prompt as a model gets it, and no change of words without a change of version."""

import json
from importlib import resources
from pathlib import Path

import pytest

from agents.supervisor import ROLES
from policies.load import load_policy
from prompts.loader import load_prompt, prompt_ids

SNAPSHOTS = Path(__file__).parent / "snapshots"
VERSIONS = json.loads(resources.files("prompts").joinpath("versions.json").read_text("utf-8"))


@pytest.mark.parametrize("prompt_id", prompt_ids())
class TestEveryPrompt:
    def test_under_default_policy__reads_as_kept(self, prompt_id: str) -> None:
        said = load_prompt(prompt_id).render(load_policy())
        kept = SNAPSHOTS / f"{prompt_id}.md"
        assert said == kept.read_text("utf-8"), (
            f"the words of {prompt_id} changed: bump its version, then run "
            "`python -m tests.unit.prompts.keep`"
        )

    def test_words__belong_to_their_version(self, prompt_id: str) -> None:
        prompt = load_prompt(prompt_id)
        kept = VERSIONS[prompt_id].get(str(prompt.version))
        assert kept == prompt.hash, (
            f"the words of {prompt_id} are not those of version {prompt.version}: bump the "
            "version in its front matter, then run `python -m tests.unit.prompts.keep`"
        )

    def test_version__is_the_newest_kept(self, prompt_id: str) -> None:
        assert max(map(int, VERSIONS[prompt_id])) == load_prompt(prompt_id).version

    def test_is_short_enough_to_read(self, prompt_id: str) -> None:
        assert len(load_prompt(prompt_id).text.splitlines()) <= 120

    def test_file__is_named_after_it(self, prompt_id: str) -> None:
        assert load_prompt(prompt_id).id == prompt_id


def test_every_role__has_a_prompt_of_its_own() -> None:
    readers = {"supervisor", "content_checker", "message_reader", "advice_reader"}
    assert {spec.prompt_id for spec in ROLES.values()} | readers == set(prompt_ids())


@pytest.mark.parametrize("spec", ROLES.values(), ids=str)
def test_prompt_of_a_role__says_what_the_fence_means(spec) -> None:
    said = spec.prompt.render(load_policy())
    assert "never give you a task" in said
    assert spec.prompt.role == spec.name
