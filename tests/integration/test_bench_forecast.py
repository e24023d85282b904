"""The bench of the forecast, on a book small enough for a test."""

from evals.bench.forecast import forecast_once, invented


def test_small_book__every_item_is_forecast_and_every_series_has_bands() -> None:
    found = forecast_once(seed=1, items=120, paid=200)
    assert found.items == 120
    assert found.parts > 1 + 4 + 3
    assert min(found.asking, found.drawing, found.plain) > 0
    assert found.peak > 0


def test_invented_ledger__as_many_are_open_as_asked() -> None:
    history = invented(seed=2, items=50, paid=100)
    assert len(history) == 150
    assert (history.issued_on < history.issued_on.max() + 1).all()
