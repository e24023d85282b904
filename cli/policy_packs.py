"""`dunwell policy list|pending|explain`: the compliance packs as a person reads them."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from batch.policy_shadow import Shadow, WouldStop, would_have_stopped
from cli.home import opened
from cli.output import emit, note, say, show_heading, show_table
from graph.settings import read_settings
from guardrails.compliance.facts import MessageFacts
from guardrails.compliance.limits import Limits, effective_limits
from guardrails.compliance.scope import CompiledRule, compile_packs
from ledger.errors import BadInput, NotFound
from policies.packs import ALERT_DAYS, load_packs, pending_rules, review_due
from policies.packs_schema import PackRule, Packs


def list_rules(home: Path | None, given: dict[str, str | None], at: date, json_out: bool) -> None:
    """Show the rules in force on a day, for a message or for all, and what they come to."""
    packs = _packs_of(home)
    facts = _facts(given, at, packs)
    book = compile_packs(packs).rulebook()
    narrowed = any(given.values())
    if narrowed:
        rules = book.scope_of(facts).rules
    else:
        rules = tuple(each for each in book.rules if _in_force(each.rule, at))
    limits = effective_limits(rules, facts, packs.vocabulary) if narrowed else None
    if json_out:
        emit(
            {
                "ruleset_version": packs.ruleset_version,
                "at": at,
                "rules": [_brief(each.rule) for each in rules],
                "limits": asdict(limits) if limits else None,
            }
        )
        return
    _show_rules(each.rule for each in rules)
    say(f"{len(rules)} rule(s) in force on {at}, ruleset {packs.ruleset_version}")
    if limits:
        _show_limits(limits)
    note("Not legal advice: counsel reviews the rules of the places in use.")


def list_pending(home: Path | None, at: date, nights: int, json_out: bool) -> None:
    """Show the rules still to start, how long that is, and what each would have stopped."""
    waiting = [(rule, _days_until(rule, at)) for rule in pending_rules(_packs_of(home))]
    shadow = _shadow(home, nights)
    stopped = {r.id: shadow.by_rule.get(r.id, WouldStop()) for r, _days in waiting}
    if json_out:
        rows = [
            _brief(r)
            | {"days": days, "alert": days <= ALERT_DAYS}
            | {"would_have_stopped": asdict(stopped[r.id])}
            for r, days in waiting
        ]
        emit({"nights": shadow.nights, "messages": shadow.messages, "rules": rows})
        return
    heads = ("rule", "starts", "in days", "", "would have stopped", "what", "source")
    show_table(
        heads,
        [
            (
                *(rule.id, rule.effective.from_, days, _mark(days), stopped[rule.id].messages),
                *(rule.title, _sources(rule)),
            )
            for rule, days in waiting
        ],
        right=("in days", "would have stopped"),
    )
    say(f"Tried on {shadow.messages:,} unattended messages of {shadow.nights} night(s).")
    soon = sum(days <= ALERT_DAYS for _rule, days in waiting)
    say(f"{len(waiting)} pending rule(s), {soon} to be activated within {ALERT_DAYS} days")


def _shadow(home: Path | None, nights: int) -> Shadow:
    """What past nights of the home say; nothing where the packs are looked at without a home."""
    if not (read_settings(home).home / "policies").is_dir():
        return Shadow(nights=0)
    with opened(home) as house:
        return would_have_stopped(house, nights)


def explain_rule(home: Path | None, rule_id: str, at: date, json_out: bool) -> None:
    """Show every record of a rule in full.

    Raises:
        NotFound: No rule has the id.
    """
    packs = _packs_of(home)
    book = compile_packs(packs).rulebook()
    records = [each for each in book.rules if each.rule.id == rule_id.upper()]
    if not records:
        raise NotFound(f"no rule {rule_id}; `dunwell policy list` shows the rules there are")
    if json_out:
        emit([_in_full(each, at, packs) for each in records])
        return
    for each in records:
        _show_record(each, at, packs)


def _packs_of(home: Path | None) -> Packs:
    """The packs of a home; where nobody names one and none is there, those of the project."""
    folder = read_settings(home).home / "policies"
    if home is not None and not folder.is_dir():
        raise NotFound(f"{folder} is no policies folder; `dunwell init` makes one")
    return load_packs(folder)


def _facts(given: dict[str, str | None], at: date, packs: Packs) -> MessageFacts:
    words = packs.vocabulary
    for name, known in (
        ("debtor", words.debtor),
        ("role", words.creditor_role),
        ("channel", words.channel),
        ("purpose", ("consumer", "commercial")),
    ):
        value = given.get(name)
        if value is not None and value not in known:
            raise BadInput(f"--{name} {value}: say one of {', '.join(known)}")
    place, debtor = given.get("place"), given.get("debtor")
    usual = "commercial" if debtor == "business" else None
    return MessageFacts(
        send_at=datetime.combine(at, time(12), UTC),
        jurisdictions=frozenset(place.split(",")) if place else None,
        debtor_type=debtor,
        debt_purpose=given.get("purpose") or usual,
        creditor_role=given.get("role"),
        channel=given.get("channel"),
        message_kind="reminder",
        is_initial=False,
    )


def _in_force(rule: PackRule, at: date) -> bool:
    effective = rule.effective
    begun = effective.from_ is None or effective.from_ <= at
    return rule.status != "pending" and begun and (effective.to is None or at <= effective.to)


def _begun(rule: PackRule) -> str:
    return f"from {rule.effective.from_}" if rule.effective.from_ else "always"


def _days_until(rule: PackRule, at: date) -> int:
    return ((rule.effective.from_ or at) - at).days


def _mark(days: int) -> str:
    if days <= 0:
        return "ACTIVATE: the start fails until then"
    return "SOON" if days <= ALERT_DAYS else ""


def _brief(rule: PackRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "status": rule.status,
        "severity": rule.severity,
        "jurisdiction": rule.jurisdiction,
        "from": rule.effective.from_,
        "to": rule.effective.to,
        "source": [each.cite for each in rule.source],
        "hash": rule.hash,
    }


def _in_full(each: CompiledRule, at: date, packs: Packs) -> dict[str, Any]:
    rule = each.rule
    return rule.model_dump(mode="json", by_alias=True) | {
        "hash": rule.hash,
        "reviewed_on": rule.reviewed_on,
        "review_due": review_due(rule, at),
        "limits": asdict(_own_limits(each, at, packs)),
    }


def _own_limits(each: CompiledRule, at: date, packs: Packs) -> Limits:
    """What the rule asks by itself of the first debtor, role and channel it binds."""
    applies = each.rule.applies_to
    given: dict[str, str | None] = {
        "debtor": applies.debtor[0],
        "role": applies.creditor_role[0],
        "channel": applies.channel[0],
    }
    return effective_limits((each,), _facts(given, at, packs), packs.vocabulary)


def _show_rules(rules: Iterable[PackRule]) -> None:
    show_table(
        ("rule", "severity", "from", "to", "what", "source"),
        [
            (
                rule.id,
                rule.severity,
                _begun(rule).removeprefix("from "),
                rule.effective.to or "",
                rule.title,
                _sources(rule),
            )
            for rule in rules
        ],
    )


def _sources(rule: PackRule) -> str:
    first, *others = rule.source
    return f"{first.cite} ({first.basis})" + (f" and {len(others)} more" if others else "")


def _show_limits(limits: Limits) -> None:
    show_heading("What they come to")
    if limits.refused_by:
        say(f"refused as it stands by {', '.join(limits.refused_by)}")
    for day, hours in limits.windows.items():
        say(f"{'weekday' if day == 'monday' else day}: {', '.join(hours) or 'never'}")
    for counter, most in limits.caps.items():
        say(f"at most {most} {counter}")
    for title, words in (
        ("must hold", limits.required_elements),
        ("never", limits.forbidden_claims),
        ("only with approval or record", limits.approved_claims),
    ):
        if words:
            say(f"{title}: {', '.join(words)}")


def _show_record(each: CompiledRule, at: date, packs: Packs) -> None:
    rule = each.rule
    show_heading(f"{rule.id}  {rule.title}")
    until = f" to {rule.effective.to}" if rule.effective.to else ""
    closed = f", closed in {rule.until}" if rule.until else ""
    lines = {
        "status": f"{rule.status}, in force {_begun(rule)}{until}",
        "known": f"since ruleset {rule.since}{closed}, hash {rule.hash}",
        "family": f"{rule.family}, stage {rule.stage}",
        "places": ", ".join(rule.jurisdiction),
        "binds": "; ".join(
            ", ".join(words)
            for words in (
                rule.applies_to.debtor,
                rule.applies_to.creditor_role,
                rule.applies_to.channel,
            )
        ),
        "when": rule.trigger,
        "must": rule.must,
        "how": rule.how,
        "reads": ", ".join(rule.inputs),
        "passes": rule.pass_when,
        "only": "where another rule needed an approval and got it" if rule.only_when else "",
        "params": ", ".join(f"{name} {value}" for name, value in rule.params.items()),
        "else": f"{rule.severity}; {rule.on_missing} while a fact is missing",
        "note": rule.note,
    }
    for name, line in lines.items():
        if line:
            say(f"  {name:<7} {line}")
    for example in rule.examples:
        when = f" ({example.when})" if example.when else ""
        say(f"  {example.label:<9} {example.text}{when}")
    for source in rule.source:
        told = packs.vocabulary.basis[source.basis]
        say(f"  source  {source.cite}, read {source.read_on}; {source.basis}: {told}")
        if source.url:
            say(f"          {source.url}")
    due = "REVIEW: a source is older than 12 months" if review_due(rule, at) else "sources fresh"
    say(f"  review  {rule.reviewed_on}: {due}")
    _show_limits(_own_limits(each, at, packs))
