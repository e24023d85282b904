"""How the offline assistant says what a tool found: a few lines, every figure from the result."""

from collections.abc import Callable
from typing import Any

from agents.offline_turn import Json, money, sums
from tools.outside_text import inside_fence


def who_of(result: Json) -> str:
    """An account as it is named in an answer."""
    return f"{result['name']} ({result['account_number']})"


def lines_of(head: str, lines: list[str], empty: str = "Nothing.") -> str:
    """A head and its lines, or what is said where there are none."""
    return "\n".join([head, *[f"- {line}" for line in lines]] if lines else [head, empty])


def _brief(result: Json) -> str:
    lines = [
        f"open {sums(result['open'])}; overdue {sums(result['overdue'])}, "
        f"oldest {result['oldest_days_past_due']} days past due",
        f"unapplied cash {sums(result['unapplied_cash'])}; "
        f"open credits {sums(result['open_credits'])}",
        f"{result['open_disputes']} open dispute(s); promises: "
        f"{result['promises_pending']} pending, {result['promises_broken']} broken; "
        f"{result['plans']} plan(s); {result['tickets_open']} open ticket(s)",
    ]
    if result["holds"]:
        stops = "nothing may leave" if result["on_hold_as_a_whole"] else "only single invoices"
        lines.append(f"ON HOLD: {', '.join(result['holds'])}; {stops}")
    if result["customer_waits_for_answer"]:
        lines.append("the customer wrote and has no answer yet")
    if result["renewal_on"]:
        lines.append(f"renewal on {result['renewal_on']}")
    if result["sensitive_contract"]:
        lines.append("a contract note marks the terms as sensitive")
    lines += [f"next: {each['words']}, {money(each['total'])}" for each in result["next_reminders"]]
    lines += [f"past the last stage in {each}" for each in result["past_last_stage_in"]]
    if result["waiting_proposals"]:
        lines.append(f"waiting for approval: {', '.join(result['waiting_proposals'])}")
    lines.append(f"last contact on {result['last_contact_on'] or 'no date'}")
    segment = result["segment"] + (", strategic" if result["strategic"] else "")
    owner = f", owner {result['owner']}" if result["owner"] else ""
    return lines_of(f"{who_of(result)}, {segment}{owner}, as of {result['as_of']}:", lines)


def _items(result: Json) -> str:
    head = (
        f"{who_of(result)}: {result['count']} open item(s), total {sums(result['totals'])}, "
        f"overdue {sums(result['overdue'])}, as of {result['as_of']}:"
    )
    lines = [
        f"{item['invoice_number']}: {money(item['open'])} open, due {item['due_on']}"
        f"{_late(item)}{', disputed' if item['disputed'] else ''}"
        for item in result["items"]
    ]
    if result["shown"] < result["count"]:
        lines.append(f"shown are {result['shown']} of {result['count']}; the totals cover all")
    return lines_of(head, lines, "Nothing is open.")


def _late(item: Json) -> str:
    return f", {item['days_past_due']} days past due" if item["days_past_due"] else ""


def _aging(result: Json) -> str:
    lines = [
        f"{line['currency']}: "
        + "; ".join(f"{name} {money(value)}" for name, value in line["buckets"].items())
        + f"; total {money(line['total'])}"
        for line in result["lines"]
    ]
    return lines_of(f"{who_of(result)}, aging as of {result['as_of']}:", lines, "Nothing is open.")


def _work(result: Json) -> str:
    head = f"Accounts to work on {result['as_of']}, of {result['overdue_accounts']} overdue:"
    lines = [
        f"{who_of(each)}: {money(each['overdue'])} overdue, "
        f"oldest {each['oldest_days_past_due']} days. Why: {'; '.join(each['reasons'])}."
        + (f" CAUTION: {'; '.join(each['caution'])}." if each["caution"] else "")
        for each in result["accounts"]
    ]
    return lines_of(head, lines, "Nobody is overdue.")


def _routing(result: Json) -> str:
    stands = result["disposition"] or "not decided yet"
    lines = [result["reason"], *result["rules"]]
    if result["counterfactual"]:
        lines.append(result["counterfactual"])
    lines += [f"since then: {each}" for each in result["moved"]]
    if result["next_action_on"]:
        lines.append(f"looked at again on {result['next_action_on']}")
    lines += [f"waiting: {each}" for each in result["waiting"]]
    return lines_of(f"{who_of(result)} stands at: {stands}.", [line for line in lines if line])


def _waiting(result: Json) -> str:
    head = f"{result['count']} request(s) wait for a person, as of {result['as_of']}:"
    lines = [
        f"{each['proposal_id']}: {each['action'].replace('_', ' ')} for {who_of(each)}, "
        f"{money(each['at_stake'])}, {each['days_waiting']} day(s), "
        f"by {' and '.join(each['approvers'])}"
        for each in result["requests"]
    ]
    return lines_of(head, lines, "Nothing waits.")


def _promises(result: Json) -> str:
    lines = [
        f"{each['due_on']}: {who_of(each)}, {money(each['amount'])}, {each['kind']} "
        f"({'ours' if each['direction'] == 'ours' else 'theirs'}, {each['state']})"
        for each in result["promises"]
    ]
    return lines_of(f"Promises as of {result['as_of']}:", lines, "No promise is pending.")


def _disputes(result: Json) -> str:
    lines = [
        f"{who_of(each)}: {each['reason']} on {each['invoice_number'] or 'the account'}, "
        f"{money(each['amount'])}, open {each['days_open']} days, answer due {each['answer_by']}"
        f"{' (OVERDUE)' if each['overdue'] else ''}"
        for each in result["disputes"]
    ]
    return lines_of(f"Open disputes as of {result['as_of']}:", lines, "No dispute is open.")


def _unapplied(result: Json) -> str:
    head = f"Unapplied: {sums(result['totals'])} in {result['count']} receipt(s)."
    lines = [
        f"{each['receipt_number']}: {money(each['unapplied'])}, received {each['received_on']}, "
        f"{each['account_number'] or 'payer unknown'}"
        for each in result["receipts"]
    ]
    return lines_of(head, lines, "")


def _exposure(result: Json) -> str:
    percent = result["percent_of_limit"]
    share = f", {percent}% of it" if percent is not None else ""
    lines = [
        f"exposure {money(result['exposure'])}; limit {money(result['limit'])}{share}",
        f"oldest item {result['oldest_days_past_due']} days past due; "
        f"{result['promises_broken']} broken promise(s)",
        "on credit hold" if result["on_credit_hold"] else "not on credit hold",
    ]
    if result["advice"] != "none":
        lines.append(f"policy advises: {result['advice']}")
    if (score := result["score"]) is not None:
        lines.append(
            f"class {score['account_class']}, {score['points']} points of risk; {score['grounds']}"
        )
        lines += [f"because {each}" for each in score["reasons"]]
        lines += [f"WARNING: {each}" for each in score["warnings"]]
    elif result["not_scored"]:
        lines.append(f"no score: {result['not_scored']}")
    return lines_of(f"{who_of(result)}, credit:", lines)


def _payments(result: Json) -> str:
    lines = [
        f"{each['received_on']}: {money(each['amount'])} ({each['receipt_number']}), "
        f"for {', '.join(each['paid_invoices']) or 'no invoice yet'}"
        for each in result["payments"]
    ]
    return lines_of(f"{who_of(result)}, payments, newest first:", lines, "No payment is known.")


def _messages(result: Json) -> str:
    lines = [
        f"{each['sent_on']}, {'from' if each['direction'] == 'in' else 'to'} the customer"
        + (f': "{_short(each["words"]["text"])}"' if each["words"] else f": {each['purpose']}")
        + ("" if each["answered"] or each["direction"] == "out" else " (no answer yet)")
        for each in result["messages"]
    ]
    return lines_of(f"{who_of(result)}, messages, newest first:", lines, "No message is known.")


def _short(fenced: str) -> str:
    words = " ".join(inside_fence(fenced).split())
    return words if len(words) <= 200 else f"{words[:200]}..."


def _tickets(result: Json) -> str:
    lines = [
        f"ticket {each['ticket_number']} of {each['opened_on']}, severity {each['severity']}, "
        f'{each["state"]}: "{_short(each["subject"]["text"])}"'
        for each in result["tickets"]
    ]
    lines += [
        f"contract note of {each['noted_on']}{', sensitive' if each['sensitive'] else ''}: "
        f'"{_short(each["body"]["text"])}"'
        for each in result["notes"]
    ]
    if result["renewal_on"]:
        lines.append(f"renewal on {result['renewal_on']}")
    return lines_of(f"{who_of(result)}, tickets and notes:", lines)


def _forecast(result: Json) -> str:
    lines = [
        f"week of {each['starts_on']}: {sums(each['expected'])} "
        f"(eight in ten: {sums(each['low'])} to {sums(each['high'])})"
        for each in result["weeks"]
    ]
    lines.append(f"of what is open, disputed: {sums(result['disputed'])}")
    return lines_of(f"Expected cash from {result['as_of']}, by {result['method']}:", lines)


def _found(result: Json) -> str:
    lines = [
        f'{who_of(each)}, {each["said"]["source"]}: "{_short(each["said"]["text"])}"'
        for each in result["notes"]
    ]
    if result["not_indexed"]:
        lines.append(f"{result['not_indexed']} newer note(s) not searched: run `dunwell reindex`")
    empty = "Nothing was found. That does not prove that nothing was agreed."
    return lines_of(f'What is noted on "{result["searched"]}":', lines, empty)


SAY: dict[str, Callable[[Any], str]] = {
    "get_account_brief": _brief,
    "list_open_items": _items,
    "aging_of_account": _aging,
    "list_accounts_to_work": _work,
    "why_routed": _routing,
    "list_waiting_approvals": _waiting,
    "list_promises": _promises,
    "list_disputes": _disputes,
    "list_unapplied_cash": _unapplied,
    "credit_exposure": _exposure,
    "list_payments": _payments,
    "list_messages": _messages,
    "list_tickets_and_notes": _tickets,
    "expected_cash": _forecast,
    "search_notes": _found,
    "waits_for_me": _waiting,
}
