"""The book analyst: what a night did, what is new, what waits, and what the agents did."""

from agents.spec import AgentSpec

SPEC = AgentSpec(
    name="book_analyst",
    prompt_id="book_analyst",
    read_tools=(
        "list_accounts_to_work",
        "top_overdue",
        "what_changed",
        "night_result",
        "agents_work",
        "waits_for_me",
        "list_tasks",
    ),
    action_types=("create_call_task", "escalate"),
)
