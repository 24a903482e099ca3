"""The benchmark on the real test split, with methods whose result is known beforehand."""

import hashlib

import numpy as np
import pytest

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.evaluation import PER_ORGAN, Benchmark


def by_hash(texts):
    """Vectors without meaning."""
    seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
    rows = np.array([np.random.default_rng(seed).normal(size=8) for seed in seeds], dtype=np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def benchmark():
    return Benchmark(phantom_atlas(), by_hash)


def test_the_test_split_is_capped_and_apart_from_training(benchmark):
    assert all(row.split == "test" for row in (*benchmark.anatomy, *benchmark.plain))
    assert {row.doc for row in benchmark.train}.isdisjoint(benchmark.docs)
    single = [row.organs[0] for row in benchmark.anatomy if len(row.organs) == 1]
    assert max(np.unique(single, return_counts=True)[1]) <= PER_ORGAN


def test_string_match_finds_every_name_and_nothing_masked(benchmark):
    figures = benchmark.score(benchmark.dictionary)
    assert figures["ior_plain"].mean > 95  # negated and conditional mentions abstain
    assert figures["ior_masked"].mean < 10


def test_knowing_the_organs_scores_full_marks(benchmark):
    """The truth itself, in both ways of decoding."""
    truth = benchmark.named.astype(float)
    for decode in (benchmark.by_centre, benchmark.by_distance):
        figures = benchmark.score(lambda view, decode=decode: decode(truth), retrieval=True)
        for view in ("masked", "plain", "unnamed", "stem_clean"):
            assert figures[f"top_organ_{view}"].mean == 100
    assert benchmark.score(lambda view: benchmark.by_centre(truth))["nvd_cm_masked"].mean == 0


def test_a_constant_point_scores_the_same_in_every_view(benchmark):
    figures = benchmark.score(benchmark.constant(phantom_atlas().centre("heart")))
    assert figures["ior_masked"] == figures["ior_plain"]
    heart = benchmark.named[:, phantom_atlas().organs.index("heart")].mean()
    assert figures["ior_masked"].mean == pytest.approx(100 * heart)


def test_neighbours_without_meaning_are_no_better_than_chance(benchmark):
    figures = benchmark.score(benchmark.neighbours(1))
    assert figures["top_organ_masked"].mean < 20


def test_knowing_the_second_organ_only_counts_from_two_on(benchmark):
    """A liar who names a wrong organ first and the right ones next."""
    wrong = np.eye(benchmark.named.shape[1])[np.argmin(benchmark.named, axis=1)]
    rows = benchmark.collections([lambda view: 2 * wrong + benchmark.named])
    everything = rows[0]
    assert everything.name == "all" and everything.count == len(benchmark.anatomy)
    assert everything.right_among == (0.0, 100.0, 100.0)
    assert sum(row.count for row in rows[1:]) == everything.count
