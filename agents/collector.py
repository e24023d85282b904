"""The collector: unanswered messages, accounts past the ladder, missing contacts, and most chat."""

from agents.spec import AgentSpec

SPEC = AgentSpec(
    name="collector",
    prompt_id="collector",
    read_tools=(
        "get_account_brief",
        "list_open_items",
        "list_messages",
        "list_promises",
        "list_accounts_to_work",
        "why_routed",
        "list_waiting_approvals",
    ),
    action_types=(
        "send_reminder",
        "send_statement",
        "answer_query",
        "open_dispute",
        "record_promise",
        "propose_plan",
        "place_hold",
        "create_call_task",
        "escalate",
    ),
)
