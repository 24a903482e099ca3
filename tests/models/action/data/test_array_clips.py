from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from midspan.models.action.data.array_clips import array_clip, clips_of, meta_of
from midspan.models.action.data.arrays import HAND, ArrayWriter, Style, read_arrays
from midspan.models.action.data.flow import optical_flow
from midspan.models.action.data.splits import nouns_of
from midspan.models.action.data.verbs import NAMES, VERBS


@pytest.mark.parametrize("style", ["table", "egocentric"])
def test_a_split_is_written_and_read(tmp_path: Path, style: Style) -> None:
    meta = meta_of("unseen_selection", style=style, q=0.6, seed=2, clips=360, noise="realistic")
    with ArrayWriter(tmp_path / "split", meta) as writer:
        for clip in clips_of("unseen_selection", style=style, q=0.6, seed=2, clips=360):
            writer.add(array_clip(clip, "realistic"))
    arrays = read_arrays(tmp_path / "split")
    assert len(arrays) == 36 and set(arrays.verb) == set(range(18)) and set(arrays.meta.styles) == {style}
    for verb, nouns in zip(arrays.verb, arrays.nouns, strict=True):
        assert nouns[0] in nouns_of("unseen_selection", int(verb))
        assert (nouns[1] >= 0) == (VERBS[verb].nouns == 2)
    assert np.isfinite(arrays.mel).all() and np.isfinite(arrays.flow).all()
    assert (arrays.oracle.categories == HAND).any((1, 2)).mean() > 0.9


def test_the_same_seed_gives_the_same_arrays_and_splits_share_no_clip() -> None:
    def rgb(split: str, seed: int) -> bytes:
        clip = next(clips_of(split, style="table", q=0.6, seed=seed, clips=10))  # type: ignore[arg-type]
        return array_clip(clip, "old").rgb.tobytes()

    assert rgb("train", 1) == rgb("train", 1)
    assert len({rgb("train", 1), rgb("seen", 1), rgb("train", 2)}) == 3


def test_flow_points_where_things_move() -> None:
    random = np.random.default_rng(0)
    scene = np.kron(random.integers(0, 255, (20, 20, 3)), np.ones((6, 6, 1))).astype(np.uint8)
    rgb = np.stack([scene[20:84, 20 + 2 * t : 84 + 2 * t] for t in range(3)])
    flow = optical_flow(rgb)
    assert flow.shape == (2, 64, 64, 2)
    inner = flow[:, 16:48, 16:48].astype(float)
    assert abs(np.median(inner[..., 0]) + 2) < 0.3 and abs(np.median(inner[..., 1])) < 0.3


def _heard(verb: str) -> np.ndarray:
    wanted = NAMES.index(verb)
    clips = [c for c in clips_of("train", style="table", q=0.6, seed=4, clips=900) if c.verb == wanted]
    return np.stack([array_clip(clip, "old").mel for clip in clips[:8]]).astype(float)


def test_what_lights_up_beeps_and_what_is_poked_in_vain_does_not() -> None:
    beep, silence = _heard("light_up"), _heard("poke_nothing")
    band = int(np.argmax((beep - silence.mean(0)).max(2).mean(0)))
    hertz = 700 * (
        10 ** (np.interp(band + 1, [0, 65], [2595 * np.log10(1 + f / 700) for f in (40, 7600)]) / 2595) - 1
    )
    assert 820 < hertz < 940
    assert (beep[:, band].max(1) > silence[:, band].max() + 1).all()
