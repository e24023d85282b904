"""Every read tool by name. A role sees those its spec lists; nothing else can be called."""

from tools.accounts import aging_of_account, get_account_brief, list_open_items
from tools.approvals import list_waiting_approvals
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
    )
}
