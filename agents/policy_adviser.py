"""The policy adviser: may they be contacted, who approves, what law holds, what a plan may be."""

from agents.spec import AgentSpec

SPEC = AgentSpec(
    name="policy_adviser",
    prompt_id="policy_adviser",
    read_tools=(
        "may_contact",
        "contact_rules",
        "who_approves",
        "regulation_notes",
        "preview_letter",
        "plan_options",
        "list_holds",
    ),
    action_types=("propose_plan", "create_call_task", "escalate"),
    hand_to="finance_lead",
)
