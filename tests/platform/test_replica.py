"""A folder's name among the machines of one record store."""

from pathlib import Path
from threading import Barrier, Thread

import pytest

from midspan.errors import StoreError
from midspan.platform.replica import replica_id


def test_a_folder_keeps_its_name_and_shares_it_with_none(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = replica_id(tmp_path / "a")
    assert replica_id(tmp_path / "a") == first
    assert replica_id(tmp_path / "b") != first


def test_all_who_name_it_at_once_agree(tmp_path: Path) -> None:
    start, names = Barrier(8), []

    def name() -> None:
        start.wait()
        names.append(replica_id(tmp_path))

    threads = [Thread(target=name) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 8
    assert len(set(names)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["replica"]


def test_a_folder_that_may_not_be_written_gets_no_file(tmp_path: Path) -> None:
    replica_id(tmp_path, read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_holds_no_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "replica").write_text("")
    with pytest.raises(StoreError, match="delete it"):
        replica_id(tmp_path)
