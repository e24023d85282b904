"""The credit analyst: exposure against limits."""

from agents.spec import AgentSpec

SPEC = AgentSpec(
    name="credit_analyst",
    prompt_id="credit_analyst",
    read_tools=(
        "get_account_brief",
        "credit_exposure",
        "aging_of_account",
        "list_payments",
        "list_promises",
        "list_tickets_and_notes",
    ),
    action_types=("set_credit_hold", "set_credit_limit", "create_call_task", "escalate"),
    hand_to="finance_lead",
)
