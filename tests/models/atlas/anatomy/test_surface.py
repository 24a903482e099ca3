import numpy as np
import pytest

from midspan.models.atlas.anatomy.phantom import BODY, ORGANS
from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.anatomy.surface import enclosing


@pytest.fixture(scope="module")
def meshes():
    return phantom_atlas().meshes


def signed_volume_cm3(surface):
    a, b, c = (surface.vertices[surface.triangles[:, k]].astype(float) / 10 for k in range(3))
    return np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6


def test_body_comes_first_and_every_organ_follows(meshes):
    assert [surface.organ for surface in meshes] == ["body", *ORGANS]


def test_meshes_are_small_enough_to_draw(meshes):
    assert sum(len(surface.triangles) for surface in meshes) < 80_000


@pytest.mark.parametrize("organ", ["body", *ORGANS])
def test_surface_is_closed_and_turned_outwards(meshes, organ):
    surface = next(surface for surface in meshes if surface.organ == organ)
    assert surface.vertices.dtype == np.float32 and surface.triangles.dtype == np.int32
    directed = np.concatenate([surface.triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    forward, counts = np.unique(directed, axis=0, return_counts=True)
    backward, reverse_counts = np.unique(directed[:, ::-1], axis=0, return_counts=True)
    assert np.array_equal(forward, backward) and np.array_equal(counts, reverse_counts)
    assert signed_volume_cm3(surface) > 0


@pytest.mark.parametrize("organ", ORGANS)
def test_surface_holds_the_volume_of_its_organ(meshes, organ):
    surface = next(surface for surface in meshes if surface.organ == organ)
    atlas = phantom_atlas()
    voxels = sum(atlas.volume_mm3(one) for one in atlas.structures_of(organ)) / 1000
    tolerance = 0.12 if organ in ("rib cage", "esophagus") else 0.06  # two to four voxels across
    assert signed_volume_cm3(surface) == pytest.approx(voxels, rel=tolerance)


def test_body_surface_lies_on_the_outline(meshes):
    body = meshes[0].vertices.astype(float) / 10
    near = [BODY.inside(body + shift) for shift in np.vstack([np.eye(3), -np.eye(3)]) * 0.6]
    assert np.mean(np.any(near, axis=0) & ~np.all(near, axis=0)) > 0.95


def test_surface_of_a_ball_lies_on_the_ball():
    axis = np.arange(-12.0, 13.0)
    distance = np.sqrt(sum(part**2 for part in np.meshgrid(axis, axis, axis, indexing="ij")))
    ball = enclosing("ball", distance <= 10, np.full(3, -24.0), 2.0)
    radii = np.linalg.norm(ball.vertices, axis=1)
    assert radii.mean() == pytest.approx(20, abs=0.5)
    assert np.ptp(radii) < 2.0
    assert not ball.vertices.flags.writeable and not ball.triangles.flags.writeable
