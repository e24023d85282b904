"""Keeps the prompts of today: `python -m tests.unit.prompts.keep` after a version was bumped.

Refuses to give an old version new words.
"""

import json
from pathlib import Path

from policies.load import load_policy
from prompts.loader import load_prompt, prompt_ids

VERSIONS = Path("prompts/versions.json")
SNAPSHOTS = Path(__file__).parent / "snapshots"


def main() -> None:
    """Write the hash of each new version, and each prompt as a model gets it."""
    kept = json.loads(VERSIONS.read_text("utf-8")) if VERSIONS.exists() else {}
    policy = load_policy()
    for prompt_id in prompt_ids():
        prompt = load_prompt(prompt_id)
        known = kept.setdefault(prompt_id, {}).setdefault(str(prompt.version), prompt.hash)
        if known != prompt.hash:
            raise SystemExit(f"{prompt_id}: bump the version first, {prompt.version} is taken")
        (SNAPSHOTS / f"{prompt_id}.md").write_text(prompt.render(policy), "utf-8")
    VERSIONS.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
