import hashlib
import os
from pathlib import Path

import pytest

from midspan.errors import ModelFilesMissing, ModelHashMismatch
from midspan.models.kit.weights import check_file, file_sha256, folder_sha256


def test_a_file_with_the_pinned_hash_passes(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    check_file(path, hashlib.sha256(b"weights").hexdigest())


def test_another_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"other weights")
    with pytest.raises(ModelHashMismatch, match=r"expected SHA-256 0{64}, found .*; run midspan train"):
        check_file(path, "0" * 64, "run midspan train")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesMissing, match=r"gone\.safetensors.*install midspan again"):
        check_file(tmp_path / "gone.safetensors", "0" * 64)


def test_a_changed_file_is_hashed_again(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    first = file_sha256(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(1, 1))
    assert file_sha256(path) != first


def test_a_folder_hash_depends_on_names_and_bytes_only(tmp_path: Path) -> None:
    def folder(name: str, files: dict[str, bytes]) -> str:
        for file, data in files.items():
            (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / file).write_bytes(data)
        return folder_sha256(tmp_path / name)

    base = folder("a", {"x/one": b"1", "two": b"2"})
    assert folder("b", {"two": b"2", "x/one": b"1"}) == base
    assert folder("c", {"x/one": b"1", "two": b"3"}) != base
    assert folder("d", {"one": b"1", "two": b"2"}) != base


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesMissing, match="nowhere"):
        folder_sha256(tmp_path / "nowhere")
