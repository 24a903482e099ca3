"""Generations of the index of words: shared files, damage, kills, and who reads them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from midspan.db.record_store import Lease, RecordStore, WordItem
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.words.parser import parse
from midspan.db.words.tantivy_index import TantivyIndex
from midspan.errors import DamagedGeneration, LeaseLost


def sentence(number: int, text: str = "The liver is large.") -> WordItem:
    return WordItem("segment", f"s{number}", "d", text, "sentence", key=number)


def test_generations_share_files_and_old_ones_go(tmp_path: Path, index: TantivyIndex, lease: Lease) -> None:
    for number in range(5):
        index.apply([sentence(number)], [], number + 1, lease)
    folders = sorted(path for path in (tmp_path / "words").iterdir() if path.is_dir())
    assert [path.name[:13] for path in folders] == ["words.g000004", "words.g000005"]
    before, after = ({path.stat().st_ino for path in one.rglob("*.term")} for one in folders)
    assert before < after
    assert len(index.search(parse("livers").tree, "segment", 9)) == 5


def test_an_item_is_held_once(index: TantivyIndex, lease: Lease) -> None:
    for _ in range(2):
        index.apply([sentence(1), sentence(2, "A heart.")], ["segment s1", "segment s3"], 1, lease)
    assert index.count("segment") == 2
    index.apply([], ["segment s1"], 2, lease)
    assert index.search(parse("liver").tree, "segment", 9) == []


def test_a_reader_follows(tmp_path: Path, store: RecordStore, index: TantivyIndex, lease: Lease) -> None:
    reader = TantivyIndex(tmp_path / "words", store)
    assert reader.search(parse("liver").tree, "segment", 9) == []
    index.apply([sentence(1)], [], 1, lease)
    assert len(reader.search(parse("liver").tree, "segment", 9)) == 1
    index.rebuild([[sentence(1)], [sentence(2)]], 7, lambda: lease)
    assert (reader.count("segment"), reader.applied()) == (2, 7)
    index.clear(lease)
    assert (reader.count("segment"), reader.applied()) == (0, 0)


def test_a_rebuild_that_fails_changes_nothing(index: TantivyIndex, lease: Lease) -> None:
    index.apply([sentence(1)], [], 1, lease)

    def lost() -> Lease:
        raise LeaseLost("another has it")

    with pytest.raises(LeaseLost):
        index.rebuild([[sentence(2)]], 7, lost)
    assert (index.count("segment"), index.applied()) == (1, 1)


@pytest.mark.parametrize("damage", ["changed", "missing", "listing"])
def test_damage_is_an_alarm(
    tmp_path: Path, store: RecordStore, index: TantivyIndex, lease: Lease, damage: str
) -> None:
    index.apply([sentence(1)], [], 1, lease)
    [term] = (tmp_path / "words").glob("*/segments/*.term")
    if damage == "missing":
        term.unlink()
    elif damage == "changed":
        term.write_bytes(term.read_bytes()[:-1] + b"?")
    else:
        next((tmp_path / "words").glob("*.json")).write_text("{}")
    with pytest.raises(DamagedGeneration):
        TantivyIndex(tmp_path / "words", store).count("segment")


def test_a_folder_that_cannot_be_written_is_read(
    tmp_path: Path, store: RecordStore, index: TantivyIndex, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.apply([sentence(1)], [], 1, lease)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    reader = TantivyIndex(tmp_path / "words", store)
    assert len(reader.search(parse("liver").tree, "segment", 9)) == 1


KILLED = """
import os, pathlib, signal, sys
from midspan.db import generations
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.words import tantivy_index
from tests.db.words.test_generations import sentence

folder, point = pathlib.Path(sys.argv[1]), sys.argv[2]

def die(*arguments, **named):
    os.kill(os.getpid(), signal.SIGKILL)

def items():
    yield from map(sentence, range(100, 105))
    if point == "write":
        die()

store = SqlRecordStore(make_engine(sys.argv[3]))
lease = store.acquire("projector", "killed", 60.0)
index = tantivy_index.TantivyIndex(folder / "words", store)
if point == "list":
    tantivy_index.listed = die
elif point == "rename":
    generations.Path.rename = die
elif point == "publish":
    store.publish = die
elif point == "sweep":
    index._sweep = die
index.apply(items(), ["segment s0"], 20, lease)
"""


@pytest.mark.parametrize("point", ["write", "list", "rename", "publish", "sweep"])
def test_a_kill_at_any_point_loses_and_doubles_nothing(
    tmp_path: Path, store: SqlRecordStore, sqlite_url: str, index: TantivyIndex, lease: Lease, point: str
) -> None:
    index.apply(map(sentence, range(10)), [], 10, lease)
    call = [sys.executable, "-c", KILLED, str(tmp_path), point, sqlite_url]
    assert subprocess.run(call, timeout=300).returncode == -signal.SIGKILL

    after = TantivyIndex(tmp_path / "words", SqlRecordStore(make_engine(sqlite_url)))
    published = point == "sweep"
    assert (after.count("segment"), after.applied()) == ((14, 20) if published else (10, 10))
    after.apply(map(sentence, range(100, 105)), ["segment s0"], 20, lease)
    assert (after.count("segment"), after.applied()) == (14, 20)
    assert len([path for path in (tmp_path / "words").iterdir() if path.is_dir()]) == 2
