"""Trees answer as LightGBM would, however many rows are asked about together."""

import numpy as np
import pytest

from engines.risk.learner import Trees, learn_anchor
from engines.risk.thresholds import Lesson


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    random = np.random.default_rng(5)
    rows = random.normal(size=(1_500, 3)).astype(np.float32)
    paid = rows[:, 0] + random.normal(size=len(rows)) > 0
    return Lesson(("a", "b", "c"), rows, paid, np.ones(len(rows)))


@pytest.fixture(scope="module")
def trees(lesson: Lesson) -> Trees:
    learnt = learn_anchor(lesson, 1, 1)
    assert learnt is not None
    return learnt


def test_many_trees__are_summed_to_the_same_chance(lesson: Lesson, trees: Trees) -> None:
    assert trees.booster.num_trees() > 100
    told = np.asarray(trees.booster.predict(lesson.rows))
    assert trees.chance(lesson.rows) == pytest.approx(told, abs=1e-12)


def test_one_row_alone__has_the_chance_it_has_among_others(lesson: Lesson, trees: Trees) -> None:
    among = trees.chance(lesson.rows)
    alone = [trees.chance(lesson.rows[row : row + 1])[0] for row in range(5)]
    assert alone == among[:5].tolist()


def test_no_rows__no_chances(trees: Trees) -> None:
    assert len(trees.chance(np.zeros((0, 3), dtype=np.float32))) == 0
