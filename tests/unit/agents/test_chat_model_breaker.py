"""The circuit breaker, on a clock turned by hand."""

from agents.breaker import CircuitBreaker


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def open_breaker() -> tuple[CircuitBreaker, Stopwatch]:
    watch = Stopwatch()
    breaker = CircuitBreaker(failures=2, cool_down_s=10.0, monotonic=watch)
    breaker.failed()
    breaker.failed()
    return breaker, watch


def test_failures_below_the_limit__stays_closed():
    breaker = CircuitBreaker(failures=2, cool_down_s=10.0, monotonic=Stopwatch())
    breaker.failed()
    assert breaker.admits()


def test_success_between_failures__they_are_not_in_a_row():
    breaker = CircuitBreaker(failures=2, cool_down_s=10.0, monotonic=Stopwatch())
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.admits()


def test_failures_in_a_row__opens_until_the_rest_is_over():
    breaker, watch = open_breaker()
    watch.seconds = 9.9
    assert not breaker.admits()
    watch.seconds = 10.0
    assert breaker.admits()


def test_half_open__lets_one_trial_through():
    breaker, watch = open_breaker()
    watch.seconds = 10.0
    assert [breaker.admits() for _ in range(3)] == [True, False, False]


def test_trial_succeeds__closes():
    breaker, watch = open_breaker()
    watch.seconds = 10.0
    breaker.admits()
    breaker.succeeded()
    assert [breaker.admits() for _ in range(3)] == [True, True, True]


def test_trial_fails__rests_again():
    breaker, watch = open_breaker()
    watch.seconds = 10.0
    breaker.admits()
    watch.seconds = 12.0
    breaker.failed()
    watch.seconds = 21.9
    assert not breaker.admits()
    watch.seconds = 22.0
    assert breaker.admits()


def test_trial_never_reports_back__another_after_a_further_rest():
    breaker, watch = open_breaker()
    watch.seconds = 10.0
    breaker.admits()
    watch.seconds = 20.0
    assert breaker.admits()
