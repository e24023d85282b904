"""Usage, cost and budget of a run."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from pydantic import ValidationError

from agents.model_settings import ModelSettings
from agents.usage import Price, Spend, Usage


def used(tokens_in: int = 0, tokens_out: int = 0, cost_micros: int | None = None) -> Usage:
    return Usage(
        model="m",
        prompt_version="p@1",
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        attempts=1,
        cost_micros=cost_micros,
        duration_ms=1,
        outcome="ok",
    )


def test_price_of_a_fraction_of_a_cent__nothing_is_lost_over_many_calls():
    price = Price(input_minor=Decimal("7.5"), output_minor=Decimal(30), currency="USD")
    spend = Spend()
    for _ in range(1000):
        spend.add(used(1000, 100, price.cost_micros(1000, 100)))
    assert used(cost_micros=price.cost_micros(1000, 100)).cost_minor == 0
    assert spend.cost_minor == 11  # 1000 x 0.0105 cents = 10.5


def test_cost__rounds_half_up():
    minor = [used(cost_micros=micros).cost_minor for micros in (499_999, 500_000, 1_499_999)]
    assert minor == [0, 1, 1]


def test_budget_of_calls__holds_when_threads_share_it():
    spend = Spend(budget_calls=50)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: spend.take_call(), range(200)))
    assert answers.count(None) == 50
    assert set(answers) == {None, "budget_calls"}


def test_budget_of_tokens__the_call_that_crosses_it_is_the_last():
    spend = Spend(budget_tokens=100)
    spend.add(used(60, 39))
    assert spend.take_call() is None
    spend.add(used(500, 1))
    assert spend.take_call() == "budget_tokens"


def test_budget_of_nothing__stops_the_first_call():
    assert Spend(budget_calls=0).take_call() == "budget_calls"
    assert Spend(budget_tokens=0).take_call() == "budget_tokens"


@pytest.mark.parametrize(
    "change",
    [
        {"model": ""},
        {"base_url": "llm.example.com/v1"},
        {"base_url": "https://user:s3cret@llm.example.com/v1"},
        {"api_key": ""},
        {"max_attempts": 0},
        {"timeout_s": 0},
        {"budget_calls": -1},
        {"temperature": 1},
    ],
)
def test_unusable_setting__refused_without_showing_it(change):
    good = {"model": "m", "base_url": "https://llm.example.com/v1", "api_key": "top-k3y"}
    ModelSettings.model_validate(good)
    with pytest.raises(ValidationError) as failure:
        ModelSettings.model_validate({**good, **change})
    assert "s3cret" not in str(failure.value)
    assert "top-k3y" not in str(failure.value)


def test_settings__have_no_default_model():
    with pytest.raises(ValidationError, match="model"):
        ModelSettings.model_validate({"base_url": "https://llm.example.com/v1", "api_key": "k"})
