"""The dispute analyst: the record of a contested item, put before the people who decide."""

from agents.spec import AgentSpec

SPEC = AgentSpec(
    name="dispute_analyst",
    prompt_id="dispute_analyst",
    read_tools=(
        "get_account_brief",
        "list_disputes",
        "dispute_outlook",
        "list_messages",
        "list_tickets_and_notes",
        "list_payments",
        "search_notes",
    ),
    action_types=(
        "open_dispute",
        "resolve_dispute",
        "answer_query",
        "place_hold",
        "create_call_task",
        "escalate",
    ),
    hand_to="finance_lead",
)
