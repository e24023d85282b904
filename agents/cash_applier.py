"""The cash applier: receipts that could belong to more than one invoice."""

from agents.spec import AgentSpec

SPEC = AgentSpec(
    name="cash_applier",
    prompt_id="cash_applier",
    read_tools=(
        "get_account_brief",
        "list_open_items",
        "list_unapplied_cash",
        "find_invoice_candidates",
        "list_payments",
        "list_credits",
    ),
    action_types=("apply_receipt", "apply_credit", "create_call_task", "escalate"),
)
