"""The account clerk: single facts of an account, two accounts side by side, calls and notes."""

from agents.spec import AgentSpec

SPEC = AgentSpec(
    name="account_clerk",
    prompt_id="account_clerk",
    read_tools=(
        "invoice_detail",
        "list_contacts",
        "compare_accounts",
        "promise_record",
        "next_steps",
        "account_log",
        "log_note",
    ),
    action_types=("create_call_task", "escalate"),
)
