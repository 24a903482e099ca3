"""Milvus's calls on one machine, from the wheel milvus-lite: a process that can be killed and hang.

It speaks Milvus's protocol and keeps what it is given; it is no server for use: it has no passwords, and
searches slowly. A real one is named by its URL.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from services.server import HOST, Missing, Server


class Milvus(Server):
    name = "Milvus"
    user = ""
    seconds = 180.0

    @property
    def url(self) -> str:
        return f"milvus://{HOST}:{self.port}"

    def prepare(self) -> None:
        if find_spec("milvus_lite") is None:
            raise Missing("Milvus: the wheel milvus-lite is not installed (it is in midspan[dev])")

    def command(self) -> Sequence[str]:
        folder = str(self.folder / "data")
        return [
            sys.executable,
            *("-m", "milvus_lite", "server"),
            *("--data-dir", folder, "--host", HOST, "--port", str(self.port)),
        ]

    def answers(self) -> bool:
        """It listens when it is ready."""
        try:
            socket.create_connection((HOST, self.port), timeout=1).close()
        except OSError:
            return False
        return True
