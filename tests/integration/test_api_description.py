"""The whole API against its own description: whatever fits it is answered, and never by a fault.

Requests are made up from the description by schemathesis: right ones, edges of ranges, and wrong
ones. The same ones every time, so a failure is found again by running it again.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from api.app import create_app
from api.limits import Limits
from tests.support.api_client import signed
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tools.people import SCOPES

CASES = 12
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    desk.books.add("person", id="otto", name="Otto Reyes", roles="admin,finance_lead,legal")
    return create_app(desk.house, limits=Limits(counts=False))


@dataclass
class Seeded:
    """What is there to be asked for, and by whom."""

    header: dict[str, str]
    names: dict[str, str]


@pytest.fixture
def seeded(desk: Desk) -> Seeded:
    waiting = [desk.waiting_reminder(name) for name in ("acc_a", "acc_b")]
    desk.hold("acc_b")
    desk.books.add("dispute", id="dsp_aaaa", account_id="acc_b", reason="price", opened_on=AS_OF)
    names = {
        "proposal_id": waiting[0],
        "named": "acc_b",
        "run_id": "run_a",
        "dispute_id": "dsp_aaaa",
        "model": "dunwell-assistant",
        "session": "morning",
        "endpoint_id": "whe_a",
    }
    desk.books.add(
        "webhook_endpoint", id="whe_a", url="http://127.0.0.1:9/hook", secret="whsec_AAAA",
        events="payment.received", state="active", added_at=NOON, added_by="otto",
    )  # fmt: skip
    desk.books.receipt("rcp_a", 12_34, account_id=None)
    return Seeded(signed(desk, "otto", *SCOPES), names)


def operations(app: FastAPI) -> Iterator[Any]:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    for found in schema.get_all_operations():
        yield found.ok()


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_operation__answers_what_it_describes_and_never_breaks(
    app: FastAPI, seeded: Seeded, mode: GenerationMode
) -> None:
    sent, faults = {}, []
    for operation in operations(app):
        try:
            sent[operation.label] = _try(operation, seeded, mode)
        except FailureGroup as group:
            faults += [f"{operation.label}: {each}" for each in group.exceptions]
    assert not faults, "\n\n".join(faults)
    assert len(sent) > 20
    if mode is GenerationMode.POSITIVE:
        assert min(sent.values()) > 0


def _try(operation: Any, seeded: Seeded, mode: GenerationMode) -> int:
    """Send made-up requests to one operation, every other about what is there."""
    sent = 0

    @settings(
        max_examples=CASES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        nonlocal sent
        sent += 1
        if sent % 2:
            case.path_parameters |= {
                name: seeded.names[name] for name in case.path_parameters if name in seeded.names
            }
        answer = case.call(headers=seeded.header)
        case.validate_response(answer, checks=CHECKS)

    with suppress(Unsatisfiable):  # an address that takes nothing can be asked nothing wrong
        send()
    return sent
