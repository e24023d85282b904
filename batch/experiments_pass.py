"""The night's work on experiments: draw who takes part in what starts, stop what does harm."""

from batch.run import Night
from ledger.identities import Identity
from ledger.journal import audit
from tools.trials import draw_arms, stop_harmful


def experiments_pass(night: Night) -> None:
    """Before any reminder is worded, so that tonight's are already of their arm."""
    policy = night.house.policy
    if not any(each.runs_on(night.as_of) for each in policy.experiments.experiments):
        return
    with night.house.ledger.write(as_=Identity.POSTER) as session:
        drawn = draw_arms(session, policy, night.as_of)
        stopped = stop_harmful(session, policy, night.as_of)
        begun = {name: accounts for name, accounts in drawn.items() if accounts}
        for name, accounts in begun.items():
            audit(session, night.now, "experiment_started", name, "night", accounts=accounts)
        for name, harm in stopped.items():
            audit(session, night.now, "experiment_stopped", name, "night", arm=harm.arm)
        night.add("experiments", started=sorted(begun), stopped=sorted(stopped))
        night.note("experiments", not_begun=sorted(drawn.keys() - begun.keys()))
        night.keep_counts(session)
