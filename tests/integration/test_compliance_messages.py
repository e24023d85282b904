"""The labelled messages of the field meet the rules they name."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from guardrails.compliance.facts import MessageFacts
from guardrails.compliance.scope import compile_packs
from policies.packs import load_packs
from tests.support.shared_data import shared


def bare_facts(labelled: dict[str, Any]) -> MessageFacts:
    """What decides which rules bind a labelled message."""
    context = labelled["context"]
    zones = [ZoneInfo(zone) for zone in context["time_zones"]]
    sent = datetime.fromisoformat(context["send_at"]).replace(tzinfo=zones[0])
    return MessageFacts(
        send_at=sent,
        local_times=tuple(sent.astimezone(zone) for zone in zones),
        jurisdictions=frozenset({labelled["jurisdiction"]}),
        debtor_type=context["debtor_type"],
        debt_purpose=context["debt_purpose"],
        creditor_role=context["creditor_role"],
        channel=labelled["channel"],
        message_kind=context["message_kind"],
        template_approved=context["template"]["approved"],
        model_generated=context["model_generated"],
        human_reviewed=context["human_reviewed"],
    )


def test_every_labelled_message__names_rules_that_bind_it() -> None:
    book = compile_packs(load_packs()).rulebook()
    lines = shared("compliance/messages_dev.jsonl").read_text("utf-8").splitlines()
    messages = [json.loads(line) for line in lines]
    assert messages
    for labelled in messages:
        binding = {each.rule.id for each in book.scope_of(bare_facts(labelled)).rules}
        assert set(labelled["rule_ids"]) <= binding, labelled["id"]


def test_rules__are_those_of_the_shared_list() -> None:
    text = shared("compliance/rules.yaml").read_text("utf-8")
    listed = {rule["id"]: rule for rule in yaml.safe_load(text)["rules"]}
    ours = {rule.id: rule for rule in load_packs().rules}
    assert set(listed) == set(ours)
    for rule_id, rule in ours.items():
        told = listed[rule_id]
        assert rule.pass_when == told["test"]["pass_when"]
        assert (rule.severity, rule.on_missing) == (told["severity"], told["on_missing"])
        assert (rule.effective.from_, rule.effective.to) == tuple(told["effective"].values())
        assert [s.url for s in rule.source] == [s.get("url") for s in told["source"]]
