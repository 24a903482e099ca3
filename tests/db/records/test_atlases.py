"""Imported atlases in the record store, on each database."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Engine, text

from midspan.db.record_store import RecordStore, RunResult
from midspan.db.records.engine import writing
from midspan.errors import NotFound, StoreError, WrongUse
from midspan.records import AtlasOrgan, Run, StoredAtlas

LABELS = np.zeros((3, 4, 5), dtype=np.uint16)
LABELS[0, 1, 2], LABELS[2, 3, 4] = 1, 60_000


def organ(label: int, name: str, *aliases: str) -> AtlasOrgan:
    return AtlasOrgan(
        label=label,
        name=name,
        organ=f"group of {name}",
        laterality="left",
        aliases=aliases,
        snomed="10200004",
        uberon="UBERON:0002107",
        centre_mm=(1.5, -2.25, 3.0),
        low_mm=(0.0, -3.0, 2.0),
        high_mm=(3.0, 0.0, 4.0),
        volume_mm3=27.0,
        n_voxels=1,
    )


ATLAS = StoredAtlas(
    name="torso",
    kind="labels",
    licence="CC BY 4.0",
    citation="Somebody (2026)",
    file_affine=tuple(float(number) for number in range(16)),
    file_shape=(30, 40, 50),
    origin_mm=(-10.5, 0.25, 400.0),
    pitch_mm=3.0,
    shape=(3, 4, 5),
    sha256="ab" * 32,
    organs=(organ(1, "liver", "hepar", "hepatic"), organ(60_000, "Milz", "größte")),
    added_at=1000.5,
)


def test_an_atlas_comes_back_as_it_went_in(store: RecordStore) -> None:
    store.add_atlas(ATLAS, LABELS)
    assert store.atlases() == [ATLAS]
    labels = store.atlas_labels("torso")
    assert labels.dtype == np.uint16 and np.array_equal(labels, LABELS)


def test_several_atlases_stand_side_by_side_by_name(store: RecordStore) -> None:
    store.add_atlas(ATLAS, LABELS)
    store.add_atlas(replace(ATLAS, name="abdomen", organs=ATLAS.organs[:1]), LABELS % 2)
    assert [atlas.name for atlas in store.atlases()] == ["abdomen", "torso"]
    assert [len(atlas.organs) for atlas in store.atlases()] == [1, 2]
    assert store.atlas_labels("abdomen").max() == 1


def test_the_same_again_changes_nothing(store: RecordStore) -> None:
    store.add_atlas(ATLAS, LABELS)
    store.add_atlas(replace(ATLAS, added_at=2000.0), LABELS)
    assert store.atlases() == [ATLAS]


def test_another_atlas_does_not_take_the_name(store: RecordStore) -> None:
    store.add_atlas(ATLAS, LABELS)
    with pytest.raises(WrongUse, match="another atlas called 'torso'"):
        store.add_atlas(replace(ATLAS, sha256="cd" * 32), LABELS)
    assert store.atlases() == [ATLAS]


def test_a_refused_atlas_leaves_nothing_behind(store: RecordStore) -> None:
    twice = replace(ATLAS, organs=(ATLAS.organs[0], ATLAS.organs[0]))
    with pytest.raises(StoreError):
        store.add_atlas(twice, LABELS)
    assert store.atlases() == []
    store.add_atlas(ATLAS, LABELS)
    assert store.atlases() == [ATLAS]


def test_an_unknown_atlas_is_not_found(store: RecordStore) -> None:
    with pytest.raises(NotFound, match="no atlas 'tail'; `midspan atlas ls`"):
        store.atlas_labels("tail")


def test_an_atlas_goes_with_all_that_was_placed_in_it(store: RecordStore, made) -> None:  # type: ignore[no-untyped-def]
    store.add_atlas(ATLAS, LABELS)
    store.add_atlas(replace(ATLAS, name="other"), LABELS)
    commit = made.document("a", "One.", "Two.")
    first, second = commit.segments
    here = made.atlas(first)
    other = Run("atlas@torso", 1)
    there = replace(
        made.atlas(second),
        id="there",
        atlas="torso",
        provenance=replace(made.atlas(second).provenance, run_id=other.id),
    )
    commit.runs = [*commit.runs, other]
    commit.products += [here, there]
    commit.results.append(RunResult(commit.sources[0].id, other.id, complete=True))
    store.commit(commit)
    before = store.complete_runs([commit.sources[0].id])[commit.sources[0].id]
    assert store.remove_atlas("torso") == 1
    assert [one.name for one in store.atlases()] == ["other"]
    assert store.records("atlas") == [here]
    assert store.near_points("torso", (0.0, 0.0, 0.0), 10) == []
    after = store.complete_runs([commit.sources[0].id])[commit.sources[0].id]
    assert before - after == {other.id}
    with pytest.raises(NotFound):
        store.remove_atlas("torso")
    store.add_atlas(ATLAS, LABELS)


def test_damaged_voxels_are_told(store: RecordStore, engine: Engine) -> None:
    store.add_atlas(ATLAS, LABELS)
    with writing(engine) as connection:
        connection.execute(text("UPDATE atlas SET volume = :broken"), {"broken": b"no deflate"})
    with pytest.raises(StoreError, match="voxels of atlas 'torso' are damaged"):
        store.atlas_labels("torso")


def test_organs_are_counted_by_atlas(store: RecordStore, made) -> None:  # type: ignore[no-untyped-def]
    commit = made.document("a", "One.", "Two.")
    first, second = commit.segments
    commit.products += [made.atlas(first), replace(made.atlas(second), atlas="torso")]
    store.commit(commit)
    assert store.organ_counts() == {"liver": 2}
    assert store.organ_counts("torso") == {"liver": 1}
    assert store.organ_counts("other") == {}


def test_the_spread_of_a_grounding_is_kept(store: RecordStore, made) -> None:  # type: ignore[no-untyped-def]
    commit = made.document("a", "One.")
    grounding = replace(made.atlas(commit.segments[0]), spread_mm=12.5)
    commit.products.append(grounding)
    store.commit(commit)
    assert store.records("atlas") == [grounding]
