"""The atlases of a workspace: the phantom, which is always there, and those that were imported."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from midspan.db.record_store import AtlasStore
from midspan.errors import UnknownName, WrongUse
from midspan.models.atlas.identity import ATLAS
from midspan.platform.answers import AtlasView
from midspan.records import AtlasOrgan, StoredAtlas

if TYPE_CHECKING:
    from midspan.models.atlas.anatomy.anatomy import Anatomy
    from midspan.models.atlas.anatomy.atlas import Atlas, Structure
    from midspan.models.atlas.anatomy.importing import Imported

PHANTOM = ATLAS
LONGEST_NAME = 64


class Atlases:
    """Atlases by name, each built once; safe to use from several threads."""

    def __init__(self, store: AtlasStore) -> None:
        self._store = store
        self._built: dict[tuple[str, str], Atlas] = {}
        self._lock = threading.Lock()

    def stored(self) -> list[StoredAtlas]:
        return self._store.atlases()

    def atlas(self, name: str | None = None) -> Atlas:
        """The phantom without a name. Raises ``UnknownName``."""
        if name in (None, PHANTOM):
            from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas  # builds voxels

            return phantom_atlas()
        entry = self._entry(str(name))
        with self._lock:
            key = (entry.name, entry.sha256)
            if key not in self._built:
                self._built[key] = _built(entry, self._store)
            return self._built[key]

    def anatomy(self, name: str | None = None) -> Anatomy:
        """Words, sides and centres; the phantom's without its voxels."""
        from midspan.models.atlas.anatomy import anatomy  # builds patterns

        return anatomy.PHANTOM if name in (None, PHANTOM) else anatomy.anatomy_of(self.atlas(name))

    def known(self, name: str | None) -> tuple[str, str]:
        """Name and hash (the phantom has none) of an atlas; the phantom's without a name. Raises
        ``UnknownName``."""
        if name in (None, PHANTOM):
            return PHANTOM, ""
        entry = self._entry(str(name))
        return entry.name, entry.sha256

    def views(self) -> list[AtlasView]:
        """The phantom first, then by name."""
        phantom = self.atlas()
        return [
            AtlasView(
                name=PHANTOM,
                kind="phantom",
                organs=_counted([structure.organ for structure in phantom.structures]),
                pitch_mm=phantom.volume.pitch_mm,
                licence=phantom.licence,
                citation=phantom.citation,
                places=sum(self._store.organ_counts(PHANTOM).values()),
                added_at=None,
            ),
            *(self._view(entry) for entry in self.stored()),
        ]

    def add(
        self,
        labels: Path,
        structures: Sequence[Structure],
        name: str,
        licence: str = "",
        citation: str = "",
    ) -> tuple[AtlasView, tuple[str, ...]]:
        """Import a label volume; returns it with what the importer warns of. The same files again are no
        work. Raises ``BadAtlas``, and ``WrongUse`` for a name that is taken or no name."""
        from midspan.models.atlas.anatomy.importing import read_atlas  # loads nibabel

        if name == PHANTOM or not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
            raise WrongUse(f"{name!r} cannot name an atlas; choose another with --name")
        imported = read_atlas(labels, structures, name, licence=licence, citation=citation)
        entry = _entry_of(imported)
        self._store.add_atlas(entry, imported.atlas.volume.labels)
        return self._view(self._entry(name)), imported.warnings

    def remove(self, name: str) -> int:
        """Take an imported atlas out, and what was placed in it; returns how many sentences that were. Raises
        ``UnknownName``, ``WrongUse``."""
        if name == PHANTOM:
            raise WrongUse("the phantom is part of midspan and cannot be removed")
        return self._store.remove_atlas(self._entry(name).name)

    def _entry(self, name: str) -> StoredAtlas:
        entries = {entry.name: entry for entry in self.stored()}
        if name not in entries:
            raise UnknownName("atlas", name, [PHANTOM, *entries])
        return entries[name]

    def _view(self, entry: StoredAtlas) -> AtlasView:
        return AtlasView(
            name=entry.name,
            kind=entry.kind,
            organs=_counted([organ.organ for organ in entry.organs]),
            pitch_mm=entry.pitch_mm,
            licence=entry.licence,
            citation=entry.citation,
            places=sum(self._store.organ_counts(entry.name).values()),
            added_at=entry.added_at,
        )


def structures_from(
    table: str | Path | None, preset: str | None, aliases: str | Path | None
) -> tuple[Structure, ...]:
    """What labels mean, by a table or a preset. Raises ``BadAtlas``, ``UnknownName``, ``WrongUse``."""
    from midspan.models.atlas.anatomy import label_table

    if (table is None) == (preset is None):
        raise WrongUse("give the table of labels (a CSV file) or a preset, and not both")
    structures = label_table.preset(preset) if preset else label_table.read_table(Path(str(table)))
    return label_table.with_aliases(structures, Path(aliases)) if aliases else structures


def stem(path: Path) -> str:
    """``torso`` of ``torso.nii.gz``."""
    return path.name.removesuffix(".gz").removesuffix(".nii")


def _counted(organs: Sequence[str]) -> dict[str, int]:
    return {organ: organs.count(organ) for organ in dict.fromkeys(organs)}


def _entry_of(imported: Imported) -> StoredAtlas:
    atlas, volume = imported.atlas, imported.atlas.volume
    x, y, z = volume.labels.shape
    return StoredAtlas(
        name=atlas.name,
        kind="labels",
        licence=atlas.licence,
        citation=atlas.citation,
        file_affine=tuple(float(number) for number in imported.affine.reshape(-1)),
        file_shape=imported.shape,
        origin_mm=volume.origin_mm,
        pitch_mm=volume.pitch_mm,
        shape=(x, y, z),
        sha256=_hash(imported),
        organs=tuple(_organ(atlas, structure) for structure in atlas.structures),
        added_at=time.time(),
    )


def _organ(atlas: Atlas, structure: Structure) -> AtlasOrgan:
    low, high = atlas.box_of(structure)
    return AtlasOrgan(
        label=structure.label,
        name=structure.name,
        organ=structure.organ,
        laterality=structure.side,
        aliases=structure.aliases,
        snomed=structure.snomed,
        uberon=structure.uberon,
        centre_mm=atlas.centre_of(structure),
        low_mm=low,
        high_mm=high,
        volume_mm3=atlas.volume_mm3(structure),
        n_voxels=atlas.n_voxels(structure),
    )


def _hash(imported: Imported) -> str:
    volume = imported.atlas.volume
    table = [asdict(structure) for structure in imported.atlas.structures]
    texts = [imported.atlas.licence, imported.atlas.citation]
    place = [list(volume.origin_mm), volume.pitch_mm, list(volume.labels.shape)]
    sha = hashlib.sha256(json.dumps([table, place, texts], sort_keys=True).encode())
    sha.update(volume.labels.astype("<u2").tobytes())
    return sha.hexdigest()


def _built(entry: StoredAtlas, store: AtlasStore) -> Atlas:
    from midspan.models.atlas.anatomy.atlas import Atlas, Structure
    from midspan.models.atlas.anatomy.volume import LabelVolume

    structures = [
        Structure(one.label, one.name, one.organ, one.laterality, one.aliases, one.snomed, one.uberon)
        for one in entry.organs
    ]
    volume = LabelVolume(store.atlas_labels(entry.name), entry.origin_mm, entry.pitch_mm)
    return Atlas(entry.name, structures, volume, licence=entry.licence, citation=entry.citation)
