"""Read tool for the rules of law and governance that bind what is sent to an account."""

from guardrails.compliance.facts import MessageFacts
from guardrails.compliance.places import EVERYWHERE
from guardrails.compliance.scope import compile_packs
from ledger.states import DebtorType
from policies.packs_schema import PackRule
from tools.contract import AccountRef, Limit, Result, ToolContext, read_tool


class LawNote(Result):
    """A rule of a compliance pack that binds messages to this account."""

    rule_id: str
    title: str
    must: str
    severity: str
    places: tuple[str, ...]
    source: str


class Regulation(Result):
    """Rules of the places an account may be in, the strictest first; no legal advice."""

    account_id: str
    account_number: str
    name: str
    places: tuple[str, ...]
    debtor_type: str
    notes: tuple[LawNote, ...]
    count: int
    everywhere: int


@read_tool()
def regulation_notes(ctx: ToolContext, account: AccountRef, limit: Limit = 8) -> Regulation:
    """List the rules of law and governance of an account's places, the strictest first."""
    facts = ctx.facts(account)
    company = ctx.policy.company
    business = facts.debtor_type == DebtorType.BUSINESS
    message = MessageFacts(
        send_at=ctx.now,
        jurisdictions=frozenset((*facts.places, company.seat)),
        debtor_type=facts.debtor_type,
        debt_purpose="commercial" if business else "consumer",
        creditor_role=company.creditor_role,
    )
    bound = compile_packs(ctx.policy.packs).rulebook().binding(message)
    rules = [each.rule for each in bound if each.rule.status == "active"]
    own = [rule for rule in rules if EVERYWHERE not in rule.jurisdiction]
    order = {"block": 0, "require_approval": 1, "warn": 2}
    own.sort(key=lambda rule: (order[rule.severity], rule.id))
    return Regulation(
        account_id=facts.account_id,
        account_number=facts.account_number,
        name=facts.name,
        places=facts.places,
        debtor_type=facts.debtor_type,
        notes=tuple(_law(rule) for rule in own[:limit]),
        count=len(own),
        everywhere=len(rules) - len(own),
    )


def _law(rule: PackRule) -> LawNote:
    return LawNote(
        rule_id=rule.id,
        title=rule.title,
        must=rule.must,
        severity=rule.severity,
        places=rule.jurisdiction,
        source=rule.source[0].cite if rule.source else "",
    )
