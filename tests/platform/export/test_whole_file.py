"""An export is there whole or not at all."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from midspan import Workspace
from midspan.errors import StoreUnavailable, WrongUse
from midspan.platform.export import FORMATS
from midspan.platform.export.whole_file import whole_file
from tests.platform.facts_by_hand import fact, slot, write


def test_the_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "facts"
    target.write_text("old")
    with whole_file(target) as partial:
        partial.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_on_the_way_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "facts"
    target.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole_file(target) as partial:
        partial.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_place_that_is_none_is_refused(tmp_path: Path) -> None:
    for target in (tmp_path, tmp_path / "nowhere" / "facts", Path("/dev/null")):
        with pytest.raises(WrongUse, match="folder"), whole_file(target):
            pass
    assert Path("/dev/null").is_char_device()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    link, target = tmp_path / "link", tmp_path / "facts"
    link.symlink_to(target)
    with whole_file(link) as partial:
        partial.write_text("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_the_file_is_for_those_whom_the_mask_lets_read(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "facts") as partial:
            partial.write_text("new")
    finally:
        os.umask(before)
    assert (tmp_path / "facts").stat().st_mode & 0o777 == 0o640


def test_a_folder_that_cannot_be_written_is_said() -> None:
    with pytest.raises(StoreUnavailable, match="cannot be written"), whole_file(Path("/proc/facts")):
        pass


def test_a_name_of_any_length_that_a_folder_takes(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 255)
    with whole_file(target) as partial:
        partial.write_text("new")
    assert target.read_text() == "new"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of 64 kB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    format: str, small_disk: Path, tmp_path: Path
) -> None:
    target = small_disk / "facts"
    target.write_text("old")
    born = fact(slot("x", "wd:Q1"), slot("is", "wd:P1"), slot("y", "wd:Q2"))
    # Ids differ and compress badly, so that any format comes to more than the disk holds.
    said = [replace(born, object=slot("y", f"wd:Q{number}")) for number in range(4000)]
    with Workspace.open(tmp_path / "workspace") as workspace:
        write(workspace, "a.txt", said)
        with pytest.raises(StoreUnavailable, match=r"cannot be written \(.*[Nn]o space"):
            workspace.export_facts(target, format)
        assert target.read_text() == "old"
        assert list(small_disk.iterdir()) == [target]
        assert workspace.export_facts(tmp_path / "facts", format).bytes > 65_536
