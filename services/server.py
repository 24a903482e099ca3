"""What the three servers have in common: a folder, a port, a process, and ways to end or stop it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import psutil

HOST = "127.0.0.1"


class Missing(Exception):
    """Something that a server needs is not on this machine; says what and how to get it."""


class Failed(Exception):
    """A server did not come up."""


class Server(ABC):
    """One server process over one folder; a new object over the same folder takes it up again."""

    name: str
    user: str
    seconds = 60.0
    """How long it may take to answer after its start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        noted = self._noted()
        self.port = int(noted.get("port") or free_port())
        self.password = str(noted.get("password") or secrets.token_urlsafe(12))

    # --- what a kind of server says of itself ---

    @property
    @abstractmethod
    def url(self) -> str:
        """As midspan's settings take it, with user and password."""

    @abstractmethod
    def prepare(self) -> None:
        """Make what the first start needs; raises ``Missing``."""

    @abstractmethod
    def command(self) -> Sequence[str]: ...

    @abstractmethod
    def answers(self) -> bool:
        """Whether it serves requests now."""

    # --- running ---

    @property
    def pid(self) -> int | None:
        """Its process id, if that process lives."""
        process = self._living()
        return None if process is None else process.pid

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers. Raises ``Missing``, ``Failed``."""
        if self._living() is None:
            self._note({})
            self.prepare()
            pid = _spawn(self.command(), self.folder / "console.log")
            self._note({"pid": pid, "created": psutil.Process(pid).create_time()})
        deadline = time.monotonic() + self.seconds
        while not self.answers():
            if self._living() is None or time.monotonic() > deadline:
                raise Failed(f"{self.name} did not come up; see {self.folder / 'console.log'}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in an orderly way, or by force when it does not go; its data stays."""
        process = self._living()
        if process is not None:
            self.resume()
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except psutil.TimeoutExpired:
                self.kill()
        self._note({})

    def kill(self) -> None:
        """SIGKILL, with all its children, as a machine that loses its power."""
        process = self._living()
        if process is not None:
            family = [process, *process.children(recursive=True)]
            for member in family:
                _signal(member, signal.SIGKILL)
            psutil.wait_procs(family, timeout=10)
        self._note({})

    def hang(self) -> None:
        """Let it stand still with its connections open."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: int) -> None:
        process = self._living()
        if process is not None:
            for member in (process, *process.children(recursive=True)):
                _signal(member, number)

    def _living(self) -> psutil.Process | None:
        noted = self._noted()
        try:
            process = psutil.Process(int(noted["pid"]))
            same = abs(process.create_time() - float(noted["created"])) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except (KeyError, psutil.Error):
            return None

    # --- its note ---

    def _noted(self) -> dict[str, float | str]:
        path = self.folder / "server.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _note(self, process: dict[str, float | int]) -> None:
        path = self.folder / "server.json"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"port": self.port, "password": self.password, **process}, file)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _spawn(command: Sequence[str], log: Path) -> int:
    """Start a process that may outlive this one, in a session of its own; returns its id."""
    program = shutil.which(command[0])
    if program is None:
        raise Missing(f"{command[0]} is not on PATH")
    write = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), write, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    heard = [signal.SIGINT]  # `stop` sends it; a shell's background jobs ignore it, and so what they start
    return os.posix_spawn(
        program, list(command), os.environ, file_actions=files, setsid=True, setsigdef=heard
    )


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return  # it has just ended
