"""Every endpoint of the application and the door it stands behind.

A new endpoint gets a line here, or tests/integration/test_authority.py fails: somebody has to say
who may come in.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount

ANYONE = "anyone"
READ, DECIDE, CHAT, METRICS, MANAGE = "read", "decide", "chat", "metrics", "admin"
PAGE, PAGE_LOOKS, PAGE_MANAGES, POST, POST_DECIDES, POST_MANAGES = (
    "page", "page for admins and auditors", "page for admins", "form", "form that decides",
    "form that manages",
)  # fmt: skip
LINK = "portal link"
TOOLS = "key for other agents"
FILES = "files of ours"

DOORS: dict[str, dict[str, str]] = {
    ANYONE: {
        "GET": "/ /health /openapi.json /desk/sign-in /desk/sign-in/link /desk/sign-in/provider "
        "/desk/sign-in/provider/back",
        "POST": "/desk/sign-in /desk/sign-in/link /stop/{token} /payments/{provider}",
    },
    FILES: {"*": "/static"},
    READ: {
        "GET": "/inbox /inbox/{proposal_id} /inbox/{proposal_id}/hitl /accounts /accounts/{named} "
        "/accounts/{named}/why /runs /runs/{run_id} /runs/{run_id}/dispositions /disputes "
        "/disputes/metrics /disputes/{dispute_id} /forecast /forecast/calibration "
        "/forecast/scenarios",
        "POST": "/forecast/scenarios",
    },
    DECIDE: {
        "POST": "/inbox/{proposal_id}/approve /inbox/{proposal_id}/edit "
        "/inbox/{proposal_id}/reject /inbox/{proposal_id}/answer /inbox/{proposal_id}/snooze "
        "/inbox/{proposal_id}/assign /inbox/{proposal_id}/undo /inbox/{proposal_id}/hitl",
    },
    CHAT: {
        "GET": "/chat /chat/{session} /chat/{session}/export /chat/{session}/events "
        "/advice/{named} /v1/models /v1/models/{model}",
        "POST": "/chat/{session}/messages /chat/{session}/stream /v1/chat/completions /agui",
    },
    TOOLS: {"*": "/mcp"},
    METRICS: {"GET": "/metrics"},
    MANAGE: {
        "GET": "/webhooks /webhooks/{endpoint_id}/deliveries",
        "POST": "/webhooks /webhooks/{endpoint_id}/replay /webhooks/{endpoint_id}/test "
        "/webhooks/{endpoint_id}/pause /webhooks/{endpoint_id}/resume",
        "DELETE": "/webhooks/{endpoint_id}",
    },
    PAGE: {
        "GET": "/desk /desk/inbox /desk/inbox/reviewing /desk/inbox/{proposal_id} /desk/accounts "
        "/desk/accounts/{named} /desk/disputes /desk/disputes/{dispute_id} /desk/analytics "
        "/desk/analytics/data.json /desk/analytics/letters.csv /desk/assistant "
        "/desk/assistant/advice /desk/assistant/{session} /desk/assistant/{session}/export "
        "/desk/people /desk/me /desk/tasks /desk/portal/{account} "
        "/desk/portal/{account}/files/{attachment_id}",
    },
    PAGE_LOOKS: {"GET": "/desk/people/{person_id}"},
    PAGE_MANAGES: {"GET": "/desk/webhooks"},
    POST: {
        "POST": "/desk/sign-out /desk/me/password /desk/me/sign-ins/{sign_in_id}/end "
        "/desk/me/sign-out-everywhere /desk/me/keys /desk/me/keys/{key_id}/revoke "
        "/desk/assistant /desk/assistant/stream /desk/inbox/reviewing/absence "
        "/desk/inbox/reviewing/absence/{delegation_id}/end /desk/inbox/reviewing/digest",
    },
    POST_DECIDES: {
        "POST": "/desk/inbox/batch /desk/inbox/batch/approve /desk/inbox/{proposal_id}/approve "
        "/desk/inbox/{proposal_id}/reject /desk/inbox/{proposal_id}/answer "
        "/desk/inbox/{proposal_id}/snooze /desk/inbox/{proposal_id}/assign "
        "/desk/inbox/{proposal_id}/undo /desk/inbox/{proposal_id}/edit "
        "/desk/inbox/{proposal_id}/judge /desk/portal/{account}/links "
        "/desk/portal/{account}/links/{link_id}/revoke /desk/accounts/{named}/holds/{hold_id}/lift "
        "/desk/accounts/{named}/write-off /desk/accounts/{named}/messages/{message_id}/answered "
        "/desk/tasks/{task_id}/done /desk/tasks/{task_id}/assign",
    },
    POST_MANAGES: {
        "POST": "/desk/people /desk/people/{person_id} /desk/people/{person_id}/retire "
        "/desk/people/{person_id}/link /desk/people/{person_id}/sign-out "
        "/desk/people/{person_id}/keys /desk/people/{person_id}/keys/{key_id}/revoke "
        "/desk/webhooks /desk/webhooks/{endpoint_id}/test /desk/webhooks/{endpoint_id}/retry "
        "/desk/webhooks/{endpoint_id}/pause /desk/webhooks/{endpoint_id}/resume "
        "/desk/webhooks/{endpoint_id}/remove",
    },
    LINK: {
        "GET": "/p/{token} /p/{token}/pay /p/{token}/transfer /p/{token}/statement "
        "/p/{token}/statement.html /p/{token}/statement.pdf /p/{token}/statement.csv "
        "/p/{token}/fact /p/{token}/done/{act_id} /p/{token}/{kind}",
        "POST": "/p/{token}/language /p/{token}/fact /p/{token}/pay /p/{token}/{kind}",
    },
}


def endpoints(app: FastAPI) -> Iterator[str]:
    """Every endpoint as `METHOD /path`; HEAD goes with its GET."""
    yield from sorted(set(_walk(app.routes)))


def entries() -> dict[str, str]:
    """The door of each endpoint as it is written above."""
    return {
        f"{method} {path}": door
        for door, by_method in DOORS.items()
        for method, paths in by_method.items()
        for path in paths.split()
    }


def _walk(routes: Any) -> Iterator[str]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _walk(inner.routes)
        elif isinstance(route, Mount) or route.methods is None:
            yield f"* {route.path}"
        else:
            yield from (f"{each} {route.path}" for each in route.methods if each != "HEAD")
