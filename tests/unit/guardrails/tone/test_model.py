"""The committed model: what it holds, and that nothing else is taken for it."""

import json
import shutil
from itertools import pairwise

import numpy as np
import pytest

from guardrails.tone.grams import BUCKETS, REGIONS, buckets_of
from guardrails.tone.lexicon import LANGUAGES, lexicon_of, strategy_names
from guardrails.tone.model import ARTIFACT, BadModel, read_model
from guardrails.tone.reading import measure_names

DESCRIPTION = ARTIFACT.with_suffix(".json")


def test_model__is_small_and_holds_numbers_only():
    assert ARTIFACT.stat().st_size <= 1_500_000
    with np.load(ARTIFACT, allow_pickle=False) as held:
        assert {held[name].dtype.kind for name in held.files} <= set("iuf")


def test_description__names_sources_and_figures():
    said = json.loads(DESCRIPTION.read_text())
    assert "Danescu-Niculescu-Mizil" in said["sources"][0]["cite"]
    assert "CC BY-SA" in said["sources"][0]["licence"]
    assert set(said["spearman_by_5_fold_cross_validation"]) == {"wiki", "stack_exchange"}
    assert "emails" not in said["trained_on"]


def test_model_that_was_changed__is_refused(tmp_path):
    shutil.copy(DESCRIPTION, tmp_path / "model.json")
    (tmp_path / "model.npz").write_bytes(ARTIFACT.read_bytes() + b"\0")
    with pytest.raises(BadModel, match="train it again"):
        read_model(tmp_path / "model.npz")


def test_model__has_a_number_for_every_measure_and_bucket():
    model = read_model(ARTIFACT)
    assert model.lines.shape == (4, len(measure_names()))
    assert model.grams.shape == (BUCKETS,)
    assert model.spreads.min() > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_lexicon__names_only_known_strategies(language):
    assert lexicon_of(language).whole
    assert {"please", "thanks", "harsh", "negation"} <= set(strategy_names())


def test_buckets__are_distinct_and_every_kind_weighs_one():
    hashes = np.arange(1, 30, dtype=np.uint32)
    buckets, weights = buckets_of(hashes, hashes, "some text of no great length")
    assert len(np.unique(buckets)) == len(buckets)
    for start, end in pairwise(REGIONS):
        inside = weights[(buckets >= start) & (buckets < end)]
        assert np.isclose((inside**2).sum(), 1.0)
