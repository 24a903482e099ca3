"""One file cannot take an ingest down: what is hostile fails with its reason, what lies beside it is read."""

import struct
import zlib
from pathlib import Path

import psutil
import pytest

from benchmarks import bombs
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.pipelines import ingest as module
from midspan.pipelines.confined import confined as confined_module
from midspan.pipelines.confined.confined import Confined
from midspan.pipelines.confined.limits import Limits
from midspan.pipelines.ingest import Ingest
from midspan.pipelines.readers.opening import Opened, read_file
from tests.pipelines.confined import handmade

NOTE = "The left kidney lies behind the peritoneum."


@pytest.fixture
def store(sqlite_url):
    opened = SqlRecordStore(make_engine(sqlite_url))
    yield opened
    opened.close()


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


def ingest(store, folder, limits):
    confined = Confined(limits)
    items = [(path, None) for path in sorted(folder.iterdir())]
    try:
        return Ingest(store, [], batch_weight=4, confined=confined)(items)
    finally:
        confined.close()


def titles(store):
    return sorted(summary.source.title for summary in store.sources())


def test_a_crash_a_hang_and_a_want_of_memory_fail_their_file_alone(store, files, monkeypatch):
    """After several batches of each have been committed; a retry begins from nothing."""
    monkeypatch.setattr(confined_module, "CLOCK", 1)
    for name in ("a", "crash", "e", "fill", "g", "hang", "z"):
        (files / f"{name}.txt").write_text(" ".join(f"{NOTE} It is {n}, says {name}." for n in range(9)))
    limits = Limits(seconds=4, memory_mb=128)
    with monkeypatch.context() as patched:
        patched.setattr(module, "read_file", handmade.read_fragile)
        failures = ingest(store, files, limits)
    assert [(Path(one.path).stem, one.stage, one.kind, one.retryable) for one in failures] == [
        ("crash", "reading", "ReaderCrashed", False),
        ("fill", "reading", "ReadingLimit", False),
        ("hang", "reading", "ProcessLost", True),
    ]
    assert titles(store) == ["a.txt", "e.txt", "g.txt", "z.txt"]
    assert ingest(store, files, limits) == []
    assert len(titles(store)) == 7
    assert {store.summary(one.source.id).segments for one in store.sources()} == {18}


SMALL = Limits(seconds=1, memory_mb=160)
SMALLER_BOMBS = [
    ("flate.pdf", lambda: bombs.one_page(bombs.packed(160, b" ")), "ReadingLimit"),
    ("tree.pdf", lambda: bombs.one_page(zlib.compress(b"BT ET"), kids=20_000), "CorruptSource"),
    ("attributes.html", lambda: bombs.attributes(100_000), "ReadingLimit"),
    ("tables.html", lambda: bombs.open_tables(3000), "UnsupportedSource"),
    ("runs.docx", lambda: bombs.runs(200_000), "ReadingLimit"),
    (
        "text.docx",
        lambda: bombs.docx_of(f"<w:p><w:r><w:t>{'word ' * 500_000}</w:t></w:r></w:p>"),
        "UnsafeArchive",
    ),
    (
        "years.mp4",
        lambda: bombs.with_header(
            bombs.video("mp4", "libx264"), b"stts", 8, struct.pack(">II", 0xFFFFFFFF, 0xFFFFFFFF)
        ),
        "CorruptSource",
    ),
]


def test_real_bombs_end_at_the_limits_and_leave_no_memory_behind(store, files):
    for name, make, _ in SMALLER_BOMBS:
        (files / name).write_bytes(make())
        (files / f"{name}.txt").write_text(f"{NOTE} It lies beside {name}.")
    others = psutil.Process().children(recursive=True)
    before = psutil.Process().memory_info().rss
    failures = ingest(store, files, SMALL)
    grown = psutil.Process().memory_info().rss - before
    assert {Path(one.path).name: one.kind for one in failures} == {
        name: kind for name, _, kind in SMALLER_BOMBS
    }
    assert titles(store) == sorted(f"{name}.txt" for name, _, _ in SMALLER_BOMBS)
    assert grown < 50 << 20
    assert psutil.Process().children(recursive=True) == others


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("title.docx", bombs.core_properties(60)),
        (
            "points.pdf",
            bombs.one_page(zlib.compress(b"BT /F1 12 Tf (Words.) Tj ET"), box=b"[0 0 1%s 9]" % (b"0" * 400)),
        ),
        ("inside.pdf", bombs.one_page(zlib.compress(b"BT /F1 12 Tf (Words.) Tj ET"), box=b"[9 9 -9 -9]")),
    ],
)
def test_what_is_absurd_but_harmless_is_read(store, files, name, data):
    (files / name).write_bytes(data)
    assert ingest(store, files, Limits()) == []
    assert titles(store) == [name]


def test_an_ingest_without_anything_to_read_starts_no_process(store, files, monkeypatch):
    (files / "note.txt").write_text(NOTE)
    assert ingest(store, files, Limits()) == []

    def start(*_, **__):
        raise AssertionError("a process was started")

    monkeypatch.setattr(confined_module.subprocess, "Popen", start)
    assert ingest(store, files, Limits()) == []


def test_a_file_is_opened_before_it_is_read(tmp_path):
    (tmp_path / "note.txt").write_text(NOTE)
    opened, *extracts = read_file(tmp_path / "note.txt")
    assert opened == Opened("document", "text/plain")
    assert "".join(extract.text for extract in extracts) == NOTE
