import numpy as np
import pytest

from midspan.models.atlas.phantom import BODY, ORGANS, parts_of
from midspan.models.atlas.surface import meshes


def signed_volume_cm3(surface):
    a, b, c = (surface.vertices[surface.triangles[:, k]].astype(float) / 10 for k in range(3))
    return np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6


def test_body_comes_first_and_every_organ_follows():
    assert [surface.organ for surface in meshes()] == ["body", *ORGANS]


def test_meshes_are_small_enough_to_draw():
    assert sum(len(surface.triangles) for surface in meshes()) < 62_000


@pytest.mark.parametrize("surface", meshes(), ids=lambda surface: surface.organ)
def test_surface_is_closed_and_turned_outwards(surface):
    assert surface.vertices.dtype == np.float32 and surface.triangles.dtype == np.int32
    directed = np.concatenate([surface.triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    forward, counts = np.unique(directed, axis=0, return_counts=True)
    backward, reverse_counts = np.unique(directed[:, ::-1], axis=0, return_counts=True)
    assert np.array_equal(forward, backward) and np.array_equal(counts, reverse_counts)
    assert signed_volume_cm3(surface) > 0


@pytest.mark.parametrize("organ", [organ for organ in ORGANS if organ != "rib cage"])
def test_surface_holds_the_volume_of_its_organ(organ):
    surface = next(surface for surface in meshes() if surface.organ == organ)
    reference = sum(part.reference_cm3 for part in parts_of(organ))
    assert signed_volume_cm3(surface) == pytest.approx(reference, rel=0.06)


def test_body_surface_lies_on_the_outline():
    body = meshes()[0].vertices.astype(float) / 10
    near = [BODY.inside(body + shift) for shift in np.vstack([np.eye(3), -np.eye(3)]) * 0.6]
    assert np.mean(np.any(near, axis=0) & ~np.all(near, axis=0)) > 0.95
