"""Files from the browser, kept by their hash: no name from outside becomes a path."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from midspan.db.generations import file_sha256


def keep(folder: Path, name: str, data: BinaryIO) -> Path:
    """Store a stream as ``folder/<first 16 hex digits>/<safe name>``; the same bytes land once.

    Only letters, digits, dots, dashes and underscores of the name's last part survive.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sha = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as temporary:
        while block := data.read(1 << 20):
            sha.update(block)
            temporary.write(block)
    place = folder / sha.hexdigest()[:16]
    place.mkdir(exist_ok=True)
    target = place / safe_name(name)
    Path(temporary.name).replace(target)
    return target


def altered(folder: Path) -> list[str]:
    """Files under ``folder`` whose bytes are not those that were kept."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.glob("*/*"))
        if not file_sha256(path).startswith(path.parent.name)
    ]


def safe_name(name: str) -> str:
    """The last part of a name with everything unusual replaced; never empty, hidden or ``..``."""
    last = re.split(r"[/\\]", name)[-1]
    safe = re.sub(r"[^\w.\-]+", "_", last).lstrip(".")[-100:]
    return safe or "upload"
