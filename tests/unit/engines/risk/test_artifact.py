"""A model written to files and read again answers alike, to the last digit."""

from datetime import date

import numpy as np
import pytest

from engines.risk.artifact import CALIBRATION, pack, unpack
from engines.risk.model import TimingModel, fit
from tests.support.ledgers import invented_ledger

ASKED = date(2024, 9, 2)
LEDGER = invented_ledger(invoices=700)


@pytest.fixture(scope="module")
def model() -> TimingModel:
    return fit(LEDGER, ASKED)


class TestRoundTrip:
    def test_saved_and_read__predicts_identically(self, model: TimingModel) -> None:
        again = unpack(pack(model), model.as_of, model.note)
        items = LEDGER.open_on(ASKED)
        assert len(items) > 20
        assert model.core.curve is not None
        curves = (each.curves(items, ASKED, 40, LEDGER) for each in (model, again))
        assert np.array_equal(*curves)
        ours, theirs = (each.outlook(items, ASKED, LEDGER) for each in (model, again))
        for name in ("p_late", "p_late_7", "p10", "p50", "p90", "grounds"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
        assert (again.calibration, again.note) == (model.calibration, model.note)

    def test_same_history__same_bytes(self, model: TimingModel) -> None:
        assert pack(fit(LEDGER, ASKED)) == pack(model)

    def test_too_few_to_learn_from__reads_as_habits_alone(self) -> None:
        few = LEDGER.take(slice(0, 2))
        files = pack(fit(few, ASKED))
        assert list(files) == [CALIBRATION]
        assert unpack(files, ASKED, "few").core.curve is None


class TestUnreadable:
    def test_no_calibration__is_told(self) -> None:
        with pytest.raises(ValueError, match="missing"):
            unpack({}, ASKED, "")

    def test_pickle_instead_of_numbers__is_never_opened(self) -> None:
        import io

        buffer = io.BytesIO()
        np.save(buffer, np.array([print], dtype=object), allow_pickle=True)
        with pytest.raises(ValueError, match="pickle"):
            unpack({CALIBRATION: buffer.getvalue()}, ASKED, "")
