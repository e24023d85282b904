"""How far a judge agrees with people, and whether it may be heard at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engines.intervals import wilson
from evals.judges.planted import PLANTED, Planted
from evals.judges.port import Judge, Wording

NEEDED_KAPPA = 0.6
"""Agreement beyond chance that a judge needs: substantial, after Landis and Koch."""
_NEEDED_ANSWERS = 0.95


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, and whether people let its wording pass."""

    wording: Wording
    passes: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """What became of a judge's trial.

    Attributes:
        judged: Labelled messages it had an opinion of.
        agreed: Of these, with the label.
        kappa: Agreement beyond chance (Cohen); None where a label or an answer never varies.
        missed: Planted errors it let pass.
        false_alarms: Faultless twins it did not let pass.
    """

    judge: str
    labelled: int
    judged: int
    agreed: int
    kappa: float | None
    planted: int
    missed: tuple[str, ...]
    false_alarms: tuple[str, ...]

    @property
    def usable(self) -> bool:
        """Whether its opinions may be reported as more than one voice."""
        enough = self.labelled > 0 and self.judged >= _NEEDED_ANSWERS * self.labelled
        return enough and self.kappa is not None and self.kappa >= NEEDED_KAPPA and not self.missed

    def as_json(self) -> dict[str, Any]:
        """The trial as plain values, the agreement with its 95 % interval."""
        low, high = wilson(self.agreed, self.judged)
        return {
            "judge": self.judge,
            "labelled": self.labelled,
            "judged": self.judged,
            "agreed": self.agreed,
            "agreed_low": round(low, 3),
            "agreed_high": round(high, 3),
            "kappa": None if self.kappa is None else round(self.kappa, 3),
            "kappa_needed": NEEDED_KAPPA,
            "planted": self.planted,
            "missed": list(self.missed),
            "false_alarms": list(self.false_alarms),
            "usable": self.usable,
        }


def calibrate(
    judge: Judge, labelled: Sequence[Labelled], planted: Sequence[Planted] = PLANTED
) -> Calibration:
    """Hold a judge against labels of people and against errors planted on purpose.

    Args:
        judge: On trial.
        labelled: Messages with labels; none where the data are not there.
        planted: Errors a judge of its kind has to see, each beside a faultless twin.
    """
    pairs = []
    for each in labelled:
        opinion = judge.judge(each.wording)
        if opinion is not None:
            pairs.append((each.passes, opinion.passes))
    tried = [each for each in planted if _is_within(judge, each)]
    return Calibration(
        judge=judge.name,
        labelled=len(labelled),
        judged=len(pairs),
        agreed=sum(label is said for label, said in pairs),
        kappa=kappa(pairs),
        planted=len(tried),
        missed=tuple(each.name for each in tried if _passes(judge, each.wrong) is not False),
        false_alarms=tuple(each.name for each in tried if _passes(judge, each.right) is False),
    )


def kappa(pairs: Iterable[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa of two raters with two answers; None where chance alone agrees on all."""
    pairs = list(pairs)
    if not pairs:
        return None
    number = len(pairs)
    first = sum(label for label, _said in pairs) / number
    second = sum(said for _label, said in pairs) / number
    seen = sum(label is said for label, said in pairs) / number
    chance = first * second + (1 - first) * (1 - second)
    return None if chance >= 1 else (seen - chance) / (1 - chance)


def _passes(judge: Judge, wording: Wording) -> bool | None:
    opinion = judge.judge(wording)
    return None if opinion is None else opinion.passes


def _is_within(judge: Judge, planted: Planted) -> bool:
    """Whether a judge can tell: one without an opinion of usefulness is not asked for it."""
    if planted.kind != "unhelpful":
        return True
    opinion = judge.judge(planted.right)
    return opinion is None or opinion.helpful is not None
