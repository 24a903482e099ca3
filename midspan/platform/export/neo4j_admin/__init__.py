"""``midspan export neo4j-admin``: the whole graph as files for ``neo4j-admin database import full``.

A first load in this way takes a server no transactions. The files hold the ``(:Projection)`` node with the
outbox entry up to which they are true, so that the projector goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from midspan.db.graph.schema import SCHEMA_VERSION
from midspan.db.record_store import SHARED, FactFilter, Generation, GraphMerge, RecordStore
from midspan.errors import StoreUnavailable
from midspan.platform.export.neo4j_admin import files
from midspan.platform.export.neo4j_admin.gathered import Gathered
from midspan.platform.projector import LEASE_SECONDS, holder_name, lease_name
from midspan.platform.whole_folder import refuse_taken, whole_folder

ARGUMENTS = "import.args"
COMMAND = f"neo4j-admin database import full @{ARGUMENTS} neo4j"
"""To be run in the folder, with the server stopped."""
OPTIONS = ("--id-type=string", "--multiline-fields=true")


@dataclass(frozen=True)
class ExportedGraph:
    path: Path
    nodes: int
    relations: int
    applied: int
    """Outbox entry up to which they are true."""
    bytes: int


def export_graph(store: RecordStore, to: Path) -> ExportedGraph:
    """Write the files into a folder that is not there yet; it has its name when all of them are whole.

    Others may ingest meanwhile. Raises ``WrongUse``, and ``StoreUnavailable`` where it cannot be written;
    nothing is left then.
    """
    to = to.absolute()
    refuse_taken(to)
    applied = _hold(store)
    with whole_folder(to) as partial:
        nodes, relations = _fill(store, partial, applied)
    size = sum(path.stat().st_size for path in to.iterdir())
    return ExportedGraph(to, nodes, relations, applied, size)


def _hold(store: RecordStore) -> int:
    """The outbox's end. Nothing behind it is pruned before a graph server has it: the replica that this
    server will be is noted to have come so far, where none is known yet."""
    store.see(SHARED, "graph server")
    applied = store.outbox_end("graph")
    if store.generation("graph", SHARED) is None:
        lease = store.acquire(lease_name("graph", SHARED), holder_name(), LEASE_SECONDS)
        if lease is None:
            raise StoreUnavailable("another process brings a graph server up right now; try again")
        store.publish(Generation("graph", 1, "", "", applied, {}, replica=SHARED), lease)
        store.release(lease)
    return applied


def _fill(store: RecordStore, folder: Path, applied: int) -> tuple[int, int]:
    facts = store.all_facts(FactFilter(everything=True))
    same = (GraphMerge(one) for one in store.decisions() if one.merges)
    nodes = relations = 0
    arguments = list(OPTIONS)
    with Gathered(folder / "gathered.tmp") as gathered:
        gathered.put(chain(facts, same))
        for table in files.NODES:
            nodes += files.write(folder, table.name, table.header, gathered.rows(table.select))
            arguments.append(_argument("nodes", table.name))
        for table in files.RELATIONS:
            relations += files.write(folder, table.name, table.header, gathered.rows(table.select))
            arguments.append(_argument("relationships", table.name))
    state = ("graph", applied, 0, SCHEMA_VERSION, store.identity())
    nodes += files.write(folder, "Projection", files.PROJECTION, [state])
    arguments.append(_argument("nodes", "Projection"))
    (folder / ARGUMENTS).write_text("\n".join(arguments) + "\n")
    return nodes, relations


def _argument(of: str, name: str) -> str:
    return f"--{of}={name}={name}-header.csv,{name}.csv"
