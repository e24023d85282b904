"""Every read tool by name. A role sees those its spec lists; nothing else can be called."""

from tools.accounts import aging_of_account, get_account_brief, list_open_items
from tools.approvals import list_waiting_approvals
from tools.assist_account import (
    account_log,
    compare_accounts,
    invoice_detail,
    list_contacts,
    next_steps,
    promise_record,
)
from tools.assist_book import (
    book_metrics,
    dispute_pipeline,
    list_credits,
    list_holds,
    top_overdue,
)
from tools.assist_desk import list_tasks, waits_for_me
from tools.assist_law import regulation_notes
from tools.assist_letters import preview_letter
from tools.assist_night import agents_work, night_result, what_changed
from tools.assist_notes import log_note
from tools.assist_plans import plan_options
from tools.assist_rules import contact_rules, may_contact, who_approves
from tools.cash import find_invoice_candidates, list_payments, list_unapplied_cash
from tools.contact import list_messages, list_tickets_and_notes
from tools.contract import Tool
from tools.credit import credit_exposure
from tools.dispute_outlook import dispute_outlook
from tools.disputes import list_disputes, list_promises
from tools.forecast import expected_cash
from tools.knowledge import search_notes
from tools.worklist import list_accounts_to_work, why_routed

READ_TOOLS: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        get_account_brief,
        list_open_items,
        aging_of_account,
        list_messages,
        list_tickets_and_notes,
        list_payments,
        list_unapplied_cash,
        find_invoice_candidates,
        list_disputes,
        dispute_outlook,
        list_promises,
        credit_exposure,
        expected_cash,
        list_accounts_to_work,
        why_routed,
        list_waiting_approvals,
        search_notes,
        account_log,
        compare_accounts,
        invoice_detail,
        list_contacts,
        next_steps,
        promise_record,
        book_metrics,
        dispute_pipeline,
        list_credits,
        list_holds,
        list_tasks,
        top_overdue,
        waits_for_me,
        agents_work,
        night_result,
        what_changed,
        log_note,
        plan_options,
        contact_rules,
        may_contact,
        preview_letter,
        regulation_notes,
        who_approves,
    )
}
