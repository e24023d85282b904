"""How the offline assistant says what the night, the rules and single facts of an account are."""

from collections.abc import Callable
from typing import Any

from agents.offline_answers import lines_of, who_of
from agents.offline_turn import Json, money, sums

_ANSWERS = {"yes": "Yes", "after_approval": "Only after approval", "no": "No"}


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _book(result: Json) -> str:
    lines = []
    for line in result["lines"]:
        buckets = "; ".join(f"{name} {money(value)}" for name, value in line["buckets"].items())
        lines += [
            f"{line['currency']}: open {money(line['open'])}, overdue {money(line['overdue'])}",
            f"{line['currency']} aging: {buckets}",
            f"{line['currency']}: DSO {_ratio(line['dso_ratio'])}, best possible "
            f"{_ratio(line['bpdso_ratio'])}, ADD {_ratio(line['add_ratio'])} days; "
            f"CEI {_ratio(line['cei_rate'])}%; "
            f"promises kept {_ratio(line['kept_rate'])}%; "
            f"disputed {_ratio(line['disputed_rate'])}%",
        ]
    head = f"The book as of {result['as_of']}, ratios over {result['period_days']} days:"
    return lines_of(head, lines, "Nothing has been posted by this date.")


def _ratio(value: float | None) -> str:
    return "not known" if value is None else f"{value}"


def _overdue(result: Json) -> str:
    head = (
        f"Largest overdue balances as of {result['as_of']}; in all {sums(result['overdue'])} at "
        f"{_count(result['overdue_accounts'], 'account')}:"
    )
    lines = [
        f"{who_of(each)}: {money(each['overdue'])} in {_count(each['items'], 'item')}, oldest "
        f"{each['oldest_days_past_due']} days past due"
        for each in result["accounts"]
    ]
    return lines_of(head, lines, "Nobody is overdue.")


def _holds(result: Json) -> str:
    head = (
        f"{_count(result['count'], 'hold')} in force as of {result['as_of']}; ask to lift one on "
        "its account's page or with `dunwell hold lift`:"
    )
    lines = [
        f"{who_of(each)}: {each['reason'].replace('_', ' ')}"
        + (f" on {each['invoice_number']}" if each["invoice_number"] else "")
        + f", since {each['placed_on']}"
        + (f" until {each['ends_on']}" if each["ends_on"] else ", without an end")
        + f"; lifted by {each['lift_role'].replace('_', ' ')}"
        for each in result["holds"]
    ]
    return lines_of(head, lines, "No hold is in force.")


def _credits(result: Json) -> str:
    head = f"{_count(result['count'], 'open credit memo')}, {sums(result['totals'])}:"
    lines = [
        f"{each['credit_number']} of {each['issued_on']}, {who_of(each)}: {money(each['open'])}"
        for each in result["credits"]
    ]
    return lines_of(head, lines, "No credit memo is open.")


def _tasks(result: Json) -> str:
    head = (
        f"{_count(result['count'], 'open task')} as of {result['as_of']}; you close one under "
        "/desk/tasks or with `dunwell tasks done`:"
    )
    lines = [
        f"{each['due_on']}{_late(each)}: {each['kind'].replace('_', ' ')}, {who_of(each)}: "
        f"{_short(each['summary'])}"
        for each in result["tasks"]
    ]
    return lines_of(head, lines, "No task is open.")


def _late(task: Json) -> str:
    return f" ({task['days_overdue']} days overdue)" if task["days_overdue"] else ""


def _short(words: str) -> str:
    plain = " ".join(words.split())
    return plain if len(plain) <= 160 else f"{plain[:160]}..."


def _pipeline(result: Json) -> str:
    stages = ", ".join(f"{name} {count}" for name, count in result["per_stage"].items())
    head = (
        f"{_count(result['found'], 'open dispute')} as of {result['as_of']}, "
        f"{result['overdue']} past the answer date; by stage: {stages}."
    )
    lines = [
        f"{each['reason']}: {_count(each['disputes'], 'dispute')}, {money(each['amount'])}, "
        f"{each['overdue']} overdue"
        for each in result["per_reason"]
    ]
    lines += [
        f"most urgent: {who_of(each)}, {each['reason']}, {money(each['amount'])}, priority "
        f"{each['priority']}, answer by {each['answer_by']}"
        for each in result["disputes"]
    ]
    return lines_of(head, lines, "No dispute is open.")


def _outlook(result: Json) -> str:
    lines = [
        f"read from {result['basis'].replace('_', ' ')}: {_count(result['cases'], 'past case')}",
        *(f"usual cause: {each}" for each in result["causes"]),
        *(f"evidence that decides it: {each}" for each in result["wanted"]),
        *(f"next: {each}" for each in result["next_steps"]),
    ]
    head = f"Dispute {result['dispute_id']} ({result['reason']}), likely end: "
    return lines_of(f"{head}{result['likely'].replace('_', ' ')}. A person decides.", lines)


def _night(result: Json) -> str:
    stands = ", ".join(f"{n} {k.replace('_', ' ')}" for k, n in result["dispositions"].items())
    lines = [f"accounts stand at: {stands}"]
    if result["before_as_of"]:
        before = ", ".join(f"{n} {k.replace('_', ' ')}" for k, n in result["before"].items())
        lines.append(f"after the night of {result['before_as_of']}: {before}")
    lines += [
        f"{_count(result['messages_sent'], 'message')} left; "
        f"{_count(result['requests_made'], 'request')} made; "
        f"{_count(result['cases_failed'], 'case')} failed",
        *(
            f"cash applied: {money(each['amount'])}, {_count(each['receipts'], 'receipt')} to "
            f"{_count(each['invoices'], 'invoice')}"
            for each in result["cash"]
        ),
        *(
            f"{each['feed']} read through {each['read_through']} ({each['days_old']} days old)"
            for each in result["feeds"]
        ),
    ]
    head = f"The night of {result['as_of']}, {result['state']}, {result['seconds']} seconds"
    return lines_of(f"{head}, {_count(result['looked_at'], 'account')} looked at:", lines)


def _changes(result: Json) -> str:
    of = f" at {who_of(result)}" if result["account_number"] else ""
    lines = [
        f"{each['what']}: {each['count']}"
        + (f", {sums(each['amounts'])}" if each["amounts"] else "")
        + (f" ({', '.join(each['named'])})" if each["named"] else "")
        for each in result["changes"]
    ]
    head = f"New since {result['since']}{of}, as of {result['as_of']}:"
    return lines_of(head, lines, "Nothing is new.")


def _agents(result: Json) -> str:
    lines = [
        f"{_count(result['messages'], 'message')} left, "
        f"{result['messages_alone']} without a person",
        f"{_count(result['applications'], 'application')} of cash, "
        f"{result['applications_alone']} without a person",
        *(
            f"{each['role'].replace('_', ' ')}: {_count(each['requests'], 'request')}, "
            f"{each['executed']} carried out, {each['waiting']} waiting, "
            f"{each['rejected']} rejected"
            for each in result["agents"]
        ),
        f"{_count(result['tool_refusals'], 'tool call')} refused; "
        f"{_count(result['model_calls'], 'model call')}, {result['model_tokens']} tokens",
    ]
    return lines_of(f"What the agents did from {result['first']} to {result['last']}:", lines)


def _invoice(result: Json) -> str:
    late = result["days_past_due"]
    lines = [
        f"issued {result['issued_on']}, due {result['due_on']}"
        + (f", {late} days past due" if late else ""),
        f"amount {money(result['amount'])}, open {money(result['open'])}",
        f"order number {result['po_number'] or 'not known'}; stage {result['dunning_level']}"
        + (f", last reminded on {result['last_dunned_on']}" if result["last_dunned_on"] else ""),
    ]
    lines += [
        f"{each['kind'].replace('_', ' ')} {each['number'] or ''} of {each['applied_on']}: "
        f"{money(each['amount'])}"
        for each in result["applied"]
    ]
    if len(result["applied"]) < result["applied_count"]:
        lines.append(f"shown are the newest {len(result['applied'])} of {result['applied_count']}")
    return lines_of(f"{who_of(result)}: invoice {result['invoice_number']}", lines)


def _contacts(result: Json) -> str:
    lines = []
    for each in result["contacts"]:
        ways = [each["email"] if each["email_works"] else None, each["phone"]]
        reach = ", ".join(way for way in ways if way) or "cannot be reached"
        stopped = ", OPTED OUT" if each["opted_out"] else ""
        lines.append(f"{each['name']}, {each['role'].replace('_', ' ')}: {reach}{stopped}")
    owner = f"; owner {result['owner']}" if result["owner"] else ""
    head = f"{who_of(result)}, contacts{owner}; prefers {result['preferred_channel']}"
    return lines_of(head, lines, "No contact is known.")


def _kept(result: Json) -> str:
    total = result["kept"] + result["failed"]
    known = (
        f"kept {result['kept']} and failed {result['failed']} promises"
        if total
        else "no promise has matured"
    )
    return (
        f"{who_of(result)}: {known}; reckon with {result['percent']}% "
        f"({result['from_percent']}% to {result['to_percent']}%)."
    )


def _sides(result: Json) -> str:
    lines = []
    for side in result["accounts"]:
        held = f", on hold: {', '.join(side['holds'])}" if side["holds"] else ""
        lines.append(
            f"{who_of(side)}: open {sums(side['open'])}, overdue {sums(side['overdue'])}, oldest "
            f"{side['oldest_days_past_due']} days; "
            f"{_count(side['open_disputes'], 'open dispute')}; "
            f"{_count(side['promises_broken'], 'broken promise')}, keeps {side['kept_percent']}%; "
            f"last payment {side['last_payment_on'] or 'not known'}{held}"
        )
    return lines_of(f"Side by side as of {result['as_of']}:", lines)


def _log(result: Json) -> str:
    lines = [
        f'{each["noted_on"]}, {each["kind"]} by {each["noted_by"]}: "{_short(each["words"])}"'
        for each in result["notes"]
    ]
    return lines_of(f"{who_of(result)}, calls and notes:", lines, "Nothing was written down.")


def _steps(result: Json) -> str:
    stands = (result["disposition"] or "not decided yet").replace("_", " ")
    lines = list(result["steps"])
    if result["next_action_on"]:
        lines.append(f"the night looks again on {result['next_action_on']}")
    head = f"{who_of(result)}, as of {result['as_of']}, stands at {stands}. Next:"
    return lines_of(head, lines, "Nothing is due.")


def _plans(result: Json) -> str:
    head = f"{who_of(result)}, payment plans as of {result['as_of']}:"
    lines = [
        f"plan {each['plan_id']}, {each['state']}: {money(each['total'])}, paid "
        f"{money(each['paid'])}, late {money(each['late'])}"
        for each in result["plans"]
    ]
    if result["none_because"]:
        return lines_of(head, [*lines, f"no new plan: {result['none_because']}"])
    lines.append(f"due and undisputed: {money(result['due'])}")
    if result["usual_month"]:
        lines.append(f"they pay {money(result['usual_month'])} in a usual month")
    for option in result["options"]:
        first, last = option["parts"][0], option["parts"][-1]
        lines.append(
            f"{option['name']}: {len(option['parts'])} {option['frequency']} parts of "
            f"{money(first['amount'])}, {first['due_on']} to {last['due_on']}, waiting costs us "
            f"{money(option['cost'])}; {option['risk']}"
        )
    return lines_of(head, lines)


def _rule(found: Json) -> str:
    detail = f" ({found['detail']})" if found["detail"] else ""
    until = f" until {found['until']}" if found["until"] else ""
    who = f" Approved by: {' or '.join(found['approvers'])}." if found["approvers"] else ""
    return f"{found['rule_id']}: {found['says']}{detail}{until}{who}"


def _may(result: Json) -> str:
    ways = {"call": "a call", "email": "an e-mail", "sms": "a text message"}
    about = "" if result["way"] == "call" else f" ({result['about']})"
    lines = [_rule(each) for each in result["rules"]]
    lines += [
        f"it is {each['local']} in {each['zone']}"
        + ("" if each["inside"] else f", outside the hours {result['hours']}")
        for each in result["local_times"]
    ]
    lines.append(
        f"{result['messages_in_7_days']} of {result['most_in_7_days']} messages in 7 days, "
        f"{result['messages_in_30_days']} of {result['most_in_30_days']} in 30"
    )
    if result["contact_name"]:
        lines.append(f"talk to {result['contact_name']}")
    head = f"{who_of(result)}: {_ANSWERS[result['answer']]}, {ways[result['way']]}{about} now."
    return lines_of(head, lines)


def _contact_rules(result: Json) -> str:
    lines = [*result["limits"]]
    lines += [
        f"{each['words']}{', needs approval' if each['needs_approval'] else ''}"
        for each in result["stages"]
    ]
    return lines_of(f"The rules of contact; {result['autonomy']}:", lines)


def _approvers(result: Json) -> str:
    at = f" of {money(result['amount'])}" if result["amount"] else ""
    lines = [
        f"{each['role'].replace('_', ' ')}"
        + (f" up to {money(each['up_to'])}" if each["up_to"] else " without a limit")
        + f": {', '.join(each['people']) or 'nobody holds this role'}"
        for each in result["approvers"]
    ]
    lines += result["rules"]
    head = f"Who has authority for {result['action'].replace('_', ' ')}{at}; never its author:"
    return lines_of(head, lines, "No role has authority at this amount.")


def _law(result: Json) -> str:
    places = ", ".join(result["places"]) or "no place known"
    head = (
        f"{who_of(result)}, {result['debtor_type'].replace('_', ' ')}, {places}: "
        f"{_count(result['count'], 'rule')} of its places, {result['everywhere']} that hold "
        "everywhere. No legal advice."
    )
    lines = [
        f"{each['rule_id']} ({each['severity'].replace('_', ' ')}): {each['title']}. "
        f"{each['must']} [{each['source']}]"
        for each in result["notes"]
    ]
    return lines_of(head, lines, "No rule of a place binds beyond those that hold everywhere.")


def _letter(result: Json) -> str:
    lines = [_rule(each) for each in result["rules"]]
    head = (
        f"{who_of(result)}, {result['stage_words']}: a preview; may it leave today? "
        f"{_ANSWERS[result['answer']]}."
    )
    return f"{lines_of(head, lines, '')}\n\n{result['subject']}\n\n{result['body']}"


SAY_MORE: dict[str, Callable[[Any], str]] = {
    "book_metrics": _book,
    "top_overdue": _overdue,
    "list_holds": _holds,
    "list_credits": _credits,
    "list_tasks": _tasks,
    "dispute_pipeline": _pipeline,
    "dispute_outlook": _outlook,
    "night_result": _night,
    "what_changed": _changes,
    "agents_work": _agents,
    "invoice_detail": _invoice,
    "list_contacts": _contacts,
    "promise_record": _kept,
    "compare_accounts": _sides,
    "account_log": _log,
    "next_steps": _steps,
    "plan_options": _plans,
    "may_contact": _may,
    "contact_rules": _contact_rules,
    "who_approves": _approvers,
    "regulation_notes": _law,
    "preview_letter": _letter,
}
