"""The forecaster: expected cash, and what explains it."""

from agents.spec import AgentSpec

SPEC = AgentSpec(
    name="forecaster",
    prompt_id="forecaster",
    read_tools=(
        "expected_cash",
        "aging_of_account",
        "list_promises",
        "list_payments",
        "list_disputes",
        "book_metrics",
        "dispute_pipeline",
    ),
    action_types=("create_call_task", "escalate"),
    hand_to="finance_lead",
)
