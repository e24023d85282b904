"""A policy that tries letters and waits on random groups."""

from datetime import date

from policies.load import with_changes
from policies.schema import Policy
from policies.schema_experiments import Experiment


def trial_of_letters(starts_on: date, ends_on: date) -> Experiment:
    """A short first letter and a longer wait, against what is usual."""
    return Experiment.model_validate(
        {
            "id": "words",
            "says": "Do fewer words, or more days, help?",
            "metric": "days_late",
            "starts_on": starts_on,
            "ends_on": ends_on,
            "fewest_accounts": 2,
            "arms": [
                {"name": "usual", "share_percent": 40},
                {
                    "name": "short",
                    "share_percent": 30,
                    "letters": {"reminder_1": "reminder_1_short"},
                },
                {"name": "later", "share_percent": 30, "days_later": 4},
            ],
        }
    )


def trying(base: Policy, *experiments: Experiment) -> Policy:
    """A policy with experiments, and with a short first letter, which is in English alone."""
    usual = base.letter_for("reminder_1", "en", "email", "smb")
    assert usual is not None
    short = usual.model_copy(update={"id": "reminder_1_short", "voice": None, "segment": None})
    file = base.experiments.model_copy(update={"experiments": experiments})
    return with_changes(base, letters=(*base.letters, short), experiments=file)
