"""Which replica a workspace folder is: whose projection files these are, among the machines of one store."""

from __future__ import annotations

import os
import re
import socket
import uuid
from pathlib import Path

from midspan.errors import StoreError

NAME = "replica"


def replica_id(folder: Path, *, read_only: bool = False) -> str:
    """The id in ``folder/replica``, made at the first call.

    The file belongs to its folder. Copied to another machine it would give two folders one name, and each
    would take the other's files for damaged ones of its own and build them anew.
    In a folder that cannot be written there are no projections, so any name will do.
    Raises ``StoreError`` for a file that holds no id.
    """
    path = folder / NAME
    if not path.exists():
        made = f"{uuid.uuid4().hex[:16]}\n"
        if read_only:
            return made.strip()
        _write_once(path, made)
    found = path.read_text(errors="replace").strip()
    if not re.fullmatch(r"[0-9a-f]{16}", found):
        raise StoreError(
            f"{path} should hold 16 hexadecimal digits; delete it, and this folder's projections are "
            "built anew under another name"
        )
    return found


def place(folder: Path) -> str:
    """What a person calls this replica: host and folder."""
    return f"{socket.gethostname()}:{folder}"


def _write_once(path: Path, text: str) -> None:
    """Whole, and only if no other process was first."""
    temporary = path.with_name(f"{NAME}.{os.getpid()}.{uuid.uuid4().hex[:8]}.tmp")
    temporary.write_text(text)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    finally:
        temporary.unlink()
