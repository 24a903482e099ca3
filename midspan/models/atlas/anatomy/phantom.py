"""The atlas that ships: a stylised adult whose organs are solids with closed formulas.

After the mathematical phantom of W. S. Snyder et al. (MIRD Pamphlet No. 5, revised) as given by
M. Cristy and K. F. Eckerman, "Specific absorbed fractions of energy at various ages from internal
photon sources", ORNL/TM-8381 (1987). Both sexes' organs stand in one body. It has no trachea, vessels,
prostate, rectum of its own, larynx or eyes, and the heart has no chambers.

Formulas are in centimetres (see ``solids``); everything this module gives out is in millimetres, LPS,
with the origin at the centre of the trunk's base.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from midspan.models.atlas.anatomy.solids import (
    Bools,
    Floats,
    Solid,
    Triple,
    box,
    column,
    ellipsoid,
    shell,
    union,
)
from midspan.models.atlas.anatomy.volume import LabelVolume, vector

CITATION = (
    "M. Cristy and K. F. Eckerman, Specific absorbed fractions of energy at various ages from internal "
    "photon sources, ORNL/TM-8381 (1987), after W. S. Snyder et al., MIRD Pamphlet No. 5, revised"
)
LICENCE = "formulas from reports of the US government"
CHIN = 70.0
"""Height of the trunk, at which head and neck begin (cm)."""

Side = Literal["left", "right", ""]
PointMm = tuple[float, float, float]


@dataclass(frozen=True)
class Part:
    """A solid of the phantom. ``organ`` is empty for what is no organ of the atlas."""

    name: str
    organ: str
    side: Side
    solid: Solid
    reference_cm3: float
    """Published or closed-form volume of this solid; 0 where there is none to compare with."""


def _thyroid(x: Floats, y: Floats, z: Floats) -> Bools:
    outer, inner, height, y = 2.2, 1.0, 5.0, y + 4.0
    h = z - CHIN
    notch = np.where(
        h <= 0.25 * height,
        1 - 0.29289 * h / (0.25 * height),
        0.70711 + 0.29289 * (h - 0.25 * height) / (0.75 * height),
    )
    radius2 = x**2 + y**2
    lobes = (radius2 >= inner**2) & (radius2 <= outer**2) & (y <= 0)
    return np.asarray(lobes & ((y - abs(x)) ** 2 >= 2 * radius2 * notch**2))


def _heart(x: Floats, y: Floats, z: Floats) -> Bools:
    dx, dy, dz = x + 1, y + 3, z - 51
    x1 = 0.6943 * dx - 0.3237 * dy - 0.6428 * dz
    y1 = 0.4226 * dx + 0.9063 * dy
    z1 = 0.5819 * dx - 0.2717 * dy + 0.7660 * dz
    left = (x1 >= 0) & ((x1 / 8) ** 2 + (y1 / 5) ** 2 + (z1 / 5) ** 2 <= 1)
    right = (x1 < 0) & (x1**2 + y1**2 + z1**2 <= 25) & (x1 / 3 + z1 / 5 >= -1)
    return left | right


def _gallbladder(x: Floats, y: Floats, z: Floats) -> Bools:
    dx, dy, dz = x + 4.5, y + 3.2, z - 30
    x1 = 0.9615 * dx - 0.2748 * dz
    y1 = -0.0574 * dx + 0.9779 * dy - 0.2008 * dz
    z1 = 0.2687 * dx + 0.2090 * dy + 0.9403 * dz
    bulb = (z1 < 0) & (x1**2 + y1**2 + z1**2 <= 2.12**2)
    cone = (z1 >= 0) & (z1 <= 8) & (x1**2 + y1**2 <= (2.12 - 0.2275 * z1) ** 2)
    return bulb | cone


def _descending(x: Floats, y: Floats, z: Floats) -> Bools:
    x0 = 9.36 + 0.7477 * (z - 24) / 15.28
    y0 = 3.5 * (8.72 - z) / 15.28
    return np.asarray(((x - x0) / 1.88) ** 2 + ((y - y0) / 2.13) ** 2 <= 1)


def _sigmoid(x: Floats, y: Floats, z: Floats) -> Bools:
    upper = (x >= 3) & ((np.hypot(x - 3, z - 8.72) - 5.72) ** 2 + y**2 <= 1.57**2) & (z <= 8.72)
    lower = (x <= 3) & ((np.hypot(x - 3, z) - 3) ** 2 + y**2 <= 1.57**2) & (z >= 0)
    return upper | lower


def _clavicle(x: Floats, y: Floats, z: Floats) -> Bools:
    front = 11.1 - y
    tube = (np.hypot(x, front) - 20) ** 2 + (z - 68.25) ** 2 <= 0.7883**2
    return np.asarray(tube & (front > 0) & (0.89415 * x <= front) & (front <= 7.0342 * x))


def _adrenal(x: Floats, y: Floats, z: Floats) -> Bools:
    turn = np.deg2rad(52)
    x1 = np.cos(turn) * (x - 3.5) + np.sin(turn) * (y - 5)
    y1 = -np.sin(turn) * (x - 3.5) + np.cos(turn) * (y - 5)
    return np.asarray((x1 / 1.5) ** 2 + (y1 / 0.5) ** 2 + ((z - 38) / 5) ** 2 <= 1)


_BRAIN = ellipsoid((0, 0, 86.85), (6, 9, 6.5))
_HEAD = union(
    column((0, 0), (8, 10), (CHIN, 86.85)),
    ellipsoid((0, 0, 86.85), (8, 10, 7.15)).within((-8, -10, 86.85), (8, 10, 94)),
)
_TRUNK = column((0, 0), (20, 10), (0, CHIN))
_LEG = Solid((0, -10, -80), (20, 10, 0), lambda x, y, z: x**2 + y**2 <= x * (20 + z / 5))
_LEG_BONE = Solid(
    (2, -3.5, -79.8),
    (13.5, 3.5, 0),
    lambda x, y, z: (x - (10 + z / 10)) ** 2 + y**2 <= (3.5 + 2.5 * z / 79.8) ** 2,
)
_ARM_BONE = Solid(
    (17, -2.7, 0),
    (20, 2.7, 69),
    lambda x, y, z: (
        ((1.4 * (z - 69) / 138 + (x - 18.4)) / 1.4) ** 2 + (y / 2.7) ** 2 <= ((69 + z) / 138) ** 2
    ),
)
_LUNG = ellipsoid((8.5, 0, 43.5), (5, 7.5, 24)).within((0, -10, 43.5), (20, 10, 70))
_COLON = (
    column((-8.5, -2.36), (2.5, 2.5), (14.45, 24)),
    Solid(
        (-10.5, -4.86, 24),
        (10.5, 0.14, 27),
        lambda x, y, z: ((y + 2.36) / 2.5) ** 2 + ((z - 25.5) / 1.5) ** 2 <= 1,
    ),
    Solid((6.7, -5.7, 8.72), (11.3, 2.2, 24), _descending),
    Solid((-1.6, -1.6, 0), (10.3, 1.6, 8.72), _sigmoid),
)
_GUT = Solid((-11.3, -4.86, 17), (11.3, 2.2, 27), lambda x, y, z: x**2 + (y + 3.8) ** 2 <= 11.3**2)
_PELVIS = Solid(
    (-12, -3, 0),
    (12, 9, 22),
    lambda x, y, z: (x**2 + (y + 3) ** 2 <= 144) & (x**2 + (y + 3.8) ** 2 >= 11.3**2) & ((y < 5) | (z > 14)),
)


def _single(name: str, organ: str, solid: Solid, reference_cm3: float) -> Iterator[Part]:
    yield Part(name, organ, "", solid, reference_cm3)


def _pair(name: str, organ: str, left: Solid, reference_cm3: float) -> Iterator[Part]:
    yield Part(name, organ, "left", left, reference_cm3)
    yield Part(name, organ, "right", left.mirrored(), reference_cm3)


PARTS: tuple[Part, ...] = (
    *_single("trunk", "", _TRUNK, 43982),
    *_single("head", "", _HEAD, 0),
    *_pair("leg", "", _LEG, 10388),
    *_pair("leg bone", "", _LEG_BONE, 1400),
    *_pair("arm bone", "", _ARM_BONE, 478),
    *_single("brain", "brain", _BRAIN, 1470),
    # the wall's thickness is fitted to the published volume, so its volume proves nothing
    *_single("cranium", "", ellipsoid((0, 0, 86.85), (6.864, 9.864, 7.364)).minus(_BRAIN), 618),
    *_single("thyroid", "thyroid", Solid((-2.2, -6.2, 70), (2.2, -4, 75), _thyroid), 19.9),
    *_single("spine", "spine", column((0, 5.5), (2, 2.5), (22, 80.54)), 919),
    Part("lung", "lung", "left", _LUNG.minus(box((0, -10, 0), (8, 1, 55))), 1560),
    Part("lung", "lung", "right", _LUNG.mirrored().minus(box((-5.4, -10, 46), (0, 1.5, 54))), 1810),
    *_single("heart", "heart", Solid((-7, -9, 43), (8, 4, 57), _heart), 603),
    *_single("thymus", "thymus", ellipsoid((0, -7.3, 57), (1.5, 0.8, 4)), 20.1),
    *_single("esophagus", "esophagus", column((0, 2.575), (1.17, 0.42), (43, 70)), 41.7),
    *_pair(
        "rib",
        "rib cage",
        shell((17, 9.8), (16.5, 9.3), (35.1, 67.3))
        .where(lambda x, y, z: np.floor((z - 35.1) / 1.4) % 2 == 0)
        .within((0, -10, 35), (17, 10, 68)),
        347,
    ),
    *_pair("clavicle", "rib cage", Solid((0, -10, 67), (16, 0, 70), _clavicle), 27.35),
    *_pair(
        "scapula",
        "rib cage",
        shell((19, 9.8), (17, 9.8), (50.9, 67.3))
        .where(lambda x, y, z: (y > 0.25 * x) & (y < 0.8 * x))
        .within((0, 0, 50), (19, 10, 68)),
        101,
    ),
    *_single(
        "liver",
        "liver",
        column((0, 0), (16.5, 8), (27, 43)).where(lambda x, y, z: x / 35 + y / 45 - z / 43 <= -1),
        1830,
    ),
    *_single("gallbladder", "gallbladder", Solid((-7, -6.5, 27), (1, 1, 39), _gallbladder), 63.7),
    *_single("stomach", "stomach", ellipsoid((8, -4, 35), (4, 3, 8)), 402.1),
    *_single("spleen", "spleen", ellipsoid((11, 3, 37), (3.5, 2, 6)), 175.9),
    *_single(
        "pancreas",
        "pancreas",
        ellipsoid((-1, 0, 37), (16, 1.2, 3.3))
        .where(lambda x, y, z: (z >= 37) | (x <= 3))
        .within((-1, -2, 33), (15, 2, 41)),
        90.7,
    ),
    *_pair(
        "kidney", "kidney", ellipsoid((6, 6, 32.5), (4.5, 1.5, 5.5)).within((3, 4, 27), (11, 8, 38)), 144.0
    ),
    *_pair("adrenal gland", "adrenal gland", Solid((2, 3.5, 38), (5, 6.5, 43), _adrenal), 7.85),
    *_single("ascending colon", "colon", _COLON[0], 187.5),
    *_single("transverse colon", "colon", _COLON[1], 247.4),
    *_single("descending colon", "colon", _COLON[2], 192.2),
    *_single("sigmoid colon", "colon", _COLON[3], 106.1),
    *_single("small intestine", "small intestine", _GUT.minus(union(*_COLON)), 1060),
    *_single("pelvis", "pelvis", _PELVIS, 606),
    *_single("urinary bladder", "urinary bladder", ellipsoid((0, -4.5, 8), (4.958, 3.458, 3.458)), 248.3),
    *_single(
        "uterus",
        "uterus",
        ellipsoid((0, -2, 14), (2.62, 5.22, 1.57)).within((-3, -4.62, 12), (3, 4, 16)),
        76,
    ),
    *_pair("ovary", "ovary", ellipsoid((6, 0, 15), (1, 0.5, 2)), 4.19),
    *_pair("testis", "testis", ellipsoid((1.3, -8, -2.3), (1.3, 1.5, 2.3)), 18.8),
    *_pair("breast", "", ellipsoid((10, -8.66, 52), (4.95, 4.35, 4.15)).minus(_TRUNK), 0),
)
"""Every solid of the phantom; of two that touch or overlap by a hair the earlier one counts."""

ORGANS: tuple[str, ...] = tuple(dict.fromkeys(part.organ for part in PARTS if part.organ))
PAIRED: frozenset[str] = frozenset(part.organ for part in PARTS if part.organ and part.side)
BODY: Solid = union(_TRUNK, _HEAD, _LEG, _LEG.mirrored())
"""The outline: trunk (the arms lie within it), head and legs."""


def organ_at(point_mm: PointMm) -> str | None:
    """The organ at a point (x, y, z) in mm; None outside every organ."""
    point = np.array([point_mm], dtype=np.float64) / 10
    return next((part.organ for part in PARTS if part.organ and part.solid.inside(point)[0]), None)


def parts_of(organ: str, side: Side = "", name: str = "") -> tuple[Part, ...]:
    """The solids of an organ; of one side only, or only those called ``name``, if given."""
    return tuple(
        part
        for part in PARTS
        if part.organ == organ and (not side or part.side == side) and (not name or part.name == name)
    )


@cache
def centre_mm(organ: str, side: Side = "", name: str = "") -> PointMm:
    """The deepest point inside the largest solid of an organ (of its side or named part).

    Found on a grid by peeling off layers until nothing is left; it lies inside, also where the centre
    of mass does not (colon, pelvis, ribs).
    """
    parts = parts_of(organ, side, name)
    if not parts:
        raise ValueError(f"the atlas has no {side} {name or organ}; organs: {', '.join(ORGANS)}")
    solid = max(parts, key=lambda part: part.reference_cm3).solid
    centres, filled = sample(solid, (0.2, 0.2, 0.2))
    deepest = np.argwhere(_peel(filled))
    apart = ((deepest - deepest.mean(axis=0)) ** 2).sum(axis=1)
    middle = np.argmin(apart + 1e-6 * abs(centres[0][deepest[:, 0]]))  # of two as good, that nearer the axis
    x, y, z = (float(axis[i]) * 10 for axis, i in zip(centres, deepest[middle], strict=True))
    return round(x, 3), round(y, 3), round(z, 3)


def voxelise(pitch_mm: float) -> LabelVolume:
    """All organs' solids on one grid over head and trunk; label k is the k-th part that has an organ."""
    pitch = pitch_mm / 10
    low, high = np.array([-20.0, -11.0, -6.0]), np.array([20.0, 11.0, 95.0])
    counts = np.ceil((high - low) / pitch).astype(int)
    labels = np.zeros(counts, dtype=np.uint16)
    solids = [part.solid for part in PARTS if part.organ]
    for label, solid in reversed(list(enumerate(solids, 1))):
        first = np.maximum(np.floor((np.array(solid.low) - low) / pitch).astype(int), 0)
        last = np.minimum(np.ceil((np.array(solid.high) - low) / pitch).astype(int), counts)
        axes = [low[k] + (np.arange(first[k], last[k]) + 0.5) * pitch for k in range(3)]
        window = labels[tuple(slice(first[k], last[k]) for k in range(3))]
        window[_occupied(solid, axes)] = label
    return LabelVolume(labels, vector((low + pitch / 2) * 10), pitch_mm)


def sample(solid: Solid, pitch: Triple) -> tuple[list[Floats], Bools]:
    """Cell centres along each axis (cm) and which cells (nx, ny, nz) are inside, with an empty rim."""
    axes: list[Floats] = []
    for low, high, step in zip(solid.low, solid.high, pitch, strict=True):
        count = int(np.ceil((high - low) / step - 1e-9)) + 2
        start = (low + high) / 2 - (count - 1) / 2 * step
        axes.append(start + np.arange(count, dtype=np.float64) * step)
    return axes, _occupied(solid, axes)


def _occupied(solid: Solid, axes: list[Floats]) -> Bools:
    return solid.contains(*np.ix_(*axes))


def _peel(filled: Bools) -> Bools:
    """The last cells that are left when layers are taken off; (nx, ny, nz) with an empty rim."""
    while True:
        core = filled.copy()
        for axis in range(3):
            core &= np.roll(filled, 1, axis) & np.roll(filled, -1, axis)
        if not core.any():
            return filled
        filled = core
