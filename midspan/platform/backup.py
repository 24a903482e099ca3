"""``midspan backup`` and ``restore``: the record store and the uploads, as one folder that proves itself.

The graph and the vector indexes are not in it: they are made of the records, and are made anew. A backup is
whole when its folder has the name that was asked for: until then it is called ``NAME.partial``.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import midspan
from midspan.db.generations import file_sha256
from midspan.db.migrate import current
from midspan.db.records import copies
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import DamagedStore, NotFound, WrongUse
from midspan.platform.parts import Parts
from midspan.platform.whole_folder import refuse_taken, whole_folder

MANIFEST = "backup.json"
FORMAT = 1
UPLOADS = "uploads"


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself, in ``backup.json``."""

    format: int
    midspan: str
    """Version that made it."""
    schema: str
    kind: str
    """Of database, as in ``copies.FILES``."""
    identity: str
    """Of the record store."""
    made_at: float
    """Unix seconds."""
    counts: Mapping[str, int]
    """As ``RecordReader.counts`` says."""
    files: Mapping[str, str]
    """SHA-256 by path within the backup."""


@dataclass(frozen=True)
class Backup:
    folder: Path
    byte_count: int
    counts: Mapping[str, int]
    seconds: float


def back_up(parts: Parts, to: Path, *, note: Callable[[str], None] = lambda text: None) -> Backup:
    """Copy what is there at this moment, check the copy, and give the folder its name.

    Others may ingest meanwhile. Raises ``WrongUse`` where ``to`` is there already, ``DamagedStore``, and
    ``StoreUnavailable``; nothing is left behind then.
    """
    start = time.monotonic()
    to = to.absolute()
    refuse_taken(to)
    with whole_folder(to) as partial:
        manifest = _fill(parts, partial, note)
    size = sum(path.stat().st_size for path in to.rglob("*") if path.is_file())
    return Backup(to, size, manifest.counts, time.monotonic() - start)


def read_manifest(folder: Path) -> Manifest:
    """Of a backup whose files are all what they were. Raises ``NotFound``, ``WrongUse``, ``DamagedStore``."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(f"{folder} is no backup: there is no {MANIFEST} in it")
    try:
        said = json.loads(path.read_text())
        if said["format"] != FORMAT:
            raise WrongUse(
                f"{folder} was made by midspan {said['midspan']}, which is newer; restore it with that"
            )
        manifest = Manifest(**said)
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedStore(f"{path} cannot be read ({error}); use another backup") from error
    for name, sha256 in manifest.files.items():
        if not (folder / name).is_file() or file_sha256(folder / name) != sha256:
            raise DamagedStore(f"{folder / name} is not what was backed up; use another backup")
    return manifest


def put_back(parts: Parts, folder: Path) -> Manifest:
    """Put the records and the uploads of a backup where ``parts`` looks for them; not the projections.

    Raises as :func:`read_manifest`, and ``WrongUse`` where there is a record store already.
    """
    manifest = read_manifest(folder)
    kind = copies.kind_of(parts.database_url)
    if kind != manifest.kind:
        raise WrongUse(
            f"{folder} is a backup of {manifest.kind} and goes into {manifest.kind} only; "
            + ("unset MIDSPAN_DATABASE_URL" if kind == "postgresql" else "set MIDSPAN_DATABASE_URL")
        )
    parts.refuse_orphans()
    identity, counts = copies.put_back(folder / copies.FILES[kind], parts.database_url)
    wanted = dict(manifest.counts)  # a newer midspan may count more
    if identity != manifest.identity or {name: counts.get(name) for name in wanted} != wanted:
        raise DamagedStore(f"what was restored is not what was backed up: {counts}, {wanted} expected")
    if (folder / UPLOADS).is_dir():
        shutil.copytree(folder / UPLOADS, parts.uploads, dirs_exist_ok=True)
    return manifest


def _fill(parts: Parts, folder: Path, note: Callable[[str], None]) -> Manifest:
    note("copying the records")
    identity, counts = copies.copy(parts.database_url, folder, read_only=parts.read_only)
    for kept in parts.uploads.glob("*/*"):  # beside them may lie what is just being uploaded
        to = folder / UPLOADS / kept.parent.name / kept.name
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(kept, to)
    note("checking the copy")
    _check(parts, folder)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = Manifest(
        format=FORMAT,
        midspan=midspan.__version__,
        schema=current(parts.database_url) or "",
        kind=copies.kind_of(parts.database_url),
        identity=identity,
        made_at=time.time(),
        counts=counts,
        files={str(path.relative_to(folder)): file_sha256(path) for path in files},
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1))
    return manifest


def _check(parts: Parts, folder: Path) -> None:
    """A file is checked as it lies in the backup; of a server's dump, the rows that it was made of."""
    copied = folder / copies.FILES["sqlite"]
    if not copied.exists():
        _refuse(parts.store)
        return
    store = SqlRecordStore(make_engine(f"sqlite:///{copied}"))
    try:
        _refuse(store)
    finally:
        store.close()


def _refuse(store: SqlRecordStore) -> None:
    damage = store.check_database().damage or store.check_rows().damage
    if damage:
        raise DamagedStore(
            f"the record store is damaged, and no backup was made of it: {'; '.join(damage)}. Keep the "
            "backups that you have; `midspan doctor` says what to do"
        )
