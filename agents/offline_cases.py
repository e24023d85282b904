"""How the offline model prepares a case: per kind of occasion, what to read and what to ask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agents.offline_reading import Reading, dispute_reason, read_claims, read_words
from agents.offline_turn import PROPOSE, Json, Move, Turn, Want, money, sums
from tools.outside_text import inside_fence

Action = dict[str, Any]
_SEARCH_CASH_DAYS = 7
_MOST_ACTIONS = 4

# What each reading of a message stops, and who gets it.
_STOPS = {
    "deceased": ("deceased", "compliance"),
    "insolvency": ("insolvency", "legal"),
    "legal": ("legal_representation", "legal"),
    "hardship": ("hardship", "finance_lead"),
    "opt_out": ("opt_out", "compliance"),
}
_SENSITIVE = {
    "hardship": "finance_lead",
    "insolvency": "legal",
    "legal_representation": "legal",
    "legal_matter": "legal",
    "deceased": "compliance",
}


@dataclass(frozen=True, slots=True)
class Play:
    """What to read for a kind of occasion, and what to ask for then."""

    reads: tuple[str, ...]
    ask: Callable[[Turn, Json], list[Action]]


def case_move(turn: Turn) -> Move:
    """Read first, then ask, then explain."""
    case = turn.case or {}
    occasions = [(PLAYS.get(each["kind"], _HAND_OVER), each) for each in case["occasions"]]
    reads = turn.missing(name for play, _ in occasions for name in play.reads)
    if reads:
        return [Want(name, _arguments(name, case)) for name in reads]
    if not turn.noted and PROPOSE not in turn.failures:
        asked = [action for play, each in occasions for action in play.ask(turn, each)]
        return [Want(PROPOSE, {"action": action}) for action in _merged(asked)]
    told = "; ".join(each["detail"] for each in case["occasions"])
    asks = ", ".join(kind.replace("_", " ") for kind in turn.noted)
    return (
        f"{case['name']} ({case['account_number']}): {told}. Asked for: {asks}. Prepared offline."
    )


def _arguments(tool: str, case: Json) -> dict[str, Any]:
    named = {
        "find_invoice_candidates": ("receipt_id", "unapplied_cash"),
        "dispute_outlook": ("dispute", "open_dispute"),
    }
    if tool not in named:
        return {}
    argument, occasion = named[tool]
    subjects = [each["subject_id"] for each in case["occasions"] if each["kind"] == occasion]
    return {argument: subjects[0]}


def _merged(actions: list[Action]) -> list[Action]:
    """One hand-over a role, and no more than a case may ask for; hand-overs are never cut."""
    others = [action for action in actions if action["type"] != "escalate"]
    handed: dict[str, str] = {}
    for action in actions:
        if action["type"] == "escalate":
            so_far = handed.get(action["to_role"], "")
            handed[action["to_role"]] = f"{so_far}\n\n{action['summary']}".strip()
    last = [_escalate(role, summary) for role, summary in handed.items()][:_MOST_ACTIONS]
    return others[: _MOST_ACTIONS - len(last)] + last


def _escalate(to_role: str, summary: str) -> Action:
    return {"type": "escalate", "to_role": to_role, "summary": summary[:2000]}


def _standing(turn: Turn) -> str:
    """Where the account stands, as one line for a card."""
    brief = turn.results.get("get_account_brief")
    if brief is None:
        return ""
    parts = [
        f"{brief['name']} ({brief['account_number']}), {brief['segment']}",
        f"open {sums(brief['open'])}",
        f"overdue {sums(brief['overdue'])}, oldest {brief['oldest_days_past_due']} days",
    ]
    if brief["unapplied_cash"]:
        parts.append(f"unapplied cash {sums(brief['unapplied_cash'])}")
    if brief["promises_broken"]:
        parts.append(f"{brief['promises_broken']} broken promise(s)")
    if brief["renewal_on"]:
        parts.append(f"renewal on {brief['renewal_on']}")
    if brief["owner"]:
        parts.append(f"owner {brief['owner']}")
    return "; ".join(parts) + "."


def _message(turn: Turn, _occasion: Json) -> list[Action]:
    messages = turn.results.get("list_messages", {}).get("messages", [])
    unread = [each for each in messages if each["direction"] == "in" and not each["answered"]]
    if not unread:
        summary = f"A message waits, and its text could not be read. {_standing(turn)}"
        return [_escalate("collector", summary)]
    newest = unread[0]
    reading = _reading(newest)
    said = f'The customer wrote on {newest["sent_on"]}: "{reading.quote}"'
    if reading.kind in _STOPS:
        reason, role = _STOPS[reading.kind]
        hold = {"type": "place_hold", "reason": reason, "note": said[:400]}
        steps = "Nothing is sent meanwhile. Next: confirm it, and decide who speaks to them."
        return [hold, _escalate(role, f"{said} {_standing(turn)} {steps}")]
    if reading.kind == "already_paid":
        ends = date.fromisoformat(_as_of(turn)) + timedelta(days=_SEARCH_CASH_DAYS)
        hold = {"type": "place_hold", "reason": "already_paid_claim", "ends_on": ends.isoformat()}
        steps = "Next: look for the payment in unapplied cash and ask for the remittance advice."
        return [hold, _escalate("collector", f"{said} {_standing(turn)} {steps}")]
    if reading.kind == "dispute":
        return _disputing(turn, newest, reading, said)
    role = "finance_lead" if reading.kind == "plan" else "collector"
    steps = {
        "plan": "Next: decide whether terms are offered; nothing was promised.",
        "promise": "Next: record the promise with date and amount if it is one.",
    }.get(reading.kind, "Next: answer the customer.")
    return [_escalate(role, f"{said} {_standing(turn)} {steps}")]


def _reading(message: Json) -> Reading:
    """What a message asserts: by the claims read in it, else by its words."""
    if not message["claims"]:
        return read_words(message["words"]["text"])
    quotes = {each["kind"]: inside_fence(each["quote"]["text"]) for each in message["claims"]}
    return read_claims(quotes)


def _disputing(turn: Turn, message: Json, reading: Reading, said: str) -> list[Action]:
    brief = turn.results["get_account_brief"]
    items = turn.results.get("list_open_items", {}).get("items", [])
    claimed = {each["invoice_id"] for each in message["claims"]}
    named = [
        item
        for item in items
        if item["invoice_id"] in claimed or item["invoice_number"].lower() in reading.text.lower()
    ]
    reason = dispute_reason(reading.text)
    dispute = {"type": "open_dispute", "reason": reason, "quote": reading.quote}
    if len(named) == 1:
        dispute["invoice_id"] = named[0]["invoice_id"]
    # Told again, it is the dispute that is open already.
    told_before = bool(named) and all(item["disputed"] for item in named)
    actions: list[Action] = [] if told_before else [dispute]
    if brief["best_contact_id"]:
        acknowledgement = {
            "type": "answer_query",
            "contact_id": brief["best_contact_id"],
            "language": _language(brief),
            "template_id": "dispute_acknowledgement",
            "in_reply_to": message["message_id"],
        }
        actions.append(acknowledgement)
    about = ", ".join(f"{i['invoice_number']} ({money(i['open'])} open)" for i in named)
    steps = "Next: check the delivery and order records, then answer; only a person resolves it."
    summary = f"{said} Read as {reason}, about {about or 'the account'}. {_standing(turn)} {steps}"
    return [*actions, _escalate("finance_lead", summary)]


def _language(brief: Json) -> str:
    best = next((c for c in brief["contacts"] if c["contact_id"] == brief["best_contact_id"]), None)
    return (best and best["language"]) or brief["language"]


def _as_of(turn: Turn) -> str:
    return str((turn.case or {})["as_of"])


def _dispute(turn: Turn, _occasion: Json) -> list[Action]:
    found = turn.results.get("list_disputes", {}).get("disputes", [])
    lines = [
        f"{each['reason']} on {each['invoice_number'] or 'the account'} ({money(each['amount'])}), "
        f"open {each['days_open']} days, answer due {each['answer_by']}"
        f"{', OVERDUE' if each['overdue'] else ''}, owner {each['owner']}, priority "
        f"{each['priority']}"
        for each in found
    ]
    around = turn.results.get("list_tickets_and_notes", {})
    tickets = [f"{t['ticket_number']} ({t['state']})" for t in around.get("tickets", [])]
    payments = turn.results.get("list_payments", {})
    context = [
        f"Tickets: {', '.join(tickets)}." if tickets else "No ticket.",
        f"{len(around.get('notes', []))} contract note(s).",
        f"Last payment on {payments.get('last_paid_on') or 'no date'}.",
    ]
    told = "; ".join(lines) or "a dispute is open"
    seen = _outlook(turn.results.get("dispute_outlook"))
    summary = f"Disputed: {told}. {seen} {_standing(turn)} {' '.join(context)} {_DISPUTE_STEPS}"
    return [_escalate("finance_lead", summary)]


_DISPUTE_STEPS = "Then resolve it, in writing. Nothing is chased meanwhile."


def _outlook(found: Json | None) -> str:
    """Likely cause, wanted evidence and next steps, and where the likely end was read."""
    if found is None:
        return "Next: compare invoice, order and delivery record."
    past = f"{found['cases']} past case(s) of {found['reason']}"
    if found["upheld_ratio"] is not None:
        past += f", the customer right in {found['upheld_ratio']:.0%}"
    sources = ", ".join(
        f"{each['dispute_id']} ({each['reason']}, {each['resolution'].replace('_', ' ')})"
        for each in found["similar"]
    )
    parts = [
        f"Likely end: {found['likely'].replace('_', ' ')}, read from {found['basis']} ({past}).",
        f"Like it: {sources}." if sources else "",
        f"Usual causes: {'; '.join(found['causes'])}." if found["causes"] else "",
        f"Evidence that decides it: {'; '.join(found['wanted'])}." if found["wanted"] else "",
        f"Next: {'; '.join(found['next_steps'])}.",
    ]
    return " ".join(filter(None, parts))


def _past_ladder(turn: Turn, occasion: Json) -> list[Action]:
    brief = turn.results["get_account_brief"]
    reachable = any(each["phone"] and not each["opted_out"] for each in brief["contacts"])
    if not reachable:
        steps = "No telephone number is known. Next: decide how to go on."
        return [_escalate("finance_lead", f"{occasion['detail']}. {_standing(turn)} {steps}")]
    summary = f"Call about {occasion['detail']}. {_standing(turn)}"
    task = {"type": "create_call_task", "kind": "call", "summary": summary[:500]}
    return [{**task, "due_on": _as_of(turn)}]


def _no_contact(turn: Turn, _occasion: Json) -> list[Action]:
    summary = f"Find a contact who can be reached. {_standing(turn)}"
    task = {"type": "create_call_task", "kind": "find_contact", "summary": summary[:500]}
    return [{**task, "due_on": _as_of(turn)}]


def _sensitive(turn: Turn, occasion: Json) -> list[Action]:
    role = _SENSITIVE.get(occasion["detail"], "finance_lead")
    steps = "No letter is prepared. Next: decide how, and by whom, the customer is spoken to."
    return [_escalate(role, f"On hold: {occasion['detail']}. {_standing(turn)} {steps}")]


def _credit(turn: Turn, _occasion: Json) -> list[Action]:
    exposure = turn.results["credit_exposure"]
    note = (
        f"Exposure {money(exposure['exposure'])} against a limit of {money(exposure['limit'])}; "
        f"oldest item {exposure['oldest_days_past_due']} days past due; "
        f"{exposure['promises_broken']} broken promise(s); "
        f"{exposure['payments_returned']} payment(s) returned lately."
    )
    if (score := exposure["score"]) is not None:
        reasons = "; ".join(score["reasons"][:3])
        note += f" Class {score['account_class']}: {reasons}."
    return [{"type": "set_credit_hold", "on": True, "note": note}]


def _cash(turn: Turn, occasion: Json) -> list[Action]:
    found = turn.results.get("find_invoice_candidates")
    if found is None or found["receipt_id"] != occasion["subject_id"]:
        return [_escalate("collector", f"{occasion['detail']}. Next: find the invoices it pays.")]
    fitting = [each for each in found["candidates"] if each["uses_all_money"]]
    if len(fitting) == 1:
        parts = [
            {"invoice_id": item["invoice_id"], "amount": item["open"]["amount"]}
            for item in fitting[0]["invoices"]
        ]
        receipt = {"type": "apply_receipt", "receipt_id": found["receipt_id"]}
        return [{**receipt, "allocations": parts, "evidence": "person"}]
    told = [
        f"{', '.join(item['invoice_number'] for item in each['invoices'])} ({each['evidence']}, "
        f"{money(each['total'])})"
        for each in found["candidates"]
    ]
    fits = f"It may pay: {'; or '.join(told)}." if told else "No open item fits it."
    summary = (
        f"{occasion['detail']}: {money(found['unapplied'])}. {fits} {_standing(turn)} "
        "Next: ask the payer what it is for."
    )
    return [_escalate("collector", summary)]


def _hand_over(turn: Turn, occasion: Json) -> list[Action]:
    return [_escalate("collector", f"{occasion['detail']} {_standing(turn)}")]


_BRIEF = ("get_account_brief",)
_HAND_OVER = Play(_BRIEF, _hand_over)
PLAYS: dict[str, Play] = {
    "customer_message": Play((*_BRIEF, "list_messages", "list_open_items"), _message),
    "open_dispute": Play(
        (*_BRIEF, "list_disputes", "dispute_outlook", "list_tickets_and_notes", "list_payments"),
        _dispute,
    ),
    "past_last_stage": Play(_BRIEF, _past_ladder),
    "no_contact": Play(_BRIEF, _no_contact),
    "sensitive_hold": Play(_BRIEF, _sensitive),
    "credit_limit": Play(("credit_exposure",), _credit),
    "unapplied_cash": Play((*_BRIEF, "find_invoice_candidates"), _cash),
}
