"""Asking the gate: what it says of an action, and what comes of asking for it."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from batch.policy_trial import Changes, try_policy
from evals.stage.scene import Item, Scene
from evals.stage.steps import pure
from graph.policy_in_force import remember
from guardrails.gate import check_rules
from guardrails.verdict import Allow, Deny, findings_of
from ledger.actions import ProposedAction, parse_action
from ledger.facts import AccountFacts
from ledger.queries.cash_facts import facts_for
from policies.load import PolicyError, load_policy, with_changes
from tools.proposals import judge_action, submit

_ROWS = {
    "contact": "con",
    "hold": "hld",
    "dispute": "dsp",
    "plan": "pln",
    "promise": "prm",
    "receipt": "rcp",
    "credit": "crm",
    "bank_line": "bnk",
}


def judge(scene: Scene, hour: float = 0, **action: Any) -> Item:
    """What the gate says of an action on the customer, without doing anything.

    Names of the world stand for ids: `invoice: A1`, `invoices: [A1]`, `hold: 1`, `contact: 1`;
    amounts are texts; `due_in: 3` is a date.

    Args:
        scene: The case.
        hour: The hour of the business date in UTC at which it is asked.
        action: The action.
    """
    house, wish = scene.house, read_wish(scene, action)
    with house.ledger.read() as session:
        facts = _facts(session, scene, wish)
    verdict, judged = judge_action(wish, facts, house.policy, _instant(scene, hour))
    words = {"allow": Allow, "deny": Deny}
    says = next((word for word, kind in words.items() if isinstance(verdict, kind)), "ask")
    found = findings_of(verdict)
    return {
        "verdict": says,
        "rules": sorted({each.rule_id for each in found}),
        "roles": sorted({role for each in found for role in each.roles}),
        "leaves_at": judged.release_at.isoformat() if judged and judged.release_at else "",
    }


def propose(scene: Scene, author: str = "collector", **action: Any) -> Item:
    """Ask for an action as a role or a person would, in one transaction."""
    house, now = scene.house, _instant(scene)
    wish = read_wish(scene, action)
    with house.ledger.write() as session:
        remember(session, house.policy, now)
        facts = _facts(session, scene, wish)
        done = submit(
            session,
            [wish],
            author=author,
            role=author,
            facts=facts,
            policy=house.policy,
            now=now,
        )[0]
    rules = sorted({each.rule_id for each in findings_of(done.verdict)})
    return {"outcome": done.outcome, "rules": rules, "asks": done.proposal_id is not None}


def _facts(session: Session, scene: Scene, wish: ProposedAction) -> AccountFacts:
    """The customer of the case, with whatever else the action names."""
    known = facts_for(session, scene.stage.day, [wish], [scene.account_id])
    return known[scene.account_id]


def _instant(scene: Scene, hour: float = 0) -> datetime:
    """An hour of the business date; routine work asks at its first instant."""
    day = scene.stage.day
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)


def read_wish(scene: Scene, given: Item) -> ProposedAction:
    """An action of a scenario, its names filled in."""
    values = {"account_id": scene.account_id} | _named(scene, given)
    kind = str(given["type"])
    if kind.startswith(("send_", "answer_")):
        values = {"contact_id": f"con_{scene.key}_1", "channel": "email"} | values
    if kind in ("send_reminder", "send_statement", "propose_plan"):
        values.setdefault("currency", scene.currency)
    return parse_action(values)


def _named(scene: Scene, given: Item) -> Item:
    made: Item = {}
    for name, value in given.items():
        if name in ("amount", "limit") and isinstance(value, str):
            made[f"{name}_minor"] = scene.minor(value)
        elif name == "invoice":
            made["invoice_id"] = scene.invoice_id(value)
        elif name == "invoices":
            made["invoice_ids"] = [scene.invoice_id(each) for each in value]
        elif name.endswith("_in"):
            made[f"{name.removesuffix('_in')}_on"] = scene.in_days(value).isoformat()
        elif name in _ROWS:
            made[f"{name}_id"] = f"{_ROWS[name]}_{scene.key}_{value}"
        elif name == "about":
            kind, number = value.split()
            made[name] = f"{_ROWS[kind]}_{scene.key}_{number}"
        elif isinstance(value, list):
            made[name] = [_named(scene, x) if isinstance(x, dict) else x for x in value]
        else:
            made[name] = value
    return made


def dry_run(scene: Scene, **files: Item) -> Item:
    """Try a changed policy on the nights there were, twice; does it say the same both times?"""
    house = scene.house
    changed = {}
    for name, values in files.items():
        was = getattr(house.policy, name)
        changed[name] = type(was).model_validate(was.model_dump(by_alias=True) | values)
    tried = with_changes(house.policy, **changed)
    first, second = (try_policy(house, tried, 5) for _ in range(2))
    return {
        "stable": asdict(first) == asdict(second),
        "decisions": first.decisions,
        "messages": _counts(first.messages),
        "approvals": _counts(first.approvals),
        "holds_broken": len(first.holds_broken),
    }


def _counts(changes: Changes) -> str:
    return f"+{changes.added} -{changes.removed} ~{changes.changed}"


@pure
def load_rules(
    scene: Scene,
    without: str = "",
    loosened: str = "",
    invented: str = "",
) -> Item:
    """Read the policy with one rule left out, made one that may be approved past, or made up.

    Returns:
        Whether it may be used, and the refusal where it may not.
    """
    del scene
    policy = load_policy()
    rules = [each for each in policy.approval.rules if each.id != without]
    rules = [
        each.model_copy(update={"effect": "approve", "roles": ("collector",)})
        if each.id == loosened
        else each
        for each in rules
    ]
    if invented:
        rules.append(rules[0].model_copy(update={"id": invented}))
    approval = policy.approval.model_copy(update={"rules": tuple(rules)})
    try:
        check_rules(with_changes(policy, approval=approval))
    except PolicyError as error:
        return {"refused": error.message}
    return {"refused": ""}


STEPS: dict[str, Any] = {
    "judge": judge,
    "propose": propose,
    "dry_run": dry_run,
    "load_rules": load_rules,
}
