"""The same numbers the gate uses, as sentences for prompts, cards and screens."""

from policies.schema import Policy, RuleEntry


def describe_stage(policy: Policy, level: int) -> str:
    """A stage of the ladder in words, such as "reminder 2 (neutral), from 14 days past due"."""
    stage = policy.dunning.stage(level)
    if stage is None:
        return "beyond the last stage: a person decides"
    return f"stage {level} ({stage.tone}), from {stage.days_past_due} days past due"


def describe_rule(rule: RuleEntry) -> str:
    """A rule as one line: id, effect, sentence, who may approve."""
    who = f" Approved by: {' or '.join(rule.roles)}." if rule.roles else ""
    return f"{rule.id} ({rule.effect}): {rule.says}{who}"


def describe_limits(policy: Policy) -> list[str]:
    """The numbers of the contact policy as sentences."""
    contact = policy.contact
    return [
        f"At most {contact.max_contacts_per_7_days} messages in 7 days and "
        f"{contact.max_contacts_per_30_days} in 30 days, over all channels.",
        f"At least {contact.min_days_between} days between two messages.",
        f"Messages leave between {contact.window_opens:%H:%M} and "
        f"{contact.window_closes:%H:%M} local time"
        + (", on business days only." if contact.business_days_only else "."),
        f"A promise counts as broken once {contact.promise_grace_days} banking days have passed "
        f"after its date without the money{_and_for_the_way(policy)}.",
        f"A dispute stops chasing the whole {contact.dispute_scope}."
        if contact.dispute_scope == "account"
        else "A dispute stops chasing its item; the rest is reviewed.",
    ]


def _and_for_the_way(policy: Policy) -> str:
    """What the way of paying a customer named adds to the days of a promise."""
    ways = [f"{each.days} for {each.method}" for each in policy.promises.methods]
    return f", plus those of the way of paying they named ({', '.join(ways)})" if ways else ""
