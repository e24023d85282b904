"""How long an endpoint asks us to wait, and what its errors may say."""

import httpx2
import openai
import pytest

from agents.model_faults import read_fault, retry_after

SENT = "Fri, 21 Nov 2025 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Fri, 21 Nov 2025 10:00:20 GMT", "date": SENT}, 20.0),
        ({"retry-after": "Fri, 21 Nov 2025 09:00:00 GMT", "date": SENT}, 0.0),
        ({"retry-after": "Fri, 21 Nov 2025 10:00:20 GMT"}, None),
        ({"retry-after": "Fri, 21 Nov 2025 10:00:20 GMT", "date": "Fri, 21 Nov 2025"}, None),
    ],
)
def test_retry_after_header__seconds_or_nothing(headers, seconds):
    assert retry_after(headers) == seconds


def test_endpoint_writes_a_novel__one_short_line_is_kept():
    request = httpx2.Request("POST", "https://llm.example.com/v1/chat/completions")
    response = httpx2.Response(400, request=request)
    said = openai.BadRequestError("no\nsuch\tfield " + "x" * 5000, response=response, body=None)

    fault = read_fault(said, lambda text: text)

    assert fault.message.startswith("the endpoint answered 400: no such field xxx")
    assert len(fault.message) < 250
    assert "\n" not in fault.message
