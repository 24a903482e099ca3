"""Uploads land under their hash, whatever their name says."""

import io

from hypothesis import given
from hypothesis import strategies as st

from midspan.platform.uploads import keep, safe_name


def test_a_name_with_parent_folders_stays_inside(tmp_path):
    folder = tmp_path / "uploads"
    path = keep(folder, "../../evil.txt", io.BytesIO(b"hello"))
    assert path.resolve().is_relative_to(folder)
    assert path.name == "evil.txt"
    assert path.read_bytes() == b"hello"


def test_the_same_bytes_land_once(tmp_path):
    first = keep(tmp_path, "a.txt", io.BytesIO(b"same"))
    second = keep(tmp_path, "a.txt", io.BytesIO(b"same"))
    assert first == second
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [first]


@given(st.text())
def test_every_name_becomes_a_plain_file_name(name):
    safe = safe_name(name)
    assert safe not in ("", ".", "..")
    assert not safe.startswith(".")
    assert not set(safe) & set("/\\\0\n")
    assert len(safe) <= 100
