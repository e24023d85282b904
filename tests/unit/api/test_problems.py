"""Problem documents: stable types, no empty members."""

import json

import pytest

from api.problems import Unauthorized, problem, problem_of
from ledger.errors import ArError, BadInput, Conflict, NotFound, Refused


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (NotFound("x"), 404, "not-found"),
        (Conflict("x"), 409, "conflict"),
        (Refused("x"), 403, "refused"),
        (BadInput("x"), 422, "bad-input"),
        (Unauthorized("x"), 401, "unauthorized"),
        (ArError("x"), 500, "error"),
    ],
)
def test_own_error__has_its_type(error: ArError, status: int, kind: str) -> None:
    answer = problem_of(error, "/inbox/x")
    told = json.loads(bytes(answer.body))
    assert answer.status_code == told["status"] == status
    assert told["type"] == f"/problems/{kind}"
    assert (told["detail"], told["instance"]) == ("x", "/inbox/x")
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_nothing_to_point_at__no_empty_members() -> None:
    told = json.loads(bytes(problem(418, "short and stout").body))
    assert told.keys() == {"type", "title", "status", "detail"}
