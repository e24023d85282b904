"""The timing model nobody trained: habits drawn to those of like terms, from the first night on."""

from datetime import date

from engines.risk.calibration import Calibration
from engines.risk.core import Core
from engines.risk.history import InvoiceHistory
from engines.risk.model import TimingModel


def from_habits(known: InvoiceHistory, as_of: date) -> TimingModel:
    """A model that has learnt nothing: each customer's own habit, or terms where there is none."""
    return TimingModel(as_of, known.known_before(as_of), Core(), Calibration())
