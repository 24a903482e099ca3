"""Every kind of damage to a workspace: is it noticed, is it kept from spreading, does the advice mend it?

    python -m benchmarks.damage [--segments N]

A workspace of made-up documents is backed up, and goes on for some documents. Then, for each kind, a copy of
it is damaged. First ``reindex`` runs, as a person might try it: no projection may hold less afterwards. Then
the doctor looks, and what it says is done: ``reindex``, or a restore of the backup and the documents that
came after it once more. In the end every record must be there that was there before, and the doctor content.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.common import write
from benchmarks.made_workspace import SENTENCES, add, make
from midspan import Workspace
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.records.schema import metadata
from midspan.errors import MidspanError

PAGE = 4096
LATER = 2
"""Documents that came after the backup."""
LOOKED_AT = ("workspace", "schema", "graph", "stores", "outbox", "integrity", "rows", "files", "origin")
"""The doctor's checks of what a workspace holds; the others look at the machine."""

Rows = Mapping[str, Any]


@dataclass(frozen=True)
class Bench:
    whole: Path
    """The workspace, all of its database in one file."""
    logged: Path
    """The same with the later documents still in the database's log."""
    before: Path
    """Its database as it was at the time of the backup."""
    other: Path
    """Another workspace."""
    backup: Path
    documents: int
    """That the backup holds."""


# --- the kinds of damage: each is done to a copy of the workspace ---


def database(folder: Path) -> Path:
    return folder / "midspan.db"


def change(path: Path, place: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        file.write(data)


def flip(path: Path, place: int) -> None:
    with path.open("rb") as file:
        file.seek(place)
        (byte,) = file.read(1)
    change(path, place, bytes([byte ^ 0x04]))


def flip_stored(folder: Path, query: str, skip: int = 0) -> None:
    """Flip a bit of the one value that a query finds, where it lies in the file."""
    with closing(sqlite3.connect(database(folder))) as connection:
        (value,) = connection.execute(query).fetchone()
    stored = struct.pack(">d", value) if isinstance(value, float) else value
    stored = stored.encode() if isinstance(stored, str) else stored
    place = database(folder).read_bytes().find(stored[:60])
    assert place >= 0, query
    flip(database(folder), place + skip)


def pages_of(folder: Path, name: str) -> list[int]:
    """Offsets of the pages of a table or index, the root first."""
    with closing(sqlite3.connect(database(folder))) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [name]).fetchone()
    return [(root - 1) * PAGE]


def zero(folder: Path, *names: str) -> None:
    for name in names:
        for place in pages_of(folder, name):
            change(database(folder), place, bytes(PAGE))


def zero_five(folder: Path) -> None:
    """Evenly over the file."""
    pages = database(folder).stat().st_size // PAGE
    for part in range(1, 6):
        change(database(folder), pages * part // 6 * PAGE, bytes(PAGE))


def truncate(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


def swap(one: Path, other: Path) -> None:
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def swap_pages(folder: Path) -> None:
    one, other = pages_of(folder, "fact")[0], pages_of(folder, "segment")[0]
    data = database(folder).read_bytes()
    change(database(folder), one, data[other : other + PAGE])
    change(database(folder), other, data[one : one + PAGE])


def generations(folder: Path, target: str) -> list[Path]:
    """The files, newest first."""
    return sorted((folder / target.partition(".")[0]).glob(f"{target}.g*"), reverse=True)


def vectors_file(folder: Path) -> Path:
    """The largest of those that the text vectors lie in."""
    found = (folder / "vectors").glob("vectors.text.[sl]*")
    return max(found, key=lambda path: path.stat().st_size)


def put(bench: Bench, folder: Path, which: Path) -> None:
    shutil.copy(database(which) if which.is_dir() else which, database(folder))


def log_of(folder: Path) -> Path:
    return folder / "midspan.db-wal"


DAMAGE: dict[str, Callable[[Bench, Path], Any]] = {
    # bytes flipped
    "bit flipped in a document's text": lambda b, f: flip_stored(f, "SELECT text FROM chunk LIMIT 1", 9),
    "bit flipped in a sentence": lambda b, f: flip_stored(
        f, "SELECT id FROM segment WHERE key = 5", len("seg-") + 32 + 64 + 36 + 30
    ),
    "bit flipped in a vector": lambda b, f: flip_stored(f, "SELECT vector FROM embedding LIMIT 1", 6),
    "bit flipped in a place of the atlas": lambda b, f: flip_stored(
        f, "SELECT x_mm FROM atlas_grounding WHERE x_mm IS NOT NULL LIMIT 1", 3
    ),
    "bit flipped in a fact's id": lambda b, f: flip_stored(f, "SELECT id FROM fact LIMIT 1", 9),
    "bit flipped in a model run": lambda b, f: flip_stored(f, "SELECT id FROM run LIMIT 1", 9),
    "bit flipped in the database's head": lambda b, f: flip(database(f), 3),
    "bit flipped in an index": lambda b, f: flip(
        database(f), pages_of(f, "ix_fact_segment_id")[0] + PAGE - 9
    ),
    # pages
    "page zeroed: facts": lambda b, f: zero(f, "fact"),
    "page zeroed: points": lambda b, f: zero(f, "atlas_point_box_node"),
    "page zeroed: schema": lambda b, f: change(database(f), 0, bytes(PAGE)),
    "five pages zeroed": lambda b, f: zero_five(f),
    "two pages swapped": lambda b, f: swap_pages(f),
    # truncated
    "database cut in half": lambda b, f: truncate(
        database(f), database(f).stat().st_size // 2 // PAGE * PAGE
    ),
    "database cut by a page": lambda b, f: truncate(database(f), database(f).stat().st_size - PAGE),
    "database of no bytes": lambda b, f: truncate(database(f), 0),
    # the log
    "log gone": lambda b, f: log_of(f).unlink(),
    "log cut": lambda b, f: truncate(log_of(f), log_of(f).stat().st_size // 3),
    "bit flipped in the log": lambda b, f: flip(log_of(f), 5000),
    # missing or another
    "database gone": lambda b, f: database(f).unlink(),
    "database of another workspace": lambda b, f: put(b, f, b.other),
    "database of an earlier day": lambda b, f: put(b, f, b.before),
    # projections
    "bit flipped in the graph's file": lambda b, f: flip(generations(f, "graph")[0], 1000),
    "graph's file cut": lambda b, f: truncate(generations(f, "graph")[0], 1000),
    "graph's newest file gone": lambda b, f: generations(f, "graph")[0].unlink(),
    "graph's files swapped": lambda b, f: swap(*generations(f, "graph")[:2]),
    "page zeroed: vectors' file": lambda b, f: change(vectors_file(f), PAGE, bytes(PAGE)),
    "vectors' file is the graph's": lambda b, f: shutil.copy(
        generations(f, "graph")[0], generations(f, "vectors.text")[0]
    ),
    "graph and vectors gone": lambda b, f: [shutil.rmtree(f / name) for name in ("graph", "vectors")],
}
LOG = {"log gone", "log cut", "bit flipped in the log"}


# --- looking, trying, mending ---


def records(folder: Path) -> dict[str, set[Any]]:
    """All that is found, by kind."""
    with closing(sqlite3.connect(database(folder))) as connection:
        return {
            "segment": set(connection.execute("SELECT id, text FROM segment")),
            "fact": set(connection.execute("SELECT id, text, score FROM fact")),
            "atlas": set(connection.execute("SELECT id, x_mm, y_mm, z_mm FROM atlas_grounding")),
            "vector": set(
                connection.execute(
                    "SELECT s.id, e.vector FROM embedding e JOIN segment s ON s.key = e.segment_key"
                )
            ),
        }


def findings(folder: Path) -> list[str]:
    """What the doctor, or the opening of the workspace, says; none when all is well."""
    try:
        with Workspace.open(folder, create=False) as workspace:
            checks = workspace.doctor().checks
    except MidspanError as error:
        return [f"opening: {error}"]
    return [f"{check.name}: {check.detail}" for check in checks if check.name in LOOKED_AT and not check.ok]


def files(folder: Path) -> dict[str, bytes]:
    """The newest file of each projection."""
    return {target: generations(folder, target)[0].read_bytes() for target in ("graph", "vectors.text")}


def held_after_a_try(folder: Path, wanted: Mapping[str, int], before: Mapping[str, bytes]) -> str:
    """What becomes of the projections when a person runs ``reindex`` first."""
    try:
        with Workspace.open(folder, create=False) as workspace:
            workspace.reindex()
            held = {"graph": workspace.parts.graph.counts()["Mention"]}
            held |= {"vectors": workspace.projected()["vectors"]["text"]}
        return "made anew" if held == dict(wanted) else f"LOWERED: {held}"
    except MidspanError:
        return "refused, kept" if files(folder) == before else "LOWERED: other files"


def follow(advice: str, bench: Bench, folder: Path) -> tuple[str, Path]:
    """Do what was said; what was done, and where the workspace is then."""
    if "--accept-records" in advice and "another record store" not in advice:
        with Workspace.open(folder) as workspace:
            workspace.reindex(accept_records=True)
            add(workspace, bench.documents, LATER)
        return "reindex --accept-records, later documents again", folder
    if "restore" in advice:
        new = folder.with_name(f"{folder.name} restored")
        with Workspace.restore(bench.backup, new) as workspace:
            add(workspace, bench.documents, LATER)
        return "restore, later documents again", new
    if "midspan reindex" not in advice:
        return f"NO ADVICE: {advice}", folder
    with Workspace.open(folder) as workspace:
        workspace.reindex()
    return "reindex", folder


def try_kind(name: str, bench: Bench, folder: Path) -> list[str]:
    """A row of the table."""
    shutil.copytree(bench.logged if name in LOG else bench.whole, folder)
    wanted = records(bench.whole)
    counts = {"graph": len(wanted["fact"]), "vectors": len(wanted["vector"])}
    DAMAGE[name](bench, folder)
    there = all(generations(folder, target) for target in ("graph", "vectors.text"))
    tried = folder.with_name(f"{folder.name} tried")
    shutil.copytree(folder, tried)
    spread = held_after_a_try(tried, counts, files(tried) if there else {})
    found = findings(folder)
    if not found:
        whole = records(folder) == wanted
        return [name, "nothing changed" if whole else "NO", spread, "-", "yes" if whole else "NO"]
    noticed = ", ".join(sorted({line.partition(":")[0] for line in found}))
    done, mended = follow(" ".join(found), bench, folder)
    lost = {kind: len(rows - records(mended)[kind]) for kind, rows in wanted.items()}
    left = findings(mended)
    return [
        name,
        noticed,
        spread,
        done,
        "yes" if not any(lost.values()) and not left else f"NO: {lost} {left}",
    ]


def stored(path: Path) -> Any:
    """Every row of every table; None where they cannot all be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            rows = (connection.execute(str(select(table))) for table in metadata.sorted_tables)
            return [sorted(map(repr, found)) for found in rows]
    except sqlite3.Error:
        return None


def is_noticed(path: Path) -> bool:
    try:
        store = SqlRecordStore(make_engine(f"sqlite:///{path}"))
    except MidspanError:
        return True
    try:
        return bool(store.check_database().damage or store.check_rows().damage)
    except MidspanError:
        return True
    finally:
        store.close()


def anywhere(bench: Bench, folder: Path, tries: int) -> list[str]:
    """A row of the table: bits flipped at places of the database's file that chance chooses."""
    rng, before = random.Random(0), stored(database(bench.whole))
    changed = noticed = 0
    size = database(bench.whole).stat().st_size
    for number in range(tries):
        path = folder / f"flipped {number}.db"
        shutil.copy(database(bench.whole), path)
        flip(path, rng.randrange(size))
        if stored(path) == before:
            continue
        changed += 1
        noticed += is_noticed(path)
        path.unlink()
    told = f"{noticed} of {changed} that changed what is stored"
    return [f"bit flipped anywhere, {tries} times", told, "-", "-", "-"]


def prepare(folder: Path, segments: int) -> Bench:
    documents = segments // SENTENCES
    whole = folder / "whole"
    make(whole, segments)
    make(folder / "other", 2 * SENTENCES)
    with Workspace.open(whole) as workspace:
        workspace.backup(folder / "backup")
    shutil.copy(database(whole), folder / "before.db")
    with Workspace.open(whole) as workspace, closing(sqlite3.connect(database(whole))) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM source").fetchone()  # keeps what follows in the log
        add(workspace, documents, LATER)
        shutil.copytree(whole, folder / "logged")
        reader.rollback()
    with closing(sqlite3.connect(database(whole))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Bench(
        whole, folder / "logged", folder / "before.db", folder / "other", folder / "backup", documents
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=2000)
    parser.add_argument("--flips", type=int, default=100)
    parser.add_argument("--only", nargs="*", help="these kinds; nothing is written then")
    given = parser.parse_args()
    table = []
    with tempfile.TemporaryDirectory() as name:
        bench = prepare(Path(name), given.segments)
        for number, kind in enumerate(given.only or DAMAGE):
            table.append(try_kind(kind, bench, Path(name) / str(number)))
            print(table[-1], flush=True)
        if not given.only:
            last = anywhere(bench, Path(name), given.flips)
    if given.only:
        return
    noticed = sum(row[1] != "NO" for row in table)
    kept = sum("LOWERED" not in row[2] for row in table)
    mended = sum(row[4] == "yes" for row in table)
    write(
        "damage",
        "Kinds of damage to a workspace",
        [
            "damage",
            "noticed by",
            "reindex tried first",
            "advice followed",
            "all records there, doctor content",
        ],
        [*table, last],
        [
            f"{len(table)} kinds: {noticed} noticed, in {kept} no projection lost anything, {mended} mended.",
            f"A workspace of {given.segments + LATER * SENTENCES} sentences with a fact, a place and a "
            f"vector each; the last {LATER * SENTENCES} came after the backup.",
            "Noticed by: the doctor's checks that failed; opening: every command says it and ends.",
            "A log that is cut or gone takes its transactions with it; that is noticed since the projections "
            "know of them.",
        ],
    )


if __name__ == "__main__":
    main()
