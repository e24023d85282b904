"""A fitted model as plain files: LightGBM's own text, and calibration in a numpy array.

No invoice and no customer is in them; the habits of customers come with each question. Nothing is
pickled, so reading a file can never run one.
"""

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from engines.risk.calibration import Calibration
from engines.risk.core import Core
from engines.risk.figures import habits_of
from engines.risk.habits import HabitBook, Questions
from engines.risk.history import InvoiceHistory
from engines.risk.learner import Trees
from engines.risk.model import TimingModel
from engines.risk.thresholds import anchor_names, day_names

CALIBRATION = "calibration.npy"
TREES = {"curve": "curve.txt", "late": "late.txt", "late7": "late7.txt"}


def pack(model: TimingModel) -> dict[str, bytes]:
    """The files of a model by name; trees that were not learnt have none."""
    files = {
        name: getattr(model.core, part).text.encode()
        for part, name in TREES.items()
        if getattr(model.core, part) is not None
    }
    kept = model.calibration
    numbers = np.array([*kept.late, *kept.late7, kept.low, kept.high, kept.answers], dtype="<f8")
    buffer = io.BytesIO()
    np.save(buffer, numbers, allow_pickle=False)
    return files | {CALIBRATION: buffer.getvalue()}


def unpack(files: Mapping[str, bytes], as_of: date, note: str, threads: int = 1) -> TimingModel:
    """The model again. Of itself it knows no customer: give a history with each question.

    Raises:
        ValueError: The files are not those of a model.
    """
    if CALIBRATION not in files:
        raise ValueError(f"{CALIBRATION} is missing")
    numbers: Any = np.load(io.BytesIO(files[CALIBRATION]), allow_pickle=False)
    if numbers.shape != (7,) or not np.isfinite(numbers).all():
        raise ValueError(f"{CALIBRATION} does not hold 7 numbers")
    late, shift, late7, shift7, low, high, answers = numbers.tolist()
    calibration = Calibration((late, shift), (late7, shift7), low, high, int(answers))
    core = Core(
        **{
            part: Trees.read(files[name].decode(), threads)
            for part, name in TREES.items()
            if name in files
        }
    )
    _check_columns(core)
    model = TimingModel(as_of, InvoiceHistory.empty(), core, calibration)
    model.note = note
    return model


def _check_columns(core: Core) -> None:
    """Trees may only be given the figures they were learnt from."""
    nobody = HabitBook(InvoiceHistory.empty())
    one = np.zeros(1, dtype=np.int64)
    asked = Questions(one - 1, one, one, one, one.astype(np.float64), one.astype(np.float64))
    habits = habits_of(nobody, asked)
    wanted = {"curve": day_names(habits), "late": anchor_names(habits)}
    for part in TREES:
        trees = getattr(core, part)
        if trees is not None and trees.names != wanted["curve" if part == "curve" else "late"]:
            raise ValueError("it was learnt from other figures than this version has: train again")
